package org.lanewise.kernels.rnn;

/** Passes over the rows of one cell: rows are short and stay in the first-level cache; the loops are plain so that the compiler vectorizes them. */
public final class CellPasses {
    private CellPasses() {}

    /** {@code y += x}, both then bounded to [-clip, clip] unless {@code clip} is infinite. */
    public static void addClipped(float[] x, int xOff, float[] y, int yOff, int n, float clip) {
        for (int i = 0; i < n; i++) {
            y[yOff + i] += x[xOff + i];
        }
        clip(y, yOff, n, clip);
    }

    /** Bounds y to [-clip, clip]; nothing when {@code clip} is infinite. */
    public static void clip(float[] y, int yOff, int n, float clip) {
        if (clip == Float.POSITIVE_INFINITY) {
            return;
        }
        for (int i = 0; i < n; i++) {
            y[yOff + i] = Math.min(clip, Math.max(-clip, y[yOff + i]));
        }
    }

    /** {@code y = a * b}; y may be one of them. */
    public static void multiply(float[] a, int aOff, float[] b, int bOff, float[] y, int yOff, int n) {
        for (int i = 0; i < n; i++) {
            y[yOff + i] = a[aOff + i] * b[bOff + i];
        }
    }

    /** {@code y += a * b}. */
    public static void multiplyAdd(float[] a, int aOff, float[] b, int bOff, float[] y, int yOff, int n) {
        for (int i = 0; i < n; i++) {
            y[yOff + i] += a[aOff + i] * b[bOff + i];
        }
    }
}
