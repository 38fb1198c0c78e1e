package org.lanewise.quantization;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.lanewise.quantization.model.Graphs;
import org.lanewise.quantization.model.WeightLayer;
import org.lanewise.runtime.graph.Attribute;
import org.lanewise.runtime.graph.Graph;
import org.lanewise.runtime.graph.GraphEditor;
import org.lanewise.runtime.graph.Initializer;
import org.lanewise.runtime.graph.Node;
import org.lanewise.runtime.tensor.DataType;
import org.lanewise.runtime.tensor.Tensor;

/**
 * Writes a {@link Scheme} as a graph with {@code QuantizeLinear} and {@code DequantizeLinear}. A value that an integer node makes keeps its name after its {@code DequantizeLinear}, so that values of the
 * same name in both models can be compared; weights are stored as integers behind a {@code DequantizeLinear}, biases as {@code int32} in steps of input times weights.
 */
final class QdqWriter {
    private final Graph graph;
    private final Scheme scheme;
    private final Function<String, Parameters> parameters;
    private final StaticOptions options;
    private final int opset;
    private final GraphEditor names;
    private final Map<String, Initializer> constants;
    private final List<Node> nodes = new ArrayList<>();
    private final Map<String, String> dequantized = new LinkedHashMap<>();
    private final Map<String, String[]> parameterNames = new LinkedHashMap<>();
    private final Map<Node, LayerWeights> layerWeights;

    /**
     * Weights and bias of a layer before they are quantized.
     *
     * @param weights the weights
     * @param bias one an output channel, or {@code null}
     */
    record LayerWeights(float[] weights, float @Nullable [] bias) {}

    /**
     * A writer.
     *
     * @param parameters gives the parameters of the root of each value
     * @param layerWeights weights and biases that differ from those in the graph
     */
    QdqWriter(
            Graph graph,
            Scheme scheme,
            Function<String, Parameters> parameters,
            StaticOptions options,
            int opset,
            Map<Node, LayerWeights> layerWeights) {
        this.graph = graph;
        this.scheme = scheme;
        this.parameters = parameters;
        this.options = options;
        this.opset = opset;
        this.names = scheme.editor();
        this.constants = new LinkedHashMap<>(graph.initializers());
        this.layerWeights = layerWeights;
    }

    Graph write() {
        for (Node node : graph.nodes()) {
            nodes.add(withOutputs(scheme.nodes().contains(node) ? withInputs(node) : node));
        }
        return Graphs.withNodes(graph, nodes, constants);
    }

    private Node withInputs(Node node) {
        List<String> inputs = new ArrayList<>(node.inputs());
        for (int i : Scheme.activations(node)) {
            Tensor operand = scheme.operand(node, i);
            inputs.set(i, operand == null ? dequantized(node.input(i)) : operand(node.input(i), operand));
        }
        WeightLayer layer = scheme.layer(node);
        if (layer != null) {
            quantizeWeights(layer, inputs);
        }
        return node.withInputs(inputs);
    }

    /** Quantized values that integer nodes make get another name before they are quantized. */
    private Node withOutputs(Node node) {
        List<String> outputs = new ArrayList<>(node.outputs());
        for (int i = 0; i < outputs.size(); i++) {
            String value = outputs.get(i);
            if (scheme.isMade(value) && scheme.values().contains(value)) {
                outputs.set(i, names.newName(value + "_float"));
                pair(value, outputs.get(i), value);
            }
        }
        return node.withOutputs(outputs);
    }

    /** The name of {@code value} after quantization, which is put in where it has not been yet. */
    private String dequantized(String value) {
        if (scheme.isMade(value)) {
            return value;
        }
        String known = dequantized.get(value);
        if (known == null) {
            known = names.newName(value + "_dequantized");
            dequantized.put(value, known);
            pair(value, value, known);
        }
        return known;
    }

    private void pair(String value, String from, String to) {
        String[] p = parameterNames(scheme.root(value));
        String quantized = names.newName(value + "_quantized");
        nodes.add(onnx("QuantizeLinear", value, List.of(from, p[0], p[1]), quantized, Map.of()));
        nodes.add(onnx("DequantizeLinear", value, List.of(quantized, p[0], p[1]), to, Map.of()));
    }

