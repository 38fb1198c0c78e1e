package org.lanewise.kernels.sparse;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;
import org.lanewise.kernels.Activation;
import org.lanewise.kernels.Simd;
import org.lanewise.kernels.elementwise.Activations;

/**
 * A row times constant sparse weights: {@code y = activation(x * B + bias + residual)}, x has K values, B is (K, N), y has N.
 *
 * <p>B is a {@link LaneLists} if its zeros are anywhere, or {@link RowBlocks} if 16 consecutive columns share them; {@link #nanos} says which is
 * faster, and {@link #pays} whether it is faster than the dense product. A zero of B contributes nothing, even where x is infinite or NaN (a dense product
 * gets NaN there).
 *
 * <p>Ranges of groups or blocks may be computed by different threads, each with its own scratch; results do not depend on how they are split.
 * {@link LaneLists#cuts} and {@link RowBlocks#cuts} split them evenly.
 */
public final class SparseGemv {
    /** The predictions are off by 10 % to either side, so less of a gain is not counted on. */
    private static final double SURE = 0.9;

    private SparseGemv() {}

    /** What a profile calls the kernel, such as {@code sparse-gemv-f32-4x4x16}: vectors of a window, slots of a burst, lanes. */
    public static String kernelName(LaneLists b) {
        SparseGemvForm form = b.form;
        return "sparse-gemv-f32-" + form.tables() + "x" + form.burst() + "x" + form.lanes();
    }

    /** What a profile calls the kernel for blocks. */
    public static String kernelName(RowBlocks b) {
        return "sparse-gemv-f32-rows" + RowBlocks.WIDTH + "x" + Simd.LANES;
    }

    /** Predicted time of a whole product on one thread, in nanoseconds of the machine the model was fitted on. */
    public static double nanos(LaneLists b) {
        return SparseGemvCost.lanes(b.form, b.starts, b.k(), b.n(), b.order.length > 0);
    }

    /** Predicted time of a whole product on one thread, in nanoseconds of the machine the model was fitted on. */
    public static double nanos(RowBlocks b) {
        return SparseGemvCost.blocks(b.starts, b.n());
    }

    /** Predicted time of the dense product of one row with a (K, N) matrix on one thread, comparable with {@link #nanos}. */
    public static double denseNanos(int k, int n) {
        return SparseGemvCost.dense(k, n);
    }

    /** Predicted time as a part of the dense product's: below 1 the sparse product is faster. */
    public static double relativeTime(LaneLists b) {
        return nanos(b) / denseNanos(b.k(), b.n());
    }

    /** Predicted time as a part of the dense product's: below 1 the sparse product is faster. */
    public static double relativeTime(RowBlocks b) {
        return nanos(b) / denseNanos(b.k(), b.n());
    }

    /** Whether the sparse product is surely faster than the dense one on one thread, as far as predictions can tell. */
    public static boolean pays(LaneLists b) {
        return relativeTime(b) < SURE;
    }

    /** Whether the sparse product is surely faster than the dense one on one thread, as far as predictions can tell. */
    public static boolean pays(RowBlocks b) {
        return relativeTime(b) < SURE;
    }

    /** Scratch that {@link #run(float[], int, LaneLists, float[], float[], int, Activation, float[], int, int, int, float[], int)} needs for some groups. */
    public static int scratchLength(LaneLists b, int groups) {
        return Math.addExact(b.paddedK(), Math.multiplyExact(groups, b.form.lanes()));
    }

    /** Scratch that {@link #run(float[], int, RowBlocks, float[], float[], int, Activation, float[], int, int, int, float[], int)} needs for some blocks. */
    public static int scratchLength(RowBlocks b, int blocks) {
        return Math.multiplyExact(blocks, RowBlocks.WIDTH);
    }

    /**
     * Computes the columns of groups {@code groupFrom..groupTo}.
     *
     * @param bias null, or N values
     * @param residual null, or N values from {@code resOff} that are added; it may be y itself
     * @param y receives N values from {@code yOff}, of which the range writes its own
     * @param scratch {@link #scratchLength(LaneLists, int)} values from {@code scratchOff}; faster if they begin with a cache line
     */
    public static void run(
            float[] x,
            int xOff,
            LaneLists b,
            float @Nullable [] bias,
            float @Nullable [] residual,
            int resOff,
            Activation activation,
            float[] y,
            int yOff,
            int groupFrom,
            int groupTo,
            float[] scratch,
            int scratchOff) {
        check("groups", groupFrom, groupTo, b.groups());
        checkVectors(b.k(), b.n(), x, xOff, bias, residual, resOff, y, yOff);
        checkRoom("scratch", scratch.length, scratchOff, scratchLength(b, groupTo - groupFrom));
        int padded = b.paddedK();
        System.arraycopy(x, xOff, scratch, scratchOff, b.k());
        Arrays.fill(scratch, scratchOff + b.k(), scratchOff + padded, 0);
        int sums = scratchOff + padded;
        groups(b, groupFrom, groupTo, scratch, scratchOff, sums);
        int lanes = b.form.lanes();
        int from = groupFrom * lanes;
        int length = Math.min(b.n(), groupTo * lanes) - from;
        int[] order = b.order;
        if (order.length == 0) {
            end(scratch, sums, from, length, bias, residual, resOff, activation, y, yOff);
            return;
        }
        if (bias != null) {
            for (int i = 0; i < length; i++) {
                scratch[sums + i] += bias[order[from + i]];
            }
        }
        if (residual != null) {
            for (int i = 0; i < length; i++) {
                scratch[sums + i] += residual[resOff + order[from + i]];
            }
        }
        Activations.apply(activation, scratch, sums, Math.max(0, length));
        for (int i = 0; i < length; i++) {
            y[yOff + order[from + i]] = scratch[sums + i];
        }
    }

