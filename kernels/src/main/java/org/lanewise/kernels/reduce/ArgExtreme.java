package org.lanewise.kernels.reduce;

import org.lanewise.kernels.Simd;

/**
 * The index of the greatest or least element along the middle of (outer, axis, inner) (ONNX ArgMax and ArgMin).
 *
 * <p>The first NaN, if there is one, is both greatest and least, as in NumPy. Of equal elements the first counts, or the last on request.
 */
public final class ArgExtreme {
    private ArgExtreme() {}

    /** Reads an element of an input so that the order of {@code double} is the wanted order. */
    private interface Reader {
        boolean better(int candidate, int best);
    }

    /**
     * The outputs from..to of outer x inner; y = index along the axis.
     *
     * @param greatest whether the greatest element is sought, else the least
     * @param last whether the last of equal elements counts
     * @param axis length of the axis, at least 1
     */
    public static void floats(
            boolean greatest,
            boolean last,
            float[] x,
            int xOffset,
            int axis,
            int inner,
            long[] y,
            int yOffset,
            int from,
            int to) {
        ReduceOp op = greatest ? ReduceOp.MAX : ReduceOp.MIN;
        for (int o = from; o < to; o++) {
            int at = xOffset + o / inner * axis * inner + o % inner;
            if (inner == 1) {
                float best = Simd.ENABLED && axis >= Simd.LANES
                        ? FloatReduceVector.row(op, x, at, axis)
                        : FloatReduceScalar.row(op, x, at, axis);
                y[yOffset + o] = indexOf(x, at, axis, best, last);
            } else {
                int sign = greatest ? 1 : -1;
                y[yOffset + o] = search(axis, inner, at, (a, b) -> floatBetter(sign * x[a], sign * x[b], last));
            }
        }
    }

    private static int indexOf(float[] x, int at, int n, float best, boolean last) {
        boolean nan = Float.isNaN(best);
        for (int i = 0; i < n; i++) {
            int k = last && !nan ? n - 1 - i : i;
            if (nan ? Float.isNaN(x[at + k]) : x[at + k] == best) {
                return k;
            }
        }
        throw new AssertionError("the extreme is one of the elements");
    }

    private static boolean floatBetter(double candidate, double best, boolean last) {
        return !Double.isNaN(best) && (Double.isNaN(candidate) || candidate > best || last && candidate == best);
    }

    private static int search(int axis, int inner, int at, Reader reader) {
        int best = at;
        for (int k = 1; k < axis; k++) {
            if (reader.better(at + k * inner, best)) {
                best = at + k * inner;
            }
        }
        return (best - at) / inner;
    }

    /**
     * The same for any other element type.
     *
     * @param x a {@code byte[]}, {@code short[]}, {@code int[]}, {@code long[]}, {@code float[]} or {@code double[]}
     * @param unsigned whether integer elements are unsigned
     */
    public static void any(
            boolean greatest,
            boolean last,
            boolean unsigned,
            Object x,
            int xOffset,
            int axis,
            int inner,
            long[] y,
            int yOffset,
            int from,
            int to) {
        int sign = greatest ? 1 : -1;
        Reader reader = switch (x) {
            case byte[] b ->
                (i, j) -> beats(
                        sign * Integer.compare(unsigned ? b[i] & 0xff : b[i], unsigned ? b[j] & 0xff : b[j]), last);
            case short[] s ->
                (i, j) -> beats(
                        sign * Integer.compare(unsigned ? s[i] & 0xffff : s[i], unsigned ? s[j] & 0xffff : s[j]), last);
            case int[] n ->
                (i, j) -> beats(
                        sign * (unsigned ? Integer.compareUnsigned(n[i], n[j]) : Integer.compare(n[i], n[j])), last);
            case long[] l ->
                (i, j) -> beats(sign * (unsigned ? Long.compareUnsigned(l[i], l[j]) : Long.compare(l[i], l[j])), last);
            case float[] f -> (i, j) -> floatBetter(sign * f[i], sign * f[j], last);
            case double[] d -> (i, j) -> floatBetter(sign * d[i], sign * d[j], last);
            default -> throw new IllegalArgumentException("not a numeric array: " + x.getClass());
        };
        for (int o = from; o < to; o++) {
            int at = xOffset + o / inner * axis * inner + o % inner;
            y[yOffset + o] = search(axis, inner, at, reader);
        }
    }

    private static boolean beats(int comparison, boolean last) {
        return comparison > 0 || last && comparison == 0;
    }
}
