package org.lanewise.loaders.onnx;

import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.lanewise.runtime.GraphException;
import org.lanewise.runtime.graph.Attribute;
import org.lanewise.runtime.graph.Graph;
import org.lanewise.runtime.graph.Node;

/** Makes names for the values of inlined functions that nothing else in the model has, and bounds how much inlining makes. */
final class FreshNames {
    private final Set<String> taken = new HashSet<>();
    private final Map<String, Integer> prefixes = new HashMap<>();
    private long made;

    /** Names other than those in {@code main} and its subgraphs. */
    FreshNames(Graph main) {
        collect(main);
    }

    private void collect(Graph graph) {
        graph.inputs().forEach(input -> taken.add(input.name()));
        taken.addAll(graph.initializers().keySet());
        taken.addAll(graph.freeNames());
        for (Node node : graph.nodes()) {
            taken.addAll(node.outputs());
            for (Attribute attribute : node.attributes().values()) {
                if (attribute instanceof Attribute.GraphValue(Graph inner)) {
                    collect(inner);
                } else if (attribute instanceof Attribute.GraphsValue(List<Graph> inner)) {
                    inner.forEach(this::collect);
                }
            }
        }
    }

    /** Counts what is made against what a model may stand for. */
    void charge(long amount) {
        made += amount;
        if (made > Limits.INLINED) {
            throw new GraphException(
                    "the model's functions stand for more than " + Limits.INLINED + " nodes and values");
        }
    }

    /** The scope of a call whose values get names that start with {@code label}. */
    Scope call(String label) {
        int count = prefixes.merge(label, 1, Integer::sum);
        return new Scope(null, count == 1 ? label : label + "#" + count);
    }

    /** What the values of one call, or of a subgraph in its function, are called outside. */
    final class Scope {
        private final @Nullable Scope outer;
        private final String prefix;
        private final Map<String, String> bound = new HashMap<>();

        private Scope(@Nullable Scope outer, String prefix) {
            this.outer = outer;
            this.prefix = prefix;
        }

        /** The scope of a subgraph. */
        Scope nested() {
            return new Scope(this, prefix);
        }

        /** The name of a node. */
        String nodeName(String label) {
            charge(1 + (prefix.length() + label.length()) / 16);
            return prefix + "/" + label;
        }

        /** Calls {@code inner} by a name from outside; empty if it is absent there. */
        void bind(String inner, String name) {
            bound.put(inner, name);
        }

        /** What {@code inner} is called, or {@code null} if it has no name yet. */
        @Nullable
        String lookup(String inner) {
            String name = bound.get(inner);
            return name == null && outer != null ? outer.lookup(inner) : name;
        }

        /** Gives a value defined in this subgraph a new name, though one of an enclosing graph may be called the same. */
        void define(String inner) {
            if (!inner.isEmpty() && !bound.containsKey(inner)) {
                bound.put(inner, fresh(inner));
            }
        }

        /** What {@code inner} is called, from now on if it has no name yet. */
        String resolve(String inner) {
            if (inner.isEmpty()) {
                return inner;
            }
            String name = lookup(inner);
            if (name == null) {
                name = fresh(inner);
                bound.put(inner, name);
            }
            return name;
        }

        private String fresh(String inner) {
            String name = nodeName(inner);
            for (int i = 1; !taken.add(name); i++) {
                name = nodeName(inner + "_" + i);
            }
            return name;
        }
    }
}
