package org.lanewise.runtime.graph;

import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * One application of an operator: immutable.
 *
 * <p>Values are named by strings, as in ONNX; the empty string stands for an optional input or output that is absent. {@link #opset()} is the version of
 * the operator set of {@link #domain()} under which this node is to be read.
 */
public final class Node {
    private final String name;
    private final String domain;
    private final String opType;
    private final int opset;
    private final List<String> inputs;
    private final List<String> outputs;
    private final Map<String, Attribute> attributes;
    private final List<String> captures;

    /** A node; lists and map are copied. The domain {@code ai.onnx} is stored as the empty string. */
    public Node(
            String name,
            String domain,
            String opType,
            int opset,
            List<String> inputs,
            List<String> outputs,
            Map<String, Attribute> attributes) {
        this.name = name;
        this.domain = domain.equals("ai.onnx") ? "" : domain;
        this.opType = opType;
        this.opset = opset;
        this.inputs = List.copyOf(inputs);
        this.outputs = List.copyOf(outputs);
        this.attributes = Collections.unmodifiableMap(new LinkedHashMap<>(attributes));
        this.captures = captures(this.attributes);
    }

    /** The node's name; may be empty or not unique. */
    public String name() {
        return name;
    }

    /** The operator set; empty for the ONNX one. */
    public String domain() {
        return domain;
    }

    /** The operator, such as {@code Conv}. */
    public String opType() {
        return opType;
    }

    /** Version of the operator set. */
    public int opset() {
        return opset;
    }

    /** Names of the input values, empty where an optional one is absent. */
    public List<String> inputs() {
        return inputs;
    }

    /** Names of the output values, empty where an optional one is absent. */
    public List<String> outputs() {
        return outputs;
    }

    /** Attributes by name. */
    public Map<String, Attribute> attributes() {
        return attributes;
    }

    /** Names of the values of enclosing graphs that this node's subgraphs use. */
    public List<String> captures() {
        return captures;
    }

    /** Name of input {@code i}, empty when absent or beyond the end. */
    public String input(int i) {
        return i < inputs.size() ? inputs.get(i) : "";
    }

    /** Name of output {@code i}, empty when absent or beyond the end. */
    public String output(int i) {
        return i < outputs.size() ? outputs.get(i) : "";
    }

    /** Attribute {@code name}, an {@code INT}; {@code fallback} when it is not given or of another kind. */
    public long intAttribute(String name, long fallback) {
        return attributes.get(name) instanceof Attribute.IntValue(long value) ? value : fallback;
    }

    /** Attribute {@code name}, a {@code FLOAT}; {@code fallback} when it is not given or of another kind. */
    public float floatAttribute(String name, float fallback) {
        return attributes.get(name) instanceof Attribute.FloatValue(float value) ? value : fallback;
    }

    /** Attribute {@code name}, a {@code STRING}; {@code fallback} when it is not given or of another kind. */
    public String stringAttribute(String name, String fallback) {
        return attributes.get(name) instanceof Attribute.StringValue(String value) ? value : fallback;
    }

    /** Attribute {@code name}, {@code INTS}; {@code null} when it is not given or of another kind. */
    public long @Nullable [] intsAttribute(String name) {
        return attributes.get(name) instanceof Attribute.IntsValue(long[] value) ? value.clone() : null;
    }

    /** Whether this is operator {@code opType} of the ONNX domain. */
    public boolean is(String opType) {
        return domain.isEmpty() && this.opType.equals(opType);
    }

    /** This node with other inputs. */
    public Node withInputs(List<String> newInputs) {
        return new Node(name, domain, opType, opset, newInputs, outputs, attributes);
    }

    /** This node with other outputs. */
    public Node withOutputs(List<String> newOutputs) {
        return new Node(name, domain, opType, opset, inputs, newOutputs, attributes);
    }

    /** This node with other attributes. */
    public Node withAttributes(Map<String, Attribute> newAttributes) {
        return new Node(name, domain, opType, opset, inputs, outputs, newAttributes);
    }

    /** How messages name this node: operator and name, or the first output where it has no name. */
    public String path() {
        String label = !name.isEmpty() ? name : outputs.isEmpty() ? "" : "-> " + outputs.getFirst();
        return (domain.isEmpty() ? opType : domain + "." + opType) + " '" + label + "'";
    }

    /** Operator with domain and opset, such as {@code ai.onnx.Conv-11}. */
    public String qualifiedOp() {
        return (domain.isEmpty() ? "ai.onnx" : domain) + "." + opType + "-" + opset;
    }

    @Override
    public String toString() {
        return path() + " " + inputs + " -> " + outputs;
    }

    private static List<String> captures(Map<String, Attribute> attributes) {
        Set<String> names = new LinkedHashSet<>();
        for (Attribute attribute : attributes.values()) {
            if (attribute instanceof Attribute.GraphValue(Graph graph)) {
                names.addAll(graph.freeNames());
            } else if (attribute instanceof Attribute.GraphsValue(List<Graph> graphs)) {
                graphs.forEach(graph -> names.addAll(graph.freeNames()));
            }
        }
        return List.copyOf(new ArrayList<>(names));
    }
}
