package org.lanewise.runtime.optimize;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.lanewise.runtime.graph.Attribute;
import org.lanewise.runtime.graph.GraphEditor;
import org.lanewise.runtime.graph.Node;
import org.lanewise.runtime.session.Inference;

/**
 * Recognises {@code x * 0.5 * (1 + erf(x / sqrt(2)))} and {@code x * 0.5 * (1 + tanh(sqrt(2 / pi) (x + 0.044715 x^3)))}, in the orders in which exporters write them,
 * and makes them one {@code Gelu} (Hendrycks and Gimpel, <i>Gaussian Error Linear Units</i>, 2016).
 */
public final class GeluFusion implements Pass {
    private static final double CUBIC = 0.044715;

    @Override
    public String name() {
        return "gelu";
    }

    @Override
    public void apply(GraphEditor editor, Inference types) {
        editor.forEach(node -> {
            if (node.is("Erf") || node.is("Tanh")) {
                fuse(editor, types, node);
            }
        });
    }

    private static void fuse(GraphEditor editor, Inference types, Node curve) {
        String x = curve.is("Erf") ? erfArgument(editor, curve) : tanhArgument(editor, curve);
        if (x == null) {
            return;
        }
        String refusal = gated(editor, types, curve, x);
        if (refusal != null) {
            editor.refuse(curve, refusal);
        }
    }

    /** Fuses, or says why not. */
    private static @Nullable String gated(GraphEditor editor, Inference types, Node curve, String x) {
        Node add = editor.onlyConsumer(curve.output(0));
        if (add == null) {
            return "its result is used more than once";
        }
        if (!add.is("Add") || !Rewrites.isScalar(editor, Rewrites.other(add, curve.output(0)), 1)) {
            return "1 is not added to its result";
        }
        Node first = editor.onlyConsumer(add.output(0));
        if (first == null || !first.is("Mul")) {
            return "1 + its result is not multiplied, or used more than once";
        }
        String factor = Rewrites.other(first, add.output(0));
        if (isHalved(editor, factor, x)) { // (0.5 * x) * (1 + erf)
            return replace(editor, types, curve, first, x);
        }
        Node second = editor.onlyConsumer(first.output(0));
        String last = second != null && second.is("Mul") ? Rewrites.other(second, first.output(0)) : "";
        boolean whole = factor.equals(x) && Rewrites.isScalar(editor, last, 0.5) // (x * (1 + erf)) * 0.5
                || Rewrites.isScalar(editor, factor, 0.5) && last.equals(x); // ((1 + erf) * 0.5) * x
        return whole && second != null
                ? replace(editor, types, curve, second, x)
                : "its result is not multiplied by 0.5 and '" + x + "'";
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
        return scaled.is("Mul") ? otherThan(editor, scaled, Math.sqrt(0.5)) : null;
    }

    /** The input of a product that is not the constant {@code factor}, or {@code null}. */
    private static @Nullable String otherThan(GraphEditor editor, @Nullable Node mul, double factor) {
        if (mul == null || !mul.is("Mul")) {
            return null;
        }
        for (int i = 0; i < 2; i++) {
            if (Rewrites.isScalar(editor, mul.input(i), factor)) {
                return mul.input(1 - i);
            }
        }
        return null;
    }

    /** {@code x} of {@code sqrt(2 / pi) (x + 0.044715 x^3)} or {@code sqrt(2 / pi) x (1 + 0.044715 x^2)}, or {@code null}. */
    private static @Nullable String tanhArgument(GraphEditor editor, Node tanh) {
        Node outer = editor.producer(tanh.input(0));
        String inner = otherThan(editor, outer, Math.sqrt(2 / Math.PI));
        if (inner != null) {
            Node node = editor.producer(inner);
            return node == null ? null : node.is("Add") ? cubic(editor, node) : factored(editor, node, null);
        }
        if (outer == null || !outer.is("Mul")) {
            return null;
        }
        for (int i = 0; i < 2; i++) { // (x * sqrt(2 / pi)) * (1 + 0.044715 x^2)
            String x = otherThan(editor, editor.producer(outer.input(i)), Math.sqrt(2 / Math.PI));
            String found = x == null ? null : factored(editor, outer, x);
            if (found != null) {
                return found;
            }
        }
        return null;
    }

