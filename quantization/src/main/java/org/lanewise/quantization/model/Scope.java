package org.lanewise.quantization.model;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.lanewise.runtime.graph.Attribute;
import org.lanewise.runtime.graph.Graph;
import org.lanewise.runtime.graph.GraphEditor;
import org.lanewise.runtime.graph.Initializer;
import org.lanewise.runtime.graph.Node;
import org.lanewise.runtime.optimize.Subgraphs;
import org.lanewise.runtime.session.Inference;
import org.lanewise.runtime.tensor.Tensor;

/**
 * The main graph of a model, or a body of {@code If}, {@code Loop} or {@code Scan} within it, while all of them are edited. A body sees the values of the graphs around it, and constants that several
 * bodies share stay in the graph that has them. Names are new in all graphs, so none hides another.
 */
public final class Scope {
    private final Graph graph;
    private final GraphEditor editor;
    private final Inference types;
    private final @Nullable Scope outer;
    private final @Nullable Node owner;
    private final int index;
    private final List<Scope> bodies = new ArrayList<>();
    private final Map<String, List<String>> derived = new HashMap<>();

    private Scope(
            Graph graph,
            Inference types,
            @Nullable Scope outer,
            @Nullable Node owner,
            int index,
            Set<String> names,
            List<Scope> all) {
        this.graph = graph;
        this.editor = new GraphEditor(graph, names);
        this.types = types;
        this.outer = outer;
        this.owner = owner;
        this.index = index;
        all.add(this);
        for (Node node : graph.nodes()) {
            List<Graph> inner = Subgraphs.of(node);
            for (int i = 0; i < inner.size(); i++) {
                Inference within = types.body(node, i);
                if (within != null) { // else it never runs
                    bodies.add(new Scope(inner.get(i), within, this, node, i, names, all));
                }
            }
        }
    }

    /** The main graph and, behind it, all bodies that may run, each after the graph around it. */
    public static List<Scope> of(Graph main) {
        List<Scope> all = new ArrayList<>();
        new Scope(main, Inference.of(main), null, null, 0, new LinkedHashSet<>(), all);
        return all;
    }

    /** The graph as edited, with its bodies as edited. Nodes that have bodies must keep these and their outputs. */
    public Graph build() {
        for (Node node : graph.nodes()) {
            List<Scope> own = bodies.stream().filter(body -> body.owner == node).toList();
            if (!own.isEmpty()) {
                Node current = current(node);
                editor.replaceSubgraphs(
                        current,
                        Subgraphs.map(
                                current,
                                (i, body) -> own.stream()
                                        .filter(scope -> scope.index == i)
                                        .map(Scope::build)
                                        .findFirst()
                                        .orElse(body)));
            }
        }
        return editor.build();
    }

    /** What {@code node} is now: it may have got another name. */
    private Node current(Node node) {
        return node.outputs().stream()
                .filter(output -> !output.isEmpty())
                .findFirst()
                .map(editor::producer)
                .orElse(node);
    }

    /** The graph as it was. */
    public Graph graph() {
        return graph;
    }

    public GraphEditor editor() {
        return editor;
    }

    public Inference types() {
        return types;
    }

    /** The graph around this one, or {@code null} for the main graph. */
    public @Nullable Scope outer() {
        return outer;
    }

    /** Where this is, such as {@code the then_branch of If 'cond'}; empty for the main graph. */
    public String place() {
        if (owner == null || outer == null) {
            return "";
        }
        String name = "body";
        for (Map.Entry<String, Attribute> attribute : owner.attributes().entrySet()) {
            if (attribute.getValue() instanceof Attribute.GraphValue(Graph body) && body == graph) {
                name = attribute.getKey();
            }
        }
        String around = outer.place();
        return "the " + name + " of " + owner.path() + (around.isEmpty() ? "" : " in " + around);
    }

    /** The graph that has {@code value}: this one or one around it; {@code null} if there is none. */
    public @Nullable Scope home(String value) {
        for (Scope scope = this; scope != null; scope = scope.outer) {
            if (scope.editor.isConstant(value) || scope.editor.producer(value) != null || scope.graph.isInput(value)) {
                return scope;
            }
        }
        return null;
    }

    /** The initializer of that name here or in a graph around, if it is constant; else {@code null}. */
    public @Nullable Initializer initializer(String value) {
        Scope home = home(value);
        return home == null ? null : home.editor.initializer(value);
    }

    /** The elements of a constant of this graph or of one around it, which must be one. */
    public Tensor constant(String value) {
        return Objects.requireNonNull(initializer(value), value).tensor();
    }

    /** Adds a constant to the graph that has {@code constant}, under a new name that starts with {@code hint}; returns the name. */
    public String addBeside(String constant, String hint, Tensor tensor) {
        return Objects.requireNonNull(home(constant), constant).editor.addConstant(hint, tensor);
    }

    /**
     * The names of constants that are made of another and stand beside it, once for all that want the same.
     *
     * @param kind what they are made for
     * @param maker makes them, by what their names end with
     */
    public List<String> derive(String constant, String kind, Supplier<Map<String, Tensor>> maker) {
        Scope home = Objects.requireNonNull(home(constant), constant);
        String key = constant + " " + kind;
        List<String> known = home.derived.get(key);
        if (known == null) {
            List<String> made = new ArrayList<>();
            maker.get().forEach((ending, tensor) -> made.add(home.editor.addConstant(constant + ending, tensor)));
            known = List.copyOf(made);
            home.derived.put(key, known);
        }
        return known;
    }

    /** The nodes that take {@code value} of this graph as an input, here and in the bodies within. */
    public List<Node> readers(String value) {
        List<Node> readers = new ArrayList<>();
        for (Node node : editor.consumers(value)) {
            if (node.inputs().contains(value)) {
                readers.add(node);
            }
        }
        bodies.forEach(body -> readers.addAll(body.readers(value)));
        return readers;
    }
}
