package org.lanewise.kernels.gemm;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;
import org.lanewise.kernels.Processor;
import org.lanewise.kernels.Simd;

/**
 * {@link GemmInt8} on {@link TripleTiles}, three rows of A in each {@code double}; panels whose weights allow it have runs of eight. Where {@link Int8Norms} are kept, each tile of rows is given the tiles with the fewest integer operations that it allows, {@link TripleLanes} the fewest.
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

    /** What is known of a tile: it is one of {@link TripleLanes}. */
    private static final double LANES = 3;

    /** What is known of a tile: runs of eight suit it, whatever the panel. */
    private static final double ANY_EIGHTS = 2;

    /** What is known of a tile: runs of eight suit it and the panel at hand. */
    private static final double EIGHTS = 1;

    /** Room for sums that tiles start from: those in runs of eight, of four, and {@link TripleLanes}. */
    private static final int STARTS = 3 * TripleTiles.STARTS;

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
     * What tells which runs rows of A suit: longer or cheaper ones than weights alone promise; null where those are as fast, since integer operations have ports of their own.
     */
    static @Nullable Int8Norms norms(byte[] data, int depth) {
        boolean none = !Processor.SHARED_PORTS || depth == 0 || depth % Int8Norms.EIGHT != 0;
        return none ? null : Int8Norms.of(data, depth);
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
        int sums = 2 * PANELS * triples * TripleTiles.SUMS + STARTS;
        return triples * lda(b) + TripleTiles.LINE + Math.min(CHUNK, b.depth) * Simd.LANES + sums + norms(triples, b);
    }

    /** Room for what is known of the rows of A. */
    private static int norms(int triples, PackedInt8B b) {
        return b.norms == null ? 0 : tiles(triples) * (1 + b.norms.count());
    }

    /** The last two may have less than {@link TripleTiles#TILE} triples. */
    private static int tiles(int triples) {
        return triples / TripleTiles.TILE + 1;
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
        int starts = sums + 2 * PANELS * TripleTiles.triples(most) * TripleTiles.SUMS;
        int norms = starts + STARTS;
        constants(b, doubles, wide, starts);
        for (int row = rowFrom; row < rowTo; row += most) {
            int rows = Math.min(most, rowTo - row);
            int triples = TripleTiles.triples(rows);
            rows(a, aOff + row * lda, lda, ends.aSigned(), rows, b, doubles, doublesOff, norms);
            for (int p = panelFrom; p < panelTo; p += PANELS) {
                int to = Math.min(panelTo, p + PANELS);
                for (int i = p; i < to; i++) {
                    int at = sums + 2 * (i - p) * triples * TripleTiles.SUMS;
                    scratch[scratchOff] = panel(b, i, triples, doubles, doublesOff, wide, starts, norms, at);
                }
                end(a, aOff, lda, ends, row, rows, p, to, doubles, sums, norms, scratch, scratchOff);
            }
        }
    }

    private static void constants(PackedInt8B b, double[] doubles, int wide, int starts) {
        TripleTiles.constants(doubles, wide);
        TripleLanes.constants(doubles, wide);
        TripleTiles.startFromZero(b.depth / (2 * RUN), doubles, starts);
        TripleTiles.startFromZero(b.depth / RUN, doubles, starts + TripleTiles.STARTS);
        Arrays.fill(doubles, starts + 2 * TripleTiles.STARTS, starts + STARTS, 0);
    }

    /** Puts rows of A together, those of each tile as {@link TripleLanes} where they suit them. */
    private static void rows(
            byte[] a,
            int aOff,
            int lda,
            boolean signed,
            int rows,
            PackedInt8B b,
            double[] doubles,
            int doublesOff,
            int norms) {
        int triples = TripleTiles.triples(rows);
        int height;
        for (int t = 0, tile = 0; t < triples; t += height, tile++) {
            height = TripleTiles.height(triples - t);
            int row = t * TripleTiles.ROWS;
            int from = aOff + row * lda;
            int count = Math.min(rows - row, height * TripleTiles.ROWS);
            int to = doublesOff + t * lda(b);
            if (b.norms != null) {
                int at = squares(b.norms, norms, tile);
                Int8Norms.ofRows(a, from, lda, signed, count, b.k(), b.depth, doubles, at);
                boolean lanes = height == TripleTiles.TILE && b.norms.allFit(doubles, at, TripleLanes.LEVEL - 1);
                doubles[at - 1] = lanes ? LANES : b.norms.allFit(doubles, at, TripleTiles.LEVEL) ? ANY_EIGHTS : 0;
                if (lanes) {
                    TripleRows.lanesOfBytes(a, from, lda, signed, count, b.k(), b.depth, doubles, to, lda(b));
                    continue;
                }
            }
            TripleRows.ofBytes(a, from, lda, signed, count, b.k(), b.depth, doubles, to, lda(b));
        }
    }

    /** Where the norms of a tile's rows begin; the number before them says which tiles they suit. */
    private static int squares(Int8Norms of, int norms, int tile) {
        return norms + tile * (1 + of.count()) + 1;
    }

    /** What is known of a tile. */
    private static double kind(PackedInt8B b, double[] doubles, int norms, int tile) {
        return b.norms == null ? 0 : doubles[squares(b.norms, norms, tile) - 1];
    }

    /** Finds the tiles that runs of eight suit together with a panel whose weights alone do not promise it. */
    private static void choose(PackedInt8B b, int panel, int triples, double[] doubles, int norms) {
        Int8Norms of = b.norms;
        if (of == null || b.eights[panel]) {
            return;
        }
        int height;
        for (int t = 0, tile = 0; t < triples; t += height, tile++) {
            height = TripleTiles.height(triples - t);
            int at = squares(of, norms, tile);
            if (doubles[at - 1] < ANY_EIGHTS) {
                doubles[at - 1] = of.fit(panel, doubles, at, TripleTiles.LEVEL) ? EIGHTS : 0;
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
            int norms,
            int[] scratch,
            int scratchOff) {
        PackedInt8B b = ends.b();
        int first = panel * Gemm.NR;
        int columns = Math.min(b.n(), panelTo * Gemm.NR) - first;
        int rowSums = scratchOff + LDC;
        ends.start(first, columns, scratch, scratchOff);
        for (int r = 0; r < rows; r += TILE_ROWS) {
            int count = Math.min(TILE_ROWS, rows - r);
            int triples = Math.ceilDiv(count, TripleTiles.ROWS);
            boolean lanes = kind(b, doubles, norms, r / TILE_ROWS) == LANES;
            for (int i = 0; i < 2 * (panelTo - panel); i++) {
                int from = sums + (i * TripleTiles.triples(rows) + r / TripleTiles.ROWS) * TripleTiles.SUMS;
                int to = rowSums + i * Simd.LANES;
                if (lanes) {
                    TripleLanes.finish(doubles, from, triples, b.depth / Int8Norms.EIGHT, scratch, to, LDC);
                } else {
                    Int8TriplesVector.finish(doubles, from, triples, scratch, to, LDC);
                }
            }
            ends.correct(a, aOff, lda, row + r, count, first, columns, scratch, rowSums, LDC);
            ends.store(row + r, count, first, columns, scratch, rowSums, LDC, scratch, scratchOff);
        }
    }

    /**
     * Sums of one panel; returns a number that makes reading it ahead count.
     *
     * @param wide room for a widened part of half a panel, behind its constants
     * @param starts what sums start from
     * @param norms what is known of the rows of A
     * @param sums what tiles leave of the first half, then of the second
     */
    private static int panel(
            PackedInt8B b, int panel, int triples, double[] doubles, int a, int wide, int starts, int norms, int sums) {
        int unit = b.depth % (2 * RUN) == 0 ? 2 * RUN : RUN;
        int parts = Math.ceilDiv(b.depth, CHUNK);
        int step = Math.ceilDiv(b.depth / unit, parts) * unit;
        int touched = 0;
        choose(b, panel, triples, doubles, norms);
        for (int k = 0; k < b.depth; k += step) {
            int count = Math.min(step, b.depth - k);
            int at = (panel * b.depth + k) * Gemm.NR;
            touched += touch(b.data, at, at + count * Gemm.NR);
            for (int half = 0; half < 2; half++) {
                int up = 24 - 8 * half;
                Int8TriplesVector.widen(b.data, at, doubles, wide, count, up);
                b.excess.restore(panel, k, k + count, doubles, wide, up);
                int to = sums + half * triples * TripleTiles.SUMS;
                tiles(b, panel, triples, doubles, a + k, wide, count, k == 0, starts, norms, to);
            }
        }
        return touched;
    }

    /** The tiles of half a panel, {@code count} rows of it: each with the fewest integer operations that its rows of A and the weights allow. */
    private static void tiles(
            PackedInt8B b,
            int panel,
            int triples,
            double[] doubles,
            int a,
            int wide,
            int count,
            boolean first,
            int starts,
            int norms,
            int sums) {
        int height;
        for (int t = 0, tile = 0; t < triples; t += height, tile++) {
            height = TripleTiles.height(triples - t);
            int at = a + t * lda(b);
            int to = sums + t * TripleTiles.SUMS;
            double kind = kind(b, doubles, norms, tile);
            if (kind == LANES) {
                int from = first ? starts + 2 * TripleTiles.STARTS : to;
                TripleLanes.tile4(doubles, at, lda(b), wide, count / Int8Norms.EIGHT, from, to);
            } else if (kind > 0 || b.eights[panel]) {
                int from = first ? starts : to;
                TripleTiles.tile(2 * RUN, height, doubles, at, lda(b), wide, count / (2 * RUN), from, to);
            } else {
                int from = first ? starts + TripleTiles.STARTS : to;
                TripleTiles.tile(RUN, height, doubles, at, lda(b), wide, count / RUN, from, to);
            }
        }
    }
}
