package org.lanewise.kernels.math;

import java.util.function.DoubleUnaryOperator;

/**
 * Elementary and activation functions of {@code double}, and their application to arrays.
 *
 * <p>Accuracy: that of {@link Math}, that is a few ULP. Models in double precision are rare, so these are plain loops.
 */
public final class DoubleMath {
    private static final double TWO_OVER_SQRT_PI = 2 / Math.sqrt(Math.PI);

    private DoubleMath() {}

    /** y = f(x) for n elements; y may be x with the same offset. */
    public static void map(DoubleUnaryOperator f, double[] x, int xOffset, double[] y, int yOffset, int n) {
        for (int i = 0; i < n; i++) {
            y[yOffset + i] = f.applyAsDouble(x[xOffset + i]);
        }
    }

    /** 1 / (1 + e^-x). */
    public static double sigmoid(double x) {
        double e = Math.exp(-Math.abs(x));
        return (x < 0 ? e : 1) / (1 + e);
    }

    /** The error function. */
    public static double erf(double x) {
        double a = Math.abs(x);
        return a < 2 ? erfSeries(x) : Math.copySign(1 - erfcFraction(a), x);
    }

    /** 1 - erf(x), with full relative accuracy in the upper tail. */
    public static double erfc(double x) {
        return x < 2 ? 1 - erf(x) : erfcFraction(x);
    }

    /** Kummer's series: 2 / sqrt(pi) e^(-x^2) sum 2^k x^(2k+1) / (2k+1)!!, all terms of one sign. */
    private static double erfSeries(double x) {
        double sum = x;
        double term = x;
        for (int k = 1; Math.abs(term) > 1e-17 * Math.abs(sum); k++) {
            term *= 2 * x * x / (2 * k + 1);
            sum += term;
        }
        return TWO_OVER_SQRT_PI * Math.exp(-x * x) * sum;
    }

    /** The continued fraction e^(-x^2) / sqrt(pi) / (x + (1/2) / (x + 1 / (x + (3/2) / ...))) for x >= 2, or NaN. */
    private static double erfcFraction(double x) {
        if (x > 28) {
            return 0;
        }
        double tail = x;
        for (int k = 120; k > 0; k--) {
            tail = x + 0.5 * k / tail;
        }
        return Math.exp(-x * x) / Math.sqrt(Math.PI) / tail;
    }

    /** x Phi(x) = 0.5 x (1 + erf(x / sqrt 2)). */
    public static double gelu(double x) {
        return x == Double.NEGATIVE_INFINITY ? -0.0 : 0.5 * x * erfc(-x * Math.sqrt(0.5));
    }

    /** 0.5 x (1 + tanh(sqrt(2 / pi) (x + 0.044715 x^3))). */
    public static double geluTanh(double x) {
        return x == Double.NEGATIVE_INFINITY
                ? -0.0
                : x * sigmoid(2 * Math.sqrt(2 / Math.PI) * (x + 0.044715 * x * x * x));
    }

    /** x sigmoid(alpha x); SiLU with alpha 1. */
    public static double swish(double x, double alpha) {
        return x == Double.NEGATIVE_INFINITY && alpha > 0 ? -0.0 : x * sigmoid(alpha * x);
    }

    /** ln(1 + e^x). */
    public static double softplus(double x) {
        return (x < 0 ? 0 : x) + Math.log1p(Math.exp(-Math.abs(x)));
    }

    /** x tanh(softplus(x)). */
    public static double mish(double x) {
        return x == Double.NEGATIVE_INFINITY ? -0.0 : x * Math.tanh(softplus(x));
    }

    /** x where x >= 0, else alpha (e^x - 1). */
    public static double elu(double x, double alpha) {
        return x < 0 ? alpha * Math.expm1(x) : x;
    }

    /** max(0, x) + min(0, alpha (e^(x / alpha) - 1)). */
    public static double celu(double x, double alpha) {
        return Math.max(0, x) + Math.min(0, alpha * Math.expm1(x / alpha));
    }

    /** x / (1 + |x|). */
    public static double softsign(double x) {
        return Double.isInfinite(x) ? Math.signum(x) : x / (1 + Math.abs(x));
    }

    /** max(0, min(1, alpha x + beta)). */
    public static double hardSigmoid(double x, double alpha, double beta) {
        return Math.max(0, Math.min(1, alpha * x + beta));
    }

    /** The inverse hyperbolic sine, odd. */
    public static double asinh(double x) {
        double a = Math.abs(x);
        double y = a > 0x1p28 ? Math.log(a) + Math.log(2) : Math.log1p(a + a * a / (1 + Math.sqrt(1 + a * a)));
        return Math.copySign(y, x);
    }

    /** The inverse hyperbolic cosine; NaN below 1. */
    public static double acosh(double x) {
        double d = x - 1;
        return x > 0x1p28 ? Math.log(x) + Math.log(2) : Math.log1p(d + Math.sqrt(d * (x + 1)));
    }

    /** The inverse hyperbolic tangent; infinite at -1 and 1, NaN beyond. */
    public static double atanh(double x) {
        double a = Math.abs(x);
        return Math.copySign(0.5 * Math.log1p(2 * a / (1 - a)), x);
    }
}
