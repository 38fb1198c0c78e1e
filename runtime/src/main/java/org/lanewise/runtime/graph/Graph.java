package org.lanewise.runtime.graph;

import java.util.Collections;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.lanewise.runtime.GraphException;
import org.lanewise.runtime.tensor.ValueType;

/**
 * A graph of operators: immutable, its nodes in an order in which every value is computed before it is used. Edited only through
 * {@link GraphEditor}.
 */
public final class Graph {
    private final String name;
    private final List<ValueInfo> inputs;
    private final List<ValueInfo> outputs;
    private final List<Node> nodes;
    private final Map<String, Initializer> initializers;
    private final Map<String, ValueType> valueTypes;
    private final Set<String> freeNames;
    private final Set<String> inputNames;
    private final Set<String> outputNames;

    private Graph(
            String name,
            List<ValueInfo> inputs,
            List<ValueInfo> outputs,
            List<Node> nodes,
            Map<String, Initializer> initializers,
            Map<String, ValueType> valueTypes,
            Set<String> freeNames) {
        this.name = name;
        this.inputs = List.copyOf(inputs);
        this.outputs = List.copyOf(outputs);
        this.nodes = List.copyOf(nodes);
        this.initializers = Collections.unmodifiableMap(new LinkedHashMap<>(initializers));
        this.valueTypes = Collections.unmodifiableMap(new LinkedHashMap<>(valueTypes));
        this.freeNames = Collections.unmodifiableSet(freeNames);
        this.inputNames = names(inputs);
        this.outputNames = names(outputs);
    }

    private static Set<String> names(List<ValueInfo> infos) {
        return infos.stream().map(ValueInfo::name).collect(Collectors.toUnmodifiableSet());
    }

    /**
     * A graph of these parts; nodes may come in any order and are sorted.
     *
     * @param inputs the graph inputs; one that is also in {@code initializers} has that default
     * @param valueTypes what the model says of the types of other values ({@code value_info})
     * @throws GraphException if a name is defined twice or the nodes form a cycle
     */
    public static Graph of(
            String name,
            List<ValueInfo> inputs,
            List<ValueInfo> outputs,
            List<Node> nodes,
            Map<String, Initializer> initializers,
            Map<String, ValueType> valueTypes) {
        Set<String> defined = new HashSet<>(initializers.keySet());
        for (ValueInfo input : inputs) {
            if (!defined.add(input.name()) && !initializers.containsKey(input.name())) {
                throw new GraphException("graph '" + name + "': input '" + input.name() + "' is declared twice");
            }
        }
        for (Node node : nodes) {
            for (String output : node.outputs()) {
                if (!output.isEmpty() && !defined.add(output)) {
                    throw new GraphException(node.path() + ": output '" + output + "' is defined already");
                }
            }
        }
        List<Node> sorted = TopologicalOrder.sort(name, nodes);
        Set<String> free = new LinkedHashSet<>();
        for (Node node : sorted) {
            for (String input : node.inputs()) {
                if (!input.isEmpty() && !defined.contains(input)) {
                    free.add(input);
                }
            }
            for (String captured : node.captures()) {
                if (!defined.contains(captured)) {
                    free.add(captured);
                }
            }
        }
        for (ValueInfo output : outputs) {
            if (!defined.contains(output.name())) {
                free.add(output.name());
            }
        }
        return new Graph(name, inputs, outputs, sorted, initializers, valueTypes, free);
    }

    /** This graph with other initializers of the same names, types and shapes. */
    public Graph withInitializers(Map<String, Initializer> replacements) {
        if (!replacements.keySet().equals(initializers.keySet())) {
            throw new GraphException("graph '" + name + "': initializers " + replacements.keySet() + " replace "
                    + initializers.keySet());
        }
        return new Graph(name, inputs, outputs, nodes, replacements, valueTypes, freeNames);
    }

    /** The graph's name. */
    public String name() {
        return name;
    }

    /** Inputs in order, those with a default (an initializer of the same name) included. */
    public List<ValueInfo> inputs() {
        return inputs;
    }

    /** Outputs in order. */
    public List<ValueInfo> outputs() {
        return outputs;
    }

    /** Nodes, every value computed before it is used. */
    public List<Node> nodes() {
        return nodes;
    }

    /** Constants by name. */
    public Map<String, Initializer> initializers() {
        return initializers;
    }

    /** What the model says of the types of inner values. */
    public Map<String, ValueType> valueTypes() {
        return valueTypes;
    }

    /** Names used here but defined in an enclosing graph; empty for a main graph. */
    public Set<String> freeNames() {
        return freeNames;
    }

    /** Whether {@code name} is one of the graph's outputs. */
    public boolean isOutput(String name) {
        return outputNames.contains(name);
    }

    /** Whether {@code name} is one of the graph's inputs. */
    public boolean isInput(String name) {
        return inputNames.contains(name);
    }

    @Override
    public String toString() {
        return "graph '" + name + "' of " + nodes.size() + " nodes";
    }
}
