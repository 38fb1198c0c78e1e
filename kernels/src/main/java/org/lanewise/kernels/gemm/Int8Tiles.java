package org.lanewise.kernels.gemm;

import java.util.Arrays;
import org.lanewise.kernels.Simd;

/**
 * Products of widened rows with panels of bytes, as sums of 32 bits.
 *
 * <p>A is given as {@code int}s that hold each value, of -128 to 127, in both halves. Vectors of 16-bit lanes sum runs of products; they start at {@link #START}, so that as
 * unsigned numbers they hold -32640 to 32895. A run fits for any values of A when the magnitudes of its weights sum to {@link #LARGEST_SUM} at most, and two weights
 * always fit (two of -128 reach 32768, two of 127 and -128 each -32512). Seen as 32-bit lanes X, a run's odd columns are the high half: sum(X >>> 16); and its even columns are
 * sum(X) less the odd ones times 2^16, modulo 2^32. So nothing is shuffled.
 */
final class Int8Tiles {
    /** What 16-bit sums start from. */
    static final short START = 32640;

    /** Magnitudes of weights that a run may have in sum: 255 * 128 is {@link #START}. */
    static final int LARGEST_SUM = 255;

    /** Rows of A and C come in multiples of it; that of the rows of all tiles. */
    static final int MR = 6;

    /** Rows of the large tile: more sums than 12 vectors, two for each vector of C, do not stay in registers. */
    private static final int TILE_ROWS = Simd.REGISTERS == 32 ? 3 : 2;

    /** Rows of the tile of one panel. */
    private static final int THIN_ROWS = Simd.REGISTERS == 32 ? 6 : 3;

    /** From how many rows on widening two panels of B beforehand pays. */
    private static final int WIDEN_ROWS = 16;

    private Int8Tiles() {}

    /** Elements of scratch that {@link #run} needs. */
    static int scratchSize(int rows, PackedInt8B b) {
        return widens(rows) ? b.depth * Gemm.NR : 0;
    }

    private static boolean widens(int rows) {
        return Simd.ENABLED && rows >= WIDEN_ROWS;
    }

    /**
     * C(rows, panels) = A B. Rows of A and C up to a multiple of {@link #MR} are read and written.
     *
     * @param a where C and the scratch are too
     * @param lda distance of two rows of A, which have {@link PackedInt8B#depth} values
     * @param ldc distance of two rows of C, at least {@code NR} for each panel
     * @param wide {@link #scratchSize} values from there on
     */
    static void run(
            int[] a,
            int aOff,
            int lda,
            int rows,
            PackedInt8B b,
            int panelFrom,
            int panelTo,
            int[] c,
            int cOff,
            int ldc,
            int wide) {
        int stride = b.depth * Gemm.NR;
        for (int p = panelFrom; p < panelTo; ) {
            int left = panelTo - p;
            int panels = rows == 1 && left >= 4 ? 4 : Math.min(left, 2);
            int to = cOff + (p - panelFrom) * Gemm.NR;
            int step = panels == 2 ? TILE_ROWS : panels == 1 ? (widens(rows) ? THIN_ROWS : 3) : 1;
            if (!Simd.ENABLED) {
                scalar(a, aOff, lda, rows, b, p * stride, c, to, ldc);
                panels = 1;
            } else if (widens(rows)) {
                Int8RowsVector.shorts(b.data, p * stride, c, wide, panels * b.depth);
                for (int r = 0; r < rows; r += MR) {
                    int height = Math.min(MR, rows - r);
                    for (int i = r; i < r + height; i += step) {
                        wideTile(panels, a, aOff + i * lda, lda, c, wide, b, to + i * ldc, ldc);
                    }
                    b.excess.add(a, aOff + r * lda, lda, height, p, panels, c, to + r * ldc, ldc);
                }
            } else {
                for (int r = 0; r < rows; r += step) {
                    int height = Math.min(step, rows - r);
                    tile(height, panels, a, aOff + r * lda, lda, b, p * stride, c, to + r * ldc, ldc);
                }
                b.excess.add(a, aOff, lda, rows, p, panels, c, to, ldc);
            }
            p += panels;
        }
    }

