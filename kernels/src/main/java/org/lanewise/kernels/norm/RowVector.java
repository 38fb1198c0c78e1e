package org.lanewise.kernels.norm;

import static org.lanewise.kernels.Species.F32;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.Vector;
import jdk.incubator.vector.VectorOperators;
import org.jspecify.annotations.Nullable;
import org.lanewise.kernels.Simd;
import org.lanewise.kernels.Species;
import org.lanewise.kernels.math.ScalarMath;
import org.lanewise.kernels.math.VectorMath;

/**
 * The vector kernels of {@link RowMath}, for n >= lanes.
 *
 * <p>Loads and multiply-adds are written out: where C2 inlines several of these kernels into one caller it reaches its limit of nodes, after which only the
 * JDK's own methods are still inlined, and a helper that returns a vector would return it boxed.
 */
final class RowVector {
    /** Says which class loop-carried vectors have: C2 would ask a profile that all users of vectors share. */
    private static final Class<? extends Vector<Float>> TYPE = F32.vectorType();

    private static final int LANES = Species.F32.length();

    /** Elements whose sum stays in float, a multiple of four vectors. */
    private static final int BLOCK = 64 * 4 * LANES;

    private RowVector() {}

    /**
     * The greatest element, or any other or NaN when there is a NaN: the exponentials will be NaN then anyway. So a comparison and a blend do, where
     * Java's max takes six instructions.
     */
    static float max(float[] x, int xi, int n) {
        FloatVector a = FloatVector.fromArray(F32, x, xi + n - LANES); // overlaps
        FloatVector b = a;
        FloatVector c = a;
        FloatVector d = a;
        int i = 0;
        for (; i <= n - 4 * LANES; i += 4 * LANES) {
            a = greater(a, FloatVector.fromArray(F32, x, xi + i));
            b = greater(b, FloatVector.fromArray(F32, x, xi + i + LANES));
            c = greater(c, FloatVector.fromArray(F32, x, xi + i + 2 * LANES));
            d = greater(d, FloatVector.fromArray(F32, x, xi + i + 3 * LANES));
        }
        for (; i <= n - LANES; i += LANES) {
            a = greater(a, FloatVector.fromArray(F32, x, xi + i));
        }
        return greater(greater(a, b), greater(c, d)).reduceLanes(VectorOperators.MAX);
    }

    /** The greater of each; {@code blend} is called on the vector just loaded: of {@code a}, which a loop carries, C2 may not know the class. */
    private static FloatVector greater(FloatVector a, FloatVector b) {
        return b.blend(a, b.compare(VectorOperators.LE, a));
    }

    static double exp(float[] x, int xi, float max, float[] y, int yi, int n) {
        int end = F32.loopBound(n);
        double total = RowScalar.exp(x, xi + end, max, y, yi + end, n - end);
        for (int start = 0; start < end; start += BLOCK) {
            total += expBlock(x, xi + start, max, y, yi + start, Math.min(BLOCK, end - start));
        }
        return total;
    }

