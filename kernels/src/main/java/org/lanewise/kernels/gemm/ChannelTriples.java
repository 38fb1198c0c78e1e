package org.lanewise.kernels.gemm;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;
import org.lanewise.kernels.Simd;
import org.lanewise.kernels.quant.Requantization;
import org.lanewise.kernels.quant.WholeEnd;

/**
 * Products {@code Y(M, P) = W(M, K) X(K, P)} of bytes on the fp64 tiles of {@link Int8Triples}, where it is weights that stand three rows in a {@code double}: rows of Y, the channels of an image, end as bytes side by side, and nothing is
 * transposed. Weights are put together once, columns of X are widened 64 at a time. Immutable.
 *
 * <p>X's bytes are centred to -128..127; the zero point comes in by the sums of W's rows, with the bias. Of the 52 bits of a sum the third row has 18, the others have 17 each, so rows with large weights come third.
 */
public final class ChannelTriples {
    /** Columns that are computed together: a cache line of bytes. */
    public static final int GROUP = 4 * Simd.LANES;

    /** Columns of a panel. */
    private static final int NR = Simd.LANES;

    private static final int PANELS = GROUP / NR;
    private static final int RUN = 2 * TripleTiles.RUN;
    private static final int ROWS = TripleTiles.ROWS;

    /** What the third part of a sum starts from: it has a bit more. */
    private static final int THIRD_LEVEL = (1 << TripleTiles.BITS) - 128;

    /** What a run starts from with it. */
    private static final double START =
            0x1p52 + TripleTiles.LEVEL * (1 + TripleTiles.SECOND) + THIRD_LEVEL * TripleTiles.THIRD;

    private static final int LINE = TripleTiles.LINE;
    private static final int SUMS = TripleTiles.SUMS;

    /** Weights, in {@code double}, that meet all columns before the next ones do. */
    private static final int W_VALUES = 40 << 10;

    /** Triples whose sums are ended together. */
    private static final int CHUNK = 8;

    private static final int LEAST_K = 48;
    private static final int LEAST_M = 24;

    private final int k;
    private final int m;
    private final int depth;
    private final double[] weights;
    private final float[] scales;
    private final int[] bias;
    private final int[] rows;
    private final double[] starts;
    private final Requantization end;
    private final WholeEnd limits;
    private final boolean signed;

    private ChannelTriples(
            int k,
            int m,
            double[] weights,
            float[] scales,
            int[] bias,
            int[] rows,
            Requantization end,
            boolean signed) {
        this.k = k;
        this.m = m;
        this.depth = depth(k);
        this.weights = weights;
        this.scales = scales;
        this.bias = bias;
        this.rows = rows;
        this.starts = starts(depth / RUN);
        this.end = end;
        this.limits = end.withoutTable().wholeEnd();
        this.signed = signed;
    }

    private static int depth(int k) {
        return Math.ceilDiv(k, RUN) * RUN;
    }

    /** An odd number of cache lines, so that triples of a tile are not a power of two apart. */
    private static int lda(int depth) {
        return depth | 8;
    }

    /** What tiles start from, so that nothing is left but the sums of products and 2^32 that is cut off. */
    private static double[] starts(int runs) {
        long level = (long) runs * TripleTiles.LEVEL;
        long top =
                Double.doubleToRawLongBits(START) - TripleTiles.LEVEL - ((long) TripleTiles.LEVEL << TripleTiles.BITS);
        long first = (1L << Integer.SIZE) - level;
        long middle = first << TripleTiles.BITS;
        double[] starts = new double[SUMS];
        Arrays.fill(starts, 0, NR, Double.longBitsToDouble(middle - runs * top + first));
        Arrays.fill(starts, NR, SUMS, Double.longBitsToDouble(middle));
        return starts;
    }

    /**
     * Of weights {@code (M, K)}, whole numbers; {@code null} where there are no such tiles for them: more than a third of the rows have weights so large that a run of eight does not fit 17 bits, or one has that do not fit 18; few
     * rows; vectors of other sizes.
     *
     * @param bias a whole number for each row
     * @param signed whether X's bytes are int8; otherwise uint8
     * @param zero the byte of X that stands for 0
     */
    public static @Nullable ChannelTriples of(
            float[] weights, int m, int k, float[] bias, Requantization end, boolean signed, int zero) {
        int[] rows = Simd.BITS == 512 && Simd.FMA && m > ROWS && k > 0 ? rows(weights, m, k) : null;
        if (rows == null) {
            return null;
        }
        int lda = lda(depth(k));
        int centred = zero - (signed ? 0 : 128);
        float[] allScales = end.withoutTable().wholeEnd().scales();
        int[] addends = new int[rows.length];
        float[] scales = new float[rows.length];
        double[] data = new double[rows.length / ROWS * lda];
        for (int i = 0; i < rows.length; i++) {
            int row = rows[i];
            double factor = i % ROWS == 0 ? 1 : i % ROWS == 1 ? TripleTiles.SECOND : TripleTiles.THIRD;
            long sum = 0;
            for (int x = 0; x < k; x++) {
                data[i / ROWS * lda + x] += factor * weights[row * k + x];
                sum += (long) weights[row * k + x];
            }
            addends[i] = Math.toIntExact((long) bias[row] - centred * sum);
            scales[i] = allScales[row];
        }
        return new ChannelTriples(k, m, data, scales, addends, rows, end, signed);
    }

