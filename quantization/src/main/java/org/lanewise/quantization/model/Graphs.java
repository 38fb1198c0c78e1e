package org.lanewise.quantization.model;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.lanewise.runtime.graph.Attribute;
import org.lanewise.runtime.graph.Graph;
import org.lanewise.runtime.graph.Initializer;
import org.lanewise.runtime.graph.Node;
import org.lanewise.runtime.graph.ValueInfo;
import org.lanewise.runtime.tensor.Tensor;
import org.lanewise.runtime.tensor.ValueType;

/** Variants of a graph. */
public final class Graphs {
    private Graphs() {}

    /** {@code graph} with other nodes and constants; constants that nobody uses go. */
    public static Graph withNodes(Graph graph, List<Node> nodes, Map<String, Initializer> constants) {
        Set<String> used = new HashSet<>();
        for (Node node : nodes) {
            used.addAll(node.inputs());
            used.addAll(node.captures());
        }
        graph.outputs().forEach(output -> used.add(output.name()));
        graph.inputs().forEach(input -> used.add(input.name()));
        Map<String, Initializer> kept = new LinkedHashMap<>(constants);
        kept.keySet().retainAll(used);
        Set<String> made = new HashSet<>();
        nodes.forEach(node -> made.addAll(node.outputs()));
        Map<String, ValueType> types = new LinkedHashMap<>(graph.valueTypes());
        types.keySet().retainAll(made);
        return Graph.of(graph.name(), graph.inputs(), graph.outputs(), nodes, kept, types);
    }

    /** {@code graph} with constants of the same names, types and shapes replaced. */
    public static Graph withConstants(Graph graph, Map<String, Tensor> replacements) {
        Map<String, Initializer> constants = new LinkedHashMap<>(graph.initializers());
        replacements.forEach((name, tensor) -> constants.put(name, Initializer.of(tensor)));
        return withNodes(graph, graph.nodes(), constants);
    }

    /** {@code graph} with these inner values as outputs too, after its own. */
    public static Graph exposing(Graph graph, Collection<String> values) {
        List<ValueInfo> outputs = new ArrayList<>(graph.outputs());
        for (String value : values) {
            if (!graph.isOutput(value)) {
                outputs.add(new ValueInfo(value, graph.valueTypes().get(value)));
            }
        }
        return Graph.of(graph.name(), graph.inputs(), outputs, graph.nodes(), graph.initializers(), graph.valueTypes());
    }

    /** What {@code values} are computed from; they are the outputs, as far as they are computed at all. */
    public static Graph upTo(Graph graph, Collection<String> values) {
        Set<String> needed = new HashSet<>(values);
        List<Node> nodes = new ArrayList<>();
        for (Node node : graph.nodes().reversed()) {
            if (node.outputs().stream().anyMatch(needed::contains)) {
                nodes.addFirst(node);
                needed.addAll(node.inputs());
                needed.addAll(node.captures());
            }
        }
        Set<String> made = new HashSet<>();
        nodes.forEach(node -> made.addAll(node.outputs()));
        List<ValueInfo> outputs = new ArrayList<>();
        for (String value : new LinkedHashSet<>(values)) {
            if (made.contains(value)) {
                outputs.add(new ValueInfo(value, graph.valueTypes().get(value)));
            }
        }
        Map<String, Initializer> constants = new LinkedHashMap<>(graph.initializers());
        constants.keySet().retainAll(needed);
        Map<String, ValueType> types = new LinkedHashMap<>(graph.valueTypes());
        types.keySet().retainAll(made);
        outputs.forEach(output -> types.remove(output.name()));
        return Graph.of(graph.name(), graph.inputs(), outputs, nodes, constants, types);
    }

    /** Bytes of all constants, those in subgraphs and {@code Constant} nodes included. */
    public static long constantBytes(Graph graph) {
        long bytes = 0;
        for (Initializer constant : graph.initializers().values()) {
            bytes += constant.bytes();
        }
        for (Node node : graph.nodes()) {
            for (Attribute attribute : node.attributes().values()) {
                bytes += switch (attribute) {
                    case Attribute.GraphValue(Graph body) -> constantBytes(body);
                    case Attribute.GraphsValue(List<Graph> bodies) ->
                        bodies.stream().mapToLong(Graphs::constantBytes).sum();
                    case Attribute.TensorValue(Tensor tensor) -> tensor.type().serializedBytes(tensor.size());
                    default -> 0;
                };
            }
        }
        return bytes;
    }
}
