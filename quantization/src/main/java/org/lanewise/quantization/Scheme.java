package org.lanewise.quantization;

import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.lanewise.quantization.model.Preparation;
import org.lanewise.quantization.model.WeightLayer;
import org.lanewise.runtime.graph.Graph;
import org.lanewise.runtime.graph.GraphEditor;
import org.lanewise.runtime.graph.Node;
import org.lanewise.runtime.session.Inference;
import org.lanewise.runtime.tensor.DataType;
import org.lanewise.runtime.tensor.Tensor;

/**
 * Which nodes compute on integers and which values are integers. Weight layers are chosen by the caller. What connects them (additions, concatenations, pooling, activations, moves) follows where all it
 * reads comes from integer nodes and an integer node reads what it makes. The activation right behind a node belongs to it: between the two nothing is quantized, and the range of the result is that
 * of the activation.
 */
final class Scheme {
    /** Nodes whose output has a range of its own. */
    private static final Set<String> JOINS = Set.of(
            "Add",
            "Mul",
            "Concat",
            "AveragePool",
            "GlobalAveragePool",
            "Sigmoid",
            "Tanh",
            "LeakyRelu",
            "HardSigmoid",
            "HardSwish",
            "Relu",
            "Clip");

    /** Nodes that pick or move values, so that integers go through as they are. */
    private static final Set<String> MOVES = Set.of(
            "MaxPool",
            "Reshape",
            "Transpose",
            "Flatten",
            "Squeeze",
            "Unsqueeze",
            "Slice",
            "Split",
            "Gather",
            "DepthToSpace",
            "SpaceToDepth",
            "Expand",
            "Pad",
            "Resize");

    private final GraphEditor editor;
    private final Inference types;
    private final Map<Node, WeightLayer> layers = new LinkedHashMap<>();
    private final Set<Node> nodes = new LinkedHashSet<>();

    /** The last node of the group that a node heads. */
    private final Map<Node, Node> ends = new LinkedHashMap<>();

    private final Map<String, Node> makers = new LinkedHashMap<>();
    private final Set<String> values = new LinkedHashSet<>();

    private Scheme(GraphEditor editor, Inference types) {
        this.editor = editor;
        this.types = types;
    }

    /**
     * The scheme in which the weight layers that {@code layer} picks are integer.
     *
     * @param join whether one of the other nodes may be
     */
    static Scheme of(Graph graph, Inference types, Predicate<Node> layer, Predicate<Node> join) {
        Scheme scheme = new Scheme(new GraphEditor(graph), types);
        for (Node node : graph.nodes()) {
            scheme.visit(node, layer, join);
        }
        scheme.prune(graph.nodes());
        scheme.collect();
        return scheme;
    }

    private void visit(Node node, Predicate<Node> layer, Predicate<Node> join) {
        WeightLayer weights = WeightLayer.of(editor, types, node);
        if (weights != null) {
            if (layer.test(node)) {
                layers.put(node, weights);
                add(node, end(node, weights));
            }
        } else if (ends.containsValue(node) || !node.domain().isEmpty()) {
            return;
        } else if (JOINS.contains(node.opType()) && join.test(node) && allMade(node) && hasRange(node)) {
            add(node, end(node, null));
        } else if (MOVES.contains(node.opType()) && makers.containsKey(node.input(0)) && isMove(node)) {
            add(node, node);
        }
    }

    private void add(Node node, Node end) {
        nodes.add(node);
        ends.put(node, end);
        end.outputs().forEach(output -> makers.put(output, node));
    }

    /** Whether everything it computes on is integer or constant. */
    private boolean allMade(Node node) {
        int made = 0;
        for (int i : activations(node)) {
            if (makers.containsKey(node.input(i))) {
                made++;
            } else if (!isOperand(node, i)) {
                return false;
            }
        }
        return made > 0 && types.elementType(node.output(0)) == DataType.FLOAT;
    }

    /** A constant factor or summand, which becomes integer too. */
    private boolean isOperand(Node node, int i) {
        return (node.is("Add") || node.is("Mul")) && editor.isConstant(node.input(i));
    }

    private boolean hasRange(Node node) {
        return !node.is("Clip") || bounds(node) != null;
    }

    private boolean isMove(Node node) {
        return switch (node.opType()) {
            case "MaxPool" -> node.outputs().size() == 1;
            case "Gather" -> !editor.isConstant(node.input(0));
            case "Resize" -> node.stringAttribute("mode", "nearest").equals("nearest");
            case "Pad" -> {
                Tensor value = editor.constant(node.input(2));
                yield node.opset() >= 11
                        && (node.input(2).isEmpty() || value != null && value.size() == 1 && value.scalarDouble() == 0);
            }
            default -> true;
        };
    }

