package org.lanewise.runtime.optimize;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.lanewise.runtime.graph.GraphEditor;
import org.lanewise.runtime.graph.Node;
import org.lanewise.runtime.session.Inference;

/**
 * Recognises {@code x * 0.5 * (1 + erf(x / sqrt(2)))}, in the orders in which exporters write it, and makes it one {@code Gelu} (Hendrycks and Gimpel,
 * <i>Gaussian Error Linear Units</i>, 2016).
 */
public final class GeluFusion implements Pass {
    @Override
    public String name() {
        return "gelu";
    }

    @Override
    public void apply(GraphEditor editor, Inference types) {
        editor.forEach(node -> {
            if (node.is("Erf")) {
                fuse(editor, types, node);
            }
        });
    }

    private static void fuse(GraphEditor editor, Inference types, Node erf) {
        String x = erfArgument(editor, erf);
        Node add = editor.onlyConsumer(erf.output(0));
        if (x == null
                || add == null
                || !add.is("Add")
                || !Rewrites.isScalar(editor, Rewrites.other(add, erf.output(0)), 1)) {
            return;
        }
        Node first = editor.onlyConsumer(add.output(0));
        if (first == null || !first.is("Mul")) {
            return;
        }
        String factor = Rewrites.other(first, add.output(0));
        if (isHalved(editor, factor, x)) { // (0.5 * x) * (1 + erf)
            replace(editor, types, first, x, List.of(add, erf));
            return;
        }
        Node second = editor.onlyConsumer(first.output(0));
        if (second == null || !second.is("Mul")) {
            return;
        }
        String last = Rewrites.other(second, first.output(0));
        if (factor.equals(x) && Rewrites.isScalar(editor, last, 0.5) // (x * (1 + erf)) * 0.5
                || Rewrites.isScalar(editor, factor, 0.5) && last.equals(x)) { // ((1 + erf) * 0.5) * x
            replace(editor, types, second, x, List.of(first, add, erf));
        }
    }

    /** {@code x} of {@code erf(x / sqrt(2))}, or {@code null}. */
    private static @Nullable String erfArgument(GraphEditor editor, Node erf) {
        Node scaled = editor.producer(erf.input(0));
        if (scaled == null) {
            return null;
        }
        if (scaled.is("Div") && Rewrites.isScalar(editor, scaled.input(1), Math.sqrt(2))) {
            return scaled.input(0);
        }
        if (scaled.is("Mul")) {
            for (String input : scaled.inputs()) {
                if (Rewrites.isScalar(editor, input, Math.sqrt(0.5))) {
                    return Rewrites.other(scaled, input);
                }
            }
        }
        return null;
    }

    private static boolean isHalved(GraphEditor editor, String value, String x) {
        Node half = editor.producer(value);
        return half != null
                && half.is("Mul")
                && half.inputs().contains(x)
                && Rewrites.isScalar(editor, Rewrites.other(half, x), 0.5);
    }

    private static void replace(GraphEditor editor, Inference types, Node last, String x, List<Node> parts) {
        if (!Rewrites.keepsRank(types, x, last.output(0))) {
            return;
        }
        parts.forEach(part -> editor.remove(part, "part of a GELU"));
        editor.replace(
                last, Rewrites.onnx(last.name(), "Gelu", 20, List.of(x), last.outputs(), Map.of()), "GELU written out");
    }
}
