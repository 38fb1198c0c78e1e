package org.lanewise.runtime.graph;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.lanewise.runtime.tensor.Tensor;
import org.lanewise.runtime.tensor.ValueType;

/**
 * Edits a copy of a graph, each edit with its reason, and builds the new graph. Keeps producers and consumers of every value up to date, so that a
 * pass can look around while it edits. Not for use by several threads.
 */
public final class GraphEditor {
    private final Graph original;
    /** Every node with its place: where it stood, or for a replacement where the replaced node stood. */
    private final Map<Node, Integer> places = new LinkedHashMap<>();

    /** What became of nodes whose inputs were renamed. */
    private final Map<Node, Node> rewired = new HashMap<>();

    private final Map<String, Node> producers = new HashMap<>();
    private final Map<String, Set<Node>> consumers = new HashMap<>();
    private final Map<String, Initializer> initializers;
    private final Map<String, ValueType> valueTypes;
    private final Set<String> outputs = new LinkedHashSet<>();
    private final Set<String> names;
    private final List<Entry> entries = new ArrayList<>();

    /**
     * What was done at a node, or not done although it nearly could have been.
     *
     * @param node how messages name the node
     * @param reason why
     * @param refused whether nothing was done
     */
    public record Entry(String node, String reason, boolean refused) {}

    /** Starts from {@code graph}, which stays as it is. */
    public GraphEditor(Graph graph) {
        this(graph, new LinkedHashSet<>());
    }

    /**
     * The same for one of several graphs that are edited together.
     *
     * @param names names in use, to which those of {@code graph} are added; editors that share it give no name twice
     */
    public GraphEditor(Graph graph, Set<String> names) {
        this.original = graph;
        this.names = names;
        this.initializers = new LinkedHashMap<>(graph.initializers());
        this.valueTypes = new LinkedHashMap<>(graph.valueTypes());
        graph.outputs().forEach(output -> outputs.add(output.name()));
        names.addAll(initializers.keySet());
        names.addAll(graph.freeNames());
        graph.inputs().forEach(input -> names.add(input.name()));
        graph.nodes().forEach(node -> link(node, places.size()));
    }

    /** The nodes as they are now, replacements where the replaced node stood; a copy, safe to iterate while editing. */
    public List<Node> nodes() {
        List<Node> sorted = new ArrayList<>(places.keySet());
        sorted.sort(Comparator.comparing(places::get));
        return sorted;
    }

    /** Calls {@code action} for every node there is now, in order; it may edit. A node it changes is visited as it is when its turn comes. */
    public void forEach(Consumer<Node> action) {
        for (Node node : nodes()) {
            Node current = node;
            while (current != null && !places.containsKey(current)) {
                current = rewired.get(current);
            }
            if (current != null) {
                action.accept(current);
            }
        }
    }

    /** Whether {@code node} is still in the graph. */
    public boolean contains(Node node) {
        return places.containsKey(node);
    }

    /** The node that computes {@code value}, or {@code null} for an input, a constant or a value of an enclosing graph. */
    public @Nullable Node producer(String value) {
        return producers.get(value);
    }

    /** The nodes that use {@code value}, also those whose subgraphs do. */
    public Collection<Node> consumers(String value) {
        return new ArrayList<>(consumers.getOrDefault(value, Set.of()));
    }

    /** The only use of {@code value}: the one node that uses it, where it is not a graph output; else {@code null}. */
    public @Nullable Node onlyConsumer(String value) {
        Set<Node> users = consumers.getOrDefault(value, Set.of());
        return users.size() == 1 && !outputs.contains(value) ? users.iterator().next() : null;
    }

    /** Whether {@code value} is an output of the graph. */
    public boolean isOutput(String value) {
        return outputs.contains(value);
    }

    /** Whether {@code value} is constant: an initializer that is not also a graph input, which could override it. */
    public boolean isConstant(String value) {
        return initializers.containsKey(value) && !original.isInput(value);
    }

    /** The initializer of that name if it is constant, else {@code null}. */
    public @Nullable Initializer initializer(String value) {
        return isConstant(value) ? initializers.get(value) : null;
    }

    /** The elements of a constant, or {@code null} when {@code value} is not one. */
    public @Nullable Tensor constant(String value) {
        Initializer initializer = initializer(value);
        return initializer == null ? null : initializer.tensor();
    }

    /** Elements of all constants. */
    public long constantElements() {
        return initializers.values().stream()
                .mapToLong(constant -> constant.shape().size())
                .sum();
    }

    /** What the model or inference says of a value's type, or {@code null}. */
    public @Nullable ValueType type(String value) {
        return valueTypes.get(value);
    }

    /** Adds a constant under a new name that starts with {@code hint}, and returns the name. */
    public String addConstant(String hint, Tensor tensor) {
        String name = newName(hint);
        initializers.put(name, Initializer.of(tensor));
        return name;
    }

    /** Adds a constant, which may not have been read yet, under a name that {@link #newName} gave. */
    public void define(String name, Initializer constant) {
        initializers.put(name, constant);
    }

    /** A value name not in use that starts with {@code hint}. */
    public String newName(String hint) {
        String name = hint;
        for (int i = 1; !names.add(name); i++) {
            name = hint + "_" + i;
        }
        return name;
    }

    /** Replaces {@code old} by {@code replacements} (none: removes it), for {@code reason}, which the log keeps. */
    public void replace(Node old, List<Node> replacements, String reason) {
        int place = unlink(old);
        replacements.forEach(node -> link(node, place));
        entries.add(new Entry(old.path(), reason, false));
    }

