package org.lanewise.kernels.math;

import org.lanewise.kernels.Simd;

/**
 * Activation functions over {@code float} arrays, as the ONNX operators of the same names define them.
 *
 * <p>{@code n} elements are read from {@code x} at {@code xOffset} and written to {@code y} at {@code yOffset}; {@code y} may be {@code x} with the
 * same offset, and otherwise the two ranges must not overlap. An element's result depends on that element only, bit for bit, so a caller may
 * split a range in any way.
 */
public final class FloatActivations {
    private FloatActivations() {}

    /** y = 1 / (1 + e^-x); see {@link ScalarMath#sigmoid}. */
    public static void sigmoid(float[] x, int xOffset, float[] y, int yOffset, int n) {
        int done = Simd.ENABLED ? FloatActivationsVector.sigmoid(x, xOffset, y, yOffset, n) : 0;
        FloatActivationsScalar.sigmoid(x, xOffset + done, y, yOffset + done, n - done);
    }

    /** y = 0.5 x (1 + erf(x / sqrt 2)); see {@link ScalarMath#gelu}. */
    public static void gelu(float[] x, int xOffset, float[] y, int yOffset, int n) {
        int done = Simd.ENABLED ? FloatActivationsVector.gelu(x, xOffset, y, yOffset, n) : 0;
        FloatActivationsScalar.gelu(x, xOffset + done, y, yOffset + done, n - done);
    }

    /** y = 0.5 x (1 + tanh(sqrt(2 / pi) (x + 0.044715 x^3))). */
    public static void geluTanh(float[] x, int xOffset, float[] y, int yOffset, int n) {
        int done = Simd.ENABLED ? FloatActivationsVector.geluTanh(x, xOffset, y, yOffset, n) : 0;
        FloatActivationsScalar.geluTanh(x, xOffset + done, y, yOffset + done, n - done);
    }

    /** y = x sigmoid(x). */
    public static void silu(float[] x, int xOffset, float[] y, int yOffset, int n) {
        int done = Simd.ENABLED ? FloatActivationsVector.silu(x, xOffset, y, yOffset, n) : 0;
        FloatActivationsScalar.silu(x, xOffset + done, y, yOffset + done, n - done);
    }

    /** y = x sigmoid(alpha x). */
    public static void swish(float[] x, int xOffset, float[] y, int yOffset, int n, float alpha) {
        int done = Simd.ENABLED ? FloatActivationsVector.swish(x, xOffset, y, yOffset, n, alpha) : 0;
        FloatActivationsScalar.swish(x, xOffset + done, y, yOffset + done, n - done, alpha);
    }

    /** y = ln(1 + e^x). */
    public static void softplus(float[] x, int xOffset, float[] y, int yOffset, int n) {
        int done = Simd.ENABLED ? FloatActivationsVector.softplus(x, xOffset, y, yOffset, n) : 0;
        FloatActivationsScalar.softplus(x, xOffset + done, y, yOffset + done, n - done);
    }

    /** y = x tanh(softplus(x)). */
    public static void mish(float[] x, int xOffset, float[] y, int yOffset, int n) {
        int done = Simd.ENABLED ? FloatActivationsVector.mish(x, xOffset, y, yOffset, n) : 0;
        FloatActivationsScalar.mish(x, xOffset + done, y, yOffset + done, n - done);
    }

    /** y = x where x >= 0, else alpha (e^x - 1). */
    public static void elu(float[] x, int xOffset, float[] y, int yOffset, int n, float alpha) {
        int done = Simd.ENABLED ? FloatActivationsVector.elu(x, xOffset, y, yOffset, n, alpha) : 0;
        FloatActivationsScalar.elu(x, xOffset + done, y, yOffset + done, n - done, alpha);
    }

    /** y = gamma x where x >= 0, else gamma alpha (e^x - 1). */
    public static void selu(float[] x, int xOffset, float[] y, int yOffset, int n, float alpha, float gamma) {
        int done = Simd.ENABLED ? FloatActivationsVector.selu(x, xOffset, y, yOffset, n, alpha, gamma) : 0;
        FloatActivationsScalar.selu(x, xOffset + done, y, yOffset + done, n - done, alpha, gamma);
    }

