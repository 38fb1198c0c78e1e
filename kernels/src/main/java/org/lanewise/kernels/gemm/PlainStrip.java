package org.lanewise.kernels.gemm;

import org.lanewise.kernels.Simd;

/** All columns of a few rows of C, in tiles that store the sums as they are: pairs of panels where there are enough registers, single panels, and the last columns. */
final class PlainStrip {
    private static final int NR = Gemm.NR;
    private static final int LANES = Simd.LANES;

    private PlainStrip() {}

    /**
     * Computes at most {@link Gemm#MR} rows.
     *
     * @param start values the sums start from: the vector of column j in row r is at {@code so + r * startRow + j * startColumn}; may be C
     * @param scratch {@link Gemm#TILE_SCRATCH} values from {@code scratchOff}
     */
    static void run(
            int rows,
            int columns,
            int kc,
            float[] a,
            int ao,
            int lda,
            float[] packed,
            int packedOff,
            int panelStride,
            float[] c,
            int co,
            int ldc,
            float[] start,
            int so,
            int startRow,
            int startColumn,
            float[] scratch,
            int scratchOff) {
        int startStep = startColumn * LANES;
        int panels = columns / NR;
        int wide = rows <= GemmBlocks.WIDE_ROWS ? panels & ~1 : 0;
        if (wide > 0) {
            WideTiles.run(
                    rows,
                    wide,
                    panelStride,
                    kc,
                    a,
                    ao,
                    lda,
                    packed,
                    packedOff,
                    c,
                    co,
                    ldc,
                    start,
                    so,
                    startRow,
                    startStep);
        }
        if (panels > wide) {
            int x = wide * NR;
            int bo = packedOff + wide * panelStride;
            tiles(
                    rows,
                    panels - wide,
                    panelStride,
                    kc,
                    a,
                    ao,
                    lda,
                    packed,
                    bo,
                    c,
                    co + x,
                    ldc,
                    start,
                    so + x * startColumn,
                    startRow,
                    startStep);
        }
        int x = panels * NR;
        if (x < columns) {
            int bo = packedOff + panels * panelStride;
            partial(
                    rows,
                    columns - x,
                    kc,
                    a,
                    ao,
                    lda,
                    packed,
                    bo,
                    c,
                    co + x,
                    ldc,
                    start,
                    so + x * startColumn,
                    startRow,
                    startStep,
                    scratch,
                    scratchOff);
        }
    }

    /** Fewer than NR columns: computed in the scratch, so that nothing beyond them is read or written in C. */
    private static void partial(
            int rows,
            int columns,
            int kc,
            float[] a,
            int ao,
            int lda,
            float[] b,
            int bo,
            float[] c,
            int co,
            int ldc,
            float[] start,
            int so,
            int startRow,
            int startStep,
            float[] scratch,
            int scratchOff) {
        boolean slim = Simd.ENABLED && columns <= LANES;
        if (slim && columns == LANES) {
            SlimTiles.run(rows, kc, a, ao, lda, b, bo, c, co, ldc, start, so, startRow);
            return;
        }
        boolean goesOn = start == c;
        if (goesOn) {
            copy(rows, columns, c, co, ldc, scratch, scratchOff, NR);
        }
        float[] from = goesOn ? scratch : start;
        int fo = goesOn ? scratchOff : so;
        int fromRow = goesOn ? NR : startRow;
        if (slim) {
            SlimTiles.run(rows, kc, a, ao, lda, b, bo, scratch, scratchOff, NR, from, fo, fromRow);
        } else {
            tiles(rows, 1, 0, kc, a, ao, lda, b, bo, scratch, scratchOff, NR, from, fo, fromRow, startStep);
        }
        copy(rows, columns, scratch, scratchOff, NR, c, co, ldc);
    }

    private static void copy(int rows, int columns, float[] from, int off, int ld, float[] to, int toOff, int ldTo) {
        for (int r = 0; r < rows; r++) {
            System.arraycopy(from, off + r * ld, to, toOff + r * ldTo, columns);
        }
    }

    private static void tiles(
            int rows,
            int panels,
            int panelStride,
            int kc,
            float[] a,
            int ao,
            int lda,
            float[] b,
            int bo,
            float[] c,
            int co,
            int ldc,
            float[] start,
            int so,
            int startRow,
            int startStep) {
        if (!Simd.ENABLED) {
            GemmScalar.run(
                    rows, panels, panelStride, kc, a, ao, lda, b, bo, c, co, ldc, start, so, startRow, startStep);
        } else {
            NarrowTiles.run(
                    rows, panels, panelStride, kc, a, ao, lda, b, bo, c, co, ldc, start, so, startRow, startStep);
        }
    }
}
