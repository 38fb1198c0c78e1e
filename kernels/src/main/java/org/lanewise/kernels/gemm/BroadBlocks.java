package org.lanewise.kernels.gemm;

import org.jspecify.annotations.Nullable;
import org.lanewise.kernels.Simd;

/** Cuts a range of C into the tiles of {@link BroadTiles}: heights of 5 and 6 rows, pairs of panels. */
final class BroadBlocks {
    private static final int NR = Gemm.NR;

    /** Rows of the tallest tile. */
    static final int MOST_ROWS = 6;

    private static final int LEAST_ROWS = 5;

    /** Products this many times as wide as K and wider are faster in tiles of two vectors when their weights come from afar, as in a network. */
    private static final int WIDE = 5;

    private BroadBlocks() {}

    /** How many of {@code columns} columns, of n in all, are computed here: all pairs of panels, or none where rows or K do not suit. */
    static int columns(int rows, int columns, int n, int kc) {
        boolean suits = kc >= GemmBlocks.SHORT_K && n < WIDE * kc && rows >= tiles(rows) * LEAST_ROWS;
        return suits && Simd.ENABLED && Simd.REGISTERS == 32 ? columns / (2 * NR) * (2 * NR) : 0;
    }

    /** Height of the first tile. */
    static int height(int rows) {
        return Math.ceilDiv(rows, tiles(rows));
    }

    private static int tiles(int rows) {
        return Math.max(1, Math.ceilDiv(rows, MOST_ROWS));
    }

    /** See {@link Gemm#runBlock}: the {@code columns} of C from {@code columnFrom} on, which begin at {@code packedOff}. */
    static void block(
            float[] a,
            int aOff,
            int lda,
            float[] packed,
            int packedOff,
            int panelStride,
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
            int columnFrom,
            int columns,
            Epilogue e) {
        SumStart start = SumStart.of(e, first, residual != null);
        SumEnd end = e.end(last);
        int tiles = tiles(rowTo - rowFrom);
        int row = rowFrom;
        for (int t = 0; t < tiles; t++) {
            int rows = Math.ceilDiv(rowTo - row, tiles - t);
            int co = cOff + row * ldc + columnFrom;
            int bias = row * e.startRow + columnFrom * e.startColumn;
            int ro = resOff + row * ldc + columnFrom;
            start.prepare(e, bias, rows, columns, residual, ro, c, co, ldc);
            BroadTiles.run(
                    rows,
                    columns / NR,
                    panelStride,
                    kc,
                    a,
                    aOff + row * lda,
                    lda,
                    packed,
                    packedOff,
                    c,
                    co,
                    ldc,
                    start.values(e, residual, c),
                    start.at(bias, ro, co),
                    start.row(e, ldc),
                    start.column(e),
                    start.added(e),
                    start.addedAt(bias),
                    start.addedColumn(e),
                    end.lo(),
                    end.hi());
            end.finish(rows, columns, columns, c, co, ldc);
            row += rows;
        }
    }
}
