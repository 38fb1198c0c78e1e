package org.lanewise.kernels.gemm;

import org.lanewise.kernels.Alignment;
import org.lanewise.kernels.Simd;
import org.lanewise.kernels.quant.Dequantize;

/**
 * {@link GemmInt8} on the fp32 tiles: both sides are widened to {@code float}, and every sum is exact where {@code 128 * sum |B'(k, j)| < 2^24} for each column of B, which is centred to -128..127 as A is.
 *
 * <p>B stays in bytes: as many panels as share the second-level cache are widened at a time, for all rows. Sums go back to int32 in blocks that stay in cache, so zero points and ends are those of the integer tiles.
 */
final class Int8Floats {
    /** Sums below it are exact in {@code float}. */
    static final int EXACT = 1 << 24;

    /** From this many rows on widening B costs less than the integer tiles' widening of sums. */
    private static final int LEAST_ROWS = 32;

    /** Values of A that are widened at a time. */
    private static final int A_VALUES = 768 << 10;

    /** Widened values of B at a time. */
    private static final int B_VALUES = 128 << 10;

    /** Rows of C that are summed at a time. */
    private static final int C_ROWS = 96;

    private Int8Floats() {}

    /** Whether these tiles are exact, and faster for so many rows. With narrower vectors, hence fewer registers, the integer tiles are faster by 4 to 40 %. */
    static boolean suits(int rows, PackedInt8B b) {
        return Simd.BITS == 512 && rows >= LEAST_ROWS && isExact(b);
    }

    static boolean isExact(PackedInt8B b) {
        return Simd.BITS >= 256 && !b.paired && 128L * b.magnitude < EXACT;
    }

    /** Elements of {@code float} scratch. */
    static int floatsSize(int rows, int panels, PackedInt8B b) {
        int columns = group(b) * Gemm.NR;
        int strassen = Int8Strassen.suits(rows, panels, b) ? Int8Strassen.floatsSize(rows, panels, b) : 0;
        int plain = Alignment.lines(blockRows(rows, b) * b.k())
                + Alignment.lines(columns * b.k())
                + mostRowsOfC(rows) * columns
                + Gemm.TILE_SCRATCH;
        return Math.max(strassen, plain);
    }

    /** Elements of {@code int} scratch. */
    static int scratchSize(int rows, int panels, PackedInt8B b) {
        int strassen = Int8Strassen.suits(rows, panels, b) ? Int8Strassen.scratchSize(panels) : 0;
        return Math.max(strassen, (mostRowsOfC(rows) + 1) * group(b) * Gemm.NR);
    }

    /** Rows {@code rowFrom..rowTo} and panels {@code panelFrom..panelTo}, as {@link GemmInt8#run}. */
    static void run(
            byte[] a,
            int aOff,
            int lda,
            Int8Sums ends,
            int rowFrom,
            int rowTo,
            int panelFrom,
            int panelTo,
            int[] scratch,
            int scratchOff,
            float[] floats,
            int floatsOff) {
        int rows = rowTo - rowFrom;
        int panels = panelTo - panelFrom;
        if (!Int8Strassen.suits(rows, panels, ends.b())) {
            plain(a, aOff, lda, ends, rowFrom, rowTo, panelFrom, panelTo, scratch, scratchOff, floats, floatsOff);
            return;
        }
        int rowEnd = rowTo - rows % 2;
        int panelEnd = panelTo - panels % 2;
        Int8Strassen.run(
                a, aOff, lda, ends, rowFrom, rowEnd, panelFrom, panelEnd, scratch, scratchOff, floats, floatsOff);
        if (panelEnd < panelTo) {
            plain(a, aOff, lda, ends, rowFrom, rowTo, panelEnd, panelTo, scratch, scratchOff, floats, floatsOff);
        }
        if (rowEnd < rowTo) {
            plain(a, aOff, lda, ends, rowEnd, rowTo, panelFrom, panelEnd, scratch, scratchOff, floats, floatsOff);
        }
    }

