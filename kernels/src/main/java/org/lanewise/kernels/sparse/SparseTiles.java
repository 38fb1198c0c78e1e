package org.lanewise.kernels.sparse;

import org.lanewise.kernels.Simd;

/**
 * The micro-kernel of sparse weights, and its scalar form: the sums of one output channel for {@link #ROWS} rows (pixels) side by side,
 * {@code sums[n][r] += sum over the entries i of n's list of value[i] * tile[offset[i] + r]}. The activations lie transposed: one row of the tile holds
 * one input channel of {@link #ROWS} pixels.
 */
final class SparseTiles {
    /** Rows of activations that are computed side by side: four vectors. */
    static final int ROWS = Simd.ENABLED ? 4 * Simd.LANES : 16;

    private SparseTiles() {}

    /** The scalar kernel; arguments as of {@link SparseTilesVector#run}. */
    static void run(
            float[] values,
            int[] offsets,
            int[] starts,
            int first,
            int channels,
            float[] tile,
            int tileOff,
            float[] sums,
            int sumsOff) {
        for (int n = 0; n < channels; n++) {
            int at = sumsOff + n * ROWS;
            for (int i = starts[first + n]; i < starts[first + n + 1]; i++) {
                float value = values[i];
                int row = tileOff + offsets[i];
                for (int r = 0; r < ROWS; r++) {
                    sums[at + r] = Simd.fma(value, tile[row + r], sums[at + r]);
                }
            }
        }
    }
}