    private static void wideTile(
            int panels, int[] a, int aOff, int lda, int[] wide, int wOff, PackedInt8B b, int cOff, int ldc) {
        int stride = b.depth * Simd.LANES;
        int runs = b.depth / b.run;
        if (b.run == 4) {
            if (panels == 1 && THIN_ROWS == 3) {
                Int8Shorts4.tile3x1(a, aOff, lda, wide, wOff, stride, runs, wide, cOff, ldc);
            } else if (panels == 1) {
                Int8Shorts4.tile6x1(a, aOff, lda, wide, wOff, stride, runs, wide, cOff, ldc);
            } else if (TILE_ROWS == 2) {
                Int8Shorts4.tile2x2(a, aOff, lda, wide, wOff, stride, runs, wide, cOff, ldc);
            } else {
                Int8Shorts4.tile3x2(a, aOff, lda, wide, wOff, stride, runs, wide, cOff, ldc);
            }
        } else if (b.run == 3) {
            if (panels == 1 && THIN_ROWS == 3) {
                Int8Shorts3.tile3x1(a, aOff, lda, wide, wOff, stride, runs, wide, cOff, ldc);
            } else if (panels == 1) {
                Int8Shorts3.tile6x1(a, aOff, lda, wide, wOff, stride, runs, wide, cOff, ldc);
            } else if (TILE_ROWS == 2) {
                Int8Shorts3.tile2x2(a, aOff, lda, wide, wOff, stride, runs, wide, cOff, ldc);
            } else {
                Int8Shorts3.tile3x2(a, aOff, lda, wide, wOff, stride, runs, wide, cOff, ldc);
            }
        } else if (panels == 1 && THIN_ROWS == 3) {
            Int8Shorts2.tile3x1(a, aOff, lda, wide, wOff, stride, runs, wide, cOff, ldc);
        } else if (panels == 1) {
            Int8Shorts2.tile6x1(a, aOff, lda, wide, wOff, stride, runs, wide, cOff, ldc);
        } else if (TILE_ROWS == 2) {
            Int8Shorts2.tile2x2(a, aOff, lda, wide, wOff, stride, runs, wide, cOff, ldc);
        } else {
            Int8Shorts2.tile3x2(a, aOff, lda, wide, wOff, stride, runs, wide, cOff, ldc);
        }
    }

    private static void tile(
            int rows, int panels, int[] a, int aOff, int lda, PackedInt8B b, int bOff, int[] c, int cOff, int ldc) {
        byte[] data = b.data;
        int stride = b.depth * Gemm.NR;
        int runs = b.depth / b.run;
        if (b.run == 4) {
            if (panels == 4) {
                Int8Bytes4.tile1x4(a, aOff, lda, data, bOff, stride, runs, c, cOff, ldc);
            } else if (panels == 1) {
                Int8Bytes4.tile3x1(a, aOff, lda, data, bOff, stride, runs, c, cOff, ldc);
            } else if (rows <= 2) {
                Int8Bytes4.tile2x2(a, aOff, lda, data, bOff, stride, runs, c, cOff, ldc);
            } else {
                Int8Bytes4.tile3x2(a, aOff, lda, data, bOff, stride, runs, c, cOff, ldc);
            }
        } else if (b.run == 3) {
            if (panels == 4) {
                Int8Bytes3.tile1x4(a, aOff, lda, data, bOff, stride, runs, c, cOff, ldc);
            } else if (panels == 1) {
                Int8Bytes3.tile3x1(a, aOff, lda, data, bOff, stride, runs, c, cOff, ldc);
            } else if (rows <= 2) {
                Int8Bytes3.tile2x2(a, aOff, lda, data, bOff, stride, runs, c, cOff, ldc);
            } else {
                Int8Bytes3.tile3x2(a, aOff, lda, data, bOff, stride, runs, c, cOff, ldc);
            }
        } else if (panels == 4) {
            Int8Bytes2.tile1x4(a, aOff, lda, data, bOff, stride, runs, c, cOff, ldc);
        } else if (panels == 1) {
            Int8Bytes2.tile3x1(a, aOff, lda, data, bOff, stride, runs, c, cOff, ldc);
        } else if (rows <= 2) {
            Int8Bytes2.tile2x2(a, aOff, lda, data, bOff, stride, runs, c, cOff, ldc);
        } else {
            Int8Bytes2.tile3x2(a, aOff, lda, data, bOff, stride, runs, c, cOff, ldc);
        }
    }

    private static void scalar(
            int[] a, int aOff, int lda, int rows, PackedInt8B b, int bOff, int[] c, int cOff, int ldc) {
        byte[] data = b.data;
        for (int r = 0; r < rows; r++) {
            int to = cOff + r * ldc;
            Arrays.fill(c, to, to + Gemm.NR, 0);
            for (int k = 0; k < b.depth; k++) {
                int x = (short) a[aOff + r * lda + k];
                int from = bOff + k * Gemm.NR;
                for (int j = 0; j < Gemm.NR; j++) {
                    c[to + j] += x * data[from + j];
                }
            }
        }
    }
}
