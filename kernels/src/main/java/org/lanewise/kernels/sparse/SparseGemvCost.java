package org.lanewise.kernels.sparse;

import org.lanewise.kernels.Simd;

/**
 * Predicted times of {@link SparseGemv}, fitted on one core of a Zen 5, and of a Xeon where ports are shared (see the measurements in the documentation). Only ratios are meant to be
 * believed elsewhere. What a kernel computes and what it waits for memory are added: they overlap less than one would hope.
 */
final class SparseGemvCost {
    private static final boolean SHARED = DenseCost.SHARED;

    /** Nanoseconds of a call, of the start and end of a group or block, and of putting one result in place. */
    private static final double CALL = 40;

    private static final double GROUP = SHARED ? 0.56 : 4;
    private static final double BLOCK = SHARED ? 4.2 : 4;
    private static final double RESULT = 0.4;
    private static final double BLOCK_RESULT = SHARED ? 0.2 : 0.4;

    /** More for a result that is not in order. */
    private static final double SCATTERED = SHARED ? 0.73 : 0.6;

    /** Nanoseconds of a value of x, which is copied. */
    private static final double INPUT = SHARED ? 0.04 : 0.05;

    /** Nanoseconds of an entry of {@link RowBlocks}. */
    private static final double ENTRY = switch (Simd.LANES) {
        case 16 -> SHARED ? 0.86 : 0.6;
        case 8 -> 0.75;
        case 4 -> 1;
        default -> 7.8;
    };

    /** Bytes that the first two levels of caches hold, and all of them. */
    private static final double NEAR = 1 << 20;

    private static final double FAR = 32 << 20;

    /** Nanoseconds of a value of x in the dense kernel where columns are too few to hide the latency of multiply-adds. */
    private static final double DENSE_STEP = SHARED ? 1.05 : 0;

    private SparseGemvCost() {}

    static double lanes(SparseGemvForm form, int[] starts, int k, int n, boolean sorted) {
        double slots = (double) starts[starts.length - 1] * form.burst();
        double bytes = slots * form.lanes() * 5 + 4.0 * starts[starts.length - 1];
        return CALL
                + k * INPUT
                + GROUP * (starts.length - 1)
                + n * (RESULT + (sorted ? SCATTERED : 0))
                + slots * slot(form)
                + (SHARED ? beyond(bytes, 1, 4) * 0.0216 : memory(bytes, 0.0037, 0.0265));
    }

    static double blocks(int[] starts, int n) {
        double entries = starts[starts.length - 1];
        double bytes = entries * 68;
        return CALL
                + BLOCK * (starts.length - 1)
                + n * BLOCK_RESULT
                + entries * ENTRY
                + (SHARED ? beyond(bytes, 1, 4) * 0.022 : memory(bytes, 0.0057, 0.028));
    }

    /** What the dense kernel takes, which reads all K * N values: nanoseconds a byte where they come from near or far. */
    static double dense(int k, int n) {
        double bytes = 4.0 * k * n;
        if (SHARED) {
            // 0.0072 to 0.0115 a byte: B begins a cache line by chance
            return Math.max(k * DENSE_STEP, bytes * 0.0076) + beyond(bytes, 1.5, 3) * 0.0262;
        }
        double compute =
                bytes * (Simd.LANES == 16 ? 0.006 : Simd.LANES == 8 ? 0.0065 : Simd.LANES == 4 ? 0.0135 : 0.055);
        return n * RESULT + compute + memory(bytes, 0.0052, 0.019);
    }

    /** Nanoseconds of one slot in all lanes. */
    private static double slot(SparseGemvForm form) {
        return switch (form.lanes()) {
            case 16 -> form.tables() == 4 && form.burst() == 2 ? SHARED ? 1.36 : 1.1 : SHARED ? 1.1 : 0.95;
            case 8, 4 -> 0.65;
            default -> 1.3 * form.lanes();
        };
    }

    /** Nanoseconds of reading so many bytes again and again, at a price a byte in the third-level cache and in memory. */
    private static double memory(double bytes, double cache, double far) {
        double beyondNear = Math.clamp((bytes / NEAR - 0.5) / 1.75, 0, 1);
        double beyondFar = Math.clamp((bytes / FAR - 0.25) / 0.75, 0, 1);
        return bytes * (beyondNear * cache + beyondFar * (far - cache));
    }

    /** The part of so many bytes that comes from the third-level cache, if up to {@code from} MB come from the second, and all from {@code to} MB on from the third. */
    private static double beyond(double bytes, double from, double to) {
        return bytes * Math.clamp((bytes / NEAR - from) / (to - from), 0, 1);
    }

    /** {@code value} rounded up to a multiple of {@code step}. */
    static int roundUp(int value, int step) {
        return Math.multiplyExact((int) (((long) value + step - 1) / step), step);
    }

    /** Indices of {@code starts} that cut {@code starts[0]..starts[last]} into pieces of about equal length. */
    static int[] cuts(int[] starts, int pieces) {
        if (pieces < 1) {
            throw new IllegalArgumentException(pieces + " pieces, expected at least 1");
        }
        int last = starts.length - 1;
        int[] cuts = new int[pieces + 1];
        int at = 0;
        for (int i = 1; i < pieces; i++) {
            double wanted = (double) starts[last] * i / pieces;
            while (at < last && starts[at + 1] - wanted <= wanted - starts[at]) {
                at++;
            }
            cuts[i] = at;
        }
        cuts[pieces] = last;
        return cuts;
    }
}
