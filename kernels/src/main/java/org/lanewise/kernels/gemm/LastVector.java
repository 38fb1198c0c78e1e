package org.lanewise.kernels.gemm;

import org.jspecify.annotations.Nullable;
import org.lanewise.kernels.Simd;

/** The last columns of a product that fill at most one vector, when the product is one block of K: {@link OneVectorTiles} and where they store. */
final class LastVector {
    private static final int LANES = Simd.LANES;
    private static final int NR = Gemm.NR;

    private LastVector() {}

    /** How many of the columns are computed here: those behind the panels, if they fit a vector; with a residual only a whole one. */
    static int columns(int columns, boolean adds) {
        int left = columns % NR;
        return left == LANES || left < LANES && !adds ? left : 0;
    }

    /**
     * Computes at most {@link Gemm#MR} rows.
     *
     * @param rowsBehind rows of C that are computed after these: in a C as narrow as this, stores may run over into them
     * @param n columns of the whole C
     * @param bias index in {@code e.start}
     */
    static void run(
            int rows,
            int columns,
            int rowsBehind,
            int n,
            int kc,
            float[] a,
            int ao,
            int lda,
            float[] b,
            int bo,
            float[] c,
            int co,
            int ldc,
            Epilogue e,
            int bias,
            float @Nullable [] residual,
            int ro,
            SumEnd end,
            float[] scratch,
            int scratchOff) {
        if (residual != null) {
            OneVectorTiles.runResidual(
                    rows,
                    kc,
                    a,
                    ao,
                    lda,
                    b,
                    bo,
                    c,
                    co,
                    ldc,
                    e.start,
                    bias,
                    residual,
                    ro,
                    e.residualScale,
                    end.lo(),
                    end.hi());
        } else if (columns == LANES || columns == n && columns == ldc && (rowsBehind + 1L) * ldc >= LANES) {
            OneVectorTiles.run(
                    rows, kc, a, ao, lda, b, bo, c, co, ldc, e.start, bias, end.clamps(), end.lo(), end.hi());
        } else {
            OneVectorTiles.run(
                    rows,
                    kc,
                    a,
                    ao,
                    lda,
                    b,
                    bo,
                    scratch,
                    scratchOff,
                    NR,
                    e.start,
                    bias,
                    end.clamps(),
                    end.lo(),
                    end.hi());
            for (int r = 0; r < rows; r++) {
                System.arraycopy(scratch, scratchOff + r * NR, c, co + r * ldc, columns);
            }
        }
    }
}
