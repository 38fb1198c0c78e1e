package org.lanewise.runtime.ops.shape;

import java.util.Arrays;
import org.lanewise.runtime.tensor.PartialShape;
import org.lanewise.runtime.tensor.Shape;

/** Arithmetic on axes and on dimensions some of which may not be known. */
public final class Axes {
    private Axes() {}

    /**
     * The axes made non-negative.
     *
     * @throws IllegalArgumentException if one is outside {@code [-rank, rank)} or named twice
     */
    public static int[] of(long[] axes, int rank) {
        int[] result = new int[axes.length];
        for (int i = 0; i < axes.length; i++) {
            int axis = Shape.axis(axes[i], rank);
            for (int k = 0; k < i; k++) {
                if (result[k] == axis) {
                    throw new IllegalArgumentException(
                            "axes " + Arrays.toString(axes) + " name axis " + axis + " twice");
                }
            }
            result[i] = axis;
        }
        return result;
    }

    /** The numbers 0 to {@code rank} - 1. */
    public static int[] all(int rank) {
        int[] axes = new int[rank];
        Arrays.setAll(axes, i -> i);
        return axes;
    }

    /** Product of the dimensions {@code from} to {@code to} (exclusive); {@link PartialShape#UNKNOWN} when one is not known and none is 0. */
    public static long product(long[] dims, int from, int to) {
        long product = 1;
        boolean known = true;
        for (int i = from; i < to; i++) {
            if (dims[i] == 0) {
                return 0;
            }
            known &= dims[i] > 0;
            product = known ? Math.multiplyExact(product, dims[i]) : product;
        }
        return known ? product : PartialShape.UNKNOWN;
    }

    /** What both shapes agree on: dimensions that differ are not known, different ranks leave nothing. */
    public static PartialShape common(PartialShape a, PartialShape b) {
        if (!a.isRanked() || a.rank() != b.rank()) {
            return PartialShape.unranked();
        }
        long[] dims = a.toArray();
        for (int i = 0; i < dims.length; i++) {
            dims[i] = dims[i] == b.dim(i) ? dims[i] : PartialShape.UNKNOWN;
        }
        return PartialShape.of(dims);
    }

    /** {@code a} and {@code b}, which must be the same where both are known. */
    public static long agree(long a, long b, String what) {
        if (a >= 0 && b >= 0 && a != b) {
            throw new IllegalArgumentException(what + ": " + a + " against " + b);
        }
        return Math.max(a, b);
    }

    /** Fails unless the rank is not known or {@code rank}. */
    public static void expectRank(PartialShape shape, int rank, String what) {
        if (shape.isRanked() && shape.rank() != rank) {
            throw new IllegalArgumentException(what + " has shape " + shape + ", expected rank " + rank);
        }
    }
}
