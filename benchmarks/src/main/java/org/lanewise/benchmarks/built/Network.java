package org.lanewise.benchmarks.built;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.lanewise.runtime.graph.Attribute;
import org.lanewise.runtime.graph.Graph;
import org.lanewise.runtime.graph.Initializer;
import org.lanewise.runtime.graph.Model;
import org.lanewise.runtime.graph.Node;
import org.lanewise.runtime.graph.ValueInfo;
import org.lanewise.runtime.tensor.DataType;
import org.lanewise.runtime.tensor.PartialShape;
import org.lanewise.runtime.tensor.Tensor;
import org.lanewise.runtime.tensor.ValueType;

/** A model in the making. Methods that add a node return the name of its output. */
final class Network {
    /** The opset that exporters write most. */
    private static final int OPSET = 13;

    private static final int IR_VERSION = 7;

    private final String name;
    private final Weights weights;
    private final List<ValueInfo> inputs = new ArrayList<>();
    private final List<ValueInfo> outputs = new ArrayList<>();
    private final List<Node> nodes = new ArrayList<>();
    private final Map<String, Initializer> initializers = new LinkedHashMap<>();
    private final Map<String, String> metadata = new LinkedHashMap<>();

    Network(String name, Weights weights) {
        this.name = name;
        this.weights = weights;
    }

    /** Declares a fp32 input. */
    String input(String input, long... dims) {
        inputs.add(new ValueInfo(input, ValueType.tensor(DataType.FLOAT, PartialShape.of(dims))));
        return input;
    }

    /** Declares an int64 input whose values are to be at least {@code from} and below {@code to}: {@link BuiltModels#RANGE} has it. */
    String indices(String input, long from, long to, long... dims) {
        inputs.add(new ValueInfo(input, ValueType.tensor(DataType.INT64, PartialShape.of(dims))));
        metadata.put(BuiltModels.RANGE + input, from + "," + to);
        return input;
    }

    /** Declares {@code value}, a fp32 tensor, as an output called {@code output}. */
    void output(String output, String value, long... dims) {
        nodes.add(new Node(output, "", "Identity", OPSET, List.of(value), List.of(output), Map.of()));
        outputs.add(new ValueInfo(output, ValueType.tensor(DataType.FLOAT, PartialShape.of(dims))));
    }

    /** A constant. */
    String constant(String constant, Tensor value) {
        initializers.put(constant, Initializer.of(value));
        return constant;
    }

    /** A constant of int64 values. */
    String longs(String constant, long... values) {
        return constant(constant, Tensor.of(values, values.length));
    }

    /** A constant number. */
    String scalar(String constant, float value) {
        return constant(constant, Tensor.scalar(value));
    }

    /** Random weights (M, C, taps...) of a convolution or a product with transposed weights, which may be sparse. */
    String weight(String weight, double deviation, int... dims) {
        return constant(weight, Tensor.of(weights.pruned(deviation, false, dims), dims));
    }

    /** Random weights (K, N) of a product, which may be sparse. */
    String matrix(String weight, double deviation, int k, int n) {
        return constant(weight, Tensor.of(weights.pruned(deviation, true, k, n), k, n));
    }

    /** Random parameters that are never sparse: biases, embeddings, scales. */
    String parameter(String parameter, double from, double to, int... dims) {
        return constant(parameter, Tensor.of(weights.uniform(Weights.count(dims), from, to), dims));
    }

    /** Adds a node with one output. */
    String add(String opType, String node, Map<String, Attribute> attributes, String... nodeInputs) {
        String result = node + "_out";
        nodes.add(new Node(node, "", opType, OPSET, List.of(nodeInputs), List.of(result), attributes));
        return result;
    }

    /** Adds a node without attributes. */
    String add(String opType, String node, String... nodeInputs) {
        return add(opType, node, Map.of(), nodeInputs);
    }

    /**
     * {@code Conv} with square kernels, padded by half of them.
     *
     * @param gain the variance of an output over the mean square of the inputs; 2 keeps it from one ReLU to the next (He et al. 2015)
     * @param bias whether it has one
     */
    String conv(String node, String x, int in, int out, int kernel, int stride, int group, double gain, boolean bias) {
        int fanIn = in / group * kernel * kernel;
        List<String> operands = new ArrayList<>(
                List.of(x, weight(node + ".weight", Math.sqrt(gain / fanIn), out, in / group, kernel, kernel)));
        if (bias) {
            operands.add(parameter(node + ".bias", -0.1, 0.1, out));
        }
        Map<String, Attribute> attributes = new LinkedHashMap<>();
        attributes.put("dilations", ints(1, 1));
        attributes.put("group", integer(group));
        attributes.put("kernel_shape", ints(kernel, kernel));
        attributes.put("pads", ints(kernel / 2, kernel / 2, kernel / 2, kernel / 2));
        attributes.put("strides", ints(stride, stride));
        return add("Conv", node, attributes, operands.toArray(String[]::new));
    }

    /** {@code BatchNormalization} that changes values little, times {@code scale}. */
    String batchNorm(String node, String x, int channels, double scale) {
        return add(
                "BatchNormalization",
                node,
                Map.of("epsilon", number(1e-5f), "momentum", number(0.9f)),
                x,
                parameter(node + ".weight", 0.75 * scale, 1.25 * scale, channels),
                parameter(node + ".bias", -0.1, 0.1, channels),
                parameter(node + ".running_mean", -0.1, 0.1, channels),
                parameter(node + ".running_var", 0.75, 1.25, channels));
    }

    /** A fully connected layer as exporters write it: {@code Gemm} with (out, in) weights. */
    String linear(String node, String x, int in, int out, double gain) {
        return add(
                "Gemm",
                node,
                Map.of("alpha", number(1), "beta", number(1), "transB", integer(1)),
                x,
                weight(node + ".weight", Math.sqrt(gain / in), out, in),
                parameter(node + ".bias", -0.1, 0.1, out));
    }

    /** Global average pool, flattened. */
    String pooled(String x) {
        return add("Flatten", "flatten", Map.of("axis", integer(1)), add("GlobalAveragePool", "avgpool", x));
    }

    /** {@code MaxPool} with a square window. */
    String maxPool(String node, String x, int kernel, int stride, int pad) {
        return add(
                "MaxPool",
                node,
                Map.of(
                        "kernel_shape", ints(kernel, kernel),
                        "pads", ints(pad, pad, pad, pad),
                        "strides", ints(stride, stride)),
                x);
    }

    /** The finished model. */
    Model model() {
        Graph graph = Graph.of(name, inputs, outputs, nodes, initializers, Map.of());
        return new Model(graph, IR_VERSION, Map.of("", OPSET), "lanewise benchmarks", "", metadata);
    }

    static Attribute integer(long value) {
        return new Attribute.IntValue(value);
    }

    static Attribute number(float value) {
        return new Attribute.FloatValue(value);
    }

    static Attribute ints(long... values) {
        return new Attribute.IntsValue(values);
    }
}
