package org.lanewise.kernels.sparse;

import java.util.Arrays;
import org.lanewise.kernels.Simd;
import org.lanewise.kernels.gemm.Epilogue;

/**
 * The micro-kernel of sparse weights, and its scalar form: the sums of output channels for {@link #ROWS} rows (pixels) side by side,
 * {@code y[n][r] = x[n][r] + sum over the entries i of n's list of value[i] * tile[offset[i] + r]}. The activations lie transposed: one row of the tile holds
 * one input channel of {@link #ROWS} pixels.
 */
final class SparseTiles {
    /** Rows of activations that are computed side by side: four vectors. */
    static final int ROWS = Simd.ENABLED ? 4 * Simd.LANES : 16;

    private SparseTiles() {}

    /**
     * The scalar kernel where each channel has a list of its own.
     *
     * @param sets of {@link ChannelLists}, from index {@code from} to {@code to}
     * @param x offsets of entries count from {@code tile}; the sums of channel {@code n} begin at {@code in + n * ROWS}
     * @param y where the new sums go: {@code out + n * pitch}
     * @param lower what sums below it become
     */
    static void run(
            long[] sets, int from, int to, float[] x, int tile, int in, float[] y, int out, int pitch, float lower) {
        int set = from;
        while (set < to) {
            int end = (int) sets[set];
            for (int list = 0; list < ChannelLists.TOGETHER; list++) {
                int n = ChannelLists.channel(sets, set, list);
                int at = out + n * pitch;
                System.arraycopy(x, in + n * ROWS, y, at, ROWS);
                for (int i = set + ChannelLists.SET_HEADER + list; i < end; i += ChannelLists.TOGETHER) {
                    add(Float.intBitsToFloat((int) sets[i]), x, tile + (int) (sets[i] >>> Integer.SIZE), y, at);
                }
                clamp(lower, y, at);
            }
            set = end;
        }
    }

    /** The scalar kernel where {@code width} channels share a list; other arguments as of {@link #run}. */
    static void runShared(
            int width,
            float[] lists,
            int from,
            int to,
            float[] x,
            int tile,
            int in,
            float[] y,
            int out,
            int pitch,
            float lower) {
        int list = from;
        while (list < to) {
            int end = Float.floatToRawIntBits(lists[list]);
            int first = Float.floatToRawIntBits(lists[list + 1]);
            int at = out + first * pitch;
            for (int c = 0; c < width; c++) {
                System.arraycopy(x, in + (first + c) * ROWS, y, at + c * pitch, ROWS);
            }
            for (int i = list + ChannelLists.SHARED_HEADER; i < end; i += width + 1) {
                int row = tile + Float.floatToRawIntBits(lists[i + width]);
                for (int c = 0; c < width; c++) {
                    float value = lists[i + c];
                    int sum = at + c * pitch;
                    for (int r = 0; r < ROWS; r++) {
                        y[sum + r] = Simd.fma(value, x[row + r], y[sum + r]);
                    }
                }
            }
            for (int c = 0; c < width; c++) {
                clamp(lower, y, at + c * pitch);
            }
            list = end;
        }
    }

    private static void add(float value, float[] x, int row, float[] y, int at) {
        for (int r = 0; r < ROWS; r++) {
            y[at + r] = Simd.fma(value, x[row + r], y[at + r]);
        }
    }

    private static void clamp(float lower, float[] y, int at) {
        for (int r = 0; r < ROWS; r++) {
            y[at + r] = y[at + r] < lower ? lower : y[at + r];
        }
    }

    /** Starts the sums of channels {@code from..to}, {@link #ROWS} each, with their bias. */
    static void start(Epilogue e, int from, int to, float[] sums, int sumsOff) {
        for (int n = from; n < to; n++) {
            int at = sumsOff + (n - from) * ROWS;
            Arrays.fill(sums, at, at + ROWS, e.columnBias(n));
        }
    }
}
