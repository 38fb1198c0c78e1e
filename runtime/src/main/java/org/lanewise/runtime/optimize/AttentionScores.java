package org.lanewise.runtime.optimize;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.lanewise.runtime.graph.GraphEditor;
import org.lanewise.runtime.graph.Node;
import org.lanewise.runtime.session.Inference;

/**
 * What a softmax is taken of, followed up to a product of two values: {@code choose(condition, factors * product, fill) + mask}.
 *
 * @param product the product, or {@code null} when there is none
 * @param factors what it is scaled by
 * @param mask what is added, empty for nothing
 * @param condition what chooses products, empty for all
 * @param kept whether those where the condition holds stay
 * @param fill what the others become
 * @param refusal why it cannot be fused although there is a product, or {@code null}
 */
record AttentionScores(
        @Nullable Node product,
        HeadPath.Factors factors,
        String mask,
        String condition,
        boolean kept,
        float fill,
        @Nullable String refusal) {
    private static final int MAX_STEPS = 16;

    static AttentionScores of(GraphEditor editor, Inference types, Node softmax) {
        AttentionScores found = new AttentionScores(null, HeadPath.Factors.ONE, "", "", true, 0, null);
        String value = softmax.input(0);
        Node user = softmax;
        for (int i = 0; i < MAX_STEPS; i++) {
            Node node = editor.producer(value);
            if (node == null) {
                return found;
            }
            if (found.refusal == null && editor.onlyConsumer(value) == null) {
                String other = Rewrites.otherUser(editor, value, user);
                found = found.refused(node.path() + " is used by " + other + " too");
            }
            if (node.is("MatMul")) {
                return editor.isConstant(node.input(1)) ? found : found.with(node);
            }
            String next = next(editor, types, node);
            if (next == null) {
                return found;
            }
            found = found.over(editor, types, node, next);
            value = next;
            user = node;
        }
        return found;
    }

    /** The input of {@code node} that the products may come through, or {@code null}. */
    private static @Nullable String next(GraphEditor editor, Inference types, Node node) {
        HeadPath scaled = HeadPath.scaled(editor, types, node);
        if (scaled != null) {
            return scaled.value();
        }
        List<String> candidates = node.is("Add") && node.opset() >= 7
                ? node.inputs()
                : node.is("Where") ? node.inputs().subList(1, 3) : List.<String>of();
        for (String candidate : candidates) {
            if (comesFromProduct(editor, types, candidate, MAX_STEPS)) {
                return candidate;
            }
        }
        return null;
    }

    private static boolean comesFromProduct(GraphEditor editor, Inference types, String value, int steps) {
        Node node = editor.producer(value);
        if (node == null || steps == 0) {
            return false;
        }
        if (node.is("MatMul")) {
            return !editor.isConstant(node.input(1));
        }
        HeadPath scaled = HeadPath.scaled(editor, types, node);
        if (scaled != null) {
            return comesFromProduct(editor, types, scaled.value(), steps - 1);
        }
        return (node.is("Add") || node.is("Where"))
                && node.inputs().stream().anyMatch(input -> comesFromProduct(editor, types, input, steps / 2));
    }

    /** With {@code node}, one step further from the softmax. */
    private AttentionScores over(GraphEditor editor, Inference types, Node node, String next) {
        if (refusal != null) {
            return this;
        }
        HeadPath scaled = HeadPath.scaled(editor, types, node);
        if (scaled != null) {
            return new AttentionScores(product, factors.times(scaled.factors()), mask, condition, kept, fill, null);
        }
        if (!factors.isOne()) {
            return refused("the products are scaled behind " + node.path());
        }
        if (!Rewrites.keepsRank(types, next, node.output(0))) {
            return refused(node.path() + " adds dimensions");
        }
        if (node.is("Add")) {
            String other = Rewrites.other(node, next);
            if (!mask.isEmpty() || !condition.isEmpty()) {
                return refused("there is a second mask, " + node.path());
            }
            return node.input(0).equals(node.input(1))
                    ? refused(node.path() + " doubles the products")
                    : new AttentionScores(product, factors, other, condition, kept, fill, null);
        }
        boolean whereTrue = node.input(1).equals(next);
        Float value = Rewrites.scalar(editor, node.input(whereTrue ? 2 : 1));
        if (value == null) {
            return refused("what masked products become in " + node.path() + " is not a constant");
        }
        return condition.isEmpty()
                ? new AttentionScores(product, factors, mask, node.input(0), whereTrue, value, null)
                : refused("there is a second condition, " + node.path());
    }

    private AttentionScores with(Node found) {
        return new AttentionScores(found, factors, mask, condition, kept, fill, refusal);
    }

    private AttentionScores refused(String reason) {
        return new AttentionScores(product, factors, mask, condition, kept, fill, reason);
    }
}