    /** Whether these tiles are faster than fp32's: short sums do not repay taking them apart, few rows widening the columns. */
    public static boolean pays(int m, int k) {
        return k >= LEAST_K && m >= LEAST_M;
    }

    /** The order of the rows in triples, those that need the third place there; what fills up the last triple repeats a row. {@code null} if there is none. */
    private static int @Nullable [] rows(float[] weights, int m, int k) {
        boolean[] large = new boolean[m];
        int count = 0;
        for (int row = 0; row < m; row++) {
            if (!TriplesWhole.fits(weights, row * k, k, TripleTiles.LEVEL, TripleTiles.BITS)) {
                if (!TriplesWhole.fits(weights, row * k, k, THIRD_LEVEL, TripleTiles.BITS + 1)) {
                    return null;
                }
                large[row] = true;
                count++;
            }
        }
        int[] rows = new int[Math.ceilDiv(m, ROWS) * ROWS];
        if (count > rows.length / ROWS) {
            return null;
        }
        int nextSmall = next(large, false, 0);
        int nextLarge = next(large, true, 0);
        int last = nextSmall;
        for (int i = 0; i < rows.length; i++) {
            if (i % ROWS == ROWS - 1 && nextLarge < m) {
                rows[i] = nextLarge;
                nextLarge = next(large, true, nextLarge + 1);
            } else {
                last = nextSmall < m ? nextSmall : last;
                rows[i] = last;
                nextSmall = next(large, false, nextSmall + 1);
            }
        }
        return rows;
    }

    private static int next(boolean[] values, boolean wanted, int from) {
        int at = from;
        while (at < values.length && values[at] != wanted) {
            at++;
        }
        return at;
    }

    /** Elements of {@code double} scratch. */
    public int doublesSize() {
        return blockTriples() * lda(depth) + PANELS * (panelSize() + CHUNK * SUMS) + TripleTiles.STARTS;
    }

    private int panelSize() {
        return LINE + depth * NR;
    }

    /** Triples of weights at a time. */
    private int blockTriples() {
        int all = rows.length / ROWS;
        int most = Math.max(1, W_VALUES / lda(depth) / CHUNK) * CHUNK;
        return Math.min(all, most);
    }

    /**
     * Computes columns {@code from} to {@code to} (exclusive), whole groups.
     *
     * @param x {@code (K, columns)}
     * @param y {@code (M, columns)}
     * @param doubles {@link #doublesSize} values from {@code doublesOff} on, where a cache line should begin
     */
    public void run(
            byte[] x, int xOff, byte[] y, int yOff, int columns, double[] doubles, int doublesOff, int from, int to) {
        if (from < 0 || to > columns || (to - from) % GROUP != 0) {
            throw new IllegalArgumentException(
                    "columns " + from + ".." + to + " of " + columns + ", expected groups of " + GROUP);
        }
        Gemm.checkMatrix("X", x.length, xOff, columns, k, columns);
        Gemm.checkMatrix("Y", y.length, yOff, columns, m, columns);
        int most = blockTriples();
        int wide = doublesOff + most * lda(depth) + LINE;
        for (int p = 0; p < PANELS; p++) {
            int at = wide + p * panelSize();
            TripleTiles.constants(doubles, at);
            doubles[at - 2] = START;
            Arrays.fill(doubles, at + k * NR, at + depth * NR, 0);
        }
        TripleTiles.startFrom(starts, 0, doubles, startsAt(wide));
        for (int triple = 0; triple < rows.length / ROWS; triple += most) {
            int count = Math.min(most, rows.length / ROWS - triple);
            System.arraycopy(weights, triple * lda(depth), doubles, doublesOff, count * lda(depth));
            for (int column = from; column < to; column += GROUP) {
                ChannelTriplesVector.widen(x, xOff + column, columns, k, signed, doubles, wide, panelSize());
                group(triple, count, y, yOff + column, columns, doubles, doublesOff, wide);
            }
        }
        for (int row = 0; row < m; row++) {
            end.look(y, yOff + row * columns + from, to - from);
        }
    }

    /** Where what tiles start from lies, before their sums. */
    private int startsAt(int wide) {
        return wide - LINE + PANELS * panelSize();
    }

    /** Triples {@code triple} to {@code triple + triples} of a group. */
    private void group(int triple, int triples, byte[] y, int yOff, int columns, double[] d, int w, int wide) {
        int start = startsAt(wide);
        int sums = start + TripleTiles.STARTS;
        int step = CHUNK * SUMS;
        int runs = depth / RUN;
        for (int from = 0; from < triples; from += CHUNK) {
            int count = Math.min(CHUNK, triples - from);
            int at = w + from * lda(depth);
            for (int p = 0; p < PANELS; p++) {
                int to = sums + p * step;
                TripleTiles.run(RUN, count, d, at, lda(depth), wide + p * panelSize(), runs, true, start, to);
            }
            ChannelTriplesVector.finish(
                    d,
                    sums,
                    step,
                    count,
                    scales,
                    bias,
                    rows,
                    ROWS * (triple + from),
                    limits.low(),
                    limits.high(),
                    (byte) end.zero(),
                    y,
                    yOff,
                    columns);
        }
    }
}
