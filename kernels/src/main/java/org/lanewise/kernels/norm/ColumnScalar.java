package org.lanewise.kernels.norm;

import org.lanewise.kernels.math.ScalarMath;

/** Softmax of one line with a stride: what each lane of {@link ColumnVector} does. */
final class ColumnScalar {
    private ColumnScalar() {}

    static void softmax(boolean log, float[] x, int xi, float[] y, int yi, int axis, int stride) {
        float max = Float.NEGATIVE_INFINITY;
        for (int k = 0; k < axis; k++) {
            max = Math.max(max, x[xi + k * stride]);
        }
        float sum = 0f;
        for (int k = 0; k < axis; k++) {
            float e = ScalarMath.expNonPositive(x[xi + k * stride] - max);
            sum += e;
            if (!log) {
                y[yi + k * stride] = e;
            }
        }
        float last = log ? max + ScalarMath.log(sum) : 1f / sum;
        for (int k = 0; k < axis; k++) {
            y[yi + k * stride] = log ? x[xi + k * stride] - last : y[yi + k * stride] * last;
        }
    }
}
