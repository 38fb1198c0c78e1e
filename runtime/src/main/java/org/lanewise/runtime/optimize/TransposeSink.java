package org.lanewise.runtime.optimize;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.lanewise.runtime.graph.Attribute;
import org.lanewise.runtime.graph.GraphEditor;
import org.lanewise.runtime.graph.Node;
import org.lanewise.runtime.session.Inference;

/**
 * Moves every {@code Transpose} down the graph, through operators that work in any order of the dimensions, until it meets another one and both merge or
 * cancel: {@link ElementwiseSink}, {@link AxisSink}, {@link PoolSink} and {@link QuantizedSink} say how. With {@link ChannelsLast} this lets whole regions of a graph run in one layout.
 */
public final class TransposeSink implements Pass {
    private static final Set<String> UNARY = Set.of(
            "Abs",
            "Acos",
            "Asin",
            "Atan",
            "Cast",
            "Ceil",
            "Celu",
            "Clip",
            "Cos",
            "DequantizeLinear",
            "Elu",
            "Erf",
            "Exp",
            "Floor",
            "Gelu",
            "HardSigmoid",
            "HardSwish",
            "Identity",
            "IsInf",
            "IsNaN",
            "LeakyRelu",
            "Log",
            "Mish",
            "Neg",
            "Not",
            "QuantizeLinear",
            "Reciprocal",
            "Relu",
            "Round",
            "Selu",
            "Sigmoid",
            "Sign",
            "Sin",
            "Softplus",
            "Softsign",
            "Sqrt",
            "Swish",
            "Tan",
            "Tanh",
            "ThresholdedRelu");
    private static final Set<String> BROADCASTING = Set.of(
            "Add",
            "And",
            "Div",
            "Equal",
            "Greater",
            "GreaterOrEqual",
            "Less",
            "LessOrEqual",
            "Max",
            "Mean",
            "Min",
            "Mul",
            "Or",
            "PRelu",
            "Pow",
            "Sub",
            "Sum",
            "Where",
            "Xor");
    private static final Set<String> OTHERS =
            Set.of("AveragePool", "Concat", "GlobalAveragePool", "MaxPool", "Pad", "Resize", "Slice", "Softmax");
    private static final Set<String> REDUCING = Set.of(
            "ReduceL1",
            "ReduceL2",
            "ReduceLogSum",
            "ReduceLogSumExp",
            "ReduceMax",
            "ReduceMean",
            "ReduceMin",
            "ReduceProd",
            "ReduceSum",
            "ReduceSumSquare");

    @Override
    public String name() {
        return "transpose-sink";
    }

    /** Whether a transpose mostly moves through such a node. */
    static boolean sinksThrough(Node node) {
        String type = node.opType();
        return node.domain().isEmpty()
                && (UNARY.contains(type)
                        || BROADCASTING.contains(type)
                        || REDUCING.contains(type)
                        || OTHERS.contains(type));
    }

    @Override
    public void apply(GraphEditor editor, Inference types) {
        // Replacements keep output names, so each node sees what happened above it.
        editor.forEach(node -> {
            Permutation moved = Permutation.of(firstTranspose(editor, node));
            if (moved != null) {
                visit(editor, types, node, moved);
            }
        });
    }

    /** The first transpose among what makes the node's inputs. */
    static @Nullable Node firstTranspose(GraphEditor editor, Node node) {
        for (String input : node.inputs()) {
            Node producer = editor.producer(input);
            if (Permutation.of(producer) != null) {
                return producer;
            }
        }
        return null;
    }

    private static void visit(GraphEditor editor, Inference types, Node node, Permutation moved) {
        if (node.domain().equals(Rewrites.LANEWISE)) {
            QuantizedSink.visit(editor, node, moved);
        }
        if (!node.domain().isEmpty()) {
            return;
        }
        String type = node.opType();
        if (type.equals("Transpose")) {
            merge(editor, node, moved);
        } else if (UNARY.contains(type)) {
            ElementwiseSink.unary(editor, node, moved);
        } else if (BROADCASTING.contains(type) && node.opset() >= 7) {
            ElementwiseSink.broadcasting(editor, types, node, moved);
        } else if (type.equals("Concat")) {
            AxisSink.concat(editor, node, moved);
        } else if (REDUCING.contains(type)) {
            AxisSink.reduction(editor, node, moved);
        } else if (type.equals("GlobalAveragePool")) {
            PoolSink.global(editor, node, moved);
        } else if ((type.equals("MaxPool") || type.equals("AveragePool")) && moved.equals(Permutation.TO_NCHW)) {
            PoolSink.window(editor, types, node, moved);
        } else if (type.equals("Pad")) {
            AxisSink.pad(editor, node, moved);
        } else if (type.equals("Slice") && node.opset() >= 10) {
            AxisSink.slice(editor, node, moved);
        } else if (type.equals("Softmax") && node.opset() >= 13) {
            AxisSink.softmax(editor, node, moved);
        } else if (type.equals("Resize") && node.opset() >= 11) {
            AxisSink.resize(editor, node, moved);
        }
    }

    private static void merge(GraphEditor editor, Node node, Permutation moved) {
        Permutation own = Permutation.of(node);
        Node source = editor.producer(node.input(0));
        if (own == null || source == null) {
            return;
        }
        Permutation both = moved.then(own);
        Node merged = both.node(node.name(), source.input(0), node.output(0));
        editor.replace(node, merged, "two transposes in a row");
        if (both.isIdentity()) {
            Rewrites.bypass(editor, merged, "the transposes cancel");
        }
    }

    /** The node's inputs, input {@code i} replaced by what its transpose transposes. */
    static List<String> withInput(GraphEditor editor, Node node, int i) {
        List<String> inputs = new ArrayList<>(node.inputs());
        Node transpose = editor.producer(inputs.get(i));
        if (transpose != null) {
            inputs.set(i, transpose.input(0));
        }
        return inputs;
    }

    /** Puts the transpose that an input of the node has behind the node, which keeps its outputs' names. */
    static void replace(
            GraphEditor editor, Node node, Permutation moved, List<String> inputs, Map<String, Attribute> attributes) {
        replace(
                editor,
                node,
                moved,
                output -> node.withInputs(inputs).withAttributes(attributes).withOutputs(List.of(output)));
    }

    /** The same where another node takes its place, which {@code sunk} makes of the name of its output. */
    static void replace(GraphEditor editor, Node node, Permutation moved, Function<String, Node> sunk) {
        String output = editor.newName(node.output(0) + "_before_transpose");
        editor.replace(
                node,
                List.of(sunk.apply(output), moved.node(node.name() + "_transpose", output, node.output(0))),
                "a transpose moves below it");
    }
}
