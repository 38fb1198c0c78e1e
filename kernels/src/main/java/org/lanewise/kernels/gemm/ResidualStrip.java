package org.lanewise.kernels.gemm;

import org.lanewise.kernels.Simd;

/** The panels of a strip of C whose sums start from bias and residual. */
final class ResidualStrip {
    private static final int NR = Gemm.NR;
    private static final int LANES = Simd.LANES;

    private ResidualStrip() {}

    /** At most {@link Gemm#MR} rows that start from bias and residual, with the clamp on registers; leaves a last vector of columns or less, returns how many it computed. */
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
            Epilogue e,
            int bias,
            float[] residual,
            int ro,
            boolean clamps,
            float lo,
            float hi) {
        int panels = columns / NR;
        int done = panels * NR;
        ResidualTiles.run(
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
                e.start,
                bias,
                e.startColumn,
                residual,
                ro,
                e.residualScale,
                clamps,
                lo,
                hi);
        if (columns - done <= LANES) {
            return done;
        }
        ResidualTiles.run(
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
                e.start,
                bias + done * e.startColumn,
                e.startColumn,
                residual,
                ro + done,
                e.residualScale,
                clamps,
                lo,
                hi);
        return columns;
    }
}
