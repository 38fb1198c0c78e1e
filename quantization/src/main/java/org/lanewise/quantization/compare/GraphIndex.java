package org.lanewise.quantization.compare;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.lanewise.runtime.graph.Graph;
import org.lanewise.runtime.graph.Initializer;
import org.lanewise.runtime.graph.Node;
import org.lanewise.runtime.session.Inference;
import org.lanewise.runtime.tensor.Tensor;

/** Who makes and who uses each value of a graph. */
final class GraphIndex {
    /** What only moves or converts constants, so that its result is one too. */
    private static final Set<String> MOVING =
            Set.of("DequantizeLinear", "Identity", "Transpose", "Reshape", "Cast", "Unsqueeze", "Squeeze");

    private final Graph graph;
    private final Inference types;
    private final Map<String, Node> producers = new HashMap<>();
    private final Map<String, List<Node>> consumers = new HashMap<>();
    private final Set<String> captured = new HashSet<>();

    GraphIndex(Graph graph) {
        this(graph, Inference.of(graph));
    }

    GraphIndex(Graph graph, Inference types) {
        this.graph = graph;
        this.types = types;
        for (Node node : graph.nodes()) {
            node.outputs().forEach(output -> producers.put(output, node));
            new HashSet<>(node.inputs())
                    .forEach(input -> consumers
                            .computeIfAbsent(input, key -> new ArrayList<>())
                            .add(node));
            captured.addAll(node.captures());
        }
    }

    Graph graph() {
        return graph;
    }

    Inference types() {
        return types;
    }

    @Nullable
    Node producer(String value) {
        return value.isEmpty() ? null : producers.get(value);
    }

    List<Node> consumers(String value) {
        return consumers.getOrDefault(value, List.of());
    }

    /** The only use of a value, {@code null} if there are others or none. */
    @Nullable
    Node onlyConsumer(String value) {
        List<Node> all = consumers(value);
        return all.size() == 1 && !graph.isOutput(value) && !captured.contains(value) ? all.getFirst() : null;
    }

    boolean isCaptured(String value) {
        return captured.contains(value);
    }

    /** Whether a value is the same in every run: a constant, or one that is only moved, converted or dequantized. */
    boolean isConstant(String value) {
        Node node = producer(value);
        return !value.isEmpty()
                && (types.isConstant(value)
                        || node != null
                                && MOVING.contains(node.opType())
                                && node.inputs().stream().allMatch(input -> input.isEmpty() || isConstant(input)));
    }

    /** The elements of a constant that is not computed, {@code null} if it is none. */
    @Nullable
    Tensor constant(String value) {
        return value.isEmpty() ? null : types.constant(value);
    }

    /** Bytes of a constant in the file, 0 if it is none there. */
    long bytes(String value) {
        Initializer initializer = graph.initializers().get(value);
        Tensor known = initializer == null ? constant(value) : null;
        return initializer != null
                ? initializer.bytes()
                : known == null ? 0 : known.type().serializedBytes(known.size());
    }
}
