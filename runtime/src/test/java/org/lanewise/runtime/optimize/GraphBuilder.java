package org.lanewise.runtime.optimize;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.lanewise.runtime.graph.Attribute;
import org.lanewise.runtime.graph.Graph;
import org.lanewise.runtime.graph.Initializer;
import org.lanewise.runtime.graph.Node;
import org.lanewise.runtime.graph.ValueInfo;
import org.lanewise.runtime.session.Inference;
import org.lanewise.runtime.tensor.DataType;
import org.lanewise.runtime.tensor.PartialShape;
import org.lanewise.runtime.tensor.Shape;
import org.lanewise.runtime.tensor.Tensor;
import org.lanewise.runtime.tensor.ValueType;

/** Writes down a graph for a test; values get names by themselves. */
final class GraphBuilder {
    /** The opset of nodes unless another is given: the newest that needs no attribute the tests do not set. */
    static final int OPSET = 21;

    private final List<ValueInfo> inputs = new ArrayList<>();
    private final List<String> outputs = new ArrayList<>();
    private final List<Node> nodes = new ArrayList<>();
    private final Map<String, Initializer> initializers = new LinkedHashMap<>();
    private final Random random;

    GraphBuilder() {
        this(1);
    }

    /** With constants of values that follow from {@code seed}. */
    GraphBuilder(long seed) {
        this.random = new Random(seed);
    }

    String input(String name, long... dims) {
        return input(name, DataType.FLOAT, dims);
    }

    String input(String name, DataType type, long... dims) {
        inputs.add(new ValueInfo(name, ValueType.tensor(type, PartialShape.of(dims))));
        return name;
    }

    String unrankedInput(String name) {
        inputs.add(new ValueInfo(name, ValueType.tensor(DataType.FLOAT, PartialShape.unranked())));
        return name;
    }

    String constant(Tensor value) {
        String name = "k" + initializers.size();
        initializers.put(name, Initializer.of(value));
        return name;
    }

    String scalar(double value) {
        return constant(Tensor.scalar((float) value));
    }

    String longs(long... values) {
        return constant(Tensor.of(values));
    }

    /** A constant of values from -1 to 1. */
    String noise(int... dims) {
        return constant(noise(random, dims));
    }

    static Tensor noise(Random random, int... dims) {
        Shape shape = Shape.of(dims);
        float[] values = new float[shape.size()];
        for (int i = 0; i < values.length; i++) {
            values[i] = random.nextFloat(-1, 1);
        }
        return Tensor.wrap(DataType.FLOAT, shape, values, 0);
    }

    /** A node of opset {@link #OPSET} and its only output. */
    String node(String opType, String... ins) {
        return node(opType, OPSET, Map.of(), ins);
    }

    String node(String opType, Map<String, Attribute> attributes, String... ins) {
        return node(opType, OPSET, attributes, ins);
    }

    String node(String opType, int opset, Map<String, Attribute> attributes, String... ins) {
        String output = "v" + nodes.size();
        nodes.add(new Node("n" + nodes.size(), "", opType, opset, List.of(ins), List.of(output), attributes));
        return output;
    }

    /** Adds a node with outputs of given names. */
    void add(Node node) {
        nodes.add(node);
    }

    GraphBuilder output(String... names) {
        outputs.addAll(List.of(names));
        return this;
    }

    Graph build() {
        return Graph.of(
                "g",
                inputs,
                outputs.stream().map(name -> new ValueInfo(name, null)).toList(),
                nodes,
                initializers,
                Map.of());
    }

    /** The shape of a value when the inputs have these. */
    PartialShape shape(String value, Map<String, Tensor> given) {
        Map<String, ValueType> types = new LinkedHashMap<>();
        given.forEach((name, tensor) -> types.put(name, tensor.valueType()));
        return Inference.of(build(), types, null).shape(value);
    }

    static Map<String, Attribute> ints(String name, long... values) {
        return Map.of(name, new Attribute.IntsValue(values));
    }

    static Map<String, Attribute> integer(String name, long value) {
        return Map.of(name, new Attribute.IntValue(value));
    }

    static Map<String, Attribute> number(String name, double value) {
        return Map.of(name, new Attribute.FloatValue((float) value));
    }

    static Map<String, Attribute> text(String name, String value) {
        return Map.of(name, new Attribute.StringValue(value));
    }

    /** Both maps in one. */
    static Map<String, Attribute> and(Map<String, Attribute> a, Map<String, Attribute> b) {
        Map<String, Attribute> all = new LinkedHashMap<>(a);
        all.putAll(b);
        return all;
    }
}
