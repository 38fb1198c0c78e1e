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

    /**
     * Widens rows. What lies between n and {@code depth} may be anything: B has zeros there.
     *
     * @param ldx distance of two rows of x
     * @param n values of a row
     * @param depth values of a row of y; up to {@link #OVERRUN} more are overwritten behind the last
     */
    public static void widen(
            byte[] x, int xOff, int ldx, boolean signed, int rows, int n, int[] y, int yOff, int depth) {
        if (ldx == n && n == depth) {
            widen(x, xOff, signed, y, yOff, rows * n);
            return;
        }
        for (int r = 0; r < rows; r++) {
            int to = yOff + r * depth;
            widenOverrunning(x, xOff + r * ldx, signed, y, to, n);
        }
    }

    /** Whether {@link #gather} is there: from 256 bits on. */
    public static boolean gathers() {
        return Simd.BITS >= 256;
    }

    /**
     * Widens {@code count} rows of {@code lines} runs of {@code run} contiguous values each; up to {@link #OVERRUN} more values are read behind each run and written behind
     * each row.
     */
    public static void gather(
            byte[] x,
            int from,
            int step,
            int lineStep,
            boolean signed,
            int count,
            int lines,
            int run,
            int[] y,
            int yOff,
            int depth) {
        Int8RowsVector.gather(x, from, step, lineStep, signed, count, lines, run, y, yOff, depth);
    }

    /** How a value of A is written, once centred. */
    public static int both(int centred) {
        return (centred & 0xffff) * 0x10001;
    }

    /** Puts each two rows into one in place: the values of the first in the low halves, those of the second in the high ones. */
    static void pair(int[] a, int aOff, int rows, int depth) {
        for (int r = 0; r < rows; r += 2) {
            int from = aOff + r * depth;
            int to = aOff + r / 2 * depth;
            if (depth >= Simd.LANES) {
                Int8RowsVector.pair(a, from, from + depth, to, depth);
                continue;
            }
            for (int i = 0; i < depth; i++) { // whole vectors would reach rows that are still to be read
                a[to + i] = a[from + i] & 0xffff | a[from + depth + i] & 0xffff0000;
            }
        }
    }

    static int sum(int[] a, int aOff, int n) {
        int sum = 0;
        for (int i = 0; i < n; i++) {
            sum += a[aOff + i] >> 16;
        }
        return sum;
    }
}
