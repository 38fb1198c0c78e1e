package org.lanewise.kernels.sparse;

import org.lanewise.kernels.Simd;

/** Square transposition of {@link TapTiles#LANES} rows of as many values: pixels by channels, either way. */
final class LaneTranspose {
    private static final int L = TapTiles.LANES;

    private static final int ALL = (1 << L) - 1;

    /** Values of working memory that a transposition needs. */
    static final int BUFFER = L * L;

    private LaneTranspose() {}

    /**
     * {@code y[yOff + i * ldy + r] = x[from + origin[first + r] * step + i]}, or 0 where bit {@code r} of {@code lanes} is not set.
     *
     * @param buffer {@link #BUFFER} values from {@code at} on
     */
    static void scattered(
            float[] x,
            int from,
            int[] origin,
            int first,
            int step,
            int lanes,
            float[] y,
            int yOff,
            int ldy,
            float[] buffer,
            int at) {
        if (!Simd.ENABLED) {
            for (int r = 0; r < L; r++) {
                int row = from + origin[first + r] * step;
                for (int i = 0; i < L; i++) {
                    y[yOff + i * ldy + r] = (lanes >> r & 1) != 0 ? x[row + i] : 0;
                }
            }
        } else if (L == 4) {
            LaneTransposeVector.scattered(x, from, origin, first, step, y, yOff, ldy);
        } else {
            LaneTransposeVector.scattered(x, from, origin, first, step, buffer, at, L);
            quarters(buffer, at, y, yOff, ldy);
        }
        if (Simd.ENABLED && lanes != ALL) {
            LaneTransposeVector.keep(lanes, y, yOff, ldy);
        }
    }

    /** {@code y[yOff + i * ldy + r] = x[xOff + r * ldx + i]}; buffer as above. */
    static void rows(float[] x, int xOff, int ldx, float[] y, int yOff, int ldy, float[] buffer, int at) {
        if (!Simd.ENABLED) {
            for (int r = 0; r < L; r++) {
                for (int i = 0; i < L; i++) {
                    y[yOff + i * ldy + r] = x[xOff + r * ldx + i];
                }
            }
        } else if (L == 4) {
            LaneTransposeVector.rows(x, xOff, ldx, y, yOff, ldy);
        } else {
            LaneTransposeVector.rows(x, xOff, ldx, buffer, at, L);
            quarters(buffer, at, y, yOff, ldy);
        }
    }

    private static void quarters(float[] buffer, int at, float[] y, int yOff, int ldy) {
        if (L == 16) {
            LaneTransposeVector.quarters16(buffer, at, y, yOff, ldy);
        } else {
            LaneTransposeVector.quarters8(buffer, at, y, yOff, ldy);
        }
    }

    /** Copies {@code rows} rows of {@link TapTiles#LANES} values. */
    static void copy(float[] x, int xOff, int ldx, float[] y, int yOff, int ldy, int rows) {
        if (Simd.ENABLED) {
            LaneTransposeVector.copy(x, xOff, ldx, y, yOff, ldy, rows);
            return;
        }
        for (int r = 0; r < rows; r++) {
            System.arraycopy(x, xOff + r * ldx, y, yOff + r * ldy, L);
        }
    }
}