    private String[] parameterNames(String root) {
        return parameterNames.computeIfAbsent(root, name -> {
            Parameters p = parameters.apply(name);
            return new String[] {
                constant(name + "_scale", p.scaleTensor()), constant(name + "_zero_point", p.zeroPointTensor())
            };
        });
    }

    /** A constant of an addition or multiplication as integers of the activations' type. */
    private String operand(String name, Tensor constant) {
        String known = dequantized.get(name);
        if (known != null) {
            return known;
        }
        float[] values = constant.toFloatArray();
        float low = 0;
        float high = 0;
        for (float value : values) {
            low = Math.min(low, value);
            high = Math.max(high, value);
        }
        Parameters p = Parameters.of(Range.of(low, high), options.activations());
        byte[] q = new byte[values.length];
        for (int i = 0; i < q.length; i++) {
            q[i] = (byte) p.quantize(values[i]);
        }
        known = names.newName(name + "_dequantized");
        dequantized.put(name, known);
        List<String> inputs = List.of(
                constant(name + "_quantized", Tensor.wrap(p.type(), constant.shape(), q, 0)),
                constant(name + "_scale", p.scaleTensor()),
                constant(name + "_zero_point", p.zeroPointTensor()));
        nodes.add(onnx("DequantizeLinear", name, inputs, known, Map.of()));
        return known;
    }

    private void quantizeWeights(WeightLayer layer, List<String> inputs) {
        Node node = layer.node();
        float inputScale = parameters.apply(scheme.root(node.input(0))).scale();
        LayerWeights own = layerWeights.get(node);
        LayerWeights floats = own != null ? own : weightsOf(names, layer);
        float[] bias = floats.bias();
        Weights weights = Weights.of(layer, floats.weights(), bias, options.perChannel(), inputScale);
        boolean perChannel = weights.scales().length > 1;
        Map<String, Attribute> axis = perChannel ? Map.of("axis", new Attribute.IntValue(layer.axis())) : Map.of();
        String w = names.newName(node.name() + "_weights_dequantized");
        nodes.add(onnx(
                "DequantizeLinear",
                node.name() + "_weights",
                List.of(
                        constant(node.name() + "_weights_quantized", weights.values()),
                        constant(node.name() + "_weights_scale", weights.scaleTensor()),
                        constant(node.name() + "_weights_zero_point", weights.zeroPoints())),
                w,
                axis));
        inputs.set(1, w);
        if (bias != null) {
            String b = names.newName(node.name() + "_bias_dequantized");
            nodes.add(onnx(
                    "DequantizeLinear",
                    node.name() + "_bias",
                    List.of(
                            constant(node.name() + "_bias_quantized", weights.bias(bias, inputScale)),
                            constant(node.name() + "_bias_scale", weights.biasScales(layer.outputs(), inputScale))),
                    b,
                    perChannel ? Map.of("axis", new Attribute.IntValue(0)) : Map.of()));
            if (inputs.size() < 3) {
                inputs.add(b);
            } else {
                inputs.set(2, b);
            }
        }
    }

    /** The weights of a layer in its graph; its bias only where it is a constant with one number a channel. */
    static LayerWeights weightsOf(GraphEditor editor, WeightLayer layer) {
        Tensor w = java.util.Objects.requireNonNull(editor.constant(layer.weights()));
        Tensor b =
                layer.node().is("MatMul") ? null : editor.constant(layer.node().input(2));
        boolean vector =
                b != null && b.type() == DataType.FLOAT && b.shape().rank() == 1 && b.size() == layer.outputs();
        return new LayerWeights(w.toFloatArray(), b != null && vector ? b.toFloatArray() : null);
    }

    private String constant(String hint, Tensor tensor) {
        String name = names.newName(hint);
        constants.put(name, Initializer.of(tensor));
        return name;
    }

    private Node onnx(
            String opType, String name, List<String> inputs, String output, Map<String, Attribute> attributes) {
        return new Node(name + "_" + opType, "", opType, opset, inputs, List.of(output), attributes);
    }
}
