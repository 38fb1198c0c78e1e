package org.lanewise.kernels.attention;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;
import org.lanewise.kernels.gemm.Epilogue;
import org.lanewise.kernels.gemm.Gemm;
import org.lanewise.kernels.math.FloatMath;
import org.lanewise.kernels.norm.Softmax;

/**
 * Scaled dot-product attention of one head: {@code Y = softmax(softcap(scale * Q * K') + mask) * V} with Q (queries, size), K (keys, size), V (keys, valueSize),
 * mask (queries, keys). Rows of each may lie apart, so that heads are read and written where they are.
 *
 * <p>Queries are independent and computed in blocks whose products stay in the second-level cache; keys that no query of a block may attend are skipped.
 */
public final class Attention {
    /** Products of one block, at most. */
    private static final int BLOCK_VALUES = 32 << 10;

    private static final int LEAST_ROWS = 16;
    private static final int MOST_ROWS = 256;

    private Attention() {}

    /**
     * One head of one sequence.
     *
     * @param queries rows of Q
     * @param keys rows of K and V
     * @param size columns of Q and K
     * @param valueSize columns of V
     * @param validKeys keys before this index count, the others are padding
     * @param position position of query 0 among the keys, for {@link AttentionSpec#causal} and windows; may be negative
     */
    public record Head(int queries, int keys, int size, int valueSize, int validKeys, int position) {}

    /**
     * Rows in an array.
     *
     * @param array the array
     * @param offset where row 0 starts
     * @param stride from one row to the next
     */
    public record Rows(float[] array, int offset, int stride) {
        int at(int row) {
            return offset + row * stride;
        }
    }

    /**
     * What is added to the products.
     *
     * @param rows the values; a stride of 0 repeats row 0
     * @param columns values in a row; keys from there on are masked
     */
    public record Mask(Rows rows, int columns) {}

    /** Queries of a block, the unit in which work should be split between threads. */
    public static int blockRows(int keys) {
        return Math.clamp(BLOCK_VALUES / Math.max(1, keys) / Gemm.MR * Gemm.MR, LEAST_ROWS, MOST_ROWS);
    }

    /** Elements of scratch that {@link #run} needs. */
    public static int scratchSize(Head head) {
        int gemm = Math.max(
                Gemm.scratchLength(head.size, Gemm.panels(head.keys)),
                Gemm.scratchLength(head.keys, Gemm.panels(head.valueSize)));
        return Math.addExact(Math.multiplyExact(Math.min(head.queries, blockRows(head.keys)), head.keys), gemm);
    }

    /**
     * Computes queries {@code from} to {@code to} (exclusive) of a head.
     *
     * @param mask added to the products, or null
     * @param captured receives (queries, keys) values of the stage the spec names, or null
     * @param scratch {@link #scratchSize} values
     */
    public static void run(
            AttentionSpec spec,
            Head head,
            Rows q,
            Rows k,
            Rows v,
            @Nullable Mask mask,
            Rows y,
            @Nullable Rows captured,
            float[] scratch,
            int from,
            int to) {
        int block = blockRows(head.keys);
        for (int row = from; row < to; row += block) {
            block(spec, head, q, k, v, mask, y, captured, scratch, row, Math.min(to, row + block));
        }
    }

