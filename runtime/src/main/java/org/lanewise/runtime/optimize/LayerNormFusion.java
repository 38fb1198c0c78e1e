package org.lanewise.runtime.optimize;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.lanewise.runtime.graph.Attribute;
import org.lanewise.runtime.graph.GraphEditor;
import org.lanewise.runtime.graph.Node;
import org.lanewise.runtime.session.Inference;
import org.lanewise.runtime.tensor.PartialShape;
import org.lanewise.runtime.tensor.Tensor;

/**
 * Recognises layer normalization written out: {@code d = x - mean(x); y = d / sqrt(mean(d^2) + epsilon) * scale + bias}, over the last axis, as exporters
 * before opset 17 emit it, and makes it one {@code LayerNormalization}.
 */
public final class LayerNormFusion implements Pass {
    @Override
    public String name() {
        return "layer-norm";
    }

    @Override
    public void apply(GraphEditor editor, Inference types) {
        editor.forEach(node -> {
            if (node.is("Div")) {
                fuse(editor, types, node);
            }
        });
    }

    private static void fuse(GraphEditor editor, Inference types, Node div) {
        Node centre = editor.producer(div.input(0));
        Node sqrt = editor.producer(div.input(1));
        if (centre == null || !centre.is("Sub") || sqrt == null || !sqrt.is("Sqrt")) {
            return;
        }
        String x = centre.input(0);
        Node mean = editor.producer(centre.input(1));
        Node add = editor.producer(sqrt.input(0));
        if (!isLastAxisMean(editor, types, mean, x) || add == null || !add.is("Add")) {
            return;
        }
        Node variance = editor.producer(add.input(0));
        Float epsilon = Rewrites.scalar(editor, add.input(1));
        if (epsilon == null || variance == null || !isMeanOfSquare(editor, types, variance, centre)) {
            return;
        }
        Node mul = editor.onlyConsumer(div.output(0));
        Tensor scale = mul != null && mul.is("Mul") ? editor.constant(Rewrites.other(mul, div.output(0))) : null;
        Node plus = scale == null || mul == null ? null : editor.onlyConsumer(mul.output(0));
        Tensor bias = plus != null && mul != null && plus.is("Add")
                ? editor.constant(Rewrites.other(plus, mul.output(0)))
                : null;
        long width = types.shape(x).isRanked() ? types.shape(x).dim(-1) : PartialShape.UNKNOWN;
        if (scale == null
                || bias == null
                || mul == null
                || plus == null
                || !isVector(scale, width)
                || !isVector(bias, width)
                || !Rewrites.keepsRank(types, x, plus.output(0))) {
            return;
        }
        Node fused = Rewrites.onnx(
                plus.name(),
                "LayerNormalization",
                17,
                List.of(x, Rewrites.other(mul, div.output(0)), Rewrites.other(plus, mul.output(0))),
                plus.outputs(),
                Map.of("axis", new Attribute.IntValue(-1), "epsilon", new Attribute.FloatValue(epsilon)));
        editor.remove(div, "part of a layer normalization");
        editor.remove(mul, "part of a layer normalization");
        editor.replace(plus, fused, "layer normalization written out");
    }

    private static boolean isVector(Tensor tensor, long width) {
        return tensor.shape().rank() == 1 && tensor.size() == width;
    }

    private static boolean isMeanOfSquare(GraphEditor editor, Inference types, Node variance, Node centre) {
        Node square = editor.producer(variance.input(0));
        if (square == null || !isLastAxisMean(editor, types, variance, variance.input(0))) {
            return false;
        }
        String d = centre.output(0);
        return square.is("Pow") && square.input(0).equals(d) && Rewrites.isScalar(editor, square.input(1), 2)
                || square.is("Mul")
                        && square.input(0).equals(d)
                        && square.input(1).equals(d);
    }

    private static boolean isLastAxisMean(GraphEditor editor, Inference types, @Nullable Node node, String x) {
        if (node == null
                || !node.is("ReduceMean")
                || !node.input(0).equals(x)
                || node.intAttribute("keepdims", 1) != 1) {
            return false;
        }
        Tensor given = editor.constant(node.input(1));
        long[] axes = given != null ? given.toLongArray() : node.intsAttribute("axes");
        int rank = types.shape(x).rank();
        return axes != null && axes.length == 1 && rank > 0 && (axes[0] == -1 || axes[0] == rank - 1);
    }
}