    /** y = max(0, x) + min(0, alpha (e^(x / alpha) - 1)), for alpha > 0. */
    public static void celu(float[] x, int xOffset, float[] y, int yOffset, int n, float alpha) {
        int done = Simd.ENABLED ? FloatActivationsVector.celu(x, xOffset, y, yOffset, n, alpha) : 0;
        FloatActivationsScalar.celu(x, xOffset + done, y, yOffset + done, n - done, alpha);
    }

    /** y = x / (1 + |x|), with the limits -1 and 1 at the infinities. */
    public static void softsign(float[] x, int xOffset, float[] y, int yOffset, int n) {
        int done = Simd.ENABLED ? FloatActivationsVector.softsign(x, xOffset, y, yOffset, n) : 0;
        FloatActivationsScalar.softsign(x, xOffset + done, y, yOffset + done, n - done);
    }

    /** y = max(0, x); NaN stays NaN. */
    public static void relu(float[] x, int xOffset, float[] y, int yOffset, int n) {
        int done = Simd.ENABLED ? FloatActivationsVector.relu(x, xOffset, y, yOffset, n) : 0;
        FloatActivationsScalar.relu(x, xOffset + done, y, yOffset + done, n - done);
    }

    /** y = x where x >= 0, else alpha x. */
    public static void leakyRelu(float[] x, int xOffset, float[] y, int yOffset, int n, float alpha) {
        int done = Simd.ENABLED ? FloatActivationsVector.leakyRelu(x, xOffset, y, yOffset, n, alpha) : 0;
        FloatActivationsScalar.leakyRelu(x, xOffset + done, y, yOffset + done, n - done, alpha);
    }

    /** y = x where x > alpha, else 0. */
    public static void thresholdedRelu(float[] x, int xOffset, float[] y, int yOffset, int n, float alpha) {
        int done = Simd.ENABLED ? FloatActivationsVector.thresholdedRelu(x, xOffset, y, yOffset, n, alpha) : 0;
        FloatActivationsScalar.thresholdedRelu(x, xOffset + done, y, yOffset + done, n - done, alpha);
    }

    /** y = min(max(x, min), max); NaN stays NaN, and max wins when min > max. */
    public static void clip(float[] x, int xOffset, float[] y, int yOffset, int n, float min, float max) {
        int done = Simd.ENABLED ? FloatActivationsVector.clip(x, xOffset, y, yOffset, n, min, max) : 0;
        FloatActivationsScalar.clip(x, xOffset + done, y, yOffset + done, n - done, min, max);
    }

    /** y = max(0, min(1, alpha x + beta)). */
    public static void hardSigmoid(float[] x, int xOffset, float[] y, int yOffset, int n, float alpha, float beta) {
        int done = Simd.ENABLED ? FloatActivationsVector.hardSigmoid(x, xOffset, y, yOffset, n, alpha, beta) : 0;
        FloatActivationsScalar.hardSigmoid(x, xOffset + done, y, yOffset + done, n - done, alpha, beta);
    }

    /** y = x max(0, min(1, x / 6 + 0.5)). */
    public static void hardSwish(float[] x, int xOffset, float[] y, int yOffset, int n) {
        int done = Simd.ENABLED ? FloatActivationsVector.hardSwish(x, xOffset, y, yOffset, n) : 0;
        FloatActivationsScalar.hardSwish(x, xOffset + done, y, yOffset + done, n - done);
    }

    /** y = x + bias where x < -lambd, x - bias where x > lambd, else 0. */
    public static void shrink(float[] x, int xOffset, float[] y, int yOffset, int n, float lambd, float bias) {
        int done = Simd.ENABLED ? FloatActivationsVector.shrink(x, xOffset, y, yOffset, n, lambd, bias) : 0;
        FloatActivationsScalar.shrink(x, xOffset + done, y, yOffset + done, n - done, lambd, bias);
    }

}
