package org.lanewise.kernels.norm;

import static org.lanewise.kernels.Species.F32;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorOperators;
import org.lanewise.kernels.Species;
import org.lanewise.kernels.math.VectorMath;

/** The vector kernels of {@link RowMath}, for n >= lanes. */
final class RowVector {
    private static final int LANES = Species.F32.length();

    /** Elements whose sum stays in float, a multiple of four vectors. */
    private static final int BLOCK = 64 * 4 * LANES;

    private RowVector() {}

    private static FloatVector load(float[] x, int at) {
        return FloatVector.fromArray(F32, x, at);
    }

    /**
     * The greatest element, or any other when there is a NaN: the exponentials will be NaN then anyway. So a comparison and a blend do, where
     * Java's max takes six instructions.
     */
    static float max(float[] x, int xi, int n) {
        FloatVector a = load(x, xi + n - LANES); // overlaps
        FloatVector b = a;
        FloatVector c = a;
        FloatVector d = a;
        int i = 0;
        for (; i <= n - 4 * LANES; i += 4 * LANES) {
            a = greater(a, load(x, xi + i));
            b = greater(b, load(x, xi + i + LANES));
            c = greater(c, load(x, xi + i + 2 * LANES));
            d = greater(d, load(x, xi + i + 3 * LANES));
        }
        for (; i <= n - LANES; i += LANES) {
            a = greater(a, load(x, xi + i));
        }
        return greater(greater(a, b), greater(c, d)).reduceLanes(VectorOperators.MAX);
    }

    private static FloatVector greater(FloatVector a, FloatVector b) {
        return a.blend(b, b.compare(VectorOperators.GT, a));
    }

    static double exp(float[] x, int xi, float max, float[] y, int yi, int n) {
        int end = F32.loopBound(n);
        double total = RowScalar.exp(x, xi + end, max, y, yi + end, n - end);
        for (int start = 0; start < end; start += BLOCK) {
            total += expBlock(x, xi + start, max, y, yi + start, Math.min(BLOCK, end - start));
        }
        return total;
    }

    private static float expBlock(float[] x, int xi, float max, float[] y, int yi, int n) {
        FloatVector sum = FloatVector.zero(F32);
        for (int i = 0; i < n; i += LANES) {
            FloatVector e = VectorMath.expNonPositive(load(x, xi + i).sub(max));
            e.intoArray(y, yi + i);
            sum = sum.add(e);
        }
        return VectorMath.sumLanes(sum);
    }

    static double expSum(float[] x, int xi, float max, int n) {
        int end = F32.loopBound(n);
        double total = RowScalar.expSum(x, xi + end, max, n - end);
        for (int start = 0; start < end; start += BLOCK) {
            total += expSumBlock(x, xi + start, max, Math.min(BLOCK, end - start));
        }
        return total;
    }

    private static float expSumBlock(float[] x, int xi, float max, int n) {
        FloatVector sum = FloatVector.zero(F32);
        for (int i = 0; i < n; i += LANES) {
            sum = sum.add(VectorMath.expNonPositive(load(x, xi + i).sub(max)));
        }
        return VectorMath.sumLanes(sum);
    }

    static double sum(float[] x, int xi, int n) {
        double total = 0;
        for (int start = 0; start < n; start += BLOCK) {
            int length = Math.min(BLOCK, n - start);
            int whole = length - length % (4 * LANES);
            total += sumBlock(x, xi + start, whole);
            total += RowScalar.sum(x, xi + start + whole, length - whole);
        }
        return total;
    }

    private static float sumBlock(float[] x, int xi, int n) {
        FloatVector a = FloatVector.zero(F32);
        FloatVector b = a;
        FloatVector c = a;
        FloatVector d = a;
        for (int i = 0; i < n; i += 4 * LANES) {
            a = a.add(load(x, xi + i));
            b = b.add(load(x, xi + i + LANES));
            c = c.add(load(x, xi + i + 2 * LANES));
            d = d.add(load(x, xi + i + 3 * LANES));
        }
        return VectorMath.sumLanes(a.add(b).add(c.add(d)));
    }

    static double squares(float[] x, int xi, float mean, int n) {
        double total = 0;
        for (int start = 0; start < n; start += BLOCK) {
            int length = Math.min(BLOCK, n - start);
            int whole = length - length % (4 * LANES);
            total += squaresBlock(x, xi + start, mean, whole);
            total += RowScalar.squares(x, xi + start + whole, mean, length - whole);
        }
        return total;
    }

    private static float squaresBlock(float[] x, int xi, float mean, int n) {
        FloatVector a = FloatVector.zero(F32);
        FloatVector b = a;
        FloatVector c = a;
        FloatVector d = a;
        for (int i = 0; i < n; i += 4 * LANES) {
            FloatVector p = load(x, xi + i).sub(mean);
            FloatVector q = load(x, xi + i + LANES).sub(mean);
            FloatVector r = load(x, xi + i + 2 * LANES).sub(mean);
            FloatVector s = load(x, xi + i + 3 * LANES).sub(mean);
            a = VectorMath.fma(p, p, a);
            b = VectorMath.fma(q, q, b);
            c = VectorMath.fma(r, r, c);
            d = VectorMath.fma(s, s, d);
        }
        return VectorMath.sumLanes(a.add(b).add(c.add(d)));
    }

    static int add(float[] a, int ai, float[] b, int bi, float[] y, int yi, int n) {
        int end = F32.loopBound(n);
        for (int i = 0; i < end; i += LANES) {
            load(a, ai + i).add(load(b, bi + i)).intoArray(y, yi + i);
        }
        return end;
    }

    static int affine(float[] x, int xi, float scale, float shift, float[] y, int yi, int n) {
        FloatVector a = FloatVector.broadcast(F32, scale);
        FloatVector b = FloatVector.broadcast(F32, shift);
        int end = F32.loopBound(n);
        for (int i = 0; i < end; i += LANES) {
            VectorMath.fma(load(x, xi + i), a, b).intoArray(y, yi + i);
        }
        return end;
    }

    static int affine(float[] x, int xi, float[] scale, int si, float[] shift, int hi, float[] y, int yi, int n) {
        int end = F32.loopBound(n);
        for (int i = 0; i < end; i += LANES) {
            VectorMath.fma(load(x, xi + i), load(scale, si + i), load(shift, hi + i))
                    .intoArray(y, yi + i);
        }
        return end;
    }

    static int normalize(
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
        int end = F32.loopBound(n);
        for (int i = 0; i < end; i += LANES) {
            FloatVector v = load(x, xi + i).sub(mean).mul(factor);
            VectorMath.fma(v, load(scale, si + i), load(shift, hi + i)).intoArray(y, yi + i);
        }
        return end;
    }

    static int normalize(float[] x, int xi, float mean, float factor, float[] scale, int si, float[] y, int yi, int n) {
        int end = F32.loopBound(n);
        for (int i = 0; i < end; i += LANES) {
            load(x, xi + i).sub(mean).mul(factor).mul(load(scale, si + i)).intoArray(y, yi + i);
        }
        return end;
    }
}
