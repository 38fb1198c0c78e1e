package org.lanewise.kernels.gemm;

import org.lanewise.kernels.Processor;
import org.lanewise.kernels.Simd;

/**
 * {@code C = activation(A * B + bias)} for many rows of a short K and constant weights, as the first products of inverted residuals are: strips of rows are copied to where {@link FixedRowTiles} reads them. Gives the bits that
 * {@link Gemm} gives. Stateless.
 */
public final class FixedRows {
    private static final int ROWS = FixedRowTiles.ROWS;

    /** Values of scratch that {@link #run} needs. */
    public static final int SCRATCH = ROWS * FixedRowTiles.ROW;

    /** What a profile calls the kernel. */
    public static final String KERNEL = "gemm-f32-" + ROWS + "x" + FixedRowTiles.VECTORS + "x" + Simd.LANES + "-fixed";

    private FixedRows() {}

    /** Whether products with these weights are faster here than in {@link Gemm}, as far as that does not depend on their rows. */
    public static boolean suits(int k, int n) {
        return Processor.SHARED_PORTS && computes(k, n);
    }

    /** Whether they can be computed: whole tiles of columns, and a K that is short but no shorter than a vector. */
    static boolean computes(int k, int n) {
        return Simd.ENABLED
                && Simd.REGISTERS == 32
                && k >= Simd.LANES
                && k < GemmBlocks.SHORT_K
                && n % (FixedRowTiles.VECTORS * Simd.LANES) == 0;
    }

    /**
     * Computes as many of {@code rows} rows as fill tiles, the first ones, in all columns, and returns their number; the others are left.
     *
     * @param e a bias per column, or none
     * @param scratch {@link #SCRATCH} values from {@code scratchOff}, where a cache line should begin
     */
    public static int run(
            float[] a,
            int aOff,
            int lda,
            PackedB b,
            float[] c,
            int cOff,
            int ldc,
            int rows,
            Epilogue e,
            float[] scratch,
            int scratchOff) {
        int k = b.k();
        int n = b.n();
        if (!computes(k, n)) {
            throw new IllegalArgumentException(
                    "B is (" + k + ", " + n + "): expected a short K and whole tiles of columns");
        }
        Gemm.checkMatrix("A", a.length, aOff, lda, rows, k);
        Gemm.checkMatrix("C", c.length, cOff, ldc, rows, n);
        e.checkColumns(n);
        SumEnd end = e.end(true);
        int row = 0;
        for (; row + ROWS <= rows; row += ROWS) {
            int out = cOff + row * ldc;
            FixedRowTiles.copy(a, aOff + row * lda, lda, k, scratch, scratchOff);
            FixedRowTiles.run(
                    n / Simd.LANES,
                    k,
                    scratch,
                    scratchOff,
                    b.data,
                    b.start,
                    c,
                    out,
                    ldc,
                    e.start,
                    0,
                    e.startColumn,
                    end.lo(),
                    end.hi());
            end.finish(ROWS, n, n, c, out, ldc);
        }
        return row;
    }
}