    /** Replaces one node by another. */
    public void replace(Node old, Node replacement, String reason) {
        replace(old, List.of(replacement), reason);
    }

    /**
     * Replaces a node by constants under the names of its outputs.
     *
     * @param values one per output, {@code null} where the output is absent
     */
    public void replaceByConstants(Node node, List<@Nullable Tensor> values, String reason) {
        remove(node, reason);
        for (int i = 0; i < values.size(); i++) {
            Tensor value = values.get(i);
            if (value != null) {
                initializers.put(node.output(i), Initializer.of(value));
            }
        }
    }

    /** Replaces a node by one that differs in its subgraphs only; their edits have a log of their own. */
    public void replaceSubgraphs(Node old, Node changed) {
        if (old != changed) {
            link(changed, unlink(old));
            rewired.put(old, changed);
        }
    }

    /** Removes a node whose outputs nobody uses any more. */
    public void remove(Node node, String reason) {
        replace(node, List.of(), reason);
    }

    /** Adds a node that {@code after} is going to use, for {@code reason}. */
    public void addBefore(Node after, Node node, String reason) {
        addAfter(after, node, reason);
    }

    /** Adds a node right after {@code before}, for {@code reason}. */
    public void addAfter(Node before, Node node, String reason) {
        link(node, Objects.requireNonNull(places.get(before), before::path));
        entries.add(new Entry(node.path(), reason, false));
    }

    /**
     * Lets every user of {@code value} use {@code replacement} instead. A graph output keeps its name, so {@code value} must not be one, nor be used
     * inside a subgraph: see {@link #canReplaceUses}.
     */
    public void replaceUses(String value, String replacement) {
        if (!canReplaceUses(value)) {
            throw new IllegalArgumentException("'" + value + "' is a graph output or captured by a subgraph");
        }
        for (Node user : consumers(value)) {
            List<String> inputs = new ArrayList<>(user.inputs());
            inputs.replaceAll(input -> input.equals(value) ? replacement : input);
            Node changed = user.withInputs(inputs);
            link(changed, unlink(user));
            rewired.put(user, changed);
        }
    }

    /** Whether {@link #replaceUses} may be called for {@code value}. */
    public boolean canReplaceUses(String value) {
        return !outputs.contains(value)
                && consumers(value).stream().noneMatch(user -> user.captures().contains(value));
    }

    /**
     * Replaces {@code last} by {@code fused}, which also does what other nodes did so far: those that nobody uses any more go with it. One entry
     * in the log, for {@code reason}.
     */
    public void fuse(Node last, Node fused, String reason) {
        fuse(last, List.of(fused), reason);
    }

    /** The same with several nodes, or none, in place of one. */
    public void fuse(Node last, List<Node> fused, String reason) {
        fuse(last, last, fused, reason);
    }

    /** The same; the log names {@code main}, the node that the others are taken into. */
    public void fuse(Node main, Node last, List<Node> fused, String reason) {
        int place = unlink(last);
        fused.forEach(node -> link(node, place));
        entries.add(new Entry(main.path(), reason, false));
        last.inputs().forEach(this::removeUnused);
    }

    /** Removes the node that computes {@code value}, and what only it needs, if nobody uses its outputs. */
    private void removeUnused(String value) {
        Node producer = producers.get(value);
        boolean used = producer == null
                || producer.outputs().stream()
                        .anyMatch(output -> outputs.contains(output)
                                || !consumers.getOrDefault(output, Set.of()).isEmpty());
        if (producer != null && !used) {
            unlink(producer);
            producer.inputs().forEach(this::removeUnused);
        }
    }

    /** Notes that a pass left {@code node} as it is although it is nearly what the pass looks for, for {@code reason}. */
    public void refuse(Node node, String reason) {
        entries.add(new Entry(node.path(), reason, true));
    }

    /** What was edited and refused and why, in order. */
    public List<Entry> entries() {
        return List.copyOf(entries);
    }

    /** What was edited and why, in order. */
    public List<String> log() {
        return entries.stream()
                .filter(entry -> !entry.refused())
                .map(entry -> entry.node() + ": " + entry.reason())
                .toList();
    }

    /** The edited graph, sorted; constants that nobody uses are dropped. */
    public Graph build() {
        initializers
                .keySet()
                .removeIf(name -> consumers(name).isEmpty() && !outputs.contains(name) && !original.isInput(name));
        valueTypes.keySet().removeIf(name -> !producers.containsKey(name) && !names.contains(name));
        return Graph.of(original.name(), original.inputs(), original.outputs(), nodes(), initializers, valueTypes);
    }

    private void link(Node node, int place) {
        places.put(node, place);
        for (String output : node.outputs()) {
            if (!output.isEmpty()) {
                producers.put(output, node);
                names.add(output);
            }
        }
        for (List<String> used : Arrays.asList(node.inputs(), node.captures())) {
            for (String value : used) {
                if (!value.isEmpty()) {
                    consumers
                            .computeIfAbsent(value, key -> new LinkedHashSet<>())
                            .add(node);
                }
            }
        }
    }

    private int unlink(Node node) {
        Integer place = places.remove(node);
        if (place == null) {
            throw new IllegalArgumentException(node.path() + " is not in the graph");
        }
        node.outputs().forEach(output -> producers.remove(output, node));
        for (List<String> used : Arrays.asList(node.inputs(), node.captures())) {
            for (String value : used) {
                Set<Node> users = consumers.get(value);
                if (users != null) {
                    users.remove(node);
                }
            }
        }
        return place;
    }
}
