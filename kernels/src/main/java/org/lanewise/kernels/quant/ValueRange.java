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

    /**
     * Both of {@code n} elements and 0, in one pass: element {@code at} of {@code smallest}, 0 at most, and of {@code largest}, 0 at least; NaN in both where one of them is.
     */
    public static void withZero(float[] x, int off, int n, float[] smallest, float[] largest, int at) {
        int done = Simd.ENABLED ? ValueRangeVector.withZero(x, off, n, smallest, largest, at) : 0;
        float low = done > 0 ? smallest[at] : 0;
        float high = done > 0 ? largest[at] : 0;
        for (int i = done; i < n; i++) {
            low = Math.min(low, x[off + i]);
            high = Math.max(high, x[off + i]);
        }
        smallest[at] = low;
        largest[at] = high;
    }
}
