package org.lanewise.runtime.optimize;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.lanewise.runtime.graph.Attribute;
import org.lanewise.runtime.graph.GraphEditor;
import org.lanewise.runtime.graph.Node;
import org.lanewise.runtime.session.Inference;
import org.lanewise.runtime.tensor.DataType;
import org.lanewise.runtime.tensor.PartialShape;

/**
 * Recognises {@code x / sqrt(mean(x^2) + epsilon) * scale} over the last axis, also with the reciprocal, a division of 1 or a power of -1/2 in place of the
 * division, and makes it one {@code RMSNormalization} (Zhang and Sennrich, <i>Root Mean Square Layer Normalization</i>, 2019).
 */
public final class RmsNormFusion implements Pass {
    @Override
    public String name() {
        return "rms-norm";
    }

    @Override
    public void apply(GraphEditor editor, Inference types) {
        editor.forEach(node -> {
            if (node.is("Div")) {
                fuse(editor, types, node, node.input(0), root(editor, editor.producer(node.input(1))));
            } else if (node.is("Mul")) {
                for (int i = 0; i < 2; i++) {
                    String inverted = inverted(editor, editor.producer(node.input(1 - i)));
                    if (editor.contains(node) && inverted != null) {
                        fuse(editor, types, node, node.input(i), inverted);
                    }
                }
            }
        });
    }

    /** {@code v} of {@code sqrt(v)}, or {@code null}. */
    private static @Nullable String root(GraphEditor editor, @Nullable Node node) {
        if (node == null) {
            return null;
        }
        boolean half = node.is("Pow") && Rewrites.isScalar(editor, node.input(1), 0.5);
        return node.is("Sqrt") || half ? node.input(0) : null;
    }

    /** {@code v} of {@code 1 / sqrt(v)}, or {@code null}. */
    private static @Nullable String inverted(GraphEditor editor, @Nullable Node node) {
        if (node == null) {
            return null;
        }
        if (node.is("Pow")) {
            return Rewrites.isScalar(editor, node.input(1), -0.5) ? node.input(0) : null;
        }
        if (node.is("Div") && Rewrites.isScalar(editor, node.input(0), 1)) {
            return root(editor, editor.producer(node.input(1)));
        }
        return node.is("Reciprocal") ? root(editor, editor.producer(node.input(0))) : null;
    }

    private static void fuse(GraphEditor editor, Inference types, Node normed, String x, @Nullable String shifted) {
        Node add = shifted == null ? null : editor.producer(shifted);
        if (add == null || !add.is("Add")) {
            return;
        }
        int shift = editor.isConstant(add.input(0)) ? 0 : 1;
        Node mean = editor.producer(add.input(1 - shift));
        if (mean == null || !LayerNormFusion.isMeanOfSquare(editor, mean, x)) {
            return;
        }
        String refusal = scaled(editor, types, normed, x, mean, Rewrites.scalar(editor, add.input(shift)));
        if (refusal != null) {
            editor.refuse(normed, refusal);
        }
    }

    /** Fuses the normalization with the scale behind it, or says why not. */
    private static @Nullable String scaled(
            GraphEditor editor, Inference types, Node normed, String x, Node mean, @Nullable Float epsilon) {
        if (epsilon == null) {
            return "epsilon is not a constant";
        }
        if (types.elementType(x) != DataType.FLOAT) {
            return "its type is not FLOAT";
        }
        if (!LayerNormFusion.isLastAxisMean(editor, types, mean, mean.input(0))) {
            return "the mean is not over the last axis alone";
        }
        Node mul = editor.onlyConsumer(normed.output(0));
        if (mul == null || !mul.is("Mul")) {
            return "its result is not scaled, or is used by more than one node";
        }
        String scale = Rewrites.other(mul, normed.output(0));
        long width = types.shape(x).isRanked() ? types.shape(x).dim(-1) : PartialShape.UNKNOWN;
        if (!LayerNormFusion.isVector(editor.constant(scale), width)) {
            return "the scale '" + scale + "' is not a constant vector of the last dimension";
        }
        if (!Rewrites.keepsRank(types, x, mul.output(0))) {
            return "a constant adds dimensions";
        }
        editor.fuse(
                mul,
                Rewrites.onnx(
                        mul.name(),
                        "RMSNormalization",
                        23,
                        List.of(x, scale),
                        mul.outputs(),
                        Map.of("axis", new Attribute.IntValue(-1), "epsilon", new Attribute.FloatValue(epsilon))),
                "RMS normalization written out");
        return null;
    }
}
