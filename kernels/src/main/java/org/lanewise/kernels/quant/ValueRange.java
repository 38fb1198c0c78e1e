package org.lanewise.kernels.quant;

import org.lanewise.kernels.Simd;

/** The smallest and largest of {@code float} values; NaN where one of them is. */
public final class ValueRange {
    private ValueRange() {}

    /** The smallest of {@code n} elements; +infinity for none. */
    public static float min(float[] x, int off, int n) {
        int done = Simd.ENABLED ? n - n % Simd.LANES : 0;
        float result = done > 0 ? ValueRangeVector.min(x, off, done) : Float.POSITIVE_INFINITY;
        for (int i = done; i < n; i++) {
            result = Math.min(result, x[off + i]);
        }
        return result;
    }

    /** The largest of {@code n} elements; -infinity for none. */
    public static float max(float[] x, int off, int n) {
        int done = Simd.ENABLED ? n - n % Simd.LANES : 0;
        float result = done > 0 ? ValueRangeVector.max(x, off, done) : Float.NEGATIVE_INFINITY;
        for (int i = done; i < n; i++) {
            result = Math.max(result, x[off + i]);
        }
        return result;
    }

    /** Both of {@code n} elements, in one pass: element {@code at} of {@code smallest} and of {@code largest}; NaN in both where one of them is. */
    public static void both(float[] x, int off, int n, float[] smallest, float[] largest, int at) {
        int done = Simd.ENABLED ? n - n % Simd.LANES : 0;
        smallest[at] = Float.POSITIVE_INFINITY;
        largest[at] = Float.NEGATIVE_INFINITY;
        if (done > 0) {
            ValueRangeVector.both(x, off, done, smallest, largest, at);
        }
        for (int i = done; i < n; i++) {
            smallest[at] = Math.min(smallest[at], x[off + i]);
            largest[at] = Math.max(largest[at], x[off + i]);
        }
    }
}
