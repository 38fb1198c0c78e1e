package org.lanewise.kernels.gemm;

import org.lanewise.kernels.Alignment;

/**
 * Large products of bytes on the fp32 tiles with 7 products of halves instead of 8 (V. Strassen, Gaussian elimination is not optimal, 1969): what costs fp32 accuracy is exact here, since all numbers are whole.
 *
 * <pre>
 * M1 = (A11 + A22) (B11 + B22)   M2 = (A21 + A22) B11   M3 = A11 (B12 - B22)   M4 = A22 (B21 - B11)
 * M5 = (A11 + A12) B22           M6 = (A21 - A11) (B11 + B12)                  M7 = (A12 - A22) (B21 + B22)
 * C11 = M1 + M4 - M5 + M7        C12 = M3 + M5          C21 = M2 + M4          C22 = M1 - M2 + M3 + M6
 * </pre>
 *
 * <p>Sums of two centred bytes of A are -256 to 254, so every sum is below 2^24 if the magnitudes of B's columns sum to less than 2^15 in each half of K. The seven are added as int32.
 */
final class Int8Strassen {
    /** What magnitudes of a column may sum to in either half of K. */
    private static final int EXACT = 1 << 15;

    /** Below these sizes sums of A and B cost as much as the eighth product. */
    private static final int LEAST_ROWS = 128;

    private static final int LEAST_K = 256;
    private static final int LEAST_ROWS_BY_K = 1 << 17;
    private static final int LEAST_PANELS = 8;

    /** Rows of half a block. */
    private static final int HALF_ROWS = 384;

    /** Panels of half a block. */
    private static final int HALF_PANELS = 12;

    /** Rows of A that are widened and multiplied at a time: they stay in the second-level cache in between. */
    private static final int ROWS = 96;

    /** Rows of the products that are brought together at a time: their sums stay in the first-level cache until they end. */
    private static final int FINISHED_ROWS = 4;

    private static final int PRODUCTS = 7;

    /** A's blocks in each product, row by row: the first, the second (-1 for none), and the second's sign. */
    private static final int[][] LEFT = {{0, 3, 1}, {2, 3, 1}, {0, -1, 0}, {3, -1, 0}, {0, 1, 1}, {2, 0, -1}, {1, 3, -1}
    };

    /** B's blocks. */
    private static final int[][] RIGHT = {
        {0, 3, 1}, {0, -1, 0}, {1, 3, -1}, {2, 0, -1}, {3, -1, 0}, {0, 1, 1}, {2, 3, 1}
    };

    private Int8Strassen() {}

    static boolean suits(int rows, int panels, PackedInt8B b) {
        boolean large = rows >= LEAST_ROWS && b.k() >= LEAST_K && (long) rows * b.k() >= LEAST_ROWS_BY_K;
        return large && panels >= LEAST_PANELS && b.halfMagnitude < EXACT;
    }

    static int floatsSize(int rows, int panels, PackedInt8B b) {
        int half = halfRows(rows);
        int columns = halfPanels(panels) * Gemm.NR;
        int k = b.depth / 2;
        return Alignment.lines(Math.min(half, ROWS) * k) + columns * k + PRODUCTS * half * columns + Gemm.TILE_SCRATCH;
    }

    static int scratchSize(int panels) {
        return (1 + 2 * FINISHED_ROWS) * 2 * halfPanels(panels) * Gemm.NR;
    }

    private static int halfRows(int rows) {
        return Math.min(HALF_ROWS, rows / 2);
    }

    private static int halfPanels(int panels) {
        return Math.min(HALF_PANELS, panels / 2);
    }

