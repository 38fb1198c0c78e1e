package org.lanewise.runtime.optimize;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;
import org.lanewise.runtime.graph.Attribute;
import org.lanewise.runtime.graph.GraphEditor;
import org.lanewise.runtime.graph.Node;
import org.lanewise.runtime.session.Inference;
import org.lanewise.runtime.tensor.DataType;
import org.lanewise.runtime.tensor.PartialShape;
import org.lanewise.runtime.tensor.Shape;
import org.lanewise.runtime.tensor.Tensor;

/**
 * Moves every {@code Transpose} down the graph, through operators that work in any order of the dimensions, until it meets another one and both merge or
 * cancel. With {@link ChannelsLast} this lets whole regions of a graph run in one layout.
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

    private static @Nullable Node firstTranspose(GraphEditor editor, Node node) {
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
            sinkUnary(editor, node, moved);
        } else if (BROADCASTING.contains(type) && node.opset() >= 7) {
            sinkBroadcasting(editor, types, node, moved);
        } else if (type.equals("Concat")) {
            sinkConcat(editor, node, moved);
        } else if (REDUCING.contains(type)) {
            sinkReduction(editor, node, moved);
        } else if (type.equals("GlobalAveragePool")) {
            sinkGlobalPool(editor, node, moved);
        } else if ((type.equals("MaxPool") || type.equals("AveragePool")) && moved.equals(Permutation.TO_NCHW)) {
            sinkPool(editor, types, node, moved);
        } else if (type.equals("Pad")) {
            sinkPad(editor, node, moved);
        } else if (type.equals("Slice") && node.opset() >= 10) {
            sinkSlice(editor, node, moved);
        } else if (type.equals("Softmax") && node.opset() >= 13) {
            sinkAxis(editor, node, moved, -1);
        } else if (type.equals("Resize") && node.opset() >= 11) {
            sinkResize(editor, node, moved);
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

    private static void sinkUnary(GraphEditor editor, Node node, Permutation moved) {
        if (editor.producer(node.input(0)) != firstTranspose(editor, node) || !parametersAreScalars(editor, node)) {
            return;
        }
        replace(editor, node, moved, withInput(editor, node, 0), node.attributes());
    }

    /** Whether all inputs but the first are absent or single values, so that they have no order of dimensions. */
    private static boolean parametersAreScalars(GraphEditor editor, Node node) {
        for (int i = 1; i < node.inputs().size(); i++) {
            String input = node.input(i);
            Tensor constant = input.isEmpty() ? null : editor.constant(input);
            if (!input.isEmpty() && (constant == null || constant.size() != 1)) {
                return false;
            }
        }
        return true;
    }

    private static void sinkBroadcasting(GraphEditor editor, Inference types, Node node, Permutation moved) {
        List<String> inputs = new ArrayList<>(node.inputs());
        List<Runnable> edits = new ArrayList<>();
        for (int i = 0; i < inputs.size(); i++) {
            int at = i;
            String input = inputs.get(i);
            Node producer = editor.producer(input);
            Tensor constant = editor.constant(input);
            PartialShape shape = types.shape(input);
            if (moved.equals(Permutation.of(producer)) && producer != null) {
                inputs.set(i, producer.input(0));
            } else if (constant != null && constant.shape().rank() <= moved.rank()) {
                edits.add(
                        () -> inputs.set(at, constant.size() == 1 ? input : reordered(editor, input, constant, moved)));
            } else if (isPerChannel(shape, moved)) {
                edits.add(() -> inputs.set(at, transposed(editor, node, input, moved.inverse())));
            } else {
                return;
            }
        }
        edits.forEach(Runnable::run);
        replace(editor, node, moved, inputs, node.attributes());
    }

    /** Whether a value of this shape is small enough for an extra transpose to cost nothing: all but two dimensions are 1. */
    private static boolean isPerChannel(PartialShape shape, Permutation moved) {
        if (shape.rank() != moved.rank()) {
            return false;
        }
        long wide = Arrays.stream(shape.toArray()).filter(dim -> dim != 1).count();
        return wide <= 2 && shape.rank() >= 4;
    }

    private static String transposed(GraphEditor editor, Node node, String input, Permutation order) {
        String output = editor.newName(input + "_transposed");
        editor.addBefore(node, order.node(output, input, output), "lets '" + node.path() + "' run in another layout");
        return output;
    }

    /** A constant that broadcasts against the transposed value, made to broadcast against the original. */
    static String reordered(GraphEditor editor, String name, Tensor constant, Permutation moved) {
        int rank = moved.rank();
        int[] padded = new int[rank];
        Arrays.fill(padded, 1);
        int[] own = constant.shape().toArray();
        System.arraycopy(own, 0, padded, rank - own.length, own.length);
        Tensor full = constant.reshape(Shape.of(padded));
        return editor.addConstant(name + "_transposed", Constants.transpose(full, moved.inverse()));
    }

    private static void sinkConcat(GraphEditor editor, Node node, Permutation moved) {
        List<String> inputs = new ArrayList<>();
        for (String input : node.inputs()) {
            Node producer = editor.producer(input);
            if (producer == null || !moved.equals(Permutation.of(producer))) {
                return;
            }
            inputs.add(producer.input(0));
        }
        long axis = node.intAttribute("axis", 1);
        replace(editor, node, moved, inputs, with(node, "axis", new Attribute.IntValue(moved.source(axis))));
    }

    private static void sinkReduction(GraphEditor editor, Node node, Permutation moved) {
        Tensor given = editor.constant(node.input(1));
        long[] axes = given != null ? given.toLongArray() : node.intsAttribute("axes");
        boolean unknownAxes = !node.input(1).isEmpty() && given == null;
        if (axes == null || axes.length == 0 || unknownAxes || node.intAttribute("keepdims", 1) != 1) {
            return;
        }
        long[] sources = moved.sources(axes);
        List<String> inputs = withInput(editor, node, 0);
        Map<String, Attribute> attributes = node.attributes();
        if (given != null) {
            inputs.set(1, editor.addConstant(node.input(1) + "_transposed", Tensor.of(sources)));
        } else {
            attributes = with(node, "axes", new Attribute.IntsValue(sources));
        }
        replace(editor, node, moved, inputs, attributes);
    }

    private static void sinkGlobalPool(GraphEditor editor, Node node, Permutation moved) {
        long[] spatial = new long[moved.rank() - 2];
        for (int i = 0; i < spatial.length; i++) {
            spatial[i] = moved.source(i + 2);
        }
        String axes = editor.addConstant(node.output(0) + "_axes", Tensor.of(spatial));
        String result = editor.newName(node.output(0) + "_before_transpose");
        Node mean = Rewrites.onnx(
                node.name(),
                "ReduceMean",
                18,
                List.of(withInput(editor, node, 0).getFirst(), axes),
                List.of(result),
                Map.of());
        editor.replace(
                node,
                List.of(mean, moved.node(node.name() + "_transpose", result, node.output(0))),
                "a transpose moves below it");
    }

    /** Pooling has a channels-last operator of its own; the one with indices counts them channels first and stays, as does one of other types than float and, for MaxPool, bytes. */
    private static void sinkPool(GraphEditor editor, Inference types, Node node, Permutation moved) {
        DataType type = types.elementType(node.input(0));
        boolean bytes = node.opType().equals("MaxPool") && (type == DataType.INT8 || type == DataType.UINT8);
        if (node.outputs().size() > 1 || type != DataType.FLOAT && !bytes) {
            return;
        }
        String result = editor.newName(node.output(0) + "_before_transpose");
        Node pool = new Node(
                node.name(),
                Rewrites.LANEWISE,
                node.opType(),
                1,
                withInput(editor, node, 0),
                List.of(result),
                node.attributes());
        editor.replace(
                node,
                List.of(pool, moved.node(node.name() + "_transpose", result, node.output(0))),
                "a transpose moves below it");
    }

    private static void sinkPad(GraphEditor editor, Node node, Permutation moved) {
        Tensor pads = editor.constant(node.input(1));
        if (node.opset() < 11 || pads == null || !node.input(3).isEmpty() || pads.size() != 2 * moved.rank()) {
            return;
        }
        int rank = moved.rank();
        long[] all = pads.toLongArray();
        long[] moving = new long[2 * rank];
        System.arraycopy(moved.reorder(Arrays.copyOf(all, rank)), 0, moving, 0, rank);
        System.arraycopy(moved.reorder(Arrays.copyOfRange(all, rank, 2 * rank)), 0, moving, rank, rank);
        List<String> inputs = withInput(editor, node, 0);
        inputs.set(1, editor.addConstant(node.input(1) + "_transposed", Tensor.of(moving)));
        replace(editor, node, moved, inputs, node.attributes());
    }

    private static void sinkSlice(GraphEditor editor, Node node, Permutation moved) {
        Tensor starts = editor.constant(node.input(1));
        Tensor given = editor.constant(node.input(3));
        if (editor.producer(node.input(0)) != firstTranspose(editor, node)) {
            return;
        }
        long[] axes;
        if (given != null) {
            axes = given.toLongArray();
        } else if (starts != null && node.input(3).isEmpty()) {
            axes = LongStream.range(0, starts.size()).toArray();
        } else {
            return;
        }
        List<String> inputs = withInput(editor, node, 0);
        while (inputs.size() < 4) {
            inputs.add("");
        }
        inputs.set(3, editor.addConstant(node.output(0) + "_axes", Tensor.of(moved.sources(axes))));
        replace(editor, node, moved, inputs, node.attributes());
    }

    private static void sinkAxis(GraphEditor editor, Node node, Permutation moved, long fallback) {
        long axis = node.intAttribute("axis", fallback);
        replace(
                editor,
                node,
                moved,
                withInput(editor, node, 0),
                with(node, "axis", new Attribute.IntValue(moved.source(axis))));
    }

    private static void sinkResize(GraphEditor editor, Node node, Permutation moved) {
        List<String> inputs = withInput(editor, node, 0);
        boolean usesRoi = node.stringAttribute("coordinate_transformation_mode", "half_pixel")
                .equals("tf_crop_and_resize");
        if (usesRoi || node.intsAttribute("axes") != null) {
            return;
        }
        for (int i = 2; i < inputs.size(); i++) {
            if (inputs.get(i).isEmpty()) {
                continue;
            }
            Tensor values = editor.constant(inputs.get(i));
            if (values == null || values.size() != 0 && values.size() != moved.rank()) {
                return;
            }
            if (values.size() > 0) {
                Tensor moving = Constants.reorder(values, moved);
                inputs.set(i, editor.addConstant(inputs.get(i) + "_transposed", moving));
            }
        }
        replace(editor, node, moved, inputs, node.attributes());
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

    private static Map<String, Attribute> with(Node node, String name, Attribute value) {
        Map<String, Attribute> attributes = new HashMap<>(node.attributes());
        attributes.put(name, value);
        return attributes;
    }

    static void replace(
            GraphEditor editor, Node node, Permutation moved, List<String> inputs, Map<String, Attribute> attributes) {
        String result = editor.newName(node.output(0) + "_before_transpose");
        Node sunk = node.withInputs(inputs).withAttributes(attributes).withOutputs(List.of(result));
        editor.replace(
                node,
                List.of(sunk, moved.node(node.name() + "_transpose", result, node.output(0))),
                "a transpose moves below it");
    }
}
