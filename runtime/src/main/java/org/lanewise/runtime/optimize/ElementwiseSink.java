package org.lanewise.runtime.optimize;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.lanewise.runtime.graph.GraphEditor;
import org.lanewise.runtime.graph.Node;
import org.lanewise.runtime.session.Inference;
import org.lanewise.runtime.tensor.PartialShape;
import org.lanewise.runtime.tensor.Shape;
import org.lanewise.runtime.tensor.Tensor;

/** How {@link TransposeSink} moves a transpose through operators that compute each value from those at the same place, broadcasting aside. */
final class ElementwiseSink {
    private ElementwiseSink() {}

    static void unary(GraphEditor editor, Node node, Permutation moved) {
        if (editor.producer(node.input(0)) != TransposeSink.firstTranspose(editor, node)
                || !parametersAreScalars(editor, node)) {
            return;
        }
        TransposeSink.replace(editor, node, moved, TransposeSink.withInput(editor, node, 0), node.attributes());
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

    static void broadcasting(GraphEditor editor, Inference types, Node node, Permutation moved) {
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
        TransposeSink.replace(editor, node, moved, inputs, node.attributes());
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
}
