package org.lanewise.kernels.gemm;

import org.jspecify.annotations.Nullable;
import org.lanewise.kernels.Simd;

/** The loops of a product with few rows and a row-major B: packing B would cost more than reading it where it is. */
final class GemmDirect {
    private static final int NR = Gemm.NR;
    private static final int MR = Gemm.MR;
    private static final int LANES = Simd.LANES;

    /** Up to this many rows packing does not pay (measured: equal near 40). */
    private static final int MAX_ROWS = 32;

    private GemmDirect() {}

    /** Whether to run without packing; gives the same bits either way. */
    static boolean suits(int rows, boolean transB, float alpha) {
        return Simd.ENABLED && rows <= MAX_ROWS && !transB && alpha == 1;
    }

    /** Computes the columns {@code columnFrom..columnTo}, a multiple of 2 * NR many. */
    static void run(
            float[] a,
            int aOff,
            int lda,
            float[] b,
            int bOff,
            int ldb,
            int k,
            float[] c,
            int cOff,
            int ldc,
            float @Nullable [] residual,
            int resOff,
            int rowFrom,
            int rowTo,
            int columnFrom,
            int columnTo,
            int columnStep,
            Epilogue e) {
        int kStep = Gemm.kStep(k);
        for (int x0 = columnFrom; x0 < columnTo; x0 += columnStep) {
            int columns = Math.min(columnStep, columnTo - x0);
            int k0 = 0;
            do {
                int kc = Math.min(kStep, k - k0);
                block(
                        a,
                        aOff + k0,
                        lda,
                        b,
                        bOff + k0 * ldb + x0,
                        ldb,
                        kc,
                        k0 == 0,
                        k0 + kc == k,
                        c,
                        cOff + x0,
                        ldc,
                        residual,
                        resOff + x0,
                        rowFrom,
                        rowTo,
                        x0,
                        columns,
                        e);
                k0 += kc;
            } while (k0 < k);
        }
    }

    private static void block(
            float[] a,
            int aOff,
            int lda,
            float[] b,
            int bo,
            int ldb,
            int kc,
            boolean first,
            boolean last,
            float[] c,
            int cOff,
            int ldc,
            float @Nullable [] residual,
            int resOff,
            int rowFrom,
            int rowTo,
            int x0,
            int columns,
            Epilogue e) {
        SumStart start = SumStart.of(e, first, residual != null).withoutAdding();
        SumEnd end = e.end(last);
        float[] values = start.values(e, residual, c);
        int startRow = start.row(e, ldc);
        int tiles = (rowTo - rowFrom + MR - 1) / MR;
        int row = rowFrom;
        for (int t = 0; t < tiles; t++) {
            int rows = GemmBlocks.height(rowTo - row, tiles - t);
            int co = cOff + row * ldc;
            int bias = row * e.startRow + x0 * e.startColumn;
            int ro = resOff + row * ldc;
            start.prepare(e, bias, rows, columns, residual, ro, c, co, ldc);
            int so = start.at(bias, ro, co);
            int ao = aOff + row * lda;
            int panels = columns / NR;
            int step = start.column(e) * LANES;
            if (rows <= GemmBlocks.WIDE_ROWS) {
                DirectWideTiles.run(rows, panels, kc, a, ao, lda, b, bo, ldb, c, co, ldc, values, so, startRow, step);
            } else {
                DirectTiles.run(rows, panels, kc, a, ao, lda, b, bo, ldb, c, co, ldc, values, so, startRow, step);
            }
            end.finish(rows, columns, 0, c, co, ldc);
            row += rows;
        }
    }
}
