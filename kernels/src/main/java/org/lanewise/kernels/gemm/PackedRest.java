package org.lanewise.kernels.gemm;

import org.lanewise.kernels.Simd;

/** The columns that fill no panel in {@link PackedBlocks}: vector by vector, the last one in scratch where it is not whole. */
final class PackedRest {
    /** Values of scratch for one tile. */
    static final int SCRATCH = PackedTiles.ROWS * Simd.LANES;

    private static final int LANES = Simd.LANES;
    private static final int ROWS = PackedTiles.ROWS;

    private PackedRest() {}

    /**
     * One tile of {@link PackedTiles#ROWS} rows and {@code columns} columns, fewer than a panel. The arguments are those of {@link PackedTiles#run}.
     *
     * @param wholeStart whether whole vectors may be read from {@code start} and {@code bias}, as from what an {@link Epilogue} keeps
     * @param scratch {@link #SCRATCH} values from {@code tile}, behind them what is packed
     */
    static void run(
            int columns,
            int kc,
            float[] scratch,
            int tile,
            int ao,
            float[] b,
            int bo,
            float[] c,
            int co,
            int ldc,
            float[] start,
            int so,
            int startRow,
            int startColumn,
            boolean wholeStart,
            float[] bias,
            int biasAt,
            int biasColumn,
            float lo,
            float hi) {
        int whole = columns / LANES * LANES;
        if (whole > 0) {
            PackedTiles.slim(kc, scratch, ao, b, bo, c, co, ldc, start, so, startRow, bias, biasAt, lo, hi);
        }
        int left = columns - whole;
        if (left == 0) {
            return;
        }
        int from = so + whole * startColumn;
        int to = co + whole;
        int biasFrom = biasAt + whole * biasColumn;
        if (wholeStart) {
            PackedTiles.slim(
                    kc,
                    scratch,
                    ao,
                    b,
                    bo + whole,
                    scratch,
                    tile,
                    LANES,
                    start,
                    from,
                    startRow,
                    bias,
                    biasFrom,
                    lo,
                    hi);
        } else {
            copy(left, start, from, startRow, scratch, tile, LANES);
            PackedTiles.slim(
                    kc, scratch, ao, b, bo + whole, scratch, tile, LANES, scratch, tile, LANES, bias, biasFrom, lo, hi);
        }
        copy(left, scratch, tile, LANES, c, to, ldc);
    }

    /** Rows of a few values: a call for each would take longer. */
    private static void copy(int columns, float[] from, int off, int ld, float[] to, int toOff, int ldTo) {
        for (int r = 0; r < ROWS; r++) {
            for (int j = 0; j < columns; j++) {
                to[toOff + r * ldTo + j] = from[off + r * ld + j];
            }
        }
    }
}
