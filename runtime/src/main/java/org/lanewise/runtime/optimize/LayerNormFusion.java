package org.lanewise.runtime.optimize;

import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.lanewise.runtime.graph.Attribute;
import org.lanewise.runtime.graph.GraphEditor;
import org.lanewise.runtime.graph.Node;
import org.lanewise.runtime.session.Inference;
import org.lanewise.runtime.tensor.PartialShape;
import org.lanewise.runtime.tensor.Tensor;

/**
 * Recognises layer normalization written out: {@code d = x - mean(x); y = d / sqrt(mean(d^2) + epsilon) * scale + bias}, over the last axis, with or without the bias,
 * as exporters before opset 17 emit it, and makes it one {@code LayerNormalization}.
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
        Node add = editor.producer(sqrt.input(0));
        int shift = add != null && add.is("Add") && editor.isConstant(add.input(0)) ? 0 : 1;
        Node variance = add != null && add.is("Add") ? editor.producer(add.input(1 - shift)) : null;
        if (add == null || variance == null || !isMeanOfSquare(editor, variance, centre.output(0))) {
            return;
        }
        String x = centre.input(0);
        Node mean = editor.producer(centre.input(1));
        Float epsilon = Rewrites.scalar(editor, add.input(shift));
        if (epsilon == null) {
            editor.refuse(div, "epsilon is not a constant");
        } else if (!isLastAxisMean(editor, types, mean, x)
                || !isLastAxisMean(editor, types, variance, variance.input(0))) {
            editor.refuse(div, "mean and variance are not over the last axis alone");
        } else {
            String refusal = affine(editor, types, div, x, epsilon);
            if (refusal != null) {
                editor.refuse(div, refusal);
            }
        }
    }

    /** Fuses the normalization with the scale and the bias behind it, or says why not. */
    private static @Nullable String affine(GraphEditor editor, Inference types, Node div, String x, float epsilon) {
        long width = types.shape(x).isRanked() ? types.shape(x).dim(-1) : PartialShape.UNKNOWN;
        Node mul = editor.onlyConsumer(div.output(0));
        String scale = mul != null && mul.is("Mul") ? Rewrites.other(mul, div.output(0)) : "";
        if (mul == null || scale.isEmpty()) {
            return "its result is not scaled, or is used by more than one node";
        }
        if (!isVector(editor.constant(scale), width)) {
            return "the scale '" + scale + "' is not a constant vector of the last dimension";
        }
        Node plus = editor.onlyConsumer(mul.output(0));
        String bias = plus != null && plus.is("Add") ? Rewrites.other(plus, mul.output(0)) : "";
        boolean biased = plus != null && isVector(editor.constant(bias), width);
        Node last = biased ? Objects.requireNonNull(plus) : mul;
        if (!Rewrites.keepsRank(types, x, last.output(0))) {
            return "a constant adds dimensions";
        }
        editor.fuse(
                last,
                Rewrites.onnx(
                        last.name(),
                        "LayerNormalization",
                        17,
                        biased ? List.of(x, scale, bias) : List.of(x, scale),
                        last.outputs(),
                        Map.of("axis", new Attribute.IntValue(-1), "epsilon", new Attribute.FloatValue(epsilon))),
                "layer normalization written out");
        return null;
    }

    /** Whether a constant has one value for each element of the last dimension. */
    static boolean isVector(@Nullable Tensor tensor, long width) {
        return tensor != null && tensor.shape().rank() == 1 && tensor.size() == width;
    }

    /** Whether {@code mean} is a mean of the squares of {@code d}, over any axes. */
    static boolean isMeanOfSquare(GraphEditor editor, Node mean, String d) {
        Node square = mean.is("ReduceMean") ? editor.producer(mean.input(0)) : null;
        return square != null
                && square.input(0).equals(d)
                && (square.is("Pow") && Rewrites.isScalar(editor, square.input(1), 2)
                        || square.is("Mul") && square.input(1).equals(d));
    }

    /** Whether {@code node} is the mean of {@code x} over its last axis, which is kept. */
    static boolean isLastAxisMean(GraphEditor editor, Inference types, @Nullable Node node, String x) {
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
