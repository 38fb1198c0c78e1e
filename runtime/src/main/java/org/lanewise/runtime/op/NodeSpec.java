package org.lanewise.runtime.op;

import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.lanewise.runtime.UnsupportedModelException;
import org.lanewise.runtime.graph.Attribute;
import org.lanewise.runtime.graph.Graph;
import org.lanewise.runtime.graph.Node;
import org.lanewise.runtime.tensor.Tensor;
import org.lanewise.runtime.tensor.ValueType;

/**
 * A node as the factory of its operator sees it. Every attribute that is read is noted; one that was not read when the factory returns is refused, so
 * that nothing a model asks for is ever ignored.
 */
public final class NodeSpec {
    private final Node node;
    private final Set<String> read = new LinkedHashSet<>();

    /** For {@code node}. */
    public NodeSpec(Node node) {
        this.node = node;
    }

    /** The opset version that governs the node. */
    public int opset() {
        return node.opset();
    }

    /** Number of inputs the node names. */
    public int inputCount() {
        return node.inputs().size();
    }

    /** Whether input {@code i} is present. */
    public boolean hasInput(int i) {
        return !node.input(i).isEmpty();
    }

    /** Number of outputs the node names. */
    public int outputCount() {
        return node.outputs().size();
    }

    /** Whether output {@code i} is present. */
    public boolean hasOutput(int i) {
        return !node.output(i).isEmpty();
    }

    /** Whether attribute {@code name} is given. */
    public boolean has(String name) {
        return node.attributes().containsKey(name);
    }

    /** An {@code INT}, {@code fallback} when not given. */
    public long intAttribute(String name, long fallback) {
        Attribute value = take(name);
        return switch (value) {
            case null -> fallback;
            case Attribute.IntValue(long v) -> v;
            default -> throw wrongKind(name, "an int");
        };
    }

    /** An {@code INT} read as a switch, {@code fallback} when not given. */
    public boolean flag(String name, boolean fallback) {
        return intAttribute(name, fallback ? 1 : 0) != 0;
    }

    /** An {@code INT} that must be given. */
    public long requiredInt(String name) {
        require(name);
        return intAttribute(name, 0);
    }

    /** A {@code FLOAT}, {@code fallback} when not given. */
    public float floatAttribute(String name, float fallback) {
        Attribute value = take(name);
        return switch (value) {
            case null -> fallback;
            case Attribute.FloatValue(float v) -> v;
            default -> throw wrongKind(name, "a float");
        };
    }

    /** A {@code STRING}, {@code fallback} when not given. */
    public String stringAttribute(String name, String fallback) {
        Attribute value = take(name);
        return switch (value) {
            case null -> fallback;
            case Attribute.StringValue(String v) -> v;
            default -> throw wrongKind(name, "a string");
        };
    }

    /** {@code INTS}, or {@code null} when not given. The array must not be changed. */
    public long @Nullable [] intsAttribute(String name) {
        Attribute value = take(name);
        return switch (value) {
            case null -> null;
            case Attribute.IntsValue(long[] v) -> v;
            default -> throw wrongKind(name, "ints");
        };
    }

    /** {@code FLOATS}, or {@code null} when not given. The array must not be changed. */
    public float @Nullable [] floatsAttribute(String name) {
        Attribute value = take(name);
        return switch (value) {
            case null -> null;
            case Attribute.FloatsValue(float[] v) -> v;
            default -> throw wrongKind(name, "floats");
        };
    }

    /** {@code STRINGS}, or {@code null} when not given. */
    public @Nullable List<String> stringsAttribute(String name) {
        Attribute value = take(name);
        return switch (value) {
            case null -> null;
            case Attribute.StringsValue(List<String> v) -> v;
            default -> throw wrongKind(name, "strings");
        };
    }

    /** A {@code TENSOR}, or {@code null} when not given. */
    public @Nullable Tensor tensorAttribute(String name) {
        Attribute value = take(name);
        return switch (value) {
            case null -> null;
            case Attribute.TensorValue(Tensor v) -> v;
            default -> throw wrongKind(name, "a tensor");
        };
    }

    /** A {@code TYPE_PROTO}, or {@code null} when not given. */
    public @Nullable ValueType typeAttribute(String name) {
        Attribute value = take(name);
        return switch (value) {
            case null -> null;
            case Attribute.TypeValue(ValueType v) -> v;
            default -> throw wrongKind(name, "a type");
        };
    }

    /** A {@code GRAPH} that must be given. */
    public Graph graphAttribute(String name) {
        require(name);
        Attribute value = take(name);
        if (value instanceof Attribute.GraphValue(Graph graph)) {
            return graph;
        }
        throw wrongKind(name, "a graph");
    }

    /** Notes an attribute as read that has no effect on inference, such as a hint to exporters; say why at the call. */
    public void acknowledge(String name) {
        read.add(name);
    }

    /** Fails unless the node has {@code min} to {@code max} inputs. */
    public void inputs(int min, int max) {
        if (inputCount() < min || inputCount() > max) {
            throw refuse("has " + inputCount() + " inputs, expected " + (min == max ? min : min + " to " + max));
        }
        for (int i = 0; i < min; i++) {
            if (!hasInput(i)) {
                throw refuse("required input " + i + " is absent");
            }
        }
    }

    /** A failure to create the operator: {@code reason} with node, operator and opset in front. */
    public UnsupportedModelException refuse(String reason) {
        return new UnsupportedModelException(node.path() + " (" + node.qualifiedOp() + "): " + reason);
    }

    /** Fails if an attribute was given but not read. */
    void audit() {
        for (String name : node.attributes().keySet()) {
            if (!read.contains(name)) {
                throw refuse("attribute '" + name + "' is not supported");
            }
        }
    }

    private @Nullable Attribute take(String name) {
        read.add(name);
        return node.attributes().get(name);
    }

    private void require(String name) {
        if (!has(name)) {
            throw refuse("required attribute '" + name + "' is missing");
        }
    }

    private UnsupportedModelException wrongKind(String name, String expected) {
        return refuse("attribute '" + name + "' must be " + expected);
    }
}
