package org.lanewise.kernels.math;

import org.lanewise.kernels.Simd;

/**
 * Elementary functions of one {@code float}: the definition that {@link VectorMath} follows lane by lane.
 *
 * <p>Both classes evaluate the same polynomials in the same order, so they return the same bits and a result never depends on the
 * position of an element in its array, on the vector width, or on how work was split. The stated bounds hold with fused multiply-add;
 * without it they grow by at most one ULP. {@code NaN} gives {@code NaN}, infinities give the limit of the function, and no result leaves
 * the mathematical range.
 */
public final class ScalarMath {
    /** Adding and subtracting it rounds to the nearest integer, whose two's complement is then in the low mantissa bits. */
    public static final float ROUNDER = 0x1.8p23f;

    public static final float LOG2_E = 1.44269504f;

    /** ln 2 in 15 bits, so that its product with any exponent is exact even without fused multiply-add. */
    public static final float LN2_HI = 0x1.62e4p-1f;

    public static final float LN2_LO = 0x1.7f7d1cp-20f;

    /** Below it e^x rounds to zero. */
    public static final float EXP_MIN = -104f;

    /** From here on e^x is infinite. */
    public static final float EXP_MAX = 89f;

    // (e^r - 1 - r) / r^2 for |r| <= ln(2)/2, relative error of e^r 3.2e-9
    public static final float EXP_0 = 0.49999994f;
    public static final float EXP_1 = 0.166665211f;
    public static final float EXP_2 = 0.0416682884f;
    public static final float EXP_3 = 0.00836870261f;
    public static final float EXP_4 = 0.00138189306f;

    // (ln(1 + f) - f + f^2/2) / f^3 for sqrt(1/2) <= 1 + f < sqrt(2), relative error of the logarithm 7.7e-10
    static final float LOG_0 = 0.333333135f;
    static final float LOG_1 = -0.250000089f;
    static final float LOG_2 = 0.200020716f;
    static final float LOG_3 = -0.166679874f;
    static final float LOG_4 = 0.14220354f;
    static final float LOG_5 = -0.12406265f;
    static final float LOG_6 = 0.118836425f;
    static final float LOG_7 = -0.116699621f;
    static final float LOG_8 = 0.0674885884f;

    // (2 atanh(z) - 2 z) / z^3 in z^2 for 0 <= z <= 1/3, relative error of atanh 1.2e-10
    static final float ATANH_0 = 0.666666746f;
    static final float ATANH_1 = 0.399989486f;
    static final float ATANH_2 = 0.286152154f;
    static final float ATANH_3 = 0.214437917f;
    static final float ATANH_4 = 0.242459118f;

    // ln(erfc(t)) / t + 1 for 0 <= t <= 4, relative error of erf 4e-9
    static final float ERFC_0 = -0.128379166f;
    static final float ERFC_1 = -0.636619568f;
    static final float ERFC_2 = -0.102776304f;
    static final float ERFC_3 = 0.0191478226f;
    static final float ERFC_4 = 0.000169503386f;
    static final float ERFC_5 = -0.00167567364f;
    static final float ERFC_6 = 0.000637360383f;
    static final float ERFC_7 = -0.00011885992f;
    static final float ERFC_8 = 9.38773064e-06f;

    /** erf rounds to 1 from here on. */
    static final float ERF_MAX = 4f;

    // Phi(-t) * exp(t^2/2) / u with u = 1 / (1 + 0.35 t) for 0 <= t <= 14.5, where Phi is the normal distribution;
    // relative error 3.4e-8
    static final float PHI_SLOPE = 0.35f;
    static final float PHI_0 = 0.139621302f;
    static final float PHI_1 = 0.139863595f;
    static final float PHI_2 = 0.119820692f;
    static final float PHI_3 = 0.105554879f;
    static final float PHI_4 = -0.0232179351f;
    static final float PHI_5 = 0.159327656f;
    static final float PHI_6 = -0.255845785f;
    static final float PHI_7 = 0.144034103f;
    static final float PHI_8 = -0.0291585233f;

    /** Beyond it x * Phi(-|x|) rounds to zero. */
    static final float GELU_MAX = 14.5f;

    /** sqrt(8 / pi) and 0.044715 times it: the inner polynomial of the tanh form of GELU, doubled. */
    static final float GELU_TANH_1 = 1.59576912f;

    static final float GELU_TANH_3 = 0.0713548128f;

    private ScalarMath() {}

    /** e^x, at most 1 ULP off; denormal results included. */
    public static float exp(float x) {
        float c = x < EXP_MIN ? EXP_MIN : x;
        c = c > EXP_MAX ? EXP_MAX : c;
        float t = Simd.fma(c, LOG2_E, ROUNDER);
        float p = 1f + expm1Core(c, t - ROUNDER);
        int k = Float.floatToRawIntBits(t) - Float.floatToRawIntBits(ROUNDER);
        int half = k >> 1; // 2^k itself may be outside the range of normal floats
        return p * power2(half) * power2(k - half);
    }

