package org.lanewise.kernels.gemm;

import org.jspecify.annotations.Nullable;
import org.lanewise.kernels.Processor;
import org.lanewise.kernels.Simd;

/**
 * {@link GemmInt8} on {@link TripleTiles}, three rows of A in each {@code double}; panels whose weights allow it have runs of eight.
 *
 * <p>B stays in bytes. Half a panel, two vectors of columns, is widened, at most {@link #CHUNK} rows at a time, then meets all triples of a block of rows that stays in the second-level cache with it.
 */
final class Int8Triples {
    /** What a profile calls the kernel. */
    static final String NAME = "gemm-int8-triples-12x" + Simd.LANES;

    /** What the magnitudes of weights may sum to in a run: {@link TripleTiles#LEVEL} is 128 times it. */
    static final int LARGEST_SUM = 511;

    /** So many products of bytes can sum to 2^29, which the 30 bits of the third part do not hold with its sign. */
    private static final int TOO_DEEP = 1 << 15;

    private static final int RUN = TripleTiles.RUN;

    /** Rows of the large tile. */
    private static final int TILE_ROWS = TripleTiles.TILE * TripleTiles.ROWS;

    private static final int LEAST_ROWS = 24;

    /** Part of K that is widened at a time. */
    private static final int CHUNK = 1536;

    /** Values of A that are widened at a time: half a megabyte, three values in 8 bytes, or most of the 2 MB of a second-level cache. */
    private static final int A_VALUES = (Processor.SHARED_PORTS ? 576 : 208) << 10;

    private static final int MOST_ROWS = 768;

    /** Panels that are ended at a time. */
    private static final int PANELS = 4;

    private static final int LDC = PANELS * Gemm.NR;

    private Int8Triples() {}

    /** Whether these tiles are the fastest for so many rows. */
    static boolean suits(int rows, PackedInt8B b) {
        return Simd.BITS == 512 && rows >= LEAST_ROWS && takes(b);
    }

    /** Whether there are such tiles for B. */
    static boolean takes(PackedInt8B b) {
        return Simd.BITS >= 256 && Simd.FMA && !b.paired && b.depth > 0 && b.depth < TOO_DEEP;
    }

    /** Whether the magnitudes of each panel's weights suit runs of eight. */
    static boolean[] fitEights(byte[] data, int depth) {
        int size = depth * Gemm.NR;
        boolean[] fit = new boolean[size == 0 ? 0 : data.length / size];
        for (int p = 0; p < fit.length && depth % (2 * RUN) == 0; p++) {
            fit[p] = fitsEights(data, p * size, (p + 1) * size);
        }
        return fit;
    }

    /**
     * What tells of the other panels whether runs of eight suit them together with A; null where there are none, or where runs of four are as fast, since integer operations have ports of their own.
     *
     * @param fit {@link #fitEights}
     */
    static @Nullable Int8Norms norms(byte[] data, int depth, boolean[] fit) {
        boolean all = true;
        for (boolean fits : fit) {
            all &= fits;
        }
        return all || !Processor.SHARED_PORTS || depth % Int8Norms.EIGHT != 0 ? null : Int8Norms.of(data, depth);
    }

    private static boolean fitsEights(byte[] data, int from, int to) {
        for (int i = from; i < to; i += 2 * RUN * Gemm.NR) {
            for (int lane = 0; lane < Gemm.NR; lane++) {
                int sum = 0;
                for (int x = 0; x < 2 * RUN; x++) {
                    sum += Math.abs(data[i + x * Gemm.NR + lane]);
                }
                if (sum > LARGEST_SUM) {
                    return false;
                }
            }
        }
        return true;
    }

    /** Elements of {@code double} scratch. */
    static int doublesSize(int rows, PackedInt8B b) {
        int triples = TripleTiles.triples(Math.min(rows, mostRows(b)));
        int sums = TripleTiles.STARTS + 2 * PANELS * triples * TripleTiles.SUMS;
        return triples * lda(b) + TripleTiles.LINE + Math.min(CHUNK, b.depth) * Simd.LANES + sums + norms(b);
    }

    /** Room for what is known of the rows of A. */
    private static int norms(PackedInt8B b) {
        return b.norms == null ? 0 : b.depth / Int8Norms.EIGHT;
    }

    /** Elements of {@code int} scratch. */
    static int scratchSize() {
        return LDC + TILE_ROWS * LDC;
    }

    /** Whole tiles. */
    private static int mostRows(PackedInt8B b) {
        return Math.clamp(A_VALUES / Math.max(1, b.depth), 8 * TILE_ROWS, MOST_ROWS) / TILE_ROWS * TILE_ROWS;
    }

    /** Rows that are widened at a time: blocks of nearly the same size, since B is widened for each, however few rows are left for the last. */
    private static int blockRows(int rows, PackedInt8B b) {
        int blocks = Math.max(1, Math.ceilDiv(rows, mostRows(b)));
        return Math.min(rows, Math.ceilDiv(Math.ceilDiv(rows, blocks), TILE_ROWS) * TILE_ROWS);
    }