    /**
     * {@code y = e^(x - max)} and its sum. {@link VectorMath#expNonPositive} written out: inlined into a softmax together with the other kernels of a row, it is
     * what goes over C2's limit.
     *
     * @param y null to have the sum only
     */
    private static float expBlock(float[] x, int xi, float max, float @Nullable [] y, int yi, int n) {
        FloatVector sum = FloatVector.zero(F32);
        FloatVector rounder = FloatVector.broadcast(F32, ScalarMath.ROUNDER);
        for (int i = 0; i < n; i += LANES) {
            FloatVector v = FloatVector.fromArray(F32, x, xi + i).sub(max);
            FloatVector c = v.blend(ScalarMath.EXP_MIN, v.lt(ScalarMath.EXP_MIN));
            FloatVector log2e = FloatVector.broadcast(F32, ScalarMath.LOG2_E);
            FloatVector t = Simd.FMA ? c.fma(log2e, rounder) : c.mul(log2e).add(rounder);
            FloatVector k = t.sub(rounder);
            FloatVector ln2 = FloatVector.broadcast(F32, -ScalarMath.LN2_HI);
            FloatVector high = Simd.FMA ? k.fma(ln2, c) : k.mul(ln2).add(c);
            FloatVector low = k.mul(-ScalarMath.LN2_LO);
            FloatVector r = high.add(low);
            FloatVector e3 = FloatVector.broadcast(F32, ScalarMath.EXP_3);
            FloatVector e4 = FloatVector.broadcast(F32, ScalarMath.EXP_4);
            FloatVector q = Simd.FMA ? r.fma(e4, e3) : r.mul(e4).add(e3);
            FloatVector e2 = FloatVector.broadcast(F32, ScalarMath.EXP_2);
            q = Simd.FMA ? r.fma(q, e2) : r.mul(q).add(e2);
            FloatVector e1 = FloatVector.broadcast(F32, ScalarMath.EXP_1);
            q = Simd.FMA ? r.fma(q, e1) : r.mul(q).add(e1);
            FloatVector e0 = FloatVector.broadcast(F32, ScalarMath.EXP_0);
            q = Simd.FMA ? r.fma(q, e0) : r.mul(q).add(e0);
            FloatVector square = r.mul(r);
            FloatVector p = high.add(
                            Simd.FMA ? square.fma(q, low) : square.mul(q).add(low))
                    .add(1f);
            IntVector scale =
                    t.reinterpretAsInts().lanewise(VectorOperators.LSHL, 23).add((127 + 24) << 23);
            FloatVector e = p.mul(scale.reinterpretAsFloats()).mul(0x1p-24f);
            if (y != null) {
                ((FloatVector) TYPE.cast(e)).intoArray(y, yi + i);
            }
            sum = ((FloatVector) TYPE.cast(sum)).add(e);
        }
        FloatVector v = LANES > 8
                ? ((FloatVector) TYPE.cast(sum)).add(((FloatVector) TYPE.cast(sum)).rearrange(VectorMath.BY_8))
                : sum;
        v = LANES > 4 ? v.add(v.rearrange(VectorMath.BY_4)) : v;
        v = v.add(v.rearrange(VectorMath.BY_2));
        v = v.add(v.rearrange(VectorMath.BY_1));
        return v.lane(0);
    }

