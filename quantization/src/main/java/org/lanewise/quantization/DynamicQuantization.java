package org.lanewise.quantization;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.lanewise.runtime.graph.Attribute;
import org.lanewise.runtime.graph.Graph;
import org.lanewise.runtime.graph.GraphEditor;
import org.lanewise.runtime.graph.Model;
import org.lanewise.runtime.graph.Node;
import org.lanewise.runtime.session.Inference;
import org.lanewise.runtime.tensor.ByteTensor;
import org.lanewise.runtime.tensor.DataType;
import org.lanewise.runtime.tensor.Shape;
import org.lanewise.runtime.tensor.Tensor;

/**
 * Dynamic quantization: every {@code MatMul} of fp32 activations with a constant fp32 matrix B (K, N) becomes integer arithmetic on standard operators. B is quantized once, symmetrically,
 * one scale a column; the activations when they come, by {@code DynamicQuantizeLinear}.
 *
 * <pre>{@code
 * s[n] = max over k of |B[k, n]| / 127          Bq[k, n] = round(B[k, n] / s[n])
 * (Aq, sA, zA) = DynamicQuantizeLinear(A)       Y = Cast(MatMulInteger(Aq, Bq, zA)) * (sA * s)
 * }</pre>
 */
public final class DynamicQuantization {
    /** The first opset with {@code DynamicQuantizeLinear}. */
    private static final int MIN_OPSET = 11;

    private static final int LARGEST = 127;

    private DynamicQuantization() {}

    /**
     * What came of it.
     *
     * @param model the quantized model
     * @param log the nodes that were quantized
     */
    public record Result(Model model, List<String> log) {
        /** Copies the list. */
        public Result {
            log = List.copyOf(log);
        }
    }

    /**
     * Quantizes what can be; the model given stays as it is.
     *
     * @throws IllegalArgumentException if the model's opset is older than {@value #MIN_OPSET}
     */
    public static Result apply(Model model) {
        int opset = model.opsets().getOrDefault("", 0);
        if (opset < MIN_OPSET) {
            throw new IllegalArgumentException(
                    "the model is of opset " + opset + ", dynamic quantization needs " + MIN_OPSET + " or newer");
        }
        Graph graph = model.graph();
        Inference types = Inference.of(graph);
        GraphEditor editor = new GraphEditor(graph);
        Map<String, Weights> done = new LinkedHashMap<>();
        editor.forEach(node -> {
            if (isQuantizable(editor, types, node)) {
                Weights weights = done.computeIfAbsent(node.input(1), name -> quantize(editor, name));
                rewrite(editor, node, weights, opset);
            }
        });
        return new Result(model.withGraph(editor.build()), editor.log());
    }

    /** Names of the constants that stand for a matrix. */
    private record Weights(String values, String scales) {}

    private static boolean isQuantizable(GraphEditor editor, Inference types, Node node) {
        return node.is("MatMul")
                && types.elementType(node.input(0)) == DataType.FLOAT
                && editor.isConstant(node.input(1))
                && types.shape(node.input(1)).rank() == 2;
    }

    private static Weights quantize(GraphEditor editor, String name) {
        Tensor matrix = editor.constant(name);
        if (matrix == null) {
            throw new IllegalStateException("'" + name + "' is not constant");
        }
        int rows = matrix.shape().dim(0);
        int columns = matrix.shape().dim(1);
        float[] b = matrix.toFloatArray();
        float[] scales = new float[columns];
        for (int i = 0; i < b.length; i++) {
            scales[i % columns] = Math.max(scales[i % columns], Math.abs(b[i]) / LARGEST);
        }
        byte[] quantized = new byte[b.length];
        for (int i = 0; i < b.length; i++) {
            float scale = scales[i % columns];
            quantized[i] = (byte) (scale == 0 ? 0 : Math.clamp(Math.rint(b[i] / scale), -LARGEST, LARGEST));
        }
        ByteTensor values = new ByteTensor(DataType.INT8, Shape.of(rows, columns), quantized, 0);
        return new Weights(
                editor.addConstant(name + "_quantized", values),
                editor.addConstant(name + "_scales", Tensor.of(scales)));
    }

    private static void rewrite(GraphEditor editor, Node node, Weights weights, int opset) {
        String y = node.output(0);
        String quantized = editor.newName(y + "_a_quantized");
        String scale = editor.newName(y + "_a_scale");
        String zeroPoint = editor.newName(y + "_a_zero_point");
        String product = editor.newName(y + "_integer");
        String floats = editor.newName(y + "_unscaled");
        String scales = editor.newName(y + "_scale");
        Map<String, Attribute> toFloat = Map.of("to", new Attribute.IntValue(DataType.FLOAT.code()));
        editor.replace(
                node,
                List.of(
                        onnx(
                                node,
                                "DynamicQuantizeLinear",
                                opset,
                                List.of(node.input(0)),
                                List.of(quantized, scale, zeroPoint),
                                Map.of()),
                        onnx(
                                node,
                                "MatMulInteger",
                                opset,
                                List.of(quantized, weights.values, zeroPoint),
                                List.of(product),
                                Map.of()),
                        onnx(node, "Cast", opset, List.of(product), List.of(floats), toFloat),
                        onnx(node, "Mul", opset, List.of(scale, weights.scales), List.of(scales), Map.of()),
                        onnx(node, "Mul", opset, List.of(floats, scales), List.of(y), Map.of())),
                "quantized dynamically, B per column");
    }

    private static Node onnx(
            Node origin,
            String opType,
            int opset,
            List<String> inputs,
            List<String> outputs,
            Map<String, Attribute> attributes) {
        return new Node(origin.name() + "_" + outputs.getFirst(), "", opType, opset, inputs, outputs, attributes);
    }
}
