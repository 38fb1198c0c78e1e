package org.lanewise.runtime.optimize;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.lanewise.runtime.graph.Attribute;
import org.lanewise.runtime.graph.Graph;
import org.lanewise.runtime.graph.Node;
import org.lanewise.runtime.op.HasSubgraphs;
import org.lanewise.runtime.op.OperatorCatalog;

/** The subgraphs of nodes. */
public final class Subgraphs {
    private Subgraphs() {}

    /** Gives a subgraph its replacement. */
    @FunctionalInterface
    public interface Rewriting {
        /**
         * What takes the place of {@code body}, which may be itself.
         *
         * @param index the number that the operator gives it
         */
        Graph apply(int index, Graph body);
    }

    /** The subgraphs of {@code node} in the order of its operator; none for most. */
    public static List<Graph> of(Node node) {
        for (Attribute attribute : node.attributes().values()) {
            if (attribute instanceof Attribute.GraphValue) {
                return OperatorCatalog.create(node) instanceof HasSubgraphs owner ? owner.subgraphs() : List.of();
            }
        }
        return List.of();
    }

    /** {@code node} with other subgraphs; {@code node} itself when none changes. */
    public static Node map(Node node, Rewriting rewriting) {
        List<Graph> bodies = of(node);
        Map<String, Attribute> attributes = new LinkedHashMap<>(node.attributes());
        boolean changed = false;
        for (Map.Entry<String, Attribute> entry : attributes.entrySet()) {
            int index = entry.getValue() instanceof Attribute.GraphValue(Graph body) ? indexOf(bodies, body) : -1;
            if (index >= 0) {
                Graph replacement = rewriting.apply(index, bodies.get(index));
                changed |= replacement != bodies.get(index);
                entry.setValue(new Attribute.GraphValue(replacement));
            }
        }
        return changed ? node.withAttributes(attributes) : node;
    }

    private static int indexOf(List<Graph> bodies, Graph body) {
        for (int i = 0; i < bodies.size(); i++) {
            if (bodies.get(i) == body) {
                return i;
            }
        }
        return -1;
    }
}