    /** The bias and the activation behind {@code node} that nobody else looks into. */
    private Node end(Node node, @Nullable WeightLayer weights) {
        Node end = node;
        Node next = next(end);
        if (next != null && weights != null && node.is("MatMul") && biasOf(next, end.output(0), weights) != null) {
            end = next;
            next = next(end);
        }
        if (next == null || !next.input(0).equals(end.output(0))) {
            return end;
        }
        return next.is("Relu") || next.is("Clip") && bounds(next) != null ? next : end;
    }

    private @Nullable Node next(Node node) {
        Node next = editor.onlyConsumer(node.output(0));
        return next != null && next.captures().contains(node.output(0)) ? null : next;
    }

    /** The vector that {@code add} adds to the product of a layer, or {@code null}. */
    private @Nullable Tensor biasOf(Node add, String product, WeightLayer layer) {
        return add.is("Add")
                ? Preparation.vector(
                        editor.constant(add.input(add.input(0).equals(product) ? 1 : 0)), layer.outputs(), 1)
                : null;
    }

    /** What a {@code Clip} with constant bounds lets through, or {@code null}. */
    private double @Nullable [] bounds(Node clip) {
        double[] bounds = {Double.NEGATIVE_INFINITY, Double.POSITIVE_INFINITY};
        if (clip.opset() < 11) {
            bounds[0] = clip.floatAttribute("min", Float.NEGATIVE_INFINITY);
            bounds[1] = clip.floatAttribute("max", Float.POSITIVE_INFINITY);
            return bounds;
        }
        for (int i = 0; i < 2; i++) {
            Tensor bound = editor.constant(clip.input(i + 1));
            if (bound != null) {
                bounds[i] = bound.scalarDouble();
            } else if (!clip.input(i + 1).isEmpty()) {
                return null;
            }
        }
        return bounds;
    }

    /** Whether {@code node} is of those whose output has a range of its own. */
    static boolean isJoin(Node node) {
        return node.domain().isEmpty() && JOINS.contains(node.opType());
    }

    /** Takes out, last to first, what connects no two layers. */
    private void prune(List<Node> order) {
        for (Node node : order.reversed()) {
            Node end = ends.get(node);
            if (end == null || layers.containsKey(node)) {
                continue;
            }
            boolean read = end.outputs().stream().anyMatch(this::isRead);
            if (!read) {
                nodes.remove(node);
                ends.remove(node);
                end.outputs().forEach(makers::remove);
            }
        }
    }

    /** Whether an integer node computes on {@code value}. */
    private boolean isRead(String value) {
        for (Node user : editor.consumers(value)) {
            if (nodes.contains(user)
                    && activations(user).stream().anyMatch(i -> user.input(i).equals(value))) {
                return true;
            }
        }
        return false;
    }

    private void collect() {
        for (Node node : nodes) {
            for (int i : activations(node)) {
                if (!isOperand(node, i)) {
                    values.add(node.input(i));
                }
            }
            Node end = ends.get(node);
            WeightLayer layer = layers.get(node);
            if (end != null && layer != null && layer.isConvolution()) {
                values.add(end.output(0));
            }
        }
    }

    /** The inputs that {@code node} computes on, its weights and bias left out. */
    static List<Integer> activations(Node node) {
        int count = switch (node.opType()) {
            case "Add", "Mul" -> 2;
            case "Concat" -> node.inputs().size();
            default -> 1;
        };
        List<Integer> indices = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            indices.add(i);
        }
        return indices;
    }

    /** The weight layers that are integer. */
    Collection<WeightLayer> layers() {
        return layers.values();
    }

    @Nullable
    WeightLayer layer(Node node) {
        return layers.get(node);
    }

    /** All integer nodes but the activations that belong to them. */
    Set<Node> nodes() {
        return nodes;
    }

    /** Values that are quantized. */
    Set<String> values() {
        return values;
    }

    /** The last output of the group that {@code node} heads: its own, or that of the activation behind it. */
    String result(Node node) {
        return ends.getOrDefault(node, node).output(0);
    }

    /** Whether an integer node makes {@code value}, so that it exists as integers only. */
    boolean isMade(String value) {
        return makers.containsKey(value);
    }

    /** The value that {@code value} was before it was moved: they share scale and zero point. */
    String root(String value) {
        String current = value;
        for (Node maker = makers.get(current); maker != null && isSharing(maker); maker = makers.get(current)) {
            current = maker.input(0);
        }
        return current;
    }

    private static boolean isSharing(Node maker) {
        return MOVES.contains(maker.opType());
    }

    /** The constant operand {@code i} of {@code node}, which becomes integer too, or {@code null}. */
    @Nullable
    Tensor operand(Node node, int i) {
        return isOperand(node, i) ? editor.constant(node.input(i)) : null;
    }

    GraphEditor editor() {
        return editor;
    }
}
