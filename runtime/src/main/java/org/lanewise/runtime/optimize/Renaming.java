package org.lanewise.runtime.optimize;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.lanewise.runtime.graph.Attribute;
import org.lanewise.runtime.graph.Graph;
import org.lanewise.runtime.graph.Node;
import org.lanewise.runtime.graph.ValueInfo;

/** Copies of nodes in which values have other names, also where their subgraphs use them. */
final class Renaming {
    private final Map<String, String> names;

    /** New names by old ones; a new name must not be one that a subgraph of a renamed node defines: see {@link #innerNames}. */
    Renaming(Map<String, String> names) {
        this.names = Map.copyOf(names);
    }

    /** The new name of a value, its own when it keeps that. */
    String apply(String value) {
        return names.getOrDefault(value, value);
    }

    /** {@code node} with other names. */
    Node apply(Node node) {
        Node renamed = Subgraphs.map(node, (index, body) -> captures(body));
        return renamed.withInputs(renamed.inputs().stream().map(this::apply).toList())
                .withOutputs(renamed.outputs().stream().map(this::apply).toList());
    }

    /** A subgraph with other names for what it uses of the graphs around it. */
    private Graph captures(Graph body) {
        Map<String, String> captured = new HashMap<>();
        for (String free : body.freeNames()) {
            captured.put(free, apply(free));
        }
        Renaming inner = new Renaming(captured);
        List<Node> nodes = new ArrayList<>();
        body.nodes().forEach(node -> nodes.add(inner.apply(node)));
        List<ValueInfo> outputs = new ArrayList<>();
        for (ValueInfo output : body.outputs()) {
            outputs.add(new ValueInfo(inner.apply(output.name()), output.type(), output.doc()));
        }
        return Graph.of(body.name(), body.inputs(), outputs, nodes, body.initializers(), body.valueTypes());
    }

    /** Every name that the subgraphs of the nodes of {@code graph} define, at any depth. */
    static Set<String> innerNames(Graph graph) {
        Set<String> names = new HashSet<>();
        for (Node node : graph.nodes()) {
            for (Attribute attribute : node.attributes().values()) {
                if (attribute instanceof Attribute.GraphValue(Graph body)) {
                    body.inputs().forEach(input -> names.add(input.name()));
                    names.addAll(body.initializers().keySet());
                    body.nodes().forEach(inner -> names.addAll(inner.outputs()));
                    names.addAll(innerNames(body));
                }
            }
        }
        return names;
    }
}
