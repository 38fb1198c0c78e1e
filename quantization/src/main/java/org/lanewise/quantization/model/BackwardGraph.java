package org.lanewise.quantization.model;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
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

/**
 * Graphs that compute gradients: with directions v of the scores z as further inputs, the gradients of {@code v . z} with respect to inner values as further outputs. What is added is made of ONNX operators, so a session runs it as
 * fast as everything else.
 *
 * <p>Scores are the floating-point outputs; behind a {@code Softmax} or {@code LogSoftmax} at the end its input, since what comes out of it hides how sure an answer is. Shapes must be known: they are those of one sample.
 */
public final class BackwardGraph {
    private static final Set<String> SCORES_PASS = Set.of("Identity", "Softmax", "LogSoftmax");

    final Inference types;
    private final Graph graph;
    private final Set<String> active = new HashSet<>();
    private final Map<String, String> gradients = new LinkedHashMap<>();
    private final Set<String> unknown = new HashSet<>();
    private final List<Node> nodes = new ArrayList<>();
    private final Set<Node> replaced = new HashSet<>();
    private final Map<String, Initializer> constants;
    /** Weights of errors of scores; {@code null} if directions are given. */
    private final @Nullable Map<String, Double> errors;

    private int names;

    private BackwardGraph(Graph graph, Map<String, ValueType> inputs, @Nullable Map<String, Double> errors) {
        this.graph = graph;
        this.errors = errors;
        this.types = Inference.of(graph, inputs, null);
        this.constants = new LinkedHashMap<>(graph.initializers());
    }

    /**
     * Scores with the input that has their direction.
     *
     * @param value the scores
     * @param direction the input: the direction, or what the scores should be
     * @param shape of both
     * @param centered whether only differences along the last axis matter
     */
    public record Seed(String value, String direction, Shape shape, boolean centered) {}

    /**
     * What was made.
     *
     * @param graph with directions as inputs; its outputs are the values that were asked for
     * @param seeds directions to give
     * @param gradients the names of gradients by those of values; values that the scores depend on through an operator whose derivative is not known are missing
     */
    public record Built(Graph graph, List<Seed> seeds, Map<String, String> gradients) {}

    /**
     * For gradients with respect to {@code values}.
     *
     * @param inputs types of the graph's inputs in a sample
     * @param kept further values that are wanted as outputs
     */
    public static Built of(
            Graph graph, Map<String, ValueType> inputs, Collection<String> values, Collection<String> kept) {
        return new BackwardGraph(graph, inputs, null).build(inputs, values, kept);
    }

    /**
     * For gradients of half the squared error of scores, {@code sum of weight / 2 * (z - t)^2}, with respect to {@code values}. What the scores should be, t, takes the place of directions; the scores are outputs, too.
     *
     * @param inputs types of the graph's inputs in a sample
     * @param values inner values or constants
     * @param weights of the squares by the names of scores; others do not count
     */
    public static Built ofErrors(
            Graph graph, Map<String, ValueType> inputs, Collection<String> values, Map<String, Double> weights) {
        return new BackwardGraph(graph, inputs, weights).build(inputs, values, weights.keySet());
    }

    private Built build(Map<String, ValueType> inputs, Collection<String> values, Collection<String> kept) {
        active.addAll(values);
        for (Node node : graph.nodes()) {
            if (node.inputs().stream().anyMatch(active::contains)
                    || node.captures().stream().anyMatch(active::contains)) {
                active.addAll(node.outputs());
            }
        }
        List<Seed> seeds = seeds();
        for (Node node : graph.nodes().reversed()) {
            pullBack(node);
        }
        Map<String, String> found = new LinkedHashMap<>();
        for (String value : values) {
            String gradient = gradients.get(value);
            if (gradient != null && !unknown.contains(value)) {
                found.put(value, gradient);
            }
        }
        List<ValueInfo> ins = new ArrayList<>();
        for (ValueInfo input : graph.inputs()) {
            ins.add(new ValueInfo(input.name(), inputs.getOrDefault(input.name(), input.type())));
        }
        seeds.forEach(seed ->
                ins.add(new ValueInfo(seed.direction, ValueType.tensor(DataType.FLOAT, PartialShape.of(seed.shape)))));
        List<Node> all = new ArrayList<>(graph.nodes());
        all.removeIf(replaced::contains);
        all.addAll(nodes);
        Graph made = Graph.of(graph.name(), ins, List.of(), all, constants, Map.of());
        List<String> wanted = new ArrayList<>(found.values());
        wanted.addAll(kept);
        return new Built(Graphs.upTo(made, wanted), seeds, found);
    }

