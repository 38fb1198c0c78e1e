package org.lanewise.kernels.gemm;

import java.util.Arrays;
import org.lanewise.kernels.Simd;

/**
 * {@link GemmInt8} on fp64 tiles that multiply three rows of A at once: {@code x = a0 + a1 * 2^17 + a2 * 2^34}. One product of a {@code double} with a weight holds three, and a sum of
 * {@link #RUN} of them is exact whatever the bytes are: its three parts reach from -65024 to 65536 each, and as it starts from {@link #START}, they are the lowest 52 bits of a {@code double} from
 * 2^52 to 2^53, none below 0. So 8 lanes do the work of 24 where fp32 has 16. Panels whose weights allow it have runs of twice that length.
 *
 * <p>The bits of such sums are added as 64-bit numbers, once as they are (S) and once the middle part alone (M): M is the second row times 2^17, and S - M is the first row and 2^34 times the third, which
 * do not meet until 10^5 runs are summed.
 *
 * <p>B stays in bytes. Half a panel, two vectors of columns, is widened, at most {@link #CHUNK} rows at a time, then meets all triples of a block of rows that stays in the second-level cache with it.
 */
final class Int8Triples {
    /** What a profile calls the kernel. */
    static final String NAME = "gemm-int8-triples-12x" + Simd.LANES;

    /** Bits of a part. */
    static final int BITS = 17;

    /** The factor of the second row. */
    static final double SECOND = 1L << BITS;

    /** The factor of the third row. */
    static final double THIRD = 1L << 2 * BITS;

    /** What each part starts from. */
    static final int LEVEL = 65408;

    /** What a sum starts from. */
    static final double START = 0x1p52 + LEVEL * (1 + SECOND + THIRD);

    /** Where the second part is in the bits of a sum. */
    static final long MIDDLE = (1L << BITS) - 1 << BITS;

    /** What S - M has of each run besides the first row and {@link #LEVEL}, and the third. */
    static final long TOP = Double.doubleToRawLongBits(START) - LEVEL - ((long) LEVEL << BITS);

    /** Products that any weights let be summed in a {@code double}. */
    static final int RUN = 4;

    /** What the magnitudes of weights may sum to in a run: {@link #LEVEL} is 128 times it. */
    static final int LARGEST_SUM = 511;

    /** So many products of bytes can sum to 2^29, which the 30 bits of the third part do not hold with its sign. */
    private static final int TOO_DEEP = 1 << 15;

    /** A cache line before the widened panel, which ends with {@link #START} and {@link #MIDDLE}. */
    private static final int LINE = 8;

    private static final int ROWS = 3;

    /** What tiles leave for a triple, in {@code int}s. */
    private static final int TILE_SUMS = 4 * Simd.LANES;

    /** Triples of the large tile. */
    private static final int TILE = 4;

    private static final int LEAST_ROWS = 24;

    /** Part of K that is widened at a time. */
    private static final int CHUNK = 1536;

