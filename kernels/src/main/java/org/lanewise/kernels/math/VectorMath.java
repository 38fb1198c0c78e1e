package org.lanewise.kernels.math;

import static jdk.incubator.vector.FloatVector.broadcast;
import static jdk.incubator.vector.VectorOperators.ASHR;
import static jdk.incubator.vector.VectorOperators.LSHL;
import static org.lanewise.kernels.Species.F32;
import static org.lanewise.kernels.math.ScalarMath.ATANH_0;
import static org.lanewise.kernels.math.ScalarMath.ATANH_1;
import static org.lanewise.kernels.math.ScalarMath.ATANH_2;
import static org.lanewise.kernels.math.ScalarMath.ATANH_3;
import static org.lanewise.kernels.math.ScalarMath.ATANH_4;
import static org.lanewise.kernels.math.ScalarMath.ERFC_0;
import static org.lanewise.kernels.math.ScalarMath.ERFC_1;
import static org.lanewise.kernels.math.ScalarMath.ERFC_2;
import static org.lanewise.kernels.math.ScalarMath.ERFC_3;
import static org.lanewise.kernels.math.ScalarMath.ERFC_4;
import static org.lanewise.kernels.math.ScalarMath.ERFC_5;
import static org.lanewise.kernels.math.ScalarMath.ERFC_6;
import static org.lanewise.kernels.math.ScalarMath.ERFC_7;
import static org.lanewise.kernels.math.ScalarMath.ERFC_8;
import static org.lanewise.kernels.math.ScalarMath.ERF_MAX;
import static org.lanewise.kernels.math.ScalarMath.EXP_0;
import static org.lanewise.kernels.math.ScalarMath.EXP_1;
import static org.lanewise.kernels.math.ScalarMath.EXP_2;
import static org.lanewise.kernels.math.ScalarMath.EXP_3;
import static org.lanewise.kernels.math.ScalarMath.EXP_4;
import static org.lanewise.kernels.math.ScalarMath.EXP_MAX;
import static org.lanewise.kernels.math.ScalarMath.EXP_MIN;
import static org.lanewise.kernels.math.ScalarMath.GELU_MAX;
import static org.lanewise.kernels.math.ScalarMath.GELU_TANH_1;
import static org.lanewise.kernels.math.ScalarMath.GELU_TANH_3;
import static org.lanewise.kernels.math.ScalarMath.LN2_HI;
import static org.lanewise.kernels.math.ScalarMath.LN2_LO;
import static org.lanewise.kernels.math.ScalarMath.LOG2_E;
import static org.lanewise.kernels.math.ScalarMath.LOG_0;
import static org.lanewise.kernels.math.ScalarMath.LOG_1;
import static org.lanewise.kernels.math.ScalarMath.LOG_2;
import static org.lanewise.kernels.math.ScalarMath.LOG_3;
import static org.lanewise.kernels.math.ScalarMath.LOG_4;
import static org.lanewise.kernels.math.ScalarMath.LOG_5;
import static org.lanewise.kernels.math.ScalarMath.LOG_6;
import static org.lanewise.kernels.math.ScalarMath.LOG_7;
import static org.lanewise.kernels.math.ScalarMath.LOG_8;
import static org.lanewise.kernels.math.ScalarMath.PHI_0;
import static org.lanewise.kernels.math.ScalarMath.PHI_1;
import static org.lanewise.kernels.math.ScalarMath.PHI_2;
import static org.lanewise.kernels.math.ScalarMath.PHI_3;
import static org.lanewise.kernels.math.ScalarMath.PHI_4;
import static org.lanewise.kernels.math.ScalarMath.PHI_5;
import static org.lanewise.kernels.math.ScalarMath.PHI_6;
import static org.lanewise.kernels.math.ScalarMath.PHI_7;
import static org.lanewise.kernels.math.ScalarMath.PHI_8;
import static org.lanewise.kernels.math.ScalarMath.PHI_SLOPE;
import static org.lanewise.kernels.math.ScalarMath.ROUNDER;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorShuffle;
import org.lanewise.kernels.Simd;

