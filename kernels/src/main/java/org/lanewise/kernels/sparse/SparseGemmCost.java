package org.lanewise.kernels.sparse;

import org.lanewise.kernels.Simd;

/**
 * Predicted times of {@link SparseGemm} in nanoseconds, fitted on one core of a Zen 5 by least squares of relative errors, for each width of vectors by itself, and on one of a Xeon where ports are shared (see the measurements in the
 * documentation). Only ratios are meant to be believed elsewhere.
 */
final class SparseGemmCost {
    private static final int ROWS = SparseTiles.ROWS;

    private static final boolean SHARED = DenseCost.SHARED;

    private static final double CALL = SHARED ? 196 : 100;

    /** Multiplying a row of a tile by a value of one channel, by those of two and of four. */
    private static final double[] STEP = byWidth(
            SHARED ? new double[] {1.008, 1.91, 2.44} : new double[] {0.746, 1.66, 1.94},
            new double[] {0.918, 1.72, 2},
            new double[] {0.907, 1.69, 2.25},
            new double[] {6.4, 12.8, 25.6});

    /** What a step of lists that are pairs takes of one of other lists. */
    private static final double PAIRED = 0.85;

    /** Starting and ending lists that run together, and the lists of two and of four channels. */
    private static final double[] START = byWidth(
            SHARED ? new double[] {27.2, 11.4, 26.9} : new double[] {18.4, 3.9, 15.7},
            new double[] {6.1, 4, 11.4},
            new double[] {4.9, 3.5, 1},
            new double[] {10, 10, 20});

    /** What a step takes longer if the tile is larger than the first-level cache. */
    private static final double FAR_STEP = SHARED ? 0.34 : Simd.LANES > 8 ? 0.22 : 0;

    private static final int FIRST_LEVEL_BYTES = 48 << 10;

    /** What a byte of lists beyond the second-level cache takes longer, each tile. */
    private static final double BYTE = SHARED ? 0.0174 : 0.0031;

    private static final long SECOND_LEVEL_BYTES = 1 << 20;

    /** Sides of the squares that are transposed at once where vectors have as many lanes. */
    private static final int SIDE = 16;

    /** Transposing a square of A and of C, and what that of C takes longer if its rows fall on the same lines of the first-level cache. */
    private static final double SQUARE_IN = SHARED ? 23.6 : 24.3;

    private static final double SQUARE_OUT = SHARED ? 36.6 : 19.9;
    private static final double SAME_LINES = SHARED ? 19.5 : 9;

    /** Transposing one value of A and of C where there are no squares. */
    private static final double VALUE_IN = SHARED ? 0.274 : Simd.ENABLED ? Simd.LANES > 8 ? 0.16 : 0.145 : 0.35;

    private static final double VALUE_OUT = SHARED ? 0.354 : Simd.ENABLED ? Simd.LANES > 8 ? 0.2 : 0.18 : 0.35;

    /** Copying a row of a tile of A where A and C are stored by columns, and one of C behind the last whole tile. */
    private static final double COPY_IN =
            SHARED ? 2.85 : !Simd.ENABLED || Simd.LANES > 8 ? 3.7 : Simd.LANES > 4 ? 2.24 : 1.86;

    private static final double COPY_OUT = SHARED ? 6 : 2.9;

    /** What a byte of A and C then takes longer from behind the second-level cache, and where they are transposed. */
    private static final double COPIED_BYTE = SHARED ? 0.0344 : 0.0035;

    private static final double TURNED_BYTE = SHARED ? 0.0228 : 0;

    private SparseGemmCost() {}

    private static double[] byWidth(double[] of16, double[] of8, double[] of4, double[] scalar) {
        return !Simd.ENABLED ? scalar : Simd.LANES > 8 ? of16 : Simd.LANES > 4 ? of8 : of4;
    }

    /** Of {@link SparseGemm#run}. */
    static double rows(int rows, SparseB b) {
        double in = 0;
        for (int k = 0; k < b.k(); k += b.blockRows) {
            in += transposed(rows, Math.min(b.blockRows, b.k() - k), SQUARE_IN, VALUE_IN);
        }
        double square = b.n() % TiledProduct.SAME_LINES == 0 ? SQUARE_OUT + SAME_LINES : SQUARE_OUT;
        return CALL
                + tiles(rows) * lists(b)
                + in
                + transposed(rows, b.n(), square, VALUE_OUT)
                + far(rows, b) * TURNED_BYTE;
    }

    /** Of {@link SparseGemm#runColumns}. */
    static double columns(int rows, SparseB b) {
        return CALL
                + tiles(rows) * (lists(b) + b.k() * COPY_IN)
                + (rows % ROWS == 0 ? 0 : b.n() * COPY_OUT)
                + far(rows, b) * COPIED_BYTE;
    }

    /** Bytes of A and C that the second-level cache does not hold. */
    private static long far(int rows, SparseB b) {
        return Math.max(0, (long) Float.BYTES * rows * (b.k() + b.n()) - SECOND_LEVEL_BYTES);
    }

    private static double tiles(int rows) {
        return Math.ceilDiv(rows, ROWS);
    }

    /** Of all lists and one tile. */
    private static double lists(SparseB b) {
        ChannelLists lists = b.lists;
        int form = lists.width() / 2;
        boolean far = (long) Float.BYTES * b.blockRows * ROWS > FIRST_LEVEL_BYTES;
        return lists.runs() * START[form]
                + (lists.steps() - (1 - PAIRED) * lists.pairedSteps()) * (STEP[form] + (far ? FAR_STEP : 0))
                + Math.max(0, b.bytes() - SECOND_LEVEL_BYTES) * BYTE;
    }

    private static double transposed(int rows, int columns, double square, double value) {
        int squares = Simd.ENABLED && Simd.LANES == SIDE ? rows / SIDE * (columns / SIDE) : 0;
        return squares * square + ((double) rows * columns - SIDE * SIDE * squares) * value;
    }
}