    /** An even number of rows and of panels; arguments as for {@link Int8Floats#run}. */
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
        int most = share(rowTo - rowFrom, HALF_ROWS);
        int mostPanels = share(panelTo - panelFrom, HALF_PANELS);
        for (int row = rowFrom; row < rowTo; row += most) {
            int half = Math.min(most, rowTo - row) / 2;
            for (int p = panelFrom; p < panelTo; p += mostPanels) {
                int panels = Math.min(mostPanels, panelTo - p) / 2;
                int products = products(a, aOff, lda, ends, row, half, p, panels, floats, floatsOff);
                finish(a, aOff, lda, ends, row, half, p, panels, floats, products, scratch, scratchOff);
            }
        }
    }

    /** The size of blocks of about equal, even size; half of one is {@code half} at most. */
    private static int share(int count, int half) {
        return 2 * Math.ceilDiv(count / 2, Math.ceilDiv(count / 2, half));
    }

    /** Computes the seven products; returns where they are, {@code (half, panels * NR)} each. */
    private static int products(
            byte[] a,
            int aOff,
            int lda,
            Int8Sums ends,
            int row,
            int half,
            int panel,
            int panels,
            float[] floats,
            int floatsOff) {
        PackedInt8B b = ends.b();
        int k = b.depth / 2;
        int columns = panels * Gemm.NR;
        int wide = floatsOff + Alignment.lines(Math.min(half, ROWS) * k);
        int to = wide + columns * k;
        int scratch = to + PRODUCTS * half * columns;
        for (int x = 0; x < PRODUCTS; x++) {
            right(b, RIGHT[x], panel, panels, floats, wide);
            for (int r = 0; r < half; r += ROWS) {
                int count = Math.min(ROWS, half - r);
                int y = to + (x * half + r) * columns;
                left(a, aOff + (row + r) * lda, lda, ends.aSigned(), b, LEFT[x], half, count, floats, floatsOff);
                Int8Floats.product(floats, floatsOff, k, wide, columns, count, y, columns, scratch);
            }
        }
        return to;
    }

    /** Rows of a block of A, widened, or of the sum or difference of two; {@code aOff} is where they are in the first block. */
    private static void left(
            byte[] a,
            int aOff,
            int lda,
            boolean signed,
            PackedInt8B b,
            int[] blocks,
            int half,
            int rows,
            float[] y,
            int yOff) {
        int k = b.depth / 2;
        int first = blocks[0];
        int second = blocks[1];
        int n = first % 2 == 0 ? k : b.k() - k;
        int n2 = second < 0 ? 0 : second % 2 == 0 ? k : b.k() - k;
        for (int r = 0; r < rows; r++) {
            int at = aOff + (first / 2 * half + r) * lda + first % 2 * k;
            int at2 = aOff + (Math.max(0, second) / 2 * half + r) * lda + Math.max(0, second) % 2 * k;
            int to = yOff + r * k;
            int done = Int8FloatsVector.combine(a, at, Math.min(n, second < 0 ? n : n2), at2, blocks[2], signed, y, to);
            for (int i = done; i < k; i++) { // what lies behind A's last column is 0
                int value = i < n ? GemmInt8.centred(a[at + i], signed) : 0;
                y[to + i] = value + (i < n2 ? blocks[2] * GemmInt8.centred(a[at2 + i], signed) : 0);
            }
        }
    }

    /** Panels of a block of B, widened, or the sum or difference of two. */
    private static void right(PackedInt8B b, int[] blocks, int panel, int panels, float[] y, int yOff) {
        int k = b.depth / 2;
        for (int p = 0; p < panels; p++) {
            int to = yOff + p * k * Gemm.NR;
            for (int i = 0; i < 2 && blocks[i] >= 0; i++) {
                int from = panel + blocks[i] % 2 * panels + p;
                int firstK = blocks[i] / 2 * k;
                int data = (from * b.depth + firstK) * Gemm.NR;
                if (i == 0) {
                    Int8FloatsVector.widen(b.data, data, y, to, k);
                } else {
                    Int8FloatsVector.add(b.data, data, blocks[2], y, to, k);
                }
                b.excess.restore(from, firstK, firstK + k, i == 0 ? 1 : blocks[2], y, to);
            }
        }
    }

    /** Adds the products up, and ends the sums. */
    private static void finish(
            byte[] a,
            int aOff,
            int lda,
            Int8Sums ends,
            int row,
            int half,
            int panel,
            int panels,
            float[] products,
            int from,
            int[] scratch,
            int scratchOff) {
        int width = panels * Gemm.NR;
        int ld = 2 * width;
        int first = panel * Gemm.NR;
        int columns = Math.min(ends.b().n() - first, ld);
        int top = scratchOff + ld;
        int bottom = top + FINISHED_ROWS * ld;
        ends.start(first, columns, scratch, scratchOff);
        for (int r = 0; r < half; r += FINISHED_ROWS) {
            int count = Math.min(FINISHED_ROWS, half - r);
            for (int i = 0; i < count; i++) {
                int at = from + (r + i) * width;
                int to = i * ld;
                Int8FloatsVector.strassen(products, at, half * width, width, scratch, top + to, bottom + to);
            }
            ends.correct(a, aOff, lda, row + r, count, first, columns, scratch, top, ld);
            ends.correct(a, aOff, lda, row + half + r, count, first, columns, scratch, bottom, ld);
            ends.store(row + r, count, first, columns, scratch, top, ld, scratch, scratchOff);
            ends.store(row + half + r, count, first, columns, scratch, bottom, ld, scratch, scratchOff);
        }
    }
}