/**
 * Elementary functions of a vector of {@code float}, for use inside vector kernels: each lane gets the bits of the method of the same name
 * in {@link ScalarMath}, where contracts and error bounds are stated.
 *
 * <p>A loop should call one of these functions, once: the graph of a few of them exceeds the number of nodes up to which C2 inlines, and a
 * vector that goes through a call is boxed, ten times slower. Kernels that need more make several passes over a row in cache.
 *
 * <p>Clamps are a comparison and a blend, not {@code min}/{@code max}: those cost six x86 instructions for Java's NaN and zero rules.
 */
public final class VectorMath {
    private static final int ROUNDER_BITS = Float.floatToRawIntBits(ROUNDER);

    private static final int LANES = F32.length();

    /** Moves the lanes of a vector round by 8, and so on below: for kernels that write {@link #sumLanes} out. */
    public static final VectorShuffle<Float> BY_8 = VectorShuffle.fromOp(F32, i -> (i + 8) % LANES);

    /** By 4. */
    public static final VectorShuffle<Float> BY_4 = VectorShuffle.fromOp(F32, i -> (i + 4) % LANES);

    /** By 2. */
    public static final VectorShuffle<Float> BY_2 = VectorShuffle.fromOp(F32, i -> (i + 2) % LANES);

    /** By 1. */
    public static final VectorShuffle<Float> BY_1 = VectorShuffle.fromOp(F32, i -> (i + 1) % LANES);

    // Ready made, because broadcasting them in place would take the loop around softplus over C2's limit of nodes for
    // inlining.
    private static final FloatVector A0 = broadcast(F32, ATANH_0);
    private static final FloatVector A1 = broadcast(F32, ATANH_1);
    private static final FloatVector A2 = broadcast(F32, ATANH_2);
    private static final FloatVector A3 = broadcast(F32, ATANH_3);
    private static final FloatVector A4 = broadcast(F32, ATANH_4);

    private VectorMath() {}

    /** {@code a * b + c}, fused where the hardware fuses it. */
    public static FloatVector fma(FloatVector a, FloatVector b, FloatVector c) {
        return Simd.FMA ? a.fma(b, c) : a.mul(b).add(c);
    }

    private static FloatVector fma(FloatVector a, FloatVector b, float c) {
        return fma(a, b, broadcast(F32, c));
    }

    private static FloatVector fma(FloatVector a, float b, float c) {
        return fma(a, broadcast(F32, b), broadcast(F32, c));
    }

    private static FloatVector atLeast(FloatVector x, float low) {
        return x.blend(low, x.lt(low));
    }

    private static FloatVector atMost(FloatVector x, float high) {
        return x.blend(high, x.compare(VectorOperators.GT, high));
    }

    private static FloatVector copySign(FloatVector magnitude, FloatVector sign) {
        IntVector s = sign.reinterpretAsInts().and(0x80000000);
        return magnitude.reinterpretAsInts().and(0x7fffffff).or(s).reinterpretAsFloats();
    }

    /** See {@link ScalarMath#exp}. */
    public static FloatVector exp(FloatVector x) {
        FloatVector c = atMost(atLeast(x, EXP_MIN), EXP_MAX);
        FloatVector t = fma(c, LOG2_E, ROUNDER);
        FloatVector p = expm1Core(c, t.sub(ROUNDER)).add(1f);
        IntVector k = t.reinterpretAsInts().sub(ROUNDER_BITS);
        IntVector half = k.lanewise(ASHR, 1);
        return p.mul(power2(half)).mul(power2(k.sub(half)));
    }

    /** See {@link ScalarMath#expNonPositive}. */
    public static FloatVector expNonPositive(FloatVector x) {
        FloatVector c = atLeast(x, EXP_MIN);
        FloatVector t = fma(c, LOG2_E, ROUNDER);
        FloatVector p = expm1Core(c, t.sub(ROUNDER)).add(1f);
        IntVector scale = t.reinterpretAsInts().lanewise(LSHL, 23).add((127 + 24) << 23);
        return p.mul(scale.reinterpretAsFloats()).mul(0x1p-24f);
    }

    private static FloatVector expm1Core(FloatVector x, FloatVector n) {
        FloatVector high = fma(n, broadcast(F32, -LN2_HI), x);
        FloatVector low = n.mul(-LN2_LO);
        FloatVector r = high.add(low);
        FloatVector q = fma(r, EXP_4, EXP_3);
        q = fma(r, q, EXP_2);
        q = fma(r, q, EXP_1);
        q = fma(r, q, EXP_0);
        return high.add(fma(r.mul(r), q, low));
    }