    /**
     * Computes the columns of blocks {@code blockFrom..blockTo}.
     *
     * @param bias null, or N values
     * @param residual null, or N values from {@code resOff} that are added; it may be y itself
     * @param y receives N values from {@code yOff}, of which the range writes its own
     * @param scratch {@link #scratchLength(RowBlocks, int)} values from {@code scratchOff}
     */
    public static void run(
            float[] x,
            int xOff,
            RowBlocks b,
            float @Nullable [] bias,
            float @Nullable [] residual,
            int resOff,
            Activation activation,
            float[] y,
            int yOff,
            int blockFrom,
            int blockTo,
            float[] scratch,
            int scratchOff) {
        check("blocks", blockFrom, blockTo, b.blocks());
        checkVectors(b.k(), b.n(), x, xOff, bias, residual, resOff, y, yOff);
        checkRoom("scratch", scratch.length, scratchOff, scratchLength(b, blockTo - blockFrom));
        blocks(b, blockFrom, blockTo, x, xOff, scratch, scratchOff);
        int from = blockFrom * RowBlocks.WIDTH;
        int length = Math.min(b.n(), blockTo * RowBlocks.WIDTH) - from;
        end(scratch, scratchOff, from, length, bias, residual, resOff, activation, y, yOff);
    }

    private static void groups(LaneLists b, int from, int to, float[] work, int x, int sums) {
        int lanes = b.form.lanes();
        if (!Simd.ENABLED || lanes != Simd.LANES) {
            for (int g = from; g < to; g++) {
                SparseGemvScalar.group(b, g, work, x, work, sums + (g - from) * lanes);
            }
            return;
        }
        for (int g = from; g < to; g++) {
            SparseGemvVector.group(b, g, work, x, work, sums + (g - from) * lanes);
        }
        // What fills lanes is 0, and 0 times an infinity or NaN is NaN: then the sum is not finite, and done again
        // without
        if (!SparseGemvVector.finite(work, sums, sums + (to - from) * lanes)) {
            for (int g = from; g < to; g++) {
                int at = sums + (g - from) * lanes;
                if (!SparseGemvScalar.finite(work, at, at + lanes)) {
                    SparseGemvScalar.group(b, g, work, x, work, at);
                }
            }
        }
    }

    private static void blocks(RowBlocks b, int from, int to, float[] x, int xo, float[] sums, int so) {
        if (!Simd.ENABLED) {
            for (int block = from; block < to; block++) {
                SparseGemvScalar.block(b, block, x, xo, sums, so + (block - from) * RowBlocks.WIDTH);
            }
            return;
        }
        for (int block = from; block < to; block++) {
            SparseGemvVector.block(b, block, x, xo, sums, so + (block - from) * RowBlocks.WIDTH);
        }
        if (!SparseGemvVector.finite(sums, so, so + (to - from) * RowBlocks.WIDTH)) {
            for (int block = from; block < to; block++) {
                int at = so + (block - from) * RowBlocks.WIDTH;
                if (!SparseGemvScalar.finite(sums, at, at + RowBlocks.WIDTH)) {
                    SparseGemvScalar.block(b, block, x, xo, sums, at);
                }
            }
        }
    }

    /** What follows the sums of columns in order. */
    private static void end(
            float[] sums,
            int so,
            int from,
            int length,
            float @Nullable [] bias,
            float @Nullable [] residual,
            int resOff,
            Activation activation,
            float[] y,
            int yOff) {
        if (bias != null) {
            for (int i = 0; i < length; i++) {
                sums[so + i] += bias[from + i];
            }
        }
        if (residual != null) {
            for (int i = 0; i < length; i++) {
                sums[so + i] += residual[resOff + from + i];
            }
        }
        if (length > 0) {
            Activations.apply(activation, sums, so, length);
            System.arraycopy(sums, so, y, yOff + from, length);
        }
    }

    private static void check(String what, int from, int to, int count) {
        if (from < 0 || from > to || to > count) {
            throw new IllegalArgumentException(what + " " + from + ".." + to + " of " + count);
        }
    }

    private static void checkVectors(
            int k,
            int n,
            float[] x,
            int xOff,
            float @Nullable [] bias,
            float @Nullable [] residual,
            int resOff,
            float[] y,
            int yOff) {
        checkRoom("x", x.length, xOff, k);
        checkRoom("y", y.length, yOff, n);
        if (bias != null && bias.length != n) {
            throw new IllegalArgumentException("bias has " + bias.length + " values, expected " + n);
        }
        if (residual != null) {
            checkRoom("residual", residual.length, resOff, n);
        }
    }

    private static void checkRoom(String name, int length, int off, int needed) {
        if (off < 0 || needed > length - off) {
            throw new IllegalArgumentException(
                    name + " of " + length + " values from " + off + ", expected " + needed + " after it");
        }
    }
}
