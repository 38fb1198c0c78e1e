package org.lanewise.kernels.gemm;

import java.util.Arrays;
import org.lanewise.kernels.Simd;

/**
 * fp64 tiles that multiply three rows of bytes at once: {@code x = a0 + a1 * 2^17 + a2 * 2^34}. One product of a {@code double} with a weight holds three, and a sum of
 * {@link #RUN} of them is exact whatever the bytes are: its three parts reach from -65024 to 65536 each, and as it starts from {@link #START}, they are the lowest 52 bits of a {@code double} from
 * 2^52 to 2^53, none below 0. So 8 lanes do the work of 24 where fp32 has 16. Weights that allow it have runs of twice that length.
 *
 * <p>The bits of such sums are added as 64-bit numbers, once as they are (S) and once the middle part alone (M): M is the second row times 2^17, and S - M is the first row and 2^34 times the third, which
 * do not meet until 10^5 runs are summed.
 *
 * <p>A, weights and sums are in one array, {@code d}. Sums, {@link #SUMS} for each triple, are 64-bit numbers by their bits: S of two vectors of columns, then M. Tiles start from such sums: the first part of K from what makes taking
 * them apart need no correction.
 */
final class TripleTiles {
    /** Rows in one. */
    static final int ROWS = 3;

    /** Triples of the large tile. */
    static final int TILE = 4;

    /** Bits of a part. */
    static final int BITS = 17;

    /** The factor of the second row. */
    static final double SECOND = 1L << BITS;

    /** The factor of the third row. */
    static final double THIRD = 1L << 2 * BITS;

    /** What each part starts from. */
    static final int LEVEL = 65408;

    /** Products that any weights let be summed in a {@code double}. */
    static final int RUN = 4;

    /** What tiles start from and leave for a triple. */
    static final int SUMS = 2 * Simd.LANES;

    /** Room for sums from which each triple of a tile starts. */
    static final int STARTS = TILE * SUMS;

    /** A cache line before the widened weights, which ends with constants: see {@link #constants}. */
    static final int LINE = 8;

    /** What a sum of a run starts from. */
    private static final double START = 0x1p52 + LEVEL * (1 + SECOND + THIRD);

    /** Where the second part is in the bits of a sum. */
    private static final long MIDDLE = (1L << BITS) - 1 << BITS;

    /** What S - M has of each run besides the first row and {@link #LEVEL}, and the third. */
    private static final long TOP = Double.doubleToRawLongBits(START) - LEVEL - ((long) LEVEL << BITS);

    /** Keeps the first and the second row from borrowing of what is above them. */
    private static final long ABOVE = 1L << Integer.SIZE;

    private TripleTiles() {}

    /** Room for so many rows: a tile has two triples at least. */
    static int triples(int rows) {
        return Math.max(2, Math.ceilDiv(rows, ROWS));
    }

    /** The distance of triples of {@code depth} values: an odd number of cache lines, so that those of a tile are not a power of two apart. */
    static int distance(int depth) {
        return (Math.ceilDiv(depth, 8) | 1) * 8;
    }

    /** Writes what tiles expect before the weights, the first of which is at {@code wide}. */
    static void constants(double[] d, int wide) {
        d[wide - 2] = START;
        d[wide - 1] = Double.longBitsToDouble(MIDDLE);
    }

    /** What M of a column starts from, so that after so many runs its 32 bits from {@link #BITS} on are the second row's sum, more by {@code start}. */
    static double middleStart(long start, long runs) {
        return Double.longBitsToDouble(middle(start, runs));
    }

    /** The same for S: the lower 32 bits of S - M are the first row's sum, those from 2 * {@link #BITS} on the third's. */
    static double start(long start, long runs) {
        long s = middle(start, runs) - runs * (TOP + LEVEL) + start + ABOVE + (start << 2 * BITS);
        return Double.longBitsToDouble(s);
    }

    private static long middle(long start, long runs) {
        return start - runs * LEVEL + ABOVE << BITS;
    }

    /** Writes {@link #STARTS} sums of columns that all start from 0. */
    static void startFromZero(int runs, double[] d, int from) {
        for (int i = from; i < from + STARTS; i += SUMS) {
            Arrays.fill(d, i, i + SUMS / 2, start(0, runs));
            Arrays.fill(d, i + SUMS / 2, i + SUMS, middleStart(0, runs));
        }
    }

    /** Writes {@link #STARTS} sums, each triple starting from the {@link #SUMS} of {@code starts} at {@code off}. */
    static void startFrom(double[] starts, int off, double[] d, int from) {
        for (int i = from; i < from + STARTS; i += SUMS) {
            System.arraycopy(starts, off, d, i, SUMS);
        }
    }

    /**
     * Adds the products of {@code triples} triples with two vectors of columns to what is at {@code from}.
     *
     * @param run products in a run, {@link #RUN} or twice as many
     * @param runs runs of this part of K
     * @param from {@link #STARTS} sums from which every tile starts where {@code first}, else a place for each triple, as at {@code sums}
     */
    static void run(
            int run, int triples, double[] d, int a, int lda, int wide, int runs, boolean first, int from, int sums) {
        for (int t = 0; t < triples; ) {
            int height = height(triples - t);
            tile(run, height, d, a + t * lda, lda, wide, runs, first ? from : from + t * SUMS, sums + t * SUMS);
            t += height;
        }
    }

    /** {@link #run} of one tile of {@code height} triples, which starts from what is at {@code from}. */
    static void tile(int run, int height, double[] d, int a, int lda, int wide, int runs, int from, int sums) {
        if (run == RUN) {
            switch (height) {
                case 4 -> TripleTiles4.tile4(d, a, lda, wide, runs, from, sums);
                case 3 -> TripleTiles4.tile3(d, a, lda, wide, runs, from, sums);
                default -> TripleTiles4.tile2(d, a, lda, wide, runs, from, sums);
            }
        } else {
            switch (height) {
                case 4 -> TripleTiles8.tile4(d, a, lda, wide, runs, from, sums);
                case 3 -> TripleTiles8.tile3(d, a, lda, wide, runs, from, sums);
                default -> TripleTiles8.tile2(d, a, lda, wide, runs, from, sums);
            }
        }
    }

    /** Triples of the next tile, so that none is left alone. */
    static int height(int left) {
        return left == TILE + 1 ? TILE - 1 : Math.clamp(left, 2, TILE);
    }
}
