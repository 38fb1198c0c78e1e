package org.lanewise.kernels.gemm;

import org.lanewise.kernels.Simd;

/** The columns that fill no panel in {@link PackedBlocks}: vector by vector, the last one in scratch where it is not whole. */
final class PackedRest {
    /** Values of scratch for one tile. */
    static final int SCRATCH = PackedTiles13.ROWS * Simd.LANES;

    private static final int LANES = Simd.LANES;

    private PackedRest() {}

    /**
     * One tile of {@code rows} rows, 12 or 13, and {@code columns} columns, fewer than a panel. The arguments are those of {@link PackedTiles#run}.
     *
     * @param wholeStart whether whole vectors may be read from {@code start} and {@code bias}, as from what an {@link Epilogue} keeps
     * @param scratch {@link #SCRATCH} values from {@code tile}, behind them what is packed
     */
    static void run(
            int rows,
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
            slim(rows, kc, scratch, ao, b, bo, c, co, ldc, start, so, startRow, bias, biasAt, lo, hi);
        }
        int left = columns - whole;
        if (left == 0) {
            return;
        }
        int from = so + whole * startColumn;
        int to = co + whole;
        int biasFrom = biasAt + whole * biasColumn;
        if (wholeStart) {
            slim(
                    rows,
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
            copy(rows, left, start, from, startRow, scratch, tile, LANES);
            slim(
                    rows,
                    kc,
                    scratch,
                    ao,
                    b,
                    bo + whole,
                    scratch,
                    tile,
                    LANES,
                    scratch,
                    tile,
                    LANES,
                    bias,
                    biasFrom,
                    lo,
                    hi);
        }
        copy(rows, left, scratch, tile, LANES, c, to, ldc);
    }

    /** Rows of a few values: a call for each would take longer. */
    private static void copy(int rows, int columns, float[] from, int off, int ld, float[] to, int toOff, int ldTo) {
        for (int r = 0; r < rows; r++) {
            for (int j = 0; j < columns; j++) {
                to[toOff + r * ldTo + j] = from[off + r * ld + j];
            }
        }
    }

    private static void slim(
            int rows,
            int kc,
            float[] a,
            int ao,
            float[] b,
            int bo,
            float[] c,
            int co,
            int ldc,
            float[] start,
            int so,
            int startRow,
            float[] bias,
            int biasAt,
            float lo,
            float hi) {
        if (rows == PackedTiles13.ROWS) {
            PackedTiles13.slim(kc, a, ao, b, bo, c, co, ldc, start, so, startRow, bias, biasAt, lo, hi);
        } else {
            PackedTiles.slim(kc, a, ao, b, bo, c, co, ldc, start, so, startRow, bias, biasAt, lo, hi);
        }
    }
}
