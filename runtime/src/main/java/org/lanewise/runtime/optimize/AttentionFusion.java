package org.lanewise.runtime.optimize;

import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.lanewise.runtime.graph.Attribute;
import org.lanewise.runtime.graph.GraphEditor;
import org.lanewise.runtime.graph.Node;
import org.lanewise.runtime.session.Inference;
import org.lanewise.runtime.tensor.DataType;

/**
 * Recognises scaled dot-product attention written out, {@code softmax(scale * Q K' + mask) V} with a {@code Where} or an {@code Add} as mask, and makes it one
 * {@code org.lanewise.Attention}. Scales may stand on Q, on K or on the products; transpositions of Q, K, V and of the result, and the taking of Q, K or V out of one value,
 * become strides of the operator (Vaswani et al., <i>Attention Is All You Need</i>, 2017).
 */
public final class AttentionFusion implements Pass {
    private static final int MIN_RANK = 2;
    private static final int MAX_RANK = 4;

    @Override
    public String name() {
        return "attention";
    }

    @Override
    public void apply(GraphEditor editor, Inference types) {
        editor.forEach(node -> {
            if (node.is("Softmax")) {
                fuse(editor, types, node);
            }
        });
    }

    private static void fuse(GraphEditor editor, Inference types, Node softmax) {
        AttentionWeights weights = AttentionWeights.of(editor, softmax);
        AttentionScores scores = AttentionScores.of(editor, types, softmax);
        if (weights == null || scores.product() == null) {
            return; // a softmax of something else
        }
        String reason = weights.refusal() != null ? weights.refusal() : scores.refusal();
        if (reason == null) {
            reason = refusal(editor, types, softmax, scores, weights.node());
        }
        if (reason != null) {
            editor.refuse(softmax, reason);
            return;
        }
        int rank = types.shape(softmax.output(0)).rank();
        Node product = Objects.requireNonNull(scores.product());
        Node last = weights.node();
        HeadPath q = HeadPath.of(editor, types, product.input(0), rank, false, true);
        HeadPath k = HeadPath.of(editor, types, product.input(1), rank, true, true);
        HeadPath v = HeadPath.of(editor, types, last.input(1), rank, false, false);
        if (k == null) {
            k = HeadPath.from(turned(editor, product, rank), rank, false);
        }
        Map<String, Attribute> attributes = new LinkedHashMap<>();
        put(attributes, "q", Objects.requireNonNull(q));
        put(attributes, "k", Objects.requireNonNull(k));
        put(attributes, "v", Objects.requireNonNull(v));
        HeadPath.Factors factors = scores.factors().times(q.factors()).times(k.factors());
        attributes.put("scale", new Attribute.FloatValue((float) factors.constant()));
        attributes.put("multiplied", new Attribute.IntValue(factors.multiplied().size()));
        attributes.put("kept", new Attribute.IntValue(scores.kept() ? 1 : 0));
        attributes.put("fill", new Attribute.FloatValue(scores.fill()));
        attributes.put("nan_to_zero", new Attribute.IntValue(weights.zeroesNaN() ? 1 : 0));
        List<String> inputs =
                new ArrayList<>(List.of(q.value(), k.value(), v.value(), scores.mask(), scores.condition()));
        inputs.addAll(factors.multiplied());
        inputs.addAll(factors.divided());
        replace(editor, last, rank, inputs, attributes);
    }

    private static void put(Map<String, Attribute> attributes, String name, HeadPath path) {
        attributes.put(name + "_axes", new Attribute.IntsValue(HeadPath.longs(path.axes())));
        if (!path.part().isEmpty()) {
            attributes.put(name + "_part", new Attribute.IntsValue(HeadPath.longs(path.part())));
        }
    }

    /** The second factor of {@code product} with its last two axes exchanged, by a new node. */
    private static String turned(GraphEditor editor, Node product, int rank) {
        List<Integer> axes = new ArrayList<>();
        for (int i = 0; i < rank; i++) {
            axes.add(i < rank - 2 ? i : 2 * rank - 3 - i);
        }
        String output = editor.newName(product.input(1) + "_rows");
        editor.addBefore(
                product,
                new Permutation(axes).node(product.name() + "_rows", product.input(1), output),
                "keys as rows for an attention");
        return output;
    }