    /** {@code x} of {@code x + 0.044715 x^3}, or {@code null}. */
    private static @Nullable String cubic(GraphEditor editor, Node add) {
        for (int i = 0; i < 2; i++) {
            String x = add.input(i);
            Node term = editor.producer(add.input(1 - i));
            String cube = otherThan(editor, term, CUBIC);
            if (cube != null && isCube(editor, editor.producer(cube), x)) {
                return x;
            }
            if (term != null && term.is("Mul")) { // (0.044715 x) x^2, (0.044715 x x) x
                for (int j = 0; j < 2; j++) {
                    String scaled = otherThan(editor, editor.producer(term.input(j)), CUBIC);
                    String rest = term.input(1 - j);
                    if (scaled != null && scaled.equals(x) && isSquare(editor, editor.producer(rest), x)
                            || scaled != null && rest.equals(x) && isSquare(editor, editor.producer(scaled), x)) {
                        return x;
                    }
                }
            }
        }
        return null;
    }

    /** {@code x} of {@code x (1 + 0.044715 x^2)}; {@code known} if the factor before the bracket is known to be {@code x} already. */
    private static @Nullable String factored(GraphEditor editor, Node mul, @Nullable String known) {
        for (int i = 0; mul.is("Mul") && i < 2; i++) {
            Node add = editor.producer(mul.input(i));
            String x = known != null ? known : mul.input(1 - i);
            for (int j = 0; add != null && add.is("Add") && j < 2; j++) {
                Node term = editor.producer(add.input(1 - j));
                String square = otherThan(editor, term, CUBIC);
                boolean product = term != null && term.is("Mul") && isScaledSquare(editor, term, x);
                if (Rewrites.isScalar(editor, add.input(j), 1)
                        && (product || square != null && isSquare(editor, editor.producer(square), x))) {
                    return x;
                }
            }
        }
        return null;
    }

    /** {@code (0.044715 x) x}. */
    private static boolean isScaledSquare(GraphEditor editor, Node term, String x) {
        return x.equals(term.input(1)) && x.equals(otherThan(editor, editor.producer(term.input(0)), CUBIC))
                || x.equals(term.input(0)) && x.equals(otherThan(editor, editor.producer(term.input(1)), CUBIC));
    }

    private static boolean isSquare(GraphEditor editor, @Nullable Node node, String x) {
        return node != null
                && node.input(0).equals(x)
                && (node.is("Mul") && node.input(1).equals(x)
                        || node.is("Pow") && Rewrites.isScalar(editor, node.input(1), 2));
    }

    private static boolean isCube(GraphEditor editor, @Nullable Node node, String x) {
        if (node == null) {
            return false;
        }
        if (node.is("Pow")) {
            return node.input(0).equals(x) && Rewrites.isScalar(editor, node.input(1), 3);
        }
        return node.is("Mul")
                && (node.input(0).equals(x) && isSquare(editor, editor.producer(node.input(1)), x)
                        || node.input(1).equals(x) && isSquare(editor, editor.producer(node.input(0)), x));
    }

    private static boolean isHalved(GraphEditor editor, String value, String x) {
        Node half = editor.producer(value);
        return half != null
                && (half.is("Mul")
                                && half.inputs().contains(x)
                                && Rewrites.isScalar(editor, Rewrites.other(half, x), 0.5)
                        || half.is("Div") && half.input(0).equals(x) && Rewrites.isScalar(editor, half.input(1), 2));
    }

    private static @Nullable String replace(GraphEditor editor, Inference types, Node curve, Node last, String x) {
        if (!Rewrites.keepsRank(types, x, last.output(0))) {
            return "a constant adds dimensions, or the rank is not known";
        }
        String form = curve.is("Erf") ? "none" : "tanh";
        editor.fuse(
                last,
                Rewrites.onnx(
                        last.name(),
                        "Gelu",
                        20,
                        List.of(x),
                        last.outputs(),
                        Map.of("approximate", new Attribute.StringValue(form))),
                "GELU written out");
        return null;
    }
}
