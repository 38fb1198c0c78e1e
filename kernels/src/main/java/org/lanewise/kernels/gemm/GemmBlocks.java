package org.lanewise.kernels.gemm;

import org.jspecify.annotations.Nullable;
import org.lanewise.kernels.Activation;
import org.lanewise.kernels.Simd;

/** Cuts a range of C into tiles: the loops between {@link Gemm} and the micro-kernels. */
final class GemmBlocks {
    private static final int NR = Gemm.NR;
    private static final int MR = Gemm.MR;
    private static final int LANES = Simd.LANES;

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
        boolean adds = first && residual != null;
        Activation.Kind kind = last ? e.activation.kind() : Activation.Kind.NONE;
        boolean fromBias = first && !adds;
        // Tiles add the bias to the residual themselves, in the order of RowPasses.start
        boolean fromResidual = adds && e.startRow == 0 && e.residualScale == 1f;
        boolean clamps = kind == Activation.Kind.RELU || kind == Activation.Kind.CLIP;
        float lo = kind == Activation.Kind.CLIP ? e.activation.alpha() : clamps ? 0f : Float.NEGATIVE_INFINITY;
        float hi = kind == Activation.Kind.CLIP ? e.activation.beta() : Float.POSITIVE_INFINITY;
        float[] start = fromBias ? e.start : c;
        int startRow = fromBias ? e.startRow : ldc;
        int startColumn = fromBias ? e.startColumn : 1;
        boolean whole = Simd.ENABLED && first && last && e.startRow == 0;
        int lastVector = whole ? LastVector.columns(columns, adds) : 0;
        int tiles = (rowTo - rowFrom + MR - 1) / MR;
        int row = rowFrom;
        for (int t = 0; t < tiles; t++) {
            int rows = height(rowTo - row, tiles - t);
            int ao = aOff + row * lda;
            int co = cOff + row * ldc + columnFrom;
            int bias = row * e.startRow + columnFrom * e.startColumn;
            int so = fromBias ? bias : co;
            int ro = resOff + row * ldc + columnFrom;
            int vector = rows == 1 ? 0 : lastVector;
            int done = 0;
            boolean tall = Simd.ENABLED && TallTiles.has(rows);
            boolean adding = tall && fromResidual;
            if (residual != null && adds && !adding) {
                RowPasses.start(e, bias, rows, columns - vector, residual, ro, c, co, ldc);
            }
            if (tall) {
                done = clampedStrip(
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
                        adding && residual != null ? residual : start,
                        adding ? ro : so,
                        adding ? ldc : startRow,
                        adding ? 1 : startColumn,
                        adding ? e.start : TallTiles.NO_BIAS,
                        adding ? bias : 0,
                        adding ? e.startColumn : 0,
                        lo,
                        hi);
            }
            int left = columns - vector - done;
            if (left > 0) {
                if (residual != null && adding) {
                    RowPasses.start(e, bias + done * e.startColumn, rows, left, residual, ro + done, c, co + done, ldc);
                }
                strip(
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
                        start,
                        so + done * startColumn,
                        startRow,
                        startColumn,
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
                        clamps,
                        lo,
                        hi,
                        scratch,
                        scratchOff);
                if (left <= 0) {
                    done = columns;
                }
            }
            int clamped = clamps ? done : 0;
            if (kind != Activation.Kind.NONE && clamped < columns) {
                RowPasses.activate(e.activation, rows, columns - clamped, c, co + clamped, ldc);
            }
            row += rows;
        }
    }

    /** At most {@link Gemm#MR} rows with the activation on registers; leaves a last vector of columns or less, returns how many it computed. */
    private static int clampedStrip(
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
        clampedTiles(
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
        clampedTiles(
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

    private static void clampedTiles(
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
        if (kc < SHORT_K && startRow == 0 && bias == TallTiles.NO_BIAS) {
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

    /**
     * Height of the next tile. Full ones while the rows left fill tiles or leave a last one of four, which runs at nearly full speed in
     * {@link WideTiles}; else even heights, as a last tile of one row would run at a fraction of the speed. Low tiles are always full, because
     * three rows have too few independent sums and two run at full speed.
     */
    static int height(int rows, int tiles) {
        boolean full = MR == 4 || rows % MR == 0 || rows % MR >= 4;
        return full ? Math.min(MR, rows) : rows / tiles;
    }

    /** At most {@link Gemm#MR} rows, all the panels. */
    private static void strip(
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
        int wide = rows <= WIDE_ROWS ? panels & ~1 : 0;
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
