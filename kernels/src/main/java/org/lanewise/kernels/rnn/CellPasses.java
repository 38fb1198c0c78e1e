package org.lanewise.kernels.rnn;

import org.lanewise.kernels.Simd;
import org.lanewise.kernels.math.ScalarMath;

/** Passes over the rows of one cell: rows are short and stay in the first-level cache. What vectors leave over gets the same bits. */
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
        int done = Simd.ENABLED ? CellVector.multiply(a, aOff, b, bOff, y, yOff, n) : 0;
        for (int i = done; i < n; i++) {
            y[yOff + i] = a[aOff + i] * b[bOff + i];
        }
    }

    /** {@code y += a * b}. */
    public static void multiplyAdd(float[] a, int aOff, float[] b, int bOff, float[] y, int yOff, int n) {
        int done = Simd.ENABLED ? CellVector.multiplyAdd(a, aOff, b, bOff, y, yOff, n) : 0;
        for (int i = done; i < n; i++) {
            y[yOff + i] = Simd.fma(a[aOff + i], b[bOff + i], y[yOff + i]);
        }
    }

    /** {@code c = forget * c + input * candidate}. */
    static void update(
            float[] forget,
            int fOff,
            float[] input,
            int iOff,
            float[] candidate,
            int gOff,
            float[] c,
            int cOff,
            int n) {
        int done = Simd.ENABLED ? CellVector.update(forget, fOff, input, iOff, candidate, gOff, c, cOff, n) : 0;
        for (int i = done; i < n; i++) {
            c[cOff + i] = Simd.fma(forget[fOff + i], c[cOff + i], input[iOff + i] * candidate[gOff + i]);
        }
    }

    /** {@code h = (1 - z) * candidate + z * h}. */
    static void blend(float[] z, int zOff, float[] candidate, int gOff, float[] h, int hOff, int n) {
        int done = Simd.ENABLED ? CellVector.blend(z, zOff, candidate, gOff, h, hOff, n) : 0;
        for (int i = done; i < n; i++) {
            h[hOff + i] = Simd.fma(z[zOff + i], h[hOff + i], (1f - z[zOff + i]) * candidate[gOff + i]);
        }
    }

    /** {@code y = sigmoid(x + y)}. */
    static void sigmoidSum(float[] x, int xOff, float[] y, int yOff, int n) {
        int done = Simd.ENABLED ? GateVector.sigmoidSum(x, xOff, y, yOff, n) : 0;
        for (int i = done; i < n; i++) {
            y[yOff + i] = ScalarMath.sigmoid(x[xOff + i] + y[yOff + i]);
        }
    }

    /** {@code y = tanh(x + y)}. */
    static void tanhSum(float[] x, int xOff, float[] y, int yOff, int n) {
        int done = Simd.ENABLED ? GateVector.tanhSum(x, xOff, y, yOff, n) : 0;
        for (int i = done; i < n; i++) {
            y[yOff + i] = ScalarMath.tanh(x[xOff + i] + y[yOff + i]);
        }
    }

    /** {@code y = a * tanh(x)}. */
    static void tanhTimes(float[] x, int xOff, float[] a, int aOff, float[] y, int yOff, int n) {
        int done = Simd.ENABLED ? GateVector.tanhTimes(x, xOff, a, aOff, y, yOff, n) : 0;
        for (int i = done; i < n; i++) {
            y[yOff + i] = a[aOff + i] * ScalarMath.tanh(x[xOff + i]);
        }
    }
}
