package org.lanewise.kernels.gemm;

import org.lanewise.kernels.Simd;

/** All columns of a few rows of C, in tiles that bound what they store: {@link TallTiles}, or {@link BiasTiles} for a short K. */
final class ClampedStrip {
    private static final int NR = Gemm.NR;
    private static final int LANES = Simd.LANES;

    private ClampedStrip() {}

    /**
     * Computes at most {@link Gemm#MR} rows; leaves a last vector of columns or less, returns how many it computed. The arguments are those of
     * {@link TallTiles#run}.
     */
    static int run(
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
            float[] bias,
            int biasAt,
            int biasColumn,
            float lo,
            float hi) {
        int panels = columns / NR;
        int done = panels * NR;
        tiles(
                rows,
                panels,
                panelStride,
                kc,
                a,
                ao,
                lda,
                packed,
                packedOff,
                LANES,
                c,
                co,
                ldc,
                start,
                so,
                startRow,
                startColumn,
                bias,
                biasAt,
                biasColumn,
                lo,
                hi);
        if (columns - done <= LANES) {
            return done;
        }
        tiles(
                rows,
                1,
                panelStride,
                kc,
                a,
                ao,
                lda,
                packed,
                packedOff + panels * panelStride,
                columns - done - LANES,
                c,
                co + done,
                ldc,
                start,
                so + done * startColumn,
                startRow,
                startColumn,
                bias,
                biasAt + done * biasColumn,
                biasColumn,
                lo,
                hi);
        return columns;
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
            int second,
            float[] c,
            int co,
            int ldc,
            float[] start,
            int so,
            int startRow,
            int startColumn,
            float[] bias,
            int biasAt,
            int biasColumn,
            float lo,
            float hi) {
        if (kc < GemmBlocks.SHORT_K && startRow == 0 && bias == TallTiles.NO_BIAS) {
            BiasTiles.run(
                    rows,
                    panels,
                    panelStride,
                    kc,
                    a,
                    ao,
                    lda,
                    b,
                    bo,
                    second,
                    c,
                    co,
                    ldc,
                    start,
                    so,
                    startColumn,
                    lo,
                    hi);
        } else {
            TallTiles.run(
                    rows,
                    panels,
                    panelStride,
                    kc,
                    a,
                    ao,
                    lda,
                    b,
                    bo,
                    second,
                    c,
                    co,
                    ldc,
                    start,
                    so,
                    startRow,
                    startColumn,
                    bias,
                    biasAt,
                    biasColumn,
                    lo,
                    hi);
        }
    }
}
