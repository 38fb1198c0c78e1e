package org.lanewise.kernels.sparse;

import org.lanewise.kernels.Simd;

/**
 * {@link SparseGemv} without vectors. It leaves out the zeros that fill lanes and patterns, so it is right for an x with infinities and NaN too, and
 * its sums have the order of the vector kernels.
 */
final class SparseGemvScalar {
    private SparseGemvScalar() {}

    /** The sums of one group: a value per lane. */
    static void group(LaneLists b, int group, float[] x, int xo, float[] y, int yo) {
        int lanes = b.form.lanes();
        int burst = b.form.burst();
        for (int lane = 0; lane < lanes; lane++) {
            float sum = 0;
            for (int i = 0; i < burst; i++) {
                sum += lane(b, b.starts[group], b.starts[group + 1], i * lanes + lane, x, xo);
            }
            y[yo + lane] = sum;
        }
    }

    /** The sum of what stands at one place of each burst. */
    private static float lane(LaneLists b, int from, int to, int place, float[] x, int xo) {
        int step = b.form.lanes() * b.form.burst();
        float sum = 0;
        for (int i = from; i < to; i++) {
            float value = b.values[LaneLists.START + i * step + place];
            if (value != 0) {
                sum = Simd.fma(value, x[xo + b.windows[i] + (b.positions[i * step + place] & 0xff)], sum);
            }
        }
        return sum;
    }

    /** The sums of one block. */
    static void block(RowBlocks b, int block, float[] x, int xo, float[] y, int yo) {
        for (int c = 0; c < RowBlocks.WIDTH; c++) {
            y[yo + c] = 0;
        }
        for (int i = b.starts[block]; i < b.starts[block + 1]; i++) {
            float factor = x[xo + b.rows[i]];
            for (int c = 0; c < RowBlocks.WIDTH; c++) {
                float value = b.values[RowBlocks.START + i * RowBlocks.WIDTH + c];
                if (value != 0) {
                    y[yo + c] = Simd.fma(factor, value, y[yo + c]);
                }
            }
        }
    }

    /** Whether none of the values is infinite or NaN. */
    static boolean finite(float[] values, int from, int to) {
        for (int i = from; i < to; i++) {
            if (!Float.isFinite(values[i])) {
                return false;
            }
        }
        return true;
    }
}
