package org.lanewise.cli;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.lanewise.runtime.UnsupportedModelException;
import org.lanewise.runtime.graph.Attribute;
import org.lanewise.runtime.graph.Graph;
import org.lanewise.runtime.graph.Initializer;
import org.lanewise.runtime.graph.Node;
import org.lanewise.runtime.op.OperatorCatalog;
import org.lanewise.runtime.tensor.Tensor;

/** What a graph is made of, its subgraphs included. */
final class GraphSummary {
    private final Map<String, Integer> operators = new TreeMap<>();
    private final List<String> unsupported = new ArrayList<>();
    private int nodes;
    private int constants;
    private long parameters;
    private long bytes;

    GraphSummary(Graph graph) {
        add(graph);
    }

    private void add(Graph graph) {
        for (Initializer initializer : graph.initializers().values()) {
            count(initializer.shape().size(), initializer.bytes());
        }
        for (Node node : graph.nodes()) {
            nodes++;
            operators.merge(
                    node.domain().isEmpty() ? node.opType() : node.domain() + "." + node.opType(), 1, Integer::sum);
            String reason = reason(node);
            if (reason != null) {
                unsupported.add(reason);
            }
            node.attributes().values().forEach(attribute -> add(node, attribute));
        }
    }

    private void add(Node node, Attribute attribute) {
        switch (attribute) {
            case Attribute.GraphValue(Graph body) -> add(body);
            case Attribute.GraphsValue(List<Graph> bodies) -> bodies.forEach(this::add);
            case Attribute.TensorValue(Tensor value)
            when node.is("Constant") -> count(value.size(), value.type().serializedBytes(value.size()));
            default -> {}
        }
    }

    private void count(int elements, long size) {
        constants++;
        parameters += elements;
        bytes += size;
    }

    /** Why the node cannot run, or {@code null} if it can as far as can be seen without its inputs. */
    private static @Nullable String reason(Node node) {
        try {
            OperatorCatalog.create(node);
            return null;
        } catch (UnsupportedModelException e) {
            return String.valueOf(e.getMessage());
        } catch (RuntimeException e) {
            return node.path() + ": " + e.getMessage();
        }
    }

    int nodes() {
        return nodes;
    }

    /** How often each operator occurs, by name. */
    Map<String, Integer> operators() {
        return operators;
    }

    /** A sentence for each node that cannot run. */
    List<String> unsupported() {
        return unsupported;
    }

    int constants() {
        return constants;
    }

    /** Elements of all constants. */
    long parameters() {
        return parameters;
    }

    /** Their bytes in the file. */
    long bytes() {
        return bytes;
    }
}