    private static void block(
            AttentionSpec spec,
            Head head,
            Rows q,
            Rows k,
            Rows v,
            @Nullable Mask mask,
            Rows y,
            @Nullable Rows captured,
            float[] scratch,
            int from,
            int to) {
        int valid = mask == null ? head.validKeys : Math.min(head.validKeys, mask.columns);
        int first = captured != null ? 0 : spec.firstKey(head.position + from);
        int end = captured != null ? head.keys : spec.endKey(head.position + to - 1, valid);
        int n = Math.max(0, end - first);
        int rows = to - from;
        int gemm = Math.min(head.queries, blockRows(head.keys)) * head.keys;
        if (n > 0) {
            Gemm.run(
                    q.array,
                    q.at(from),
                    q.stride,
                    k.array,
                    k.at(first),
                    k.stride,
                    true,
                    spec.scale(),
                    head.size,
                    n,
                    scratch,
                    0,
                    n,
                    null,
                    0,
                    0,
                    rows,
                    0,
                    Gemm.panels(n),
                    Epilogue.NONE,
                    scratch,
                    gemm);
            capture(spec, AttentionSpec.Capture.PRODUCT, scratch, n, captured, from, rows);
            softcap(spec.softcap(), scratch, rows * n);
            capture(spec, AttentionSpec.Capture.AFTER_SOFTCAP, scratch, n, captured, from, rows);
        }
        for (int row = from; row < to; row++) {
            int at = (row - from) * n;
            int low = Math.clamp(spec.firstKey(head.position + row) - first, 0, n);
            int high = Math.clamp(spec.endKey(head.position + row, valid) - first, low, n);
            Arrays.fill(scratch, at, at + low, Float.NEGATIVE_INFINITY);
            Arrays.fill(scratch, at + high, at + n, Float.NEGATIVE_INFINITY);
            if (mask != null) {
                add(mask.rows.array, mask.rows.at(row) + first + low, scratch, at + low, high - low);
            }
        }
        capture(spec, AttentionSpec.Capture.AFTER_MASK, scratch, n, captured, from, rows);
        for (int row = from; row < to; row++) {
            int at = (row - from) * n;
            int low = Math.clamp(spec.firstKey(head.position + row) - first, 0, n);
            int high = Math.clamp(spec.endKey(head.position + row, valid) - first, low, n);
            softmax(spec.doubleSoftmax(), scratch, at + low, high - low, mask, row, first + low);
            Arrays.fill(scratch, at, at + low, 0);
            Arrays.fill(scratch, at + high, at + n, 0);
        }
        capture(spec, AttentionSpec.Capture.AFTER_SOFTMAX, scratch, n, captured, from, rows);
        if (n == 0) {
            for (int row = from; row < to; row++) {
                Arrays.fill(y.array, y.at(row), y.at(row) + head.valueSize, 0);
            }
            return;
        }
        Gemm.run(
                scratch,
                0,
                n,
                v.array,
                v.at(first),
                v.stride,
                false,
                1,
                n,
                head.valueSize,
                y.array,
                y.at(from),
                y.stride,
                null,
                0,
                0,
                rows,
                0,
                Gemm.panels(head.valueSize),
                Epilogue.NONE,
                scratch,
                gemm);
    }

    private static void capture(
            AttentionSpec spec,
            AttentionSpec.Capture stage,
            float[] scratch,
            int n,
            @Nullable Rows captured,
            int from,
            int rows) {
        if (captured == null || spec.captured() != stage) {
            return;
        }
        for (int row = 0; row < rows; row++) {
            System.arraycopy(scratch, row * n, captured.array, captured.at(from + row), n);
        }
    }

    private static void softcap(float softcap, float[] x, int n) {
        if (softcap <= 0) {
            return;
        }
        for (int i = 0; i < n; i++) {
            x[i] /= softcap;
        }
        FloatMath.tanh(x, 0, x, 0, n);
        for (int i = 0; i < n; i++) {
            x[i] *= softcap;
        }
    }

    private static void add(float[] a, int aOff, float[] y, int yOff, int n) {
        for (int i = 0; i < n; i++) {
            y[yOff + i] += a[aOff + i];
        }
    }

    /** A query that may attend no key gets zeros instead of the NaN of 0 / 0. */
    private static void softmax(
            boolean inDouble, float[] x, int at, int n, @Nullable Mask mask, int row, int firstKey) {
        if (n == 0) {
            return;
        }
        if (inDouble) {
            softmaxInDouble(x, at, n);
        } else {
            Softmax.softmax(x, at, x, at, n, 1, 0, 1);
        }
        if (mask != null && Float.isNaN(x[at]) && isFullyMasked(mask, row, firstKey, n)) {
            Arrays.fill(x, at, at + n, 0);
        }
    }

    private static boolean isFullyMasked(Mask mask, int row, int firstKey, int n) {
        int at = mask.rows.at(row) + firstKey;
        for (int i = 0; i < n; i++) {
            if (mask.rows.array[at + i] != Float.NEGATIVE_INFINITY) {
                return false;
            }
        }
        return true;
    }

    private static void softmaxInDouble(float[] x, int at, int n) {
        float max = Float.NEGATIVE_INFINITY;
        for (int i = 0; i < n; i++) {
            max = Math.max(max, x[at + i]);
        }
        double sum = 0;
        for (int i = 0; i < n; i++) {
            sum += Math.exp((double) x[at + i] - max);
        }
        for (int i = 0; i < n; i++) {
            x[at + i] = (float) (Math.exp((double) x[at + i] - max) / sum);
        }
    }
}