    /** Values of A that are widened at a time. */
    private static final int A_VALUES = 192 << 10;

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
        return triples(blockRows(rows, b)) * lda(b) + LINE + Math.min(CHUNK, b.depth) * Simd.LANES;
    }

    /** Elements of {@code int} scratch. */
    static int scratchSize(int rows, PackedInt8B b) {
        return LDC + TILE * ROWS * LDC + triples(blockRows(rows, b)) * (2 * PANELS * TILE_SUMS);
    }

    private static int blockRows(int rows, PackedInt8B b) {
        int whole = TILE * ROWS;
        int most = Math.clamp(A_VALUES / Math.max(1, b.depth), 8 * whole, MOST_ROWS) / whole * whole;
        return Math.min(rows, most);
    }

    private static int triples(int rows) {
        return Math.max(2, Math.ceilDiv(rows, ROWS));
    }

    /** An odd number of cache lines, so that triples of a tile are not a power of two apart. */
    private static int lda(PackedInt8B b) {
        return (Math.ceilDiv(b.depth, 8) | 1) * 8;
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
        int wide = doublesOff + triples(most) * lda(b) + LINE;
        doubles[wide - 2] = START;
        doubles[wide - 1] = Double.longBitsToDouble(MIDDLE);
        for (int row = rowFrom; row < rowTo; row += most) {
            int rows = Math.min(most, rowTo - row);
            widen(a, aOff + row * lda, lda, ends.aSigned(), rows, b, doubles, doublesOff);
            for (int p = panelFrom; p < panelTo; p += PANELS) {
                int to = Math.min(panelTo, p + PANELS);
                for (int i = p; i < to; i++) {
                    int sums = scratchOff + LDC + TILE * ROWS * LDC + 2 * (i - p) * triples(rows) * TILE_SUMS;
                    panel(b, i, triples(rows), doubles, doublesOff, wide, scratch, sums, scratchOff);
                }
                end(a, aOff, lda, ends, row, rows, p, to, scratch, scratchOff);
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
            int[] scratch,
            int scratchOff) {
        PackedInt8B b = ends.b();
        int first = panel * Gemm.NR;
        int columns = Math.min(b.n(), panelTo * Gemm.NR) - first;
        int rowSums = scratchOff + LDC;
        int sums = rowSums + TILE * ROWS * LDC;
        ends.start(first, columns, scratch, scratchOff);
        for (int r = 0; r < rows; r += TILE * ROWS) {
            int count = Math.min(TILE * ROWS, rows - r);
            for (int i = 0; i < 2 * (panelTo - panel); i++) {
                int from = sums + (i * triples(rows) + r / ROWS) * TILE_SUMS;
                int runs = b.depth / run(b, panel + i / 2);
                int to = rowSums + i * Simd.LANES;
                Int8TriplesVector.finish(scratch, from, Math.ceilDiv(count, ROWS), runs, scratch, to, LDC);
            }
            ends.correct(a, aOff, lda, row + r, count, first, columns, scratch, rowSums, LDC);
            ends.store(row + r, count, first, columns, scratch, rowSums, LDC, scratch, scratchOff);
        }
    }

    /** Products in a run of a panel. */
    private static int run(PackedInt8B b, int panel) {
        return b.eights[panel] ? 2 * RUN : RUN;
    }

    /** A's rows, three in one; the last triple repeats the last row. */
    private static void widen(
            byte[] a, int aOff, int lda, boolean signed, int rows, PackedInt8B b, double[] y, int yOff) {
        int k = b.k();
        for (int r = 0; r < rows; r += ROWS) {
            int at0 = aOff + r * lda;
            int at1 = aOff + Math.min(r + 1, rows - 1) * lda;
            int at2 = aOff + Math.min(r + 2, rows - 1) * lda;
            int to = yOff + r / ROWS * lda(b);
            int done = Int8TriplesVector.triple(a, at0, at1, at2, k, signed, y, to);
            for (int i = done; i < k; i++) {
                y[to + i] = GemmInt8.centred(a[at0 + i], signed)
                        + SECOND * GemmInt8.centred(a[at1 + i], signed)
                        + THIRD * GemmInt8.centred(a[at2 + i], signed);
            }
            for (int i = k; i < b.depth; i++) { // B has zeros there, but infinity times 0 is none
                y[to + i] = 0;
            }
        }
    }

    /**
     * Sums of one panel.
     *
     * @param wide room for a widened part of half a panel, behind two constants
     * @param sums what tiles leave of the first half, then of the second
     * @param unused one element that may be overwritten
     */
    private static void panel(
            PackedInt8B b,
            int panel,
            int triples,
            double[] doubles,
            int a,
            int wide,
            int[] scratch,
            int sums,
            int unused) {
        int lda = lda(b);
        int run = run(b, panel);
        int parts = Math.ceilDiv(b.depth, CHUNK);
        int step = Math.ceilDiv(b.depth / run, parts) * run;
        Arrays.fill(scratch, sums, sums + 2 * triples * TILE_SUMS, 0);
        for (int k = 0; k < b.depth; k += step) {
            int count = Math.min(step, b.depth - k);
            int at = (panel * b.depth + k) * Gemm.NR;
            scratch[unused] = touch(b.data, at, at + count * Gemm.NR);
            for (int half = 0; half < 2; half++) {
                int up = 24 - 8 * half;
                Int8TriplesVector.widen(b.data, at, doubles, wide, count, up);
                b.excess.restore(panel, k, k + count, doubles, wide, up);
                for (int t = 0; t < triples; ) {
                    int height = height(triples - t);
                    int to = sums + (half * triples + t) * TILE_SUMS;
                    tile(height, run, doubles, a + t * lda + k, lda, wide, count / run, scratch, to);
                    t += height;
                }
            }
        }
    }

    /** Triples of the next tile, so that none is left alone. */
    private static int height(int left) {
        return left == TILE + 1 ? TILE - 1 : Math.clamp(left, 2, TILE);
    }

    private static void tile(
            int triples, int run, double[] a, int aOff, int lda, int wide, int runs, int[] sums, int off) {
        if (run == RUN) {
            switch (triples) {
                case 4 -> Int8Triples4.tile4(a, aOff, lda, wide, runs, sums, off);
                case 3 -> Int8Triples4.tile3(a, aOff, lda, wide, runs, sums, off);
                default -> Int8Triples4.tile2(a, aOff, lda, wide, runs, sums, off);
            }
        } else {
            switch (triples) {
                case 4 -> Int8Triples8.tile4(a, aOff, lda, wide, runs, sums, off);
                case 3 -> Int8Triples8.tile3(a, aOff, lda, wide, runs, sums, off);
                default -> Int8Triples8.tile2(a, aOff, lda, wide, runs, sums, off);
            }
        }
    }
}
