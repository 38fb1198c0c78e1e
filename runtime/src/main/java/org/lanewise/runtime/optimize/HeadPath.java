package org.lanewise.runtime.optimize;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.lanewise.runtime.graph.GraphEditor;
import org.lanewise.runtime.graph.Node;
import org.lanewise.runtime.session.Inference;
import org.lanewise.runtime.tensor.Tensor;

/**
 * Where the rows of Q, K or V of an attention come from: an earlier value and which of its axes are which, so that the nodes in between need not run.
 *
 * @param value the earlier value
 * @param axes its axes for batch, head, row and column, -1 where there is none
 * @param part the axis of which one index is taken, and that index; or empty
 * @param factors what the products are scaled by on the way
 */
record HeadPath(String value, List<Integer> axes, List<Integer> part, Factors factors) {
    private static final int COLUMN = 3;

    /**
     * A product of factors.
     *
     * @param constant the known part
     * @param multiplied values of one element that multiply
     * @param divided values of one element that divide
     */
    record Factors(double constant, List<String> multiplied, List<String> divided) {
        static final Factors ONE = new Factors(1, List.of(), List.of());

        Factors times(Factors other) {
            return new Factors(
                    constant * other.constant, joined(multiplied, other.multiplied), joined(divided, other.divided));
        }

        boolean isOne() {
            return constant == 1 && multiplied.isEmpty() && divided.isEmpty();
        }

        private static List<String> joined(List<String> a, List<String> b) {
            List<String> all = new ArrayList<>(a);
            all.addAll(b);
            return all;
        }
    }

    /** A value scaled by what has one element, and the factor; {@code null} for other nodes. */
    static @Nullable HeadPath scaled(GraphEditor editor, Inference types, @Nullable Node node) {
        Rewrites.Scaled constant = Rewrites.scaled(editor, types, node);
        if (constant != null) {
            return new HeadPath(
                    constant.value(), List.of(), List.of(), new Factors(constant.factor(), List.of(), List.of()));
        }
        if (node == null || !node.is("Mul") && !node.is("Div") || node.opset() < 7) {
            return null;
        }
        for (int i = node.is("Mul") ? 0 : 1; i < 2; i++) {
            String factor = node.input(i);
            String value = node.input(1 - i);
            if (isSingle(types, factor)
                    && types.elementType(factor) == types.elementType(value)
                    && Rewrites.keepsRank(types, value, node.output(0))) {
                List<String> one = List.of(factor);
                Factors factors = node.is("Mul") ? new Factors(1, one, List.of()) : new Factors(1, List.of(), one);
                return new HeadPath(value, List.of(), List.of(), factors);
            }
        }
        return null;
    }

    private static boolean isSingle(Inference types, String value) {
        return types.shape(value).isKnown() && types.shape(value).size() == 1;
    }

    /**
     * Follows {@code value} up.
     *
     * @param transposed whether its last two axes are column and row instead of row and column
     * @param scales whether factors on the way may be taken out
     * @return the earliest value whose columns lie side by side, or {@code null} when not even {@code value} is such
     */
    static @Nullable HeadPath of(
            GraphEditor editor, Inference types, String value, int rank, boolean transposed, boolean scales) {
        HeadPath path = from(value, rank, transposed);
        HeadPath best = null;
        while (path != null) {
            if (path.axes.get(COLUMN) == types.shape(path.value).rank() - 1) {
                best = path;
            }
            path = path.before(editor, types, scales);
        }
        return best;
    }

    /** Rows that lie in {@code value}, of this rank, as the product reads it. */
    static HeadPath from(String value, int rank, boolean transposed) {
        Integer[] axes = new Integer[4];
        Arrays.setAll(axes, i -> Math.max(-1, rank - 4 + i));
        if (transposed) {
            axes[2] = rank - 1;
            axes[3] = rank - 2;
        }
        return new HeadPath(value, List.of(axes), List.of(), Factors.ONE);
    }

    private @Nullable HeadPath before(GraphEditor editor, Inference types, boolean scales) {
        Node node = editor.producer(value);
        HeadPath scaled = scales ? scaled(editor, types, node) : null;
        if (scaled != null) {
            return new HeadPath(scaled.value, axes, part, factors.times(scaled.factors));
        }
        Permutation order = Permutation.of(node);
        if (node != null && order != null) {
            List<Integer> moved = axes.stream()
                    .map(axis -> axis < 0 ? axis : (Integer) order.source(axis))
                    .toList();
            List<Integer> movedPart = part.isEmpty() ? part : List.of(order.source(part.get(0)), part.get(1));
            return new HeadPath(node.input(0), moved, movedPart, factors);
        }
        return node != null && node.is("Gather") && part.isEmpty() ? gathered(editor, types, node) : null;
    }

    /** One index of an axis that is gone then. */
    private @Nullable HeadPath gathered(GraphEditor editor, Inference types, Node gather) {
        Tensor index = editor.constant(gather.input(1));
        int rank = types.shape(gather.input(0)).rank();
        if (index == null || index.shape().rank() != 0 || rank < 1) {
            return null;
        }
        int axis = (int) Math.floorMod(gather.intAttribute("axis", 0), (long) rank);
        long dim = types.shape(gather.input(0)).dim(axis);
        long at = index.getLong(0) < 0 ? index.getLong(0) + dim : index.getLong(0);
        if (dim < 0 || at < 0 || at >= dim) {
            return null;
        }
        return new HeadPath(
                gather.input(0),
                axes.stream().map(a -> a < axis ? a : a + 1).toList(),
                List.of(axis, (int) at),
                factors);
    }

    /** Numbers as an attribute holds them. */
    static long[] longs(List<Integer> values) {
        return values.stream().mapToLong(Integer::longValue).toArray();
    }
}
