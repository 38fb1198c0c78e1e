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

    /** Whether 16 sums and their operands fit the vector registers. */
    static final boolean MANY_REGISTERS =
            Simd.BITS == 512 || System.getProperty("os.arch", "").equals("aarch64");

    private SparseTiles() {}

    /**
     * The scalar kernel.
     *
     * @param width channels that share a list
     * @param lists sets of {@link ChannelLists}, from index {@code from} to {@code to}
     * @param x offsets of entries count from {@code tile}; the sums of channel {@code n} begin at {@code in + n * ROWS}
     * @param y where the new sums go: {@code out + n * pitch}
     */
    static void run(
            int width, long[] lists, int from, int to, float[] x, int tile, int in, float[] y, int out, int pitch) {
        int together = ChannelLists.together(width);
        int step = ChannelLists.stepLength(width);
        int set = from;
        while (set < to) {
            int end = (int) lists[set];
            for (int c = 0; c < together * width; c++) {
                int list = c / width;
                int n = ChannelLists.firstChannel(lists, set, list) + c % width;
                int at = out + n * pitch;
                System.arraycopy(x, in + n * ROWS, y, at, ROWS);
                for (int i = set + ChannelLists.header(width); i < end; i += step) {
                    float value = ChannelLists.value(lists, i, width, c);
                    int row = tile + ChannelLists.offset(lists, i, width, list);
                    for (int r = 0; r < ROWS; r++) {
                        y[at + r] = Simd.fma(value, x[row + r], y[at + r]);
                    }
                }
            }
            set = end;
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
