package org.lanewise.kernels.attention;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;
import org.lanewise.kernels.Simd;
import org.lanewise.kernels.attention.Attention.Choice;
import org.lanewise.kernels.attention.Attention.Head;
import org.lanewise.kernels.attention.Attention.Mask;
import org.lanewise.kernels.attention.Attention.Rows;
import org.lanewise.kernels.math.FloatMath;
import org.lanewise.kernels.norm.Softmax;

/**
 * What happens to the products of queries and keys between the two matrix products of an {@link Attention}.
 *
 * <p>The products of {@code rows} queries, {@code from} and on, are at the start of an array {@code x}, {@code stride} from one row to the next; keys
 * {@code first} to {@code end} (exclusive) count. An object holding these would be one more allocation a block wherever C2 does not inline all its methods.
 */
final class AttentionRows {
    private AttentionRows() {}

    /** {@code x *= factor} for n values. */
    static void scale(float[] x, int at, int n, float factor) {
        for (int i = 0; i < n; i++) {
            x[at + i] *= factor;
        }
    }

    /** Copies the products of {@code rows} queries, where {@code spec} asks for this stage. */
    static void capture(
            AttentionSpec spec,
            AttentionSpec.Capture stage,
            @Nullable Rows captured,
            float[] x,
            int stride,
            int from,
            int rows,
            int end) {
        if (captured == null || spec.captured() != stage) {
            return;
        }
        for (int row = 0; row < rows; row++) {
            System.arraycopy(x, row * stride, captured.array(), captured.at(from + row), end);
        }
    }

    /** {@code x = softcap * tanh(x / softcap)}, unless softcap is 0. */
    static void softcap(float softcap, float[] x, int stride, int rows, int first, int end) {
        if (softcap <= 0) {
            return;
        }
        for (int row = 0; row < rows; row++) {
            int at = row * stride + first;
            for (int i = at; i < at + end - first; i++) {
                x[i] /= softcap;
            }
            FloatMath.tanh(x, at, x, at, end - first);
            scale(x, at, end - first, softcap);
        }
    }

    private static int low(AttentionSpec spec, Head head, int query, int first, int end) {
        return Math.clamp(spec.firstKey(head.position() + query), first, end);
    }

    private static int high(AttentionSpec spec, Head head, int query, int valid, int first, int end) {
        int low = low(spec, head, query, first, end);
        return Math.max(low, Math.min(end, spec.endKey(head.position() + query, valid)));
    }

    /** Keys that a query may not attend get negative infinity, the others what the mask says. */
    static void mask(
            AttentionSpec spec,
            Head head,
            int valid,
            @Nullable Mask mask,
            float[] x,
            int stride,
            int from,
            int rows,
            int first,
            int end) {
        int start = first / Simd.LANES * Simd.LANES;
        int stop = start + (end - start + Simd.LANES - 1) / Simd.LANES * Simd.LANES;
        for (int row = 0; row < rows; row++) {
            int at = row * stride;
            int low = low(spec, head, from + row, first, end);
            int high = high(spec, head, from + row, valid, first, end);
            Arrays.fill(x, at + start, at + low, Float.NEGATIVE_INFINITY);
            Arrays.fill(x, at + high, at + stop, Float.NEGATIVE_INFINITY);
            if (mask != null && mask.choice() != null) {
                choose(mask.choice(), from + row, low, x, at + low, high - low);
            }
            if (mask != null && mask.rows() != null) {
                add(mask.rows().array(), mask.rows().at(from + row) + low, x, at + low, high - low);
            }
        }
    }

    /**
     * Makes the products weights. Rows are taken as whole vectors: what is not attended is negative infinity, which becomes 0.
     *
     * @param sums where the factors that are still due go, or -1 to multiply at once
     */
    static void softmax(
            AttentionSpec spec,
            Head head,
            int valid,
            @Nullable Mask mask,
            int sums,
            float[] x,
            int stride,
            int from,
            int rows,
            int first,
            int end) {
        int low = first / Simd.LANES * Simd.LANES;
        int n = (end - low + Simd.LANES - 1) / Simd.LANES * Simd.LANES;
        for (int row = 0; row < rows; row++) {
            int at = row * stride + low;
            float sink = head.sinks() == null
                    ? Float.NEGATIVE_INFINITY
                    : head.sinks().at(from + row);
            float factor = weights(spec.doubleSoftmax(), x, at, n, sink);
            if (Float.isNaN(factor) && zeroes(spec, head, valid, mask, from + row, first, end)) {
                Arrays.fill(x, at, at + n, 0);
                factor = 0;
            }
            if (sums >= 0) {
                x[sums + row] = factor;
            } else {
                scale(x, at, n, factor);
            }
        }
    }

    /** Whether a query whose weights are all 0 / 0 gets zeros. */
    private static boolean zeroes(
            AttentionSpec spec, Head head, int valid, @Nullable Mask mask, int query, int first, int end) {
        return switch (spec.emptyRows()) {
            case NAN -> false;
            case ZERO -> true;
            case ZERO_IF_MASKED -> attendsNothing(spec, head, valid, mask, query, first, end);
        };
    }

    private static boolean attendsNothing(
            AttentionSpec spec, Head head, int valid, @Nullable Mask mask, int query, int first, int end) {
        Rows added = mask == null ? null : mask.rows();
        int high = high(spec, head, query, valid, first, end);
        int at = added == null ? 0 : added.at(query);
        for (int i = low(spec, head, query, first, end); i < high; i++) {
            if (added == null || added.array()[at + i] != Float.NEGATIVE_INFINITY) {
                return false;
            }
        }
        return true;
    }

    /** Exponentials in place of the products, and what they are to be multiplied by; a sink of negative infinity is none. */
    private static float weights(boolean inDouble, float[] x, int at, int n, float sink) {
        if (!inDouble) {
            return (float) (1
                    / (sink == Float.NEGATIVE_INFINITY
                            ? Softmax.exponentials(x, at, n)
                            : Softmax.exponentials(x, at, n, sink)));
        }
        float max = sink;
        for (int i = 0; i < n; i++) {
            max = Math.max(max, x[at + i]);
        }
        double sum = Math.exp((double) sink - max);
        for (int i = 0; i < n; i++) {
            sum += Math.exp((double) x[at + i] - max);
        }
        for (int i = 0; i < n; i++) {
            x[at + i] = (float) (Math.exp((double) x[at + i] - max) / sum);
        }
        return Double.isNaN(sum) ? Float.NaN : 1;
    }

    private static void choose(Choice choice, int row, int firstKey, float[] x, int at, int n) {
        byte[] array = choice.array();
        int from = choice.offset() + row * choice.stride() + firstKey;
        boolean kept = choice.kept();
        float fill = choice.fill();
        for (int i = 0; i < n; i++) {
            x[at + i] = array[from + i] != 0 == kept ? x[at + i] : fill;
        }
    }

    private static void add(float[] a, int from, float[] y, int at, int n) {
        for (int i = 0; i < n; i++) {
            y[at + i] += a[from + i];
        }
    }
}
