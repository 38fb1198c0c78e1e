package org.lanewise.kernels.norm;

import org.lanewise.kernels.math.ScalarMath;

/** The scalar reductions of {@link RowMath}. */
final class RowScalar {
    private RowScalar() {}

    static float max(float[] x, int xi, int n) {
        float max = Float.NEGATIVE_INFINITY;
        for (int i = 0; i < n; i++) {
            max = Math.max(max, x[xi + i]);
        }
        return max;
    }

    static double exp(float[] x, int xi, float max, float[] y, int yi, int n) {
        double total = 0;
        for (int i = 0; i < n; i++) {
            float e = ScalarMath.expNonPositive(x[xi + i] - max);
            y[yi + i] = e;
            total += e;
        }
        return total;
    }

    static double expSum(float[] x, int xi, float max, int n) {
        double total = 0;
        for (int i = 0; i < n; i++) {
            total += ScalarMath.expNonPositive(x[xi + i] - max);
        }
        return total;
    }

    static double sum(float[] x, int xi, int n) {
        double total = 0;
        for (int i = 0; i < n; i++) {
            total += x[xi + i];
        }
        return total;
    }

    static double squares(float[] x, int xi, float mean, int n) {
        double total = 0;
        for (int i = 0; i < n; i++) {
            double d = x[xi + i] - mean;
            total += d * d;
        }
        return total;
    }
}
