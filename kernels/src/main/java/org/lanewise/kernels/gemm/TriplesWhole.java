package org.lanewise.kernels.gemm;

import org.jspecify.annotations.Nullable;
import org.lanewise.kernels.Simd;
import org.lanewise.kernels.quant.Requantization;
import org.lanewise.kernels.quant.WholeEnd;

/**
 * {@link GemmWhole} on {@link TripleTiles}, which take three rows of bytes at once: {@code C = round((bias + (A - zero) * B) * scale)} within limits, whole numbers in {@code float}. Rows come as bytes, or as what is left of them less their zero point, in {@code float}. Immutable.
 *
 * <p>A's bytes are centred to -128..127 and the zero point comes in by the sums of B's columns. The sums of a tile start from numbers of 64 bits for each column that hold all that is known before: the bias, the zero point's part,
 * and what the bits of {@link TripleTiles#LEVEL} add to them. B is kept in bytes, panels of two vectors of {@code double}, and widened before it meets the rows.
 */
public final class TriplesWhole {
    /** Columns of a panel: the even ones, then the odd ones. */
    public static final int NR = Simd.LANES;

    private static final int HALF = Math.max(1, NR / 2);

    /** Products that are summed in a {@code double}; depths are filled up to whole runs. */
    private static final int RUN = 2 * TripleTiles.RUN;

    private static final int ROWS = TripleTiles.ROWS;

    /** Rows of A that a product writes more than it has, at most. */
    public static final int OVERRUN = 2 * ROWS - 1;

    private static final int SUMS = TripleTiles.SUMS;

    private static final int LEAST_K = 96;
    private static final int LEAST_N = 64;
    private static final int LEAST_ROWS = 32;

    /** Widened values of A at a time. */
    private static final int A_VALUES = 40 << 10;

    private final int k;
    private final int n;
    private final int depth;
    private final int panels;
    private final byte[] data;

    /** What the weights of a panel are more than its bytes. */
    private final int[] excesses;

    /** What tiles start from in each panel. */
    private final double[] starts;

    private final WholeEnd end;
    private final double centre;
    private final boolean signed;

    private TriplesWhole(
            int k, int n, byte[] data, int[] excesses, double[] starts, WholeEnd end, double centre, boolean signed) {
        this.k = k;
        this.n = n;
        this.depth = depth(k);
        this.panels = Math.ceilDiv(n, NR);
        this.data = data;
        this.excesses = excesses;
        this.starts = starts;
        this.end = end;
        this.centre = centre;
        this.signed = signed;
    }

    private static int depth(int k) {
        return Math.ceilDiv(k, RUN) * RUN;
    }

    /**
     * Of weights {@code (N, K)}, whole numbers; {@code null} where there are no such tiles for them: fewer columns than a panel, weights of a panel that span more than bytes do or are so large that a run of eight does not fit its
     * part of a sum, vectors of other sizes.
     *
     * @param bias a whole number for each column
     * @param signed whether A's bytes are int8; otherwise uint8
     * @param zero the byte of A that stands for 0
     */
    public static @Nullable TriplesWhole of(
            float[] weights, int k, int n, float[] bias, Requantization end, boolean signed, int zero) {
        if (Simd.BITS != 512 || !Simd.FMA || n < NR || k == 0) {
            return null;
        }
        int depth = depth(k);
        int panels = Math.ceilDiv(n, NR);
        byte[] data = new byte[panels * depth * NR];
        int[] excesses = new int[panels];
        double[] starts = new double[panels * SUMS];
        int centred = zero - (signed ? 0 : 128);
        for (int p = 0; p < panels; p++) {
            int first = column(p, n);
            int at = p * depth * NR;
            Integer excess = excess(weights, first * k, (first + NR) * k);
            if (excess == null) {
                return null;
            }
            excesses[p] = excess;
            for (int lane = 0; lane < NR; lane++) {
                int row = (first + lane) * k;
                int to = at + lane % 2 * HALF + lane / 2;
                for (int i = 0; i < k; i++) {
                    data[to + i * NR] = (byte) (weights[row + i] - excess);
                }
                if (!fits(weights, row, k, TripleTiles.LEVEL, TripleTiles.BITS)) {
                    return null;
                }
            }
            for (int lane = 0; lane < NR; lane++) {
                long sum = 0;
                for (int i = 0; i < k; i++) {
                    sum += (long) weights[(first + lane) * k + i];
                }
                long start = (long) bias[first + lane] - centred * sum;
                int to = p * SUMS + lane % 2 * HALF + lane / 2;
                starts[to] = TripleTiles.start(start, depth / RUN);
                starts[to + NR] = TripleTiles.middleStart(start, depth / RUN);
            }
        }
        return new TriplesWhole(k, n, data, excesses, starts, end.withoutTable().wholeEnd(), centred, signed);
    }

    /** Whether these tiles are faster than fp32's for enough rows: short sums do not repay taking them apart, few columns widening the rows. */
    public static boolean pays(int k, int n) {
        return k >= LEAST_K && n >= LEAST_N;
    }

    /** Whether rows are enough: few do not repay widening the weights. */
    public static boolean paysForRows(int rows) {
        return rows >= LEAST_ROWS;
    }

