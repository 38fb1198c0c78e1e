package org.lanewise.runtime.optimize;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.lanewise.runtime.graph.GraphEditor;
import org.lanewise.runtime.graph.Node;
import org.lanewise.runtime.session.Inference;
import org.lanewise.runtime.tensor.PartialShape;
import org.lanewise.runtime.tensor.Tensor;

/** A {@code Transpose} that moves dimensions of size 1 only becomes a {@code Squeeze} and an {@code Unsqueeze}, which copy nothing. */
public final class TransposeViews implements Pass {
    @Override
    public String name() {
        return "transpose-views";
    }

    @Override
    public void apply(GraphEditor editor, Inference types) {
        editor.forEach(node -> {
            Permutation order = Permutation.of(node);
            PartialShape shape = order == null ? PartialShape.unranked() : types.shape(node.input(0));
            if (order != null && shape.rank() == order.rank() && keepsOrder(order, shape)) {
                rewrite(editor, node, order, shape);
            }
        });
    }

    private static boolean keepsOrder(Permutation order, PartialShape shape) {
        int last = -1;
        for (int source : order.axes()) {
            if (shape.dim(source) != 1) {
                if (source < last) {
                    return false;
                }
                last = source;
            }
        }
        return true;
    }

    private static void rewrite(GraphEditor editor, Node node, Permutation order, PartialShape shape) {
        List<Long> dropped = new ArrayList<>();
        List<Long> added = new ArrayList<>();
        for (int i = 0; i < order.rank(); i++) {
            if (shape.dim(i) == 1) {
                dropped.add((long) i);
            }
            if (shape.dim(order.source(i)) == 1) {
                added.add((long) i);
            }
        }
        if (dropped.isEmpty()) {
            return;
        }
        String squeezed = editor.newName(node.output(0) + "_squeezed");
        Node squeeze = Rewrites.onnx(
                node.name() + "_squeeze",
                "Squeeze",
                13,
                List.of(node.input(0), axes(editor, node, dropped)),
                List.of(squeezed),
                Map.of());
        Node unsqueeze = Rewrites.onnx(
                node.name(), "Unsqueeze", 13, List.of(squeezed, axes(editor, node, added)), node.outputs(), Map.of());
        editor.replace(node, List.of(squeeze, unsqueeze), "it moves dimensions of size 1 only");
    }

    private static String axes(GraphEditor editor, Node node, List<Long> axes) {
        long[] values = axes.stream().mapToLong(Long::longValue).toArray();
        return editor.addConstant(node.output(0) + "_axes", Tensor.of(values));
    }
}