    private static FloatVector power2(IntVector exponent) {
        return exponent.add(127).lanewise(LSHL, 23).reinterpretAsFloats();
    }

    private static FloatVector expm1Bounded(FloatVector x) {
        FloatVector t = fma(x, LOG2_E, ROUNDER);
        FloatVector p = expm1Core(x, t.sub(ROUNDER));
        FloatVector s = t.reinterpretAsInts().lanewise(LSHL, 23).add(127 << 23).reinterpretAsFloats();
        return fma(p, s, s.sub(1f));
    }

    /** See {@link ScalarMath#expm1NonPositive}. */
    public static FloatVector expm1NonPositive(FloatVector x) {
        return expm1Bounded(atLeast(x, -18f));
    }

    /** See {@link ScalarMath#log}. */
    public static FloatVector log(FloatVector x) {
        VectorMask<Float> tiny = x.lt(Float.MIN_NORMAL);
        IntVector bits = x.blend(x.mul(0x1p23f), tiny).reinterpretAsInts();
        IntVector k = bits.sub(0x3f3504f3).lanewise(ASHR, 23);
        FloatVector f = bits.sub(k.lanewise(LSHL, 23)).reinterpretAsFloats().sub(1f);
        FloatVector e = ((FloatVector) k.convert(VectorOperators.I2F, 0))
                .sub(broadcast(F32, 0f).blend(23f, tiny));
        FloatVector q = fma(f, LOG_8, LOG_7);
        q = fma(f, q, LOG_6);
        q = fma(f, q, LOG_5);
        q = fma(f, q, LOG_4);
        q = fma(f, q, LOG_3);
        q = fma(f, q, LOG_2);
        q = fma(f, q, LOG_1);
        q = fma(f, q, LOG_0);
        q = fma(f, q, -0.5f);
        FloatVector y = fma(e, broadcast(F32, LN2_HI), f.add(fma(f.mul(f), q, e.mul(LN2_LO))));
        y = x.blend(y, x.lt(Float.POSITIVE_INFINITY));
        y = y.blend(Float.NEGATIVE_INFINITY, x.eq(0f));
        return y.blend(Float.NaN, x.lt(0f));
    }

    private static FloatVector log1pUnit(FloatVector t) {
        FloatVector z = t.div(t.add(2f));
        FloatVector z2 = z.mul(z);
        FloatVector q = fma(z2, A4, A3);
        q = fma(z2, q, A2);
        q = fma(z2, q, A1);
        q = fma(z2, q, A0);
        return fma(z2.mul(z), q, z.add(z));
    }

    /** See {@link ScalarMath#sigmoid}. */
    public static FloatVector sigmoid(FloatVector x) {
        FloatVector e = expNonPositive(x.abs().neg());
        return broadcast(F32, 1f).blend(e, x.lt(0f)).div(e.add(1f));
    }

    /** See {@link ScalarMath#tanh}. */
    public static FloatVector tanh(FloatVector x) {
        FloatVector a = atMost(x.abs(), 10f);
        FloatVector m = expm1Bounded(a.add(a));
        return copySign(m.div(m.add(2f)), x);
    }

    /** See {@link ScalarMath#erf}. */
    public static FloatVector erf(FloatVector x) {
        FloatVector t = atMost(x.abs(), ERF_MAX);
        FloatVector q = fma(t, ERFC_8, ERFC_7);
        q = fma(t, q, ERFC_6);
        q = fma(t, q, ERFC_5);
        q = fma(t, q, ERFC_4);
        q = fma(t, q, ERFC_3);
        q = fma(t, q, ERFC_2);
        q = fma(t, q, ERFC_1);
        q = fma(t, q, ERFC_0);
        return copySign(expm1Bounded(fma(t, q, t.neg())), x);
    }