    static double expSum(float[] x, int xi, float max, int n) {
        int end = F32.loopBound(n);
        double total = RowScalar.expSum(x, xi + end, max, n - end);
        for (int start = 0; start < end; start += BLOCK) {
            total += expBlock(x, xi + start, max, null, 0, Math.min(BLOCK, end - start));
        }
        return total;
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
            a = ((FloatVector) TYPE.cast(a)).add(FloatVector.fromArray(F32, x, xi + i));
            b = ((FloatVector) TYPE.cast(b)).add(FloatVector.fromArray(F32, x, xi + i + LANES));
            c = ((FloatVector) TYPE.cast(c)).add(FloatVector.fromArray(F32, x, xi + i + 2 * LANES));
            d = ((FloatVector) TYPE.cast(d)).add(FloatVector.fromArray(F32, x, xi + i + 3 * LANES));
        }
        FloatVector v = ((FloatVector) TYPE.cast(a)).add(b).add(((FloatVector) TYPE.cast(c)).add(d));
        v = LANES > 8 ? v.add(v.rearrange(VectorMath.BY_8)) : v;
        v = LANES > 4 ? v.add(v.rearrange(VectorMath.BY_4)) : v;
        v = v.add(v.rearrange(VectorMath.BY_2));
        v = v.add(v.rearrange(VectorMath.BY_1));
        return v.lane(0);
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
            FloatVector p = FloatVector.fromArray(F32, x, xi + i).sub(mean);
            FloatVector q = FloatVector.fromArray(F32, x, xi + i + LANES).sub(mean);
            FloatVector r = FloatVector.fromArray(F32, x, xi + i + 2 * LANES).sub(mean);
            FloatVector s = FloatVector.fromArray(F32, x, xi + i + 3 * LANES).sub(mean);
            a = Simd.FMA ? p.fma(p, a) : p.mul(p).add(a);
            b = Simd.FMA ? q.fma(q, b) : q.mul(q).add(b);
            c = Simd.FMA ? r.fma(r, c) : r.mul(r).add(c);
            d = Simd.FMA ? s.fma(s, d) : s.mul(s).add(d);
        }
        FloatVector v = ((FloatVector) TYPE.cast(a)).add(b).add(((FloatVector) TYPE.cast(c)).add(d));
        v = LANES > 8 ? v.add(v.rearrange(VectorMath.BY_8)) : v;
        v = LANES > 4 ? v.add(v.rearrange(VectorMath.BY_4)) : v;
        v = v.add(v.rearrange(VectorMath.BY_2));
        v = v.add(v.rearrange(VectorMath.BY_1));
        return v.lane(0);
    }

    static int add(float[] a, int ai, float[] b, int bi, float[] y, int yi, int n) {
        int end = F32.loopBound(n);
        for (int i = 0; i < end; i += LANES) {
            ((FloatVector) TYPE.cast(FloatVector.fromArray(F32, a, ai + i).add(FloatVector.fromArray(F32, b, bi + i))))
                    .intoArray(y, yi + i);
        }
        return end;
    }

    static int affine(float[] x, int xi, float scale, float shift, float[] y, int yi, int n) {
        FloatVector a = FloatVector.broadcast(F32, scale);
        FloatVector b = FloatVector.broadcast(F32, shift);
        int end = F32.loopBound(n);
        for (int i = 0; i < end; i += LANES) {
            ((FloatVector) TYPE.cast(
                            Simd.FMA
                                    ? FloatVector.fromArray(F32, x, xi + i).fma(a, b)
                                    : FloatVector.fromArray(F32, x, xi + i)
                                            .mul(a)
                                            .add(b)))
                    .intoArray(y, yi + i);
        }
        return end;
    }

    static int affine(float[] x, int xi, float[] scale, int si, float[] shift, int hi, float[] y, int yi, int n) {
        int end = F32.loopBound(n);
        for (int i = 0; i < end; i += LANES) {
            ((FloatVector) TYPE.cast(
                            Simd.FMA
                                    ? FloatVector.fromArray(F32, x, xi + i)
                                            .fma(
                                                    FloatVector.fromArray(F32, scale, si + i),
                                                    FloatVector.fromArray(F32, shift, hi + i))
                                    : FloatVector.fromArray(F32, x, xi + i)
                                            .mul(FloatVector.fromArray(F32, scale, si + i))
                                            .add(FloatVector.fromArray(F32, shift, hi + i))))
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
            FloatVector v = FloatVector.fromArray(F32, x, xi + i).sub(mean).mul(factor);
            ((FloatVector) TYPE.cast(
                            (Simd.FMA
                                    ? v.fma(
                                            FloatVector.fromArray(F32, scale, si + i),
                                            FloatVector.fromArray(F32, shift, hi + i))
                                    : v.mul(FloatVector.fromArray(F32, scale, si + i))
                                            .add(FloatVector.fromArray(F32, shift, hi + i)))))
                    .intoArray(y, yi + i);
        }
        return end;
    }

    static int normalize(float[] x, int xi, float mean, float factor, float[] scale, int si, float[] y, int yi, int n) {
        int end = F32.loopBound(n);
        for (int i = 0; i < end; i += LANES) {
            ((FloatVector) TYPE.cast(FloatVector.fromArray(F32, x, xi + i)
                            .sub(mean)
                            .mul(factor)
                            .mul(FloatVector.fromArray(F32, scale, si + i))))
                    .intoArray(y, yi + i);
        }
        return end;
    }
}
