package org.lanewise.runtime.optimize;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.lanewise.runtime.graph.Attribute;
import org.lanewise.runtime.graph.GraphEditor;
import org.lanewise.runtime.graph.Node;
import org.lanewise.runtime.session.Inference;
import org.lanewise.runtime.tensor.Tensor;

/** Steps that several passes take. */
final class Rewrites {
    /** Domain of the operators that only passes make. */
    static final String LANEWISE = "org.lanewise";

    private Rewrites() {}

    /** Removes a node that returns its first input; returns whether it could. */
    static boolean bypass(GraphEditor editor, Node node, String reason) {
        String input = node.input(0);
        String output = node.output(0);
        if (editor.canReplaceUses(output)) {
            editor.replaceUses(output, input);
            editor.remove(node, reason);
            return true;
        }
        // The output is a graph output and must keep its name: let the producer write to that name, if nobody else
        // needs the old one.
        Node producer = editor.producer(input);
        if (editor.isOutput(output)
                && producer != null
                && editor.onlyConsumer(input) == node
                && editor.consumers(output).stream()
                        .noneMatch(user -> user.captures().contains(output))) {
            List<String> outputs = new ArrayList<>(producer.outputs());
            outputs.replaceAll(name -> name.equals(input) ? output : name);
            editor.remove(node, reason);
            editor.replace(producer, producer.withOutputs(outputs), "takes over the name '" + output + "'");
            return true;
        }
        return false;
    }

    /** The elements of a constant of one element, or {@code null}. */
    static @Nullable Float scalar(GraphEditor editor, String value) {
        Tensor constant = editor.constant(value);
        return constant != null && constant.size() == 1 && constant.type().isFloating()
                ? (float) constant.getDouble(0)
                : null;
    }

    /** Whether {@code value} is a constant scalar within a millionth of {@code expected}. */
    static boolean isScalar(GraphEditor editor, String value, double expected) {
        Float scalar = scalar(editor, value);
        return scalar != null && Math.abs(scalar - expected) <= 1e-6 * Math.abs(expected);
    }

    /**
     * Whether a chain of operators with single values has left the rank of {@code x} as it was: a constant of shape (1, 1, 1, 1) is one value too, but gives
     * its result four dimensions.
     */
    static boolean keepsRank(Inference types, String x, String result) {
        int rank = types.shape(x).rank();
        return rank >= 0 && rank == types.shape(result).rank();
    }

    /** The input of a commutative binary node that is not {@code value}. */
    static String other(Node node, String value) {
        return node.input(0).equals(value) ? node.input(1) : node.input(0);
    }

    /** The factor of a {@code Mul} by or a {@code Div} through a constant scalar that leaves the rank, and what is scaled; {@code null} for other nodes. */
    static @Nullable Scaled scaled(GraphEditor editor, Inference types, @Nullable Node node) {
        if (node == null || !node.is("Mul") && !node.is("Div") || node.opset() < 7) {
            return null;
        }
        for (int i = node.is("Mul") ? 0 : 1; i < 2; i++) {
            Float factor = scalar(editor, node.input(i));
            String value = node.input(1 - i);
            if (factor != null && keepsRank(types, value, node.output(0))) {
                return new Scaled(value, node.is("Mul") ? factor : 1.0 / factor);
            }
        }
        return null;
    }

    /**
     * A value times a constant.
     *
     * @param value the value
     * @param factor the constant
     */
    record Scaled(String value, double factor) {}

    /** Whether {@code axis} is the last one of {@code value}, as far as is known. */
    static boolean isLastAxis(Inference types, String value, long axis) {
        int rank = types.shape(value).rank();
        return axis == -1 || rank > 0 && axis == rank - 1;
    }

    /** How a report names who else uses {@code value} beside {@code user}, such as {@code Add 'x'}, or the graph's outputs. */
    static String otherUser(GraphEditor editor, String value, Node user) {
        return editor.consumers(value).stream()
                .filter(node -> !node.equals(user))
                .map(Node::path)
                .findFirst()
                .orElse("the graph's outputs");
    }

    /** Whether a node is of an operator that only passes make; {@link Node#is} tells of ONNX's. */
    static boolean isLanewise(Node node, String opType) {
        return node.domain().equals(LANEWISE) && node.opType().equals(opType);
    }

    /** The node as one of the operator of the same name that only passes make. */
    static Node lanewise(Node node) {
        return new Node(node.name(), LANEWISE, node.opType(), 1, node.inputs(), node.outputs(), node.attributes());
    }

    /** A node of the ONNX operator set. */
    static Node onnx(
            String name,
            String opType,
            int opset,
            List<String> inputs,
            List<String> outputs,
            Map<String, Attribute> attributes) {
        return new Node(name, "", opType, opset, inputs, outputs, attributes);
    }
}
