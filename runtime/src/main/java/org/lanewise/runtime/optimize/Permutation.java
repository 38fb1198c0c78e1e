package org.lanewise.runtime.optimize;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.lanewise.runtime.graph.Attribute;
import org.lanewise.runtime.graph.Node;

/**
 * The {@code perm} of a {@code Transpose}: dimension {@code i} of the output is dimension {@code axes[i]} of the input.
 *
 * @param axes the axes of the input in the order of the output
 */
record Permutation(List<Integer> axes) {
    /** From channels first to channels last. */
    static final Permutation TO_NHWC = new Permutation(List.of(0, 2, 3, 1));

    /** From channels last to channels first. */
    static final Permutation TO_NCHW = new Permutation(List.of(0, 3, 1, 2));

    /** From channels first to channels last, for a value of this rank. */
    static Permutation channelsLast(int rank) {
        return rank == 4 ? TO_NHWC : new Permutation(List.of(0, 2, 1));
    }

    /** The permutation of a {@code Transpose} that states it; {@code null} for another node, or when the order is implied. */
    static @Nullable Permutation of(@Nullable Node node) {
        long[] perm = node != null && node.is("Transpose") ? node.intsAttribute("perm") : null;
        return perm == null
                ? null
                : new Permutation(
                        Arrays.stream(perm).mapToObj(axis -> (int) axis).toList());
    }

    /** A {@code Transpose} of this order. */
    Node node(String name, String input, String output) {
        long[] perm = axes.stream().mapToLong(Integer::longValue).toArray();
        return Rewrites.onnx(
                name, "Transpose", 13, List.of(input), List.of(output), Map.of("perm", new Attribute.IntsValue(perm)));
    }

    /** Number of dimensions. */
    int rank() {
        return axes.size();
    }

    /** Whether nothing moves. */
    boolean isIdentity() {
        for (int i = 0; i < axes.size(); i++) {
            if (axes.get(i) != i) {
                return false;
            }
        }
        return true;
    }

    /** First this, then {@code next}. */
    Permutation then(Permutation next) {
        return new Permutation(next.axes.stream().map(axes::get).toList());
    }

    /** What undoes this. */
    Permutation inverse() {
        Integer[] inverse = new Integer[axes.size()];
        for (int i = 0; i < inverse.length; i++) {
            inverse[axes.get(i)] = i;
        }
        return new Permutation(Arrays.asList(inverse));
    }

    /** The axis of the input that became {@code axis} (which may be negative) of the output. */
    int source(long axis) {
        return axes.get((int) (axis < 0 ? axis + axes.size() : axis));
    }

    /** As {@link #source(long)}, for several. */
    long[] sources(long[] outputAxes) {
        return Arrays.stream(outputAxes).map(this::source).toArray();
    }

    /** Values given per axis of the output, in the order of the input. */
    long[] reorder(long[] perOutputAxis) {
        long[] result = new long[perOutputAxis.length];
        for (int i = 0; i < result.length; i++) {
            result[axes.get(i)] = perOutputAxis[i];
        }
        return result;
    }
}