    /** e^x for x <= 0, a little cheaper than {@link #exp}, with the same result. */
    public static float expNonPositive(float x) {
        float c = x < EXP_MIN ? EXP_MIN : x;
        float t = Simd.fma(c, LOG2_E, ROUNDER);
        float p = 1f + expm1Core(c, t - ROUNDER);
        return p * Float.intBitsToFloat((Float.floatToRawIntBits(t) << 23) + ((127 + 24) << 23)) * 0x1p-24f;
    }

    /** e^r - 1 for the remainder r = x - n ln 2. */
    private static float expm1Core(float x, float n) {
        float high = Simd.fma(n, -LN2_HI, x); // exact
        float low = n * -LN2_LO;
        float r = high + low;
        float q = Simd.fma(r, EXP_4, EXP_3);
        q = Simd.fma(r, q, EXP_2);
        q = Simd.fma(r, q, EXP_1);
        q = Simd.fma(r, q, EXP_0);
        return high + Simd.fma(r * r, q, low); // not r + ...: its rounding would cost another quarter of an ULP
    }

    private static float power2(int exponent) {
        return Float.intBitsToFloat((exponent + 127) << 23);
    }

    /** e^x - 1 for -18 <= x <= 20, accurate also near zero, at most 2 ULP off. */
    private static float expm1Bounded(float x) {
        float t = Simd.fma(x, LOG2_E, ROUNDER);
        float p = expm1Core(x, t - ROUNDER);
        float s = Float.intBitsToFloat((Float.floatToRawIntBits(t) << 23) + (127 << 23));
        return Simd.fma(p, s, s - 1f);
    }

    /** e^x - 1 for x <= 0, at most 2 ULP off. */
    public static float expm1NonPositive(float x) {
        return expm1Bounded(x < -18f ? -18f : x);
    }

    /** The natural logarithm, at most 1 ULP off: NaN below zero, minus infinity at zero. */
    public static float log(float x) {
        boolean tiny = x < Float.MIN_NORMAL;
        int bits = Float.floatToRawIntBits(tiny ? x * 0x1p23f : x);
        int k = (bits - 0x3f3504f3) >> 23; // the mantissa then lies in [sqrt(1/2), sqrt(2))
        float f = Float.intBitsToFloat(bits - (k << 23)) - 1f;
        float e = (float) k - (tiny ? 23f : 0f);
        float q = Simd.fma(f, LOG_8, LOG_7);
        q = Simd.fma(f, q, LOG_6);
        q = Simd.fma(f, q, LOG_5);
        q = Simd.fma(f, q, LOG_4);
        q = Simd.fma(f, q, LOG_3);
        q = Simd.fma(f, q, LOG_2);
        q = Simd.fma(f, q, LOG_1);
        q = Simd.fma(f, q, LOG_0);
        q = Simd.fma(f, q, -0.5f);
        float y = Simd.fma(e, LN2_HI, f + Simd.fma(f * f, q, e * LN2_LO));
        y = x < Float.POSITIVE_INFINITY ? y : x; // also NaN
        y = x == 0f ? Float.NEGATIVE_INFINITY : y;
        return x < 0f ? Float.NaN : y;
    }

    /** ln(1 + t) for 0 <= t <= 1, at most 2 ULP off. */
    private static float log1pUnit(float t) {
        float z = t / (2f + t);
        float z2 = z * z;
        float q = Simd.fma(z2, ATANH_4, ATANH_3);
        q = Simd.fma(z2, q, ATANH_2);
        q = Simd.fma(z2, q, ATANH_1);
        q = Simd.fma(z2, q, ATANH_0);
        return Simd.fma(z2 * z, q, z + z);
    }

    /** 1 / (1 + e^-x), at most 3 ULP off, within [0, 1]. */
    public static float sigmoid(float x) {
        float e = expNonPositive(-Math.abs(x));
        return (x < 0f ? e : 1f) / (1f + e);
    }

    /** The hyperbolic tangent, at most 3 ULP off, within [-1, 1], odd. */
    public static float tanh(float x) {
        float a = Math.abs(x);
        a = a > 10f ? 10f : a;
        float m = expm1Bounded(a + a);
        return copySign(m / (m + 2f), x);
    }

