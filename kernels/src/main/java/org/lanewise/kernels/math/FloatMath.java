package org.lanewise.kernels.math;

import java.util.function.DoubleUnaryOperator;
import org.lanewise.kernels.Simd;

/**
 * Elementary functions over {@code float} arrays.
 *
 * <p>{@code n} elements are read from {@code x} at {@code xOffset} and written to {@code y} at {@code yOffset}; {@code y} may be {@code x} with the
 * same offset, and otherwise the two ranges must not overlap. An element's result depends on that element only, bit for bit, so a caller may
 * split a range in any way.
 */
public final class FloatMath {
    /** A long array is done in pieces, so that a loop compiled meanwhile is entered soon: uncompiled vectors are thousands of times slower. */
    private static final int CHUNK = 4096;

    private FloatMath() {}

    /** y = e^x; see {@link ScalarMath#exp}. */
    public static void exp(float[] x, int xOffset, float[] y, int yOffset, int n) {
        int done = 0;
        for (int end = CHUNK; Simd.ENABLED && done + Simd.LANES <= n; end += CHUNK) {
            done += FloatMathVector.exp(x, xOffset + done, y, yOffset + done, Math.min(end, n) - done);
        }
        FloatMathScalar.exp(x, xOffset + done, y, yOffset + done, n - done);
    }

    /** y = ln x; see {@link ScalarMath#log}. */
    public static void log(float[] x, int xOffset, float[] y, int yOffset, int n) {
        int done = 0;
        for (int end = CHUNK; Simd.ENABLED && done + Simd.LANES <= n; end += CHUNK) {
            done += FloatMathVector.log(x, xOffset + done, y, yOffset + done, Math.min(end, n) - done);
        }
        FloatMathScalar.log(x, xOffset + done, y, yOffset + done, n - done);
    }

    /** y = tanh x; see {@link ScalarMath#tanh}. */
    public static void tanh(float[] x, int xOffset, float[] y, int yOffset, int n) {
        int done = 0;
        for (int end = CHUNK; Simd.ENABLED && done + Simd.LANES <= n; end += CHUNK) {
            done += FloatMathVector.tanh(x, xOffset + done, y, yOffset + done, Math.min(end, n) - done);
        }
        FloatMathScalar.tanh(x, xOffset + done, y, yOffset + done, n - done);
    }

    /** y = erf x; see {@link ScalarMath#erf}. */
    public static void erf(float[] x, int xOffset, float[] y, int yOffset, int n) {
        int done = 0;
        for (int end = CHUNK; Simd.ENABLED && done + Simd.LANES <= n; end += CHUNK) {
            done += FloatMathVector.erf(x, xOffset + done, y, yOffset + done, Math.min(end, n) - done);
        }
        FloatMathScalar.erf(x, xOffset + done, y, yOffset + done, n - done);
    }

    /** The correctly rounded square root. */
    public static void sqrt(float[] x, int xOffset, float[] y, int yOffset, int n) {
        int done = 0;
        for (int end = CHUNK; Simd.ENABLED && done + Simd.LANES <= n; end += CHUNK) {
            done += FloatMathVector.sqrt(x, xOffset + done, y, yOffset + done, Math.min(end, n) - done);
        }
        FloatMathScalar.sqrt(x, xOffset + done, y, yOffset + done, n - done);
    }

    /** y = 1 / x. */
    public static void reciprocal(float[] x, int xOffset, float[] y, int yOffset, int n) {
        int done = 0;
        for (int end = CHUNK; Simd.ENABLED && done + Simd.LANES <= n; end += CHUNK) {
            done += FloatMathVector.reciprocal(x, xOffset + done, y, yOffset + done, Math.min(end, n) - done);
        }
        FloatMathScalar.reciprocal(x, xOffset + done, y, yOffset + done, n - done);
    }

    /** y = |x|. */
    public static void abs(float[] x, int xOffset, float[] y, int yOffset, int n) {
        int done = 0;
        for (int end = CHUNK; Simd.ENABLED && done + Simd.LANES <= n; end += CHUNK) {
            done += FloatMathVector.abs(x, xOffset + done, y, yOffset + done, Math.min(end, n) - done);
        }
        FloatMathScalar.abs(x, xOffset + done, y, yOffset + done, n - done);
    }

    /** y = -x. */
    public static void neg(float[] x, int xOffset, float[] y, int yOffset, int n) {
        int done = 0;
        for (int end = CHUNK; Simd.ENABLED && done + Simd.LANES <= n; end += CHUNK) {
            done += FloatMathVector.neg(x, xOffset + done, y, yOffset + done, Math.min(end, n) - done);
        }
        FloatMathScalar.neg(x, xOffset + done, y, yOffset + done, n - done);
    }

    /** The greatest integer not above x. */
    public static void floor(float[] x, int xOffset, float[] y, int yOffset, int n) {
        int done = 0;
        for (int end = CHUNK; Simd.ENABLED && done + Simd.LANES <= n; end += CHUNK) {
            done += FloatMathVector.floor(x, xOffset + done, y, yOffset + done, Math.min(end, n) - done);
        }
        FloatMathScalar.floor(x, xOffset + done, y, yOffset + done, n - done);
    }

    /** The least integer not below x. */
    public static void ceil(float[] x, int xOffset, float[] y, int yOffset, int n) {
        int done = 0;
        for (int end = CHUNK; Simd.ENABLED && done + Simd.LANES <= n; end += CHUNK) {
            done += FloatMathVector.ceil(x, xOffset + done, y, yOffset + done, Math.min(end, n) - done);
        }
        FloatMathScalar.ceil(x, xOffset + done, y, yOffset + done, n - done);
    }

    /** The nearest integer, ties to even. */
    public static void round(float[] x, int xOffset, float[] y, int yOffset, int n) {
        int done = 0;
        for (int end = CHUNK; Simd.ENABLED && done + Simd.LANES <= n; end += CHUNK) {
            done += FloatMathVector.round(x, xOffset + done, y, yOffset + done, Math.min(end, n) - done);
        }
        FloatMathScalar.round(x, xOffset + done, y, yOffset + done, n - done);
    }

    /** -1, 0 or 1. */
    public static void sign(float[] x, int xOffset, float[] y, int yOffset, int n) {
        int done = 0;
        for (int end = CHUNK; Simd.ENABLED && done + Simd.LANES <= n; end += CHUNK) {
            done += FloatMathVector.sign(x, xOffset + done, y, yOffset + done, Math.min(end, n) - done);
        }
        FloatMathScalar.sign(x, xOffset + done, y, yOffset + done, n - done);
    }

    /** y = f(x) through {@code double}: for the functions without a vector kernel (sin, cos, tan, asin, ..., atanh). */
    public static void map(DoubleUnaryOperator f, float[] x, int xOffset, float[] y, int yOffset, int n) {
        for (int i = 0; i < n; i++) {
            y[yOffset + i] = (float) f.applyAsDouble(x[xOffset + i]);
        }
    }
}