    private static void plain(
            byte[] a,
            int aOff,
            int lda,
            Int8Sums ends,
            int rowFrom,
            int rowTo,
            int panelFrom,
            int panelTo,
            int[] scratch,
            int scratchOff,
            float[] floats,
            int floatsOff) {
        PackedInt8B b = ends.b();
        boolean signed = ends.aSigned();
        int k = b.k();
        int group = group(b);
        int most = blockRows(rowTo - rowFrom, b);
        int wide = floatsOff + Alignment.lines(most * k);
        int sums = wide + Alignment.lines(group * Gemm.NR * k);
        for (int row = rowFrom; row < rowTo; row += most) {
            int rows = Math.min(most, rowTo - row);
            for (int r = 0; r < rows; r++) {
                int at = aOff + (row + r) * lda;
                Dequantize.centre(a, at, floats, floatsOff + r * k, k, signed ? 0 : 128, !signed);
            }
            for (int p = panelFrom; p < panelTo; p += group) {
                int panels = Math.min(panelTo - p, group);
                widen(b, p, panels, floats, wide);
                int first = p * Gemm.NR;
                int columns = Math.min(b.n() - first, panels * Gemm.NR);
                int ld = panels * Gemm.NR;
                int ints = scratchOff + ld;
                ends.start(first, columns, scratch, scratchOff);
                int step = rowsOfC(rows);
                for (int r = 0; r < rows; r += step) {
                    int count = Math.min(step, rows - r);
                    product(floats, floatsOff + r * k, k, wide, columns, count, sums, ld, sums + count * ld);
                    Int8FloatsVector.toInts(floats, sums, scratch, ints, count * ld);
                    ends.correct(a, aOff, lda, row + r, count, first, columns, scratch, ints, ld);
                    ends.store(row + r, count, first, columns, scratch, ints, ld, scratch, scratchOff);
                }
            }
        }
    }

    private static void widen(PackedInt8B b, int panel, int panels, float[] floats, int to) {
        for (int p = 0; p < panels; p++) {
            int at = to + p * b.k() * Gemm.NR;
            Int8FloatsVector.widen(b.data, (panel + p) * b.depth * Gemm.NR, floats, at, b.k());
            b.excess.restore(panel + p, 0, b.depth, 1, floats, at);
        }
    }

    /** Sums of {@code rows} rows with widened panels; {@code scratch} has {@link Gemm#TILE_SCRATCH} values. */
    static void product(float[] floats, int a, int k, int wide, int columns, int rows, int sums, int ld, int scratch) {
        int kStep = Gemm.kStep(k);
        int done = 0;
        do {
            int kc = Math.min(kStep, k - done);
            GemmBlocks.block(
                    floats,
                    a + done,
                    k,
                    floats,
                    wide + done * Gemm.NR,
                    k * Gemm.NR,
                    kc,
                    done == 0,
                    done + kc == k,
                    columns,
                    floats,
                    sums,
                    ld,
                    null,
                    0,
                    0,
                    rows,
                    0,
                    Gemm.panels(columns),
                    Epilogue.NONE,
                    floats,
                    scratch);
            done += kc;
        } while (done < k);
    }

    private static int blockRows(int rows, PackedInt8B b) {
        return Math.min(rows, Math.max(C_ROWS, A_VALUES / Math.max(1, b.k()) / C_ROWS * C_ROWS));
    }

    /** The same or more for more rows, unlike {@link #rowsOfC}. */
    private static int mostRowsOfC(int rows) {
        return Math.min(C_ROWS, Math.ceilDiv(rows, Gemm.MR) * Gemm.MR);
    }

    /** About equal shares of whole tiles. */
    private static int rowsOfC(int rows) {
        int blocks = Math.max(1, Math.ceilDiv(rows, C_ROWS));
        return Math.ceilDiv(Math.ceilDiv(rows, blocks), Gemm.MR) * Gemm.MR;
    }

    /** Panels that are widened at a time. */
    private static int group(PackedInt8B b) {
        int fitting = B_VALUES / Math.max(1, b.k() * Gemm.NR) & ~1;
        return Math.min(b.panels(), Math.max(2, fitting));
    }
}