    private List<Seed> seeds() {
        Map<String, Node> producers = new LinkedHashMap<>();
        graph.nodes().forEach(node -> node.outputs().forEach(output -> producers.put(output, node)));
        List<Seed> seeds = new ArrayList<>();
        Set<String> taken = new HashSet<>();
        for (ValueInfo output : graph.outputs()) {
            String value = output.name();
            boolean centered = false;
            Node node = producers.get(value);
            while (node != null && SCORES_PASS.contains(node.opType()) && !centered && isLastAxis(node)) {
                centered = !node.is("Identity");
                value = node.input(0);
                node = producers.get(value);
            }
            Shape shape = shape(value);
            if (!active.contains(value)
                    || shape == null
                    || types.elementType(value) != DataType.FLOAT
                    || errors != null && !errors.containsKey(value)
                    || !taken.add(value)) {
                continue;
            }
            String direction = name("direction");
            seeds.add(new Seed(value, direction, shape, centered));
            add(value, errors == null ? direction : error(value, direction, centered, errors.getOrDefault(value, 1.0)));
        }
        return seeds;
    }

    private String error(String value, String target, boolean centered, double weight) {
        String difference = node("Sub", value, target);
        if (centered) {
            Map<String, Attribute> last = Map.of("axes", new Attribute.IntsValue(new long[] {-1}));
            difference = node("Sub", difference, node("ReduceMean", last, difference));
        }
        return node("Mul", difference, constant(Tensor.scalar((float) weight)));
    }

    private boolean isLastAxis(Node node) {
        if (node.is("Identity")) {
            return true;
        }
        int rank = types.shape(node.input(0)).isRanked()
                ? types.shape(node.input(0)).rank()
                : 0;
        long axis = node.intAttribute("axis", node.opset() >= 13 ? -1 : 1);
        return rank > 0 && (axis == -1 || axis == rank - 1);
    }

    private void pullBack(Node node) {
        boolean lost = node.outputs().stream().anyMatch(unknown::contains);
        List<String> reached =
                node.outputs().stream().filter(gradients::containsKey).toList();
        if (!lost && reached.isEmpty()) {
            return;
        }
        String gradient = gradients.get(node.output(0));
        boolean made = !lost
                && gradient != null
                && reached.size() == 1
                && node.captures().isEmpty()
                && Pullbacks.add(this, node, gradient);
        if (!made) {
            for (String input : node.inputs()) {
                unknown.add(input);
            }
            unknown.addAll(node.captures());
        }
    }

    /** Whether a gradient with respect to {@code value} is of use. */
    boolean wants(String value) {
        return active.contains(value);
    }

    /** Adds {@code gradient} to that of {@code value}, of the same shape. */
    void add(String value, String gradient) {
        String before = gradients.get(value);
        gradients.put(value, before == null ? gradient : node("Add", before, gradient));
    }

    /** The shape of a value in the sample; {@code null} if it is not known. */
    @Nullable
    Shape shape(String value) {
        PartialShape shape = types.shape(value);
        return shape.isRanked() && shape.isKnown() ? shape.toShape() : null;
    }

    /** The value of a constant, {@code null} if it is none. */
    @Nullable
    Tensor constant(String value) {
        return value.isEmpty() ? null : types.constant(value);
    }

    /** A new constant. */
    String constant(Tensor tensor) {
        String name = name("constant");
        constants.put(name, Initializer.of(tensor));
        return name;
    }

    /** The output of a new node. */
    String node(String opType, String... inputs) {
        return node(opType, Map.of(), inputs);
    }

    /** The output of a new node. */
    String node(String opType, Map<String, Attribute> attributes, String... inputs) {
        String output = name(opType);
        nodes.add(new Node(output, "", opType, Pullbacks.OPSET, List.of(inputs), List.of(output), attributes));
        return output;
    }

    /** Has a node of the graph give a further output, whose name is returned. */
    String secondOutput(Node node) {
        String second = name(node.opType());
        replaced.add(node);
        nodes.add(node.withOutputs(List.of(node.output(0), second)));
        return second;
    }

    private String name(String hint) {
        String name;
        do {
            name = "backward_" + hint + "_" + names++;
        } while (types.type(name) != null);
        return name;
    }
}
