package org.lanewise.kernels.gemm;

import org.lanewise.kernels.Simd;

/** Rows of bytes as the tiles of {@link GemmInt8} read them: centred to -128..127, each value in both halves of an {@code int}. */
public final class Int8Rows {
    /** Values beyond the last one that {@link #widenOverrunning} may overwrite. */
    public static final int OVERRUN = 16;

    private Int8Rows() {}

    /** Widens {@code n} bytes. */
    public static void widen(byte[] x, int xOff, boolean signed, int[] y, int yOff, int n) {
        int done = Simd.ENABLED && Simd.BITS >= 256 ? Int8RowsVector.widen(x, xOff, signed, y, yOff, n) : 0;
        int centre = signed ? 0 : 128;
        for (int i = done; i < n; i++) {
            y[yOff + i] = both((byte) (x[xOff + i] - centre));
        }
    }

    /** The same; where whole vectors fit into x, up to {@link #OVERRUN} more values of y are overwritten. */
    public static void widenOverrunning(byte[] x, int xOff, boolean signed, int[] y, int yOff, int n) {
        int whole = Math.ceilDiv(n, OVERRUN) * OVERRUN;
        widen(x, xOff, signed, y, yOff, whole <= x.length - xOff && yOff + whole <= y.length ? whole : n);
    }

    /** How a value of A is written, once centred. */
    public static int both(int centred) {
        return (centred & 0xffff) * 0x10001;
    }

    static int sum(int[] a, int aOff, int n) {
        int sum = 0;
        for (int i = 0; i < n; i++) {
            sum += a[aOff + i] >> 16;
        }
        return sum;
    }
}
