package org.lanewise.kernels.gemm;

import org.jspecify.annotations.Nullable;
import org.lanewise.kernels.Simd;

/** Cuts a range of C into tiles: the loops between {@link Gemm} and the micro-kernels. */
final class GemmBlocks {
    private static final int NR = Gemm.NR;
    private static final int MR = Gemm.MR;

    /** Up to this many rows two panels are computed at once; 0 on the scalar kernels. */
    static final int WIDE_ROWS = Simd.ENABLED ? Simd.REGISTERS / 8 : 0;

    /** Below this length of K a tile that starts from a bias per column is one of {@link BiasTiles}. */
    static final int SHORT_K = 48;

    private GemmBlocks() {}

    /** See {@link Gemm#runBlock}, whose arguments these are. */
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
            int n,
            float[] c,
            int cOff,
            int ldc,
            float @Nullable [] residual,
            int resOff,
            int rowFrom,
            int rowTo,
            int panelFrom,
            int panelTo,
            Epilogue e,
            float[] scratch,
            int scratchOff) {
        int width = Math.min(n, panelTo * NR) - panelFrom * NR;
        int broad = BroadBlocks.columns(rowTo - rowFrom, width, n, kc);
        if (broad > 0) {
            BroadBlocks.block(
                    a,
                    aOff,
                    lda,
                    packed,
                    packedOff,
                    panelStride,
                    kc,
                    first,
                    last,
                    c,
                    cOff,
                    ldc,
                    residual,
                    resOff,
                    rowFrom,
                    rowTo,
                    panelFrom * NR,
                    broad,
                    e);
        }
        int columnFrom = panelFrom * NR + broad;
        int packedFrom = packedOff + broad / NR * panelStride;
        int columns = width - broad;
        if (columns <= 0) {
            return;
        }
        SumStart adding = SumStart.of(e, first, residual != null);
        SumStart plain = adding.withoutAdding();
        SumEnd end = e.end(last);
        boolean whole = Simd.ENABLED && first && last && e.startRow == 0;
        int lastVector = whole ? LastVector.columns(columns, residual != null) : 0;
        int tiles = (rowTo - rowFrom + MR - 1) / MR;
        int row = rowFrom;
        for (int t = 0; t < tiles; t++) {
            int rows = height(rowTo - row, tiles - t);
            int ao = aOff + row * lda;
            int co = cOff + row * ldc + columnFrom;
            int bias = row * e.startRow + columnFrom * e.startColumn;
            int ro = resOff + row * ldc + columnFrom;
            int vector = rows == 1 ? 0 : lastVector;
            int done = 0;
            boolean tall = Simd.ENABLED && TallTiles.has(rows);
            SumStart start = tall ? adding : plain;
            start.prepare(e, bias, rows, columns - vector, residual, ro, c, co, ldc);
            if (tall) {
                done = ClampedStrip.run(
                        rows,
                        columns,
                        kc,
                        a,
                        ao,
                        lda,
                        packed,
                        packedFrom,
                        panelStride,
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
            }
            int left = columns - vector - done;
            if (left > 0) {
                int at = bias + done * e.startColumn;
                if (start != plain) {
                    plain.prepare(e, at, rows, left, residual, ro + done, c, co + done, ldc);
                }
                PlainStrip.run(
                        rows,
                        left,
                        kc,
                        a,
                        ao,
                        lda,
                        packed,
                        packedFrom + done / NR * panelStride,
                        panelStride,
                        c,
                        co + done,
                        ldc,
                        plain.values(e, residual, c),
                        plain.at(at, ro + done, co + done),
                        plain.row(e, ldc),
                        plain.column(e),
                        scratch,
                        scratchOff);
            }
            if (vector > 0) {
                int x = columns - vector;
                LastVector.run(
                        rows,
                        vector,
                        rowTo - row - rows,
                        n,
                        kc,
                        a,
                        ao,
                        lda,
                        packed,
                        packedFrom + x / NR * panelStride,
                        c,
                        co + x,
                        ldc,
                        e,
                        bias + x * e.startColumn,
                        residual,
                        ro + x,
                        end,
                        scratch,
                        scratchOff);
                if (left <= 0) {
                    done = columns;
                }
            }
            end.finish(rows, columns, done, c, co, ldc);
            row += rows;
        }
    }

    /**
     * Height of the next tile. Full ones while the rows left fill tiles or leave a last one of four, which runs at nearly full speed in
     * {@link WideTiles}; else even heights, as a last tile of one row would run at a fraction of the speed. Low tiles are always full, because
     * three rows have too few independent sums and two run at full speed.
     */
    static int height(int rows, int tiles) {
        boolean full = MR == 4 || rows % MR == 0 || rows % MR >= 4;
        return full ? Math.min(MR, rows) : rows / tiles;
    }
}
