package org.lanewise.kernels.gemm;

import org.jspecify.annotations.Nullable;
import org.lanewise.kernels.Simd;
import org.lanewise.kernels.quant.Int8End;
import org.lanewise.kernels.quant.Requantization;
import org.lanewise.kernels.quant.Rescaling;

/**
 * One row of bytes times a tall matrix (K, N) of few columns: what {@link GemmInt8} computes for one row, as N dot products. A panel of {@link Gemm#NR} columns that is mostly empty would read
 * several times the bytes there are. Immutable.
 */
public final class Int8Columns {
    /** What a profile calls it. */
    public static final String NAME = "gemm-int8-dots-x" + Simd.LANES;

    /** Rows of B below which there is as little to wait for in a panel. */
    private static final int LEAST_K = 256;

    private final byte[] data;
    private final int k;
    private final int n;

    /** Zero point of each column, centred; null when all are 0. */
    private final int @Nullable [] zeros;

    private Int8Columns(byte[] data, int k, int n, int @Nullable [] zeros) {
        this.data = data;
        this.k = k;
        this.n = n;
        this.zeros = zeros;
    }

    /** Whether this is faster than a panel for a matrix (K, N). */
    public static boolean suits(int k, int n) {
        return Simd.WIDENS_BYTES && n <= Simd.LANES && k >= LEAST_K;
    }

    /** Packs B; arguments as {@link PackedInt8B#pack}'s. */
    public static Int8Columns pack(
            byte[] b, int off, int ldb, boolean transB, boolean signed, int k, int n, int @Nullable [] zeroPoints) {
        Gemm.checkMatrix("B", b.length, off, ldb, transB ? n : k, transB ? k : n);
        GemmInt8.checkZeroPoints("B", signed, zeroPoints, n);
        byte[] data = new byte[Math.multiplyExact(k, n)];
        int[] zeros = new int[n];
        boolean shifted = false;
        int centre = signed ? 0 : 128;
        for (int j = 0; j < n; j++) {
            for (int i = 0; i < k; i++) {
                data[j * k + i] = (byte) (b[off + (transB ? j * ldb + i : i * ldb + j)] - centre);
            }
            zeros[j] = GemmInt8.zeroPoint(zeroPoints, j) - centre;
            shifted |= zeros[j] != 0;
        }
        return new Int8Columns(data, k, n, shifted ? zeros : null);
    }

    /** Elements of scratch that a run needs. */
    public int scratchSize() {
        return k + 2 * room();
    }

    /** Sums, and what whole vectors read behind them. */
    private int room() {
        return n + Simd.LANES;
    }

    /**
     * The product as bytes.
     *
     * @param aSigned whether A's bytes are int8; otherwise uint8
     * @param aZero the value of A that stands for 0
     * @param c receives N values from {@code cOff}
     * @param scratch {@link #scratchSize} values
     */
    public void run(
            byte[] a, int aOff, boolean aSigned, int aZero, Requantization end, byte[] c, int cOff, int[] scratch) {
        int sums = sums(a, aOff, aSigned, aZero, end, scratch);
        end.store(scratch, sums, n, scratch, sums + room(), 1, 0, n, c, cOff, n);
    }

    /**
     * The product as {@code float}.
     *
     * @param aScale one value: the scale of A
     */
    public void run(
            byte[] a,
            int aOff,
            boolean aSigned,
            int aZero,
            Rescaling end,
            float[] aScale,
            float[] c,
            int cOff,
            int[] scratch) {
        int sums = sums(a, aOff, aSigned, aZero, end, scratch);
        end.store(scratch, sums, n, scratch, sums + room(), 1, aScale, 0, 0, n, c, cOff, n);
    }

    /** Puts the sums into the scratch, what the end adds to each {@link #room} behind them; returns where. */
    private int sums(byte[] a, int aOff, boolean aSigned, int aZero, Int8End end, int[] scratch) {
        if (end.channels() != n) {
            throw new IllegalArgumentException("B has " + n + " columns, its end " + end.channels());
        }
        Gemm.checkMatrix("A", a.length, aOff, k, 1, k);
        int done = Simd.WIDENS_BYTES ? Int8ColumnsVector.centre(a, aOff, k, aSigned, aZero, scratch) : 0;
        int mask = aSigned ? -1 : 0xff;
        for (int i = done; i < k; i++) {
            scratch[i] = (a[aOff + i] & mask) - aZero;
        }
        int total = zeros == null ? 0 : sum(scratch, k);
        if (Simd.WIDENS_BYTES) {
            Int8ColumnsVector.dots(scratch, data, k, n, k);
        } else {
            dots(scratch, data, k, 0, n, k);
        }
        for (int j = 0; j < n; j++) {
            scratch[k + j] -= zeros == null ? 0 : zeros[j] * total;
            scratch[k + room() + j] = end.bias(j);
        }
        return k;
    }

    private static int sum(int[] x, int n) {
        int sum = 0;
        for (int i = 0; i < n; i++) {
            sum += x[i];
        }
        return sum;
    }

    /** Columns {@code from..to}: dot products of the first {@code k} values with rows of {@code b}, stored from {@code at} on. */
    static void dots(int[] x, byte[] b, int k, int from, int to, int at) {
        for (int j = from; j < to; j++) {
            x[at + j] = dot(x, b, j * k, 0, k);
        }
    }

    /** The sum over elements {@code from..to}. */
    static int dot(int[] x, byte[] b, int row, int from, int to) {
        int sum = 0;
        for (int i = from; i < to; i++) {
            sum += x[i] * b[row + i];
        }
        return sum;
    }
}
