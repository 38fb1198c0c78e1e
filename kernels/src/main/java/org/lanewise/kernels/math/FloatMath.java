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
    private FloatMath() {}

    /** y = e^x; see {@link ScalarMath#exp}. */
    public static void exp(float[] x, int xOffset, float[] y, int yOffset, int n) {
        int done = Simd.ENABLED ? FloatMathVector.exp(x, xOffset, y, yOffset, n) : 0;
        FloatMathScalar.exp(x, xOffset + done, y, yOffset + done, n - done);
    }

    /** y = ln x; see {@link ScalarMath#log}. */
    public static void log(float[] x, int xOffset, float[] y, int yOffset, int n) {
        int done = Simd.ENABLED ? FloatMathVector.log(x, xOffset, y, yOffset, n) : 0;
        FloatMathScalar.log(x, xOffset + done, y, yOffset + done, n - done);
    }

    /** y = tanh x; see {@link ScalarMath#tanh}. */
    public static void tanh(float[] x, int xOffset, float[] y, int yOffset, int n) {
        int done = Simd.ENABLED ? FloatMathVector.tanh(x, xOffset, y, yOffset, n) : 0;
        FloatMathScalar.tanh(x, xOffset + done, y, yOffset + done, n - done);
    }

    /** y = erf x; see {@link ScalarMath#erf}. */
    public static void erf(float[] x, int xOffset, float[] y, int yOffset, int n) {
        int done = Simd.ENABLED ? FloatMathVector.erf(x, xOffset, y, yOffset, n) : 0;
        FloatMathScalar.erf(x, xOffset + done, y, yOffset + done, n - done);
    }

    /** The correctly rounded square root. */
    public static void sqrt(float[] x, int xOffset, float[] y, int yOffset, int n) {
        int done = Simd.ENABLED ? FloatMathVector.sqrt(x, xOffset, y, yOffset, n) : 0;
        FloatMathScalar.sqrt(x, xOffset + done, y, yOffset + done, n - done);
    }

    /** y = 1 / x. */
    public static void reciprocal(float[] x, int xOffset, float[] y, int yOffset, int n) {
        int done = Simd.ENABLED ? FloatMathVector.reciprocal(x, xOffset, y, yOffset, n) : 0;
        FloatMathScalar.reciprocal(x, xOffset + done, y, yOffset + done, n - done);
    }

    /** y = |x|. */
    public static void abs(float[] x, int xOffset, float[] y, int yOffset, int n) {
        int done = Simd.ENABLED ? FloatMathVector.abs(x, xOffset, y, yOffset, n) : 0;
        FloatMathScalar.abs(x, xOffset + done, y, yOffset + done, n - done);
    }

    /** y = -x. */
    public static void neg(float[] x, int xOffset, float[] y, int yOffset, int n) {
        int done = Simd.ENABLED ? FloatMathVector.neg(x, xOffset, y, yOffset, n) : 0;
        FloatMathScalar.neg(x, xOffset + done, y, yOffset + done, n - done);
    }

    /** The greatest integer not above x. */
    public static void floor(float[] x, int xOffset, float[] y, int yOffset, int n) {
        int done = Simd.ENABLED ? FloatMathVector.floor(x, xOffset, y, yOffset, n) : 0;
        FloatMathScalar.floor(x, xOffset + done, y, yOffset + done, n - done);
    }

    /** The least integer not below x. */
    public static void ceil(float[] x, int xOffset, float[] y, int yOffset, int n) {
        int done = Simd.ENABLED ? FloatMathVector.ceil(x, xOffset, y, yOffset, n) : 0;
        FloatMathScalar.ceil(x, xOffset + done, y, yOffset + done, n - done);
    }

    /** The nearest integer, ties to even. */
    public static void round(float[] x, int xOffset, float[] y, int yOffset, int n) {
        int done = Simd.ENABLED ? FloatMathVector.round(x, xOffset, y, yOffset, n) : 0;
        FloatMathScalar.round(x, xOffset + done, y, yOffset + done, n - done);
    }

    /** -1, 0 or 1. */
    public static void sign(float[] x, int xOffset, float[] y, int yOffset, int n) {
        int done = Simd.ENABLED ? FloatMathVector.sign(x, xOffset, y, yOffset, n) : 0;
        FloatMathScalar.sign(x, xOffset + done, y, yOffset + done, n - done);
    }

    /** y = f(x) through {@code double}: for the functions without a vector kernel (sin, cos, tan, asin, ..., atanh). */
    public static void map(DoubleUnaryOperator f, float[] x, int xOffset, float[] y, int yOffset, int n) {
        for (int i = 0; i < n; i++) {
            y[yOffset + i] = (float) f.applyAsDouble(x[xOffset + i]);
        }
    }
}