    /** The error function, at most 2 ULP off, within [-1, 1], odd. */
    public static float erf(float x) {
        float t = Math.abs(x);
        t = t > ERF_MAX ? ERF_MAX : t;
        float q = Simd.fma(t, ERFC_8, ERFC_7);
        q = Simd.fma(t, q, ERFC_6);
        q = Simd.fma(t, q, ERFC_5);
        q = Simd.fma(t, q, ERFC_4);
        q = Simd.fma(t, q, ERFC_3);
        q = Simd.fma(t, q, ERFC_2);
        q = Simd.fma(t, q, ERFC_1);
        q = Simd.fma(t, q, ERFC_0);
        return copySign(expm1Bounded(Simd.fma(t, q, -t)), x); // erf = 1 - e^(ln erfc)
    }

    /**
     * x Phi(x) with the normal distribution Phi, that is 0.5 x (1 + erf(x / sqrt 2)); at most 5 ULP off where x > -1, and relative
     * error at most 4e-6 in the whole lower tail, where the textbook form has no correct digit left.
     */
    public static float gelu(float x) {
        float c = x < -GELU_MAX ? -GELU_MAX : x;
        float t = Math.abs(c);
        float u = 1f / Simd.fma(t, PHI_SLOPE, 1f);
        float q = Simd.fma(u, PHI_8, PHI_7);
        q = Simd.fma(u, q, PHI_6);
        q = Simd.fma(u, q, PHI_5);
        q = Simd.fma(u, q, PHI_4);
        q = Simd.fma(u, q, PHI_3);
        q = Simd.fma(u, q, PHI_2);
        q = Simd.fma(u, q, PHI_1);
        q = Simd.fma(u, q, PHI_0);
        float tail = u * q * expNonPositive(t * t * -0.5f);
        return c * (x < 0f ? tail : 1f - tail);
    }

    /** 0.5 x (1 + tanh(sqrt(2 / pi) (x + 0.044715 x^3))), computed as x sigmoid(2 ...). */
    public static float geluTanh(float x) {
        float c = x < -GELU_MAX ? -GELU_MAX : x;
        return c * sigmoid(c * Simd.fma(c * c, GELU_TANH_3, GELU_TANH_1));
    }

    /** x sigmoid(x), at most 4 ULP off for x > -87; below, where the sigmoid is denormal, at most 2^-143. */
    public static float silu(float x) {
        float c = x < EXP_MIN ? EXP_MIN : x;
        return c * sigmoid(c);
    }

    /** x sigmoid(alpha x). */
    public static float swish(float x, float alpha) {
        float y = x * sigmoid(alpha * x);
        return x == Float.NEGATIVE_INFINITY && alpha > 0f ? -0f : y; // 0 times infinity would be NaN
    }

    /** ln(1 + e^x), at most 3 ULP off. */
    public static float softplus(float x) {
        return (x < 0f ? 0f : x) + log1pUnit(expNonPositive(-Math.abs(x)));
    }

    /** x tanh(softplus(x)), at most 5 ULP off for x > -87; below, where e^x is denormal, at most 2^-143. */
    public static float mish(float x) {
        float c = x < EXP_MIN ? EXP_MIN : x;
        float w = expNonPositive(-Math.abs(c));
        float w2 = w * w;
        float n = (c < 0f ? w2 : 1f) + (w + w);
        return c * (n / (n + (c < 0f ? 2f : w2 + w2)));
    }

    /** x where x >= 0, else alpha (e^x - 1). */
    public static float elu(float x, float alpha) {
        return x < 0f ? alpha * expm1NonPositive(x) : x;
    }

    /** gamma x where x > 0, else gamma alpha (e^x - 1). */
    public static float selu(float x, float alpha, float gamma) {
        return gamma * elu(x, alpha);
    }

    /** max(0, x) + min(0, alpha (e^(x / alpha) - 1)) for alpha > 0. */
    public static float celu(float x, float alpha) {
        return x < 0f ? alpha * expm1NonPositive(x / alpha) : x;
    }

    /** The nearest integer, ties to even, keeping the sign of zero. */
    public static float round(float x) {
        float a = Math.abs(x);
        return a < 0x1p23f ? copySign((a + 0x1p23f) - 0x1p23f, x) : x;
    }

    /** The greatest integer not above x, keeping the sign of zero. */
    public static float floor(float x) {
        float r = round(x);
        return copySign(r > x ? r - 1f : r, x);
    }

    /** The least integer not below x, keeping the sign of zero. */
    public static float ceil(float x) {
        float r = round(x);
        return copySign(r < x ? r + 1f : r, x);
    }

    /** -1, 0 or 1; NaN for NaN. */
    public static float sign(float x) {
        return x > 0f ? 1f : x < 0f ? -1f : x == 0f ? 0f : x;
    }

    private static float copySign(float magnitude, float sign) {
        int bits = Float.floatToRawIntBits(magnitude) & 0x7fffffff | Float.floatToRawIntBits(sign) & 0x80000000;
        return Float.intBitsToFloat(bits);
    }
}
