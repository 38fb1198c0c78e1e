package org.lanewise.kernels.norm;

import org.lanewise.kernels.Simd;

/** What normalizations do with one contiguous run of n elements; vector kernels where there is at least one whole vector. */
final class RowMath {
    private RowMath() {}

    private static boolean vectors(int n) {
        return Simd.ENABLED && n >= Simd.LANES;
    }

    /** The greatest element, where there is no NaN. */
    static float max(float[] x, int xi, int n) {
        return vectors(n) ? RowVector.max(x, xi, n) : RowScalar.max(x, xi, n);
    }

    /** y = e^(x - max), returning the sum of y. */
    static double exp(float[] x, int xi, float max, float[] y, int yi, int n) {
        return vectors(n) ? RowVector.exp(x, xi, max, y, yi, n) : RowScalar.exp(x, xi, max, y, yi, n);
    }

    /** The sum of e^(x - max). */
    static double expSum(float[] x, int xi, float max, int n) {
        return vectors(n) ? RowVector.expSum(x, xi, max, n) : RowScalar.expSum(x, xi, max, n);
    }

    static double sum(float[] x, int xi, int n) {
        return vectors(n) ? RowVector.sum(x, xi, n) : RowScalar.sum(x, xi, n);
    }

    static double absoluteSum(float[] x, int xi, int n) {
        double total = 0;
        for (int i = 0; i < n; i++) {
            total += Math.abs(x[xi + i]);
        }
        return total;
    }

    /** The sum of (x - mean)^2. */
    static double squares(float[] x, int xi, float mean, int n) {
        return vectors(n) ? RowVector.squares(x, xi, mean, n) : RowScalar.squares(x, xi, mean, n);
    }

    /** y = a + b. */
    static void add(float[] a, int ai, float[] b, int bi, float[] y, int yi, int n) {
        int done = vectors(n) ? RowVector.add(a, ai, b, bi, y, yi, n) : 0;
        for (int i = done; i < n; i++) {
            y[yi + i] = a[ai + i] + b[bi + i];
        }
    }

    /** y = x scale + shift. */
    static void affine(float[] x, int xi, float scale, float shift, float[] y, int yi, int n) {
        int done = vectors(n) ? RowVector.affine(x, xi, scale, shift, y, yi, n) : 0;
        for (int i = done; i < n; i++) {
            y[yi + i] = Simd.fma(x[xi + i], scale, shift);
        }
    }

    /** y = x scale + shift, element by element. */
    static void affine(float[] x, int xi, float[] scale, int si, float[] shift, int hi, float[] y, int yi, int n) {
        int done = vectors(n) ? RowVector.affine(x, xi, scale, si, shift, hi, y, yi, n) : 0;
        for (int i = done; i < n; i++) {
            y[yi + i] = Simd.fma(x[xi + i], scale[si + i], shift[hi + i]);
        }
    }

    /** y = (x - mean) factor scale + shift, with scale and shift element by element. */
    static void normalize(
            float[] x,
            int xi,
            float mean,
            float factor,
            float[] scale,
            int si,
            float[] shift,
            int hi,
            float[] y,
            int yi,
            int n) {
        int done = vectors(n) ? RowVector.normalize(x, xi, mean, factor, scale, si, shift, hi, y, yi, n) : 0;
        for (int i = done; i < n; i++) {
            y[yi + i] = Simd.fma((x[xi + i] - mean) * factor, scale[si + i], shift[hi + i]);
        }
    }

    /** y = (x - mean) factor scale, with scale element by element. */
    static void normalize(
            float[] x, int xi, float mean, float factor, float[] scale, int si, float[] y, int yi, int n) {
        int done = vectors(n) ? RowVector.normalize(x, xi, mean, factor, scale, si, y, yi, n) : 0;
        for (int i = done; i < n; i++) {
            y[yi + i] = (x[xi + i] - mean) * factor * scale[si + i];
        }
    }
}
