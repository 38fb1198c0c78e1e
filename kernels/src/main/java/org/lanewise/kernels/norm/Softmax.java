package org.lanewise.kernels.norm;

import org.lanewise.kernels.Simd;

/**
 * Softmax, log-softmax and hardmax along the middle of (outer, axis, inner).
 *
 * <p>Units of work are lines along the axis, numbered 0 .. outer x inner - 1. {@code y} may be {@code x}. A line that contains NaN becomes NaN.
 */
public final class Softmax {
    private Softmax() {}

    /** y = e^(x - max) / sum e^(x - max) for the lines from..to. */
    public static void softmax(float[] x, int xOffset, float[] y, int yOffset, int axis, int inner, int from, int to) {
        if (inner > 1) {
            columns(false, x, xOffset, y, yOffset, axis, inner, from, to);
            return;
        }
        for (int row = from; row < to; row++) {
            int xi = xOffset + row * axis;
            int yi = yOffset + row * axis;
            float max = RowMath.max(x, xi, axis);
            double sum = RowMath.exp(x, xi, max, y, yi, axis);
            RowMath.affine(y, yi, (float) (1 / sum), 0f, y, yi, axis);
        }
    }

    /** {@code x = e^(x - max)} for one row of n elements, in place; returns their sum, by which the caller divides when it suits. */
    public static double exponentials(float[] x, int at, int n) {
        return RowMath.exp(x, at, RowMath.max(x, at, n), x, at, n);
    }

    /**
     * The same with one more element, {@code sink}, that counts in the maximum and in the sum but has no place in the row: {@code x = e^(x - max)}. A sink of negative infinity changes nothing.
     */
    public static double exponentials(float[] x, int at, int n, float sink) {
        float max = Math.max(sink, RowMath.max(x, at, n));
        return RowMath.exp(x, at, max, x, at, n) + Math.exp((double) sink - max);
    }

    /** y = x - max - ln(sum e^(x - max)) for the lines from..to. */
    public static void logSoftmax(
            float[] x, int xOffset, float[] y, int yOffset, int axis, int inner, int from, int to) {
        if (inner > 1) {
            columns(true, x, xOffset, y, yOffset, axis, inner, from, to);
            return;
        }
        for (int row = from; row < to; row++) {
            int xi = xOffset + row * axis;
            float max = RowMath.max(x, xi, axis);
            double shift = -max - Math.log(RowMath.expSum(x, xi, max, axis));
            RowMath.affine(x, xi, 1f, (float) shift, y, yOffset + row * axis, axis);
        }
    }

    private static void columns(
            boolean log, float[] x, int xOffset, float[] y, int yOffset, int axis, int inner, int from, int to) {
        int line = from;
        while (line < to) {
            int column = line % inner;
            int n = Math.min(inner - column, to - line);
            int at = line / inner * axis * inner + column;
            int done = Simd.ENABLED ? ColumnVector.softmax(log, x, xOffset + at, y, yOffset + at, axis, inner, n) : 0;
            for (int j = done; j < n; j++) {
                ColumnScalar.softmax(log, x, xOffset + at + j, y, yOffset + at + j, axis, inner);
            }
            line += n;
        }
    }

    /** y = 1 at the first greatest element of the line, else 0, for the lines from..to; y must not be x. */
    public static void hardmax(float[] x, int xOffset, float[] y, int yOffset, int axis, int inner, int from, int to) {
        for (int line = from; line < to; line++) {
            int at = line / inner * axis * inner + line % inner;
            int best = 0;
            for (int k = 0; k < axis; k++) {
                y[yOffset + at + k * inner] = 0f;
                best = x[xOffset + at + k * inner] > x[xOffset + at + best * inner] ? k : best;
            }
            if (axis > 0) {
                y[yOffset + at + best * inner] = 1f;
            }
        }
    }
}
