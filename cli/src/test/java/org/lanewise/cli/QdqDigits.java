package org.lanewise.cli;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.lanewise.loaders.onnx.OnnxWriter;
import org.lanewise.runtime.graph.Graph;
import org.lanewise.runtime.graph.Initializer;
import org.lanewise.runtime.graph.Model;
import org.lanewise.runtime.graph.Node;
import org.lanewise.runtime.session.ModelFormat;
import org.lanewise.runtime.tensor.DataType;
import org.lanewise.runtime.tensor.Shape;
import org.lanewise.runtime.tensor.Tensor;
import org.lanewise.testmodels.Zoo;

/**
 * The digits model with quantizers: weights of 8 bits, one scale a tensor, and 8 bits from 0 to a given number for what each convolution or product takes. Nothing is calibrated: ranges are given.
 */
final class QdqDigits {
    private static final int LARGEST = 127;
    private static final int CODES = 255;

    private QdqDigits() {}

    /** Writes it; {@code ranges} has the end of the range of what the first, second, ... layer with weights takes. */
    static Path write(Path file, double... ranges) throws IOException {
        Model model = ModelFormat.forFile("model.onnx").read(Zoo.find("digits").model());
        Graph graph = model.graph();
        List<Node> nodes = new ArrayList<>();
        Map<String, Initializer> constants = new LinkedHashMap<>(graph.initializers());
        int layer = 0;
        for (Node node : graph.nodes()) {
            Initializer weights = constants.get(node.input(1));
            if ((node.is("Conv") || node.is("Gemm")) && weights != null) {
                String x = activations(node, ranges[layer++], nodes, constants);
                String w = weights(node.input(1), weights.tensor(), node, nodes, constants);
                List<String> inputs = new ArrayList<>(node.inputs());
                inputs.set(0, x);
                inputs.set(1, w);
                constants.remove(node.input(1));
                nodes.add(node.withInputs(inputs));
            } else {
                nodes.add(node);
            }
        }
        Graph quantized = Graph.of("digits", graph.inputs(), graph.outputs(), nodes, constants, Map.of());
        OnnxWriter.write(model.withGraph(quantized), file);
        return file;
    }

    private static String activations(Node node, double end, List<Node> nodes, Map<String, Initializer> constants) {
        String x = node.input(0);
        constants.put(x + "_scale", Initializer.of(Tensor.scalar((float) (end / CODES))));
        constants.put(x + "_zero", Initializer.of(Tensor.wrap(DataType.UINT8, Shape.scalar(), new byte[1], 0)));
        String codes = x + "_QuantizeLinear_Output";
        String values = x + "_DequantizeLinear_Output";
        nodes.add(onnx(node, "QuantizeLinear", codes, x, x + "_scale", x + "_zero"));
        nodes.add(onnx(node, "DequantizeLinear", values, codes, x + "_scale", x + "_zero"));
        return values;
    }

    private static String weights(
            String name, Tensor weights, Node node, List<Node> nodes, Map<String, Initializer> constants) {
        float[] values = weights.toFloatArray();
        float largest = 0;
        for (float value : values) {
            largest = Math.max(largest, Math.abs(value));
        }
        byte[] codes = new byte[values.length];
        for (int i = 0; i < codes.length; i++) {
            codes[i] = (byte) Math.rint(values[i] / largest * LARGEST);
        }
        constants.put(name + "_quantized", Initializer.of(Tensor.wrap(DataType.INT8, weights.shape(), codes, 0)));
        constants.put(name + "_scale", Initializer.of(Tensor.scalar(largest / LARGEST)));
        nodes.add(onnx(node, "DequantizeLinear", name + "_values", name + "_quantized", name + "_scale"));
        return Objects.requireNonNull(nodes.getLast()).output(0);
    }

    private static Node onnx(Node near, String opType, String output, String... inputs) {
        return new Node(output, "", opType, near.opset(), List.of(inputs), List.of(output), Map.of());
    }
}