    /** See {@link ScalarMath#gelu}. */
    public static FloatVector gelu(FloatVector x) {
        FloatVector c = atLeast(x, -GELU_MAX);
        FloatVector t = c.abs();
        FloatVector u = broadcast(F32, 1f).div(fma(t, PHI_SLOPE, 1f));
        FloatVector q = fma(u, PHI_8, PHI_7);
        q = fma(u, q, PHI_6);
        q = fma(u, q, PHI_5);
        q = fma(u, q, PHI_4);
        q = fma(u, q, PHI_3);
        q = fma(u, q, PHI_2);
        q = fma(u, q, PHI_1);
        q = fma(u, q, PHI_0);
        FloatVector tail = u.mul(q).mul(expNonPositive(t.mul(t).mul(-0.5f)));
        return c.mul(broadcast(F32, 1f).sub(tail).blend(tail, x.lt(0f)));
    }

    /** See {@link ScalarMath#geluTanh}. */
    public static FloatVector geluTanh(FloatVector x) {
        FloatVector c = atLeast(x, -GELU_MAX);
        return c.mul(sigmoid(c.mul(fma(c.mul(c), GELU_TANH_3, GELU_TANH_1))));
    }

    /** See {@link ScalarMath#silu}. */
    public static FloatVector silu(FloatVector x) {
        FloatVector c = atLeast(x, EXP_MIN);
        return c.mul(sigmoid(c));
    }

    /** See {@link ScalarMath#swish}. */
    public static FloatVector swish(FloatVector x, float alpha) {
        FloatVector y = x.mul(sigmoid(x.mul(alpha)));
        return alpha > 0f ? y.blend(-0f, x.eq(Float.NEGATIVE_INFINITY)) : y;
    }

    /** See {@link ScalarMath#softplus}. */
    public static FloatVector softplus(FloatVector x) {
        return atLeast(x, 0f).add(log1pUnit(expNonPositive(x.abs().neg())));
    }

    /** See {@link ScalarMath#mish}. */
    public static FloatVector mish(FloatVector x) {
        FloatVector c = atLeast(x, EXP_MIN);
        VectorMask<Float> negative = c.lt(0f);
        FloatVector w = expNonPositive(c.abs().neg());
        FloatVector w2 = w.mul(w);
        FloatVector n = broadcast(F32, 1f).blend(w2, negative).add(w.add(w));
        return c.mul(n.div(n.add(w2.add(w2).blend(2f, negative))));
    }

    /** See {@link ScalarMath#elu}. */
    public static FloatVector elu(FloatVector x, float alpha) {
        return x.blend(expm1NonPositive(x).mul(alpha), x.lt(0f));
    }

    /** See {@link ScalarMath#selu}. */
    public static FloatVector selu(FloatVector x, float alpha, float gamma) {
        return elu(x, alpha).mul(gamma);
    }

    /** See {@link ScalarMath#celu}. */
    public static FloatVector celu(FloatVector x, float alpha) {
        return x.blend(expm1NonPositive(x.div(alpha)).mul(alpha), x.lt(0f));
    }

    /** See {@link ScalarMath#round}. */
    public static FloatVector round(FloatVector x) {
        FloatVector a = x.abs();
        return x.blend(copySign(a.add(0x1p23f).sub(0x1p23f), x), a.lt(0x1p23f));
    }

    /** See {@link ScalarMath#floor}. */
    public static FloatVector floor(FloatVector x) {
        FloatVector r = round(x);
        return copySign(r.blend(r.sub(1f), r.compare(VectorOperators.GT, x)), x);
    }

    /** See {@link ScalarMath#ceil}. */
    public static FloatVector ceil(FloatVector x) {
        FloatVector r = round(x);
        return copySign(r.blend(r.add(1f), r.lt(x)), x);
    }

    /** See {@link ScalarMath#sign}. */
    public static FloatVector sign(FloatVector x) {
        FloatVector y = x.blend(0f, x.eq(0f)).blend(-1f, x.lt(0f));
        return y.blend(1f, x.compare(VectorOperators.GT, 0f));
    }

    /** The sum of the lanes, halves first: in one fixed order, which {@code reduceLanes} does not promise. */
    public static float sumLanes(FloatVector v) {
        FloatVector sum = LANES > 8 ? v.add(v.rearrange(BY_8)) : v;
        sum = LANES > 4 ? sum.add(sum.rearrange(BY_4)) : sum;
        sum = sum.add(sum.rearrange(BY_2));
        sum = sum.add(sum.rearrange(BY_1));
        return sum.lane(0);
    }
}
