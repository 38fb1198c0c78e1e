package org.lanewise.runtime.optimize;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.lanewise.runtime.graph.Attribute;
import org.lanewise.runtime.graph.GraphEditor;
import org.lanewise.runtime.graph.Node;
import org.lanewise.runtime.session.Inference;
import org.lanewise.runtime.tensor.Tensor;

/** Recognises {@code e = exp(x - max(x)); e / sum(e)} along one axis and makes it one {@code Softmax}. */
public final class SoftmaxFusion implements Pass {
    @Override
    public String name() {
        return "softmax";
    }

    @Override
    public void apply(GraphEditor editor, Inference types) {
        editor.forEach(node -> {
            Node exp = node.is("Div") ? editor.producer(node.input(0)) : null;
            Node sum = node.is("Div") ? editor.producer(node.input(1)) : null;
            if (exp == null
                    || !exp.is("Exp")
                    || sum == null
                    || !sum.is("ReduceSum")
                    || !sum.input(0).equals(exp.output(0))) {
                return;
            }
            String refusal = fuse(editor, types, node, exp, sum);
            if (refusal != null) {
                editor.refuse(node, refusal);
            }
        });
    }

    /** Fuses, or says why not. */
    private static @Nullable String fuse(GraphEditor editor, Inference types, Node div, Node exp, Node sum) {
        Node sub = editor.producer(exp.input(0));
        Node max = sub != null && sub.is("Sub") ? editor.producer(sub.input(1)) : null;
        if (sub == null || max == null || !max.is("ReduceMax") || !max.input(0).equals(sub.input(0))) {
            return "the maximum is not subtracted before the exponential";
        }
        int rank = types.shape(sub.input(0)).rank();
        int axis = axis(editor, sum, rank);
        if (axis < 0 || axis != axis(editor, max, rank)) {
            return "maximum and sum are not along one and the same axis, which is kept";
        }
        editor.fuse(
                div,
                Rewrites.onnx(
                        div.name(),
                        "Softmax",
                        13,
                        List.of(sub.input(0)),
                        div.outputs(),
                        Map.of("axis", new Attribute.IntValue(axis))),
                "softmax written out");
        return null;
    }

    /** The only axis of a reduction that keeps it, or -1. */
    private static int axis(GraphEditor editor, Node reduction, int rank) {
        Tensor given = editor.constant(reduction.input(1));
        long[] axes = given != null ? given.toLongArray() : reduction.intsAttribute("axes");
        if (rank < 1 || axes == null || axes.length != 1 || reduction.intAttribute("keepdims", 1) != 1) {
            return -1;
        }
        return (int) (axes[0] < 0 ? axes[0] + rank : axes[0]);
    }
}