    /** What weights have in excess of bytes, {@code null} where that is not the same for all of a panel. */
    private static @Nullable Integer excess(float[] weights, int from, int to) {
        int low = Integer.MAX_VALUE;
        int high = Integer.MIN_VALUE;
        for (int i = from; i < to; i++) {
            low = Math.min(low, (int) weights[i]);
            high = Math.max(high, (int) weights[i]);
        }
        if (high - low > Byte.MAX_VALUE - Byte.MIN_VALUE) {
            return null;
        }
        return Math.max(0, high - Byte.MAX_VALUE) + Math.min(0, low - Byte.MIN_VALUE);
    }

    /** Whether every sum of a run that starts from {@code level} stays within a part of so many bits, whatever the bytes are. */
    static boolean fits(float[] weights, int at, int k, int level, int bits) {
        for (int i = 0; i < k; i += RUN) {
            int above = 0;
            int below = 0;
            for (int x = i; x < Math.min(k, i + RUN); x++) {
                above += Math.max(0, (int) weights[at + x]);
                below -= Math.min(0, (int) weights[at + x]);
            }
            int least = Byte.MIN_VALUE * above - Byte.MAX_VALUE * below;
            int most = Byte.MAX_VALUE * above - Byte.MIN_VALUE * below;
            if (least + level < 0 || most + level >= 1 << bits) {
                return false;
            }
        }
        return true;
    }

    /** The first column of a panel: the last one overlaps the one before it. */
    private static int column(int panel, int n) {
        return Math.min(panel * NR, n - NR);
    }

    /** Rows that C has room for in a product of {@code rows} rows. */
    public static int roomForRows(int rows) {
        return rows + OVERRUN;
    }

    /** Elements of {@code double} scratch for products of up to {@code rows} rows. */
    public int doublesSize(int rows) {
        return TripleTiles.triples(blockRows(rows)) * (lda() + SUMS)
                + TripleTiles.LINE
                + depth * NR
                + TripleTiles.STARTS;
    }

    /** Rows that are widened at a time: whole tiles unless it is all of them. */
    private int blockRows(int rows) {
        int whole = TripleTiles.TILE * ROWS;
        int most = Math.max(2, A_VALUES / lda() / TripleTiles.TILE) * whole;
        int blocks = Math.ceilDiv(rows, most);
        return blocks <= 1 ? rows : Math.ceilDiv(Math.ceilDiv(rows, blocks), whole) * whole;
    }

    private int lda() {
        return TripleTiles.distance(depth);
    }

    /**
     * The product of rows of bytes, K apart.
     *
     * @param c {@code (rows, N)}, with {@link #roomForRows room} for more rows, which are overwritten
     * @param doubles {@link #doublesSize} values from {@code doublesOff} on, where a cache line should begin
     */
    public void run(byte[] a, int aOff, float[] c, int cOff, int rows, double[] doubles, int doublesOff) {
        Gemm.checkMatrix("A", a.length, aOff, k, rows, k);
        check(c, cOff, rows);
        int most = blockRows(rows);
        for (int row = 0; row < rows; row += most) {
            int count = Math.min(most, rows - row);
            TripleRows.ofBytes(a, aOff + row * k, k, signed, count, k, depth, doubles, doublesOff, lda());
            product(c, cOff + row * n, count, most, doubles, doublesOff);
        }
    }

    /** The same of rows that are bytes less their zero point, in {@code float}. */
    public void run(float[] a, int aOff, float[] c, int cOff, int rows, double[] doubles, int doublesOff) {
        Gemm.checkMatrix("A", a.length, aOff, k, rows, k);
        check(c, cOff, rows);
        int most = blockRows(rows);
        double all = centre * (1 + TripleTiles.SECOND + TripleTiles.THIRD);
        for (int row = 0; row < rows; row += most) {
            int count = Math.min(most, rows - row);
            TripleRows.ofFloats(a, aOff + row * k, count, k, depth, all, doubles, doublesOff, lda());
            product(c, cOff + row * n, count, most, doubles, doublesOff);
        }
    }

    private void check(float[] c, int cOff, int rows) {
        Gemm.checkMatrix("C", c.length, cOff, n, rows == 0 ? 0 : TripleTiles.triples(rows) * ROWS, n);
    }

    private void product(float[] c, int cOff, int rows, int most, double[] doubles, int a) {
        int triples = TripleTiles.triples(rows);
        int wide = a + TripleTiles.triples(most) * lda() + TripleTiles.LINE;
        if (rows <= ROWS) { // a tile has two triples
            System.arraycopy(doubles, a, doubles, a + lda(), depth);
        }
        TripleTiles.constants(doubles, wide);
        int start = wide + depth * NR;
        int sums = start + TripleTiles.STARTS;
        for (int p = 0; p < panels; p++) {
            TriplesWholeVector.widen(data, p * depth * NR, doubles, wide, depth, excesses[p]);
            TripleTiles.startFrom(starts, p * SUMS, doubles, start);
            TripleTiles.run(RUN, triples, doubles, a, lda(), wide, depth / RUN, true, start, sums);
            int column = column(p, n);
            TriplesWholeVector.finish(doubles, sums, triples, end, column, c, cOff + column, n);
        }
    }
}
