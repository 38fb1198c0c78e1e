package org.lanewise.kernels.sparse;

import java.util.Arrays;
import org.lanewise.kernels.Simd;
import org.lanewise.kernels.gemm.Epilogue;

/**
 * The micro-kernel of sparse weights, and its scalar form: the sums of one output channel for {@link #ROWS} rows (pixels) side by side,
 * {@code sums[n][r] += sum over the entries i of n's list of value[i] * tile[offset[i] + r]}. The activations lie transposed: one row of the tile holds
 * one input channel of {@link #ROWS} pixels.
 */
final class SparseTiles {
    /** Rows of activations that are computed side by side: four vectors. */
    static final int ROWS = Simd.ENABLED ? 4 * Simd.LANES : 16;

    /** Whether 16 sums and their operands fit the vector registers. */
    static final boolean MANY_REGISTERS =
            Simd.BITS == 512 || System.getProperty("os.arch", "").equals("aarch64");

    private SparseTiles() {}

    /** The scalar kernel; arguments as of {@link SparseTilesVector#run}, {@code width} channels sharing a list. */
    static void run(float[] lists, int width, int from, int to, float[] tile, int tileOff, float[] sums, int sumsOff) {
        int i = from;
        while (i < to) {
            int end = Float.floatToRawIntBits(lists[i]);
            int first = sumsOff + Float.floatToRawIntBits(lists[i + 1]);
            for (i += ChannelLists.HEADER; i < end; i += width + 1) {
                int row = tileOff + Float.floatToRawIntBits(lists[i + width]);
                for (int n = 0; n < width; n++) {
                    float value = lists[i + n];
                    int at = first + n * ROWS;
                    for (int r = 0; r < ROWS; r++) {
                        sums[at + r] = Simd.fma(value, tile[row + r], sums[at + r]);
                    }
                }
            }
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