    /** Puts the operator where {@code last} is, and a {@code Transpose} behind it into it. */
    private static void replace(
            GraphEditor editor, Node last, int rank, List<String> inputs, Map<String, Attribute> attributes) {
        Node next = editor.onlyConsumer(last.output(0));
        Permutation order = Permutation.of(next);
        boolean moves = order != null && order.rank() == rank && order.source(rank - 1) == rank - 1;
        Permutation placed = moves ? Objects.requireNonNull(order) : null;
        List<Integer> axes = new ArrayList<>();
        for (int i = 0; i < rank; i++) {
            axes.add(MAX_RANK - rank + (placed != null ? placed.source(i) : i));
        }
        attributes.put("output_axes", new Attribute.IntsValue(HeadPath.longs(axes)));
        Node end = moves ? Objects.requireNonNull(next) : last;
        Node fused = new Node(last.name(), Rewrites.LANEWISE, "Attention", 1, inputs, end.outputs(), attributes);
        editor.fuse(end, fused, "attention written out");
    }

    /** Why the parts, which fit as far as operators go, are not an attention that the operator computes; or {@code null}. */
    private static @Nullable String refusal(
            GraphEditor editor, Inference types, Node softmax, AttentionScores scores, Node last) {
        Node product = Objects.requireNonNull(scores.product());
        int rank = types.shape(softmax.output(0)).rank();
        DataType type = types.elementType(softmax.output(0));
        if (type != DataType.FLOAT) {
            return "its type is " + (type == null ? "not known" : type.onnxName()) + ", expected float";
        }
        if (rank < MIN_RANK || rank > MAX_RANK) {
            return "its rank is " + (rank < 0 ? "not known" : rank) + ", expected 2 to 4";
        }
        if (!Rewrites.isLastAxis(
                types, softmax.output(0), softmax.intAttribute("axis", softmax.opset() < 13 ? 1 : -1))) {
            return "its axis is " + softmax.intAttribute("axis", 1) + ", not the last";
        }
        for (String value : List.of(product.input(0), product.input(1), last.input(1))) {
            if (types.shape(value).rank() != rank) {
                return "'" + value + "' has not its rank";
            }
        }
        return editor.isConstant(last.input(1)) ? "its weights are multiplied with a constant" : null;
    }

    /**
     * What the result of a softmax is used for.
     *
     * @param node the product with V
     * @param zeroesNaN whether weights that are NaN become 0 before
     * @param refusal why it cannot be fused, or {@code null}
     */
    private record AttentionWeights(
            Node node, boolean zeroesNaN, @Nullable String refusal) {
        static @Nullable AttentionWeights of(GraphEditor editor, Node softmax) {
            String value = softmax.output(0);
            Node where = safe(editor, value);
            String weights = where == null ? value : where.output(0);
            Collection<Node> users = editor.consumers(weights);
            Node product = users.stream()
                    .filter(user -> user.is("MatMul") && user.input(0).equals(weights))
                    .findFirst()
                    .orElse(null);
            if (product == null) {
                return null;
            }
            boolean shared =
                    editor.onlyConsumer(weights) == null || product.input(1).equals(weights);
            return new AttentionWeights(
                    product,
                    where != null,
                    shared ? "its result is used by " + Rewrites.otherUser(editor, weights, product) + " too" : null);
        }

        /** {@code where(isNaN(p), 0, p)}, as PyTorch writes what happens to queries that attend nothing. */
        private static @Nullable Node safe(GraphEditor editor, String value) {
            Collection<Node> users = editor.consumers(value);
            for (Node where : users) {
                Node test = where.is("Where") ? editor.producer(where.input(0)) : null;
                if (users.size() == 2
                        && !editor.isOutput(value)
                        && test != null
                        && test.is("IsNaN")
                        && users.contains(test)
                        && editor.onlyConsumer(test.output(0)) == where
                        && where.input(2).equals(value)
                        && Float.valueOf(0).equals(Rewrites.scalar(editor, where.input(1)))) {
                    return where;
                }
            }
            return null;
        }
    }
}