    private static int lda(PackedInt8B b) {
        return TripleTiles.distance(b.depth);
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
            double[] doubles,
            int doublesOff) {
        PackedInt8B b = ends.b();
        int most = blockRows(rowTo - rowFrom, b);
        int wide = doublesOff + TripleTiles.triples(most) * lda(b) + TripleTiles.LINE;
        int sums = wide + Math.min(CHUNK, b.depth) * Simd.LANES;
        int start = sums + 2 * PANELS * TripleTiles.triples(most) * TripleTiles.SUMS;
        int norms = start + TripleTiles.STARTS;
        TripleTiles.constants(doubles, wide);
        for (int row = rowFrom; row < rowTo; row += most) {
            int rows = Math.min(most, rowTo - row);
            int triples = TripleTiles.triples(rows);
            TripleRows.ofBytes(
                    a, aOff + row * lda, lda, ends.aSigned(), rows, b.k(), b.depth, doubles, doublesOff, lda(b));
            if (b.norms != null) {
                Int8Norms.ofRows(a, aOff + row * lda, lda, ends.aSigned(), rows, b.k(), b.depth, doubles, norms);
            }
            for (int p = panelFrom; p < panelTo; p += PANELS) {
                int to = Math.min(panelTo, p + PANELS);
                for (int i = p; i < to; i++) {
                    int at = sums + 2 * (i - p) * triples * TripleTiles.SUMS;
                    scratch[scratchOff] = panel(b, i, triples, doubles, doublesOff, wide, start, norms, at);
                }
                end(a, aOff, lda, ends, row, rows, p, to, doubles, sums, scratch, scratchOff);
            }
        }
    }

    /** Reads each cache line of weights once, so that all are on their way before the first is widened: less than half as many would be, among the rest of that loop. */
    private static int touch(byte[] x, int from, int to) {
        int sum = 0;
        for (int i = from; i < to; i += 64) {
            sum += x[i];
        }
        return sum;
    }

    /** Ends sums of panels {@code panel} to {@code panelTo}, a few rows at a time, so that what is made of them on the way stays in the first-level cache. */
    private static void end(
            byte[] a,
            int aOff,
            int lda,
            Int8Sums ends,
            int row,
            int rows,
            int panel,
            int panelTo,
            double[] doubles,
            int sums,
            int[] scratch,
            int scratchOff) {
        PackedInt8B b = ends.b();
        int first = panel * Gemm.NR;
        int columns = Math.min(b.n(), panelTo * Gemm.NR) - first;
        int rowSums = scratchOff + LDC;
        ends.start(first, columns, scratch, scratchOff);
        for (int r = 0; r < rows; r += TILE_ROWS) {
            int count = Math.min(TILE_ROWS, rows - r);
            for (int i = 0; i < 2 * (panelTo - panel); i++) {
                int from = sums + (i * TripleTiles.triples(rows) + r / TripleTiles.ROWS) * TripleTiles.SUMS;
                int to = rowSums + i * Simd.LANES;
                Int8TriplesVector.finish(doubles, from, Math.ceilDiv(count, TripleTiles.ROWS), scratch, to, LDC);
            }
            ends.correct(a, aOff, lda, row + r, count, first, columns, scratch, rowSums, LDC);
            ends.store(row + r, count, first, columns, scratch, rowSums, LDC, scratch, scratchOff);
        }
    }

    /** Products in a run of a panel: eight where its weights promise that they fit, or its weights and A together. */
    private static int run(PackedInt8B b, int panel, double[] doubles, int norms) {
        boolean eights = b.eights[panel] || b.norms != null && b.norms.fitEights(panel, doubles, norms);
        return eights ? 2 * RUN : RUN;
    }

    /**
     * Sums of one panel; returns a number that makes reading it ahead count.
     *
     * @param wide room for a widened part of half a panel, behind its constants
     * @param start room for what sums start from
     * @param norms what is known of the rows of A
     * @param sums what tiles leave of the first half, then of the second
     */
    private static int panel(
            PackedInt8B b, int panel, int triples, double[] doubles, int a, int wide, int start, int norms, int sums) {
        int run = run(b, panel, doubles, norms);
        int parts = Math.ceilDiv(b.depth, CHUNK);
        int step = Math.ceilDiv(b.depth / run, parts) * run;
        int touched = 0;
        TripleTiles.startFromZero(b.depth / run, doubles, start);
        for (int k = 0; k < b.depth; k += step) {
            int count = Math.min(step, b.depth - k);
            int at = (panel * b.depth + k) * Gemm.NR;
            touched += touch(b.data, at, at + count * Gemm.NR);
            for (int half = 0; half < 2; half++) {
                int up = 24 - 8 * half;
                Int8TriplesVector.widen(b.data, at, doubles, wide, count, up);
                b.excess.restore(panel, k, k + count, doubles, wide, up);
                int to = sums + half * triples * TripleTiles.SUMS;
                TripleTiles.run(
                        run, triples, doubles, a + k, lda(b), wide, count / run, k == 0, k == 0 ? start : to, to);
            }
        }
        return touched;
    }
}
