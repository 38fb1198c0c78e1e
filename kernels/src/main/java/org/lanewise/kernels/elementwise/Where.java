package org.lanewise.kernels.elementwise;

import org.lanewise.kernels.Simd;

/** Choice between two operands by a third (ONNX Where), with broadcasting, for arrays of any one type. */
public final class Where {
    private Where() {}

    /**
     * y = condition != 0 ? a : b for the elements {@code from..to} of the result.
     *
     * @param plan the plan of the shapes of condition, a and b, in this order
     * @param a an array; {@code b} and {@code y} are of the same type
     */
    public static void select(
            Broadcast plan,
            byte[] condition,
            int conditionOffset,
            Object a,
            int aOffset,
            Object b,
            int bOffset,
            Object y,
            int yOffset,
            int from,
            int to) {
        int cs = plan.rowStride(0);
        int as = plan.rowStride(1);
        int bs = plan.rowStride(2);
        for (int p = from, n; p < to; p += n) {
            n = plan.rowLength(p, to);
            int ci = conditionOffset + plan.offset(0, p);
            int ai = aOffset + plan.offset(1, p);
            int bi = bOffset + plan.offset(2, p);
            int yi = yOffset + p;
            if (cs == 0 && (condition[ci] != 0 ? as : bs) == 1) {
                System.arraycopy(condition[ci] != 0 ? a : b, condition[ci] != 0 ? ai : bi, y, yi, n);
                continue;
            }
            switch (a) {
                case float[] x -> row(condition, ci, cs, x, ai, as, (float[]) b, bi, bs, (float[]) y, yi, n);
                case double[] x -> row(condition, ci, cs, x, ai, as, (double[]) b, bi, bs, (double[]) y, yi, n);
                case int[] x -> row(condition, ci, cs, x, ai, as, (int[]) b, bi, bs, (int[]) y, yi, n);
                case long[] x -> row(condition, ci, cs, x, ai, as, (long[]) b, bi, bs, (long[]) y, yi, n);
                case short[] x -> row(condition, ci, cs, x, ai, as, (short[]) b, bi, bs, (short[]) y, yi, n);
                case byte[] x -> row(condition, ci, cs, x, ai, as, (byte[]) b, bi, bs, (byte[]) y, yi, n);
                case Object[] x -> row(condition, ci, cs, x, ai, as, (Object[]) b, bi, bs, (Object[]) y, yi, n);
                default -> throw new IllegalArgumentException("not an array: " + a.getClass());
            }
        }
    }

    private static void row(
            byte[] c, int ci, int cs, float[] a, int ai, int as, float[] b, int bi, int bs, float[] y, int yi, int n) {
        int done = Simd.ENABLED && cs == 1 ? MaskVector.where(c, ci, a, ai, as, b, bi, bs, y, yi, n) : 0;
        for (int i = done;
                i < n;
                i++) { // as integers, because C2 has no conditional move of floats and branches mispredict
            int x = Float.floatToRawIntBits(a[ai + i * as]);
            int z = Float.floatToRawIntBits(b[bi + i * bs]);
            y[yi + i] = Float.intBitsToFloat(c[ci + i * cs] != 0 ? x : z);
        }
    }

    private static void row(
            byte[] c,
            int ci,
            int cs,
            double[] a,
            int ai,
            int as,
            double[] b,
            int bi,
            int bs,
            double[] y,
            int yi,
            int n) {
        for (int i = 0; i < n; i++) {
            y[yi + i] = c[ci + i * cs] != 0 ? a[ai + i * as] : b[bi + i * bs];
        }
    }

    private static void row(
            byte[] c, int ci, int cs, int[] a, int ai, int as, int[] b, int bi, int bs, int[] y, int yi, int n) {
        for (int i = 0; i < n; i++) {
            y[yi + i] = c[ci + i * cs] != 0 ? a[ai + i * as] : b[bi + i * bs];
        }
    }

    private static void row(
            byte[] c, int ci, int cs, long[] a, int ai, int as, long[] b, int bi, int bs, long[] y, int yi, int n) {
        for (int i = 0; i < n; i++) {
            y[yi + i] = c[ci + i * cs] != 0 ? a[ai + i * as] : b[bi + i * bs];
        }
    }

    private static void row(
            byte[] c, int ci, int cs, short[] a, int ai, int as, short[] b, int bi, int bs, short[] y, int yi, int n) {
        for (int i = 0; i < n; i++) {
            y[yi + i] = c[ci + i * cs] != 0 ? a[ai + i * as] : b[bi + i * bs];
        }
    }

    private static void row(
            byte[] c, int ci, int cs, byte[] a, int ai, int as, byte[] b, int bi, int bs, byte[] y, int yi, int n) {
        for (int i = 0; i < n; i++) {
            y[yi + i] = c[ci + i * cs] != 0 ? a[ai + i * as] : b[bi + i * bs];
        }
    }

    private static void row(
            byte[] c,
            int ci,
            int cs,
            Object[] a,
            int ai,
            int as,
            Object[] b,
            int bi,
            int bs,
            Object[] y,
            int yi,
            int n) {
        for (int i = 0; i < n; i++) {
            y[yi + i] = c[ci + i * cs] != 0 ? a[ai + i * as] : b[bi + i * bs];
        }
    }
}
