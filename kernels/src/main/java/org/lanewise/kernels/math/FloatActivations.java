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
    /** A long array is done in pieces, so that a loop compiled meanwhile is entered soon: uncompiled vectors are thousands of times slower. */
    private static final int CHUNK = 4096;

    private FloatActivations() {}

    /** y = 1 / (1 + e^-x); see {@link ScalarMath#sigmoid}. */
    public static void sigmoid(float[] x, int xOffset, float[] y, int yOffset, int n) {
        int done = 0;
        for (int end = CHUNK; Simd.ENABLED && done + Simd.LANES <= n; end += CHUNK) {
            done += FloatActivationsVector.sigmoid(x, xOffset + done, y, yOffset + done, Math.min(end, n) - done);
        }
        FloatActivationsScalar.sigmoid(x, xOffset + done, y, yOffset + done, n - done);
    }

    /** y = 0.5 x (1 + erf(x / sqrt 2)); see {@link ScalarMath#gelu}. */
    public static void gelu(float[] x, int xOffset, float[] y, int yOffset, int n) {
        int done = 0;
        for (int end = CHUNK; Simd.ENABLED && done + Simd.LANES <= n; end += CHUNK) {
            done += FloatActivationsVector.gelu(x, xOffset + done, y, yOffset + done, Math.min(end, n) - done);
        }
        FloatActivationsScalar.gelu(x, xOffset + done, y, yOffset + done, n - done);
    }

    /** y = 0.5 x (1 + tanh(sqrt(2 / pi) (x + 0.044715 x^3))). */
    public static void geluTanh(float[] x, int xOffset, float[] y, int yOffset, int n) {
        int done = 0;
        for (int end = CHUNK; Simd.ENABLED && done + Simd.LANES <= n; end += CHUNK) {
            done += FloatActivationsVector.geluTanh(x, xOffset + done, y, yOffset + done, Math.min(end, n) - done);
        }
        FloatActivationsScalar.geluTanh(x, xOffset + done, y, yOffset + done, n - done);
    }

    /** y = x sigmoid(x). */
    public static void silu(float[] x, int xOffset, float[] y, int yOffset, int n) {
        int done = 0;
        for (int end = CHUNK; Simd.ENABLED && done + Simd.LANES <= n; end += CHUNK) {
            done += FloatActivationsVector.silu(x, xOffset + done, y, yOffset + done, Math.min(end, n) - done);
        }
        FloatActivationsScalar.silu(x, xOffset + done, y, yOffset + done, n - done);
    }

    /** y = x sigmoid(alpha x). */
    public static void swish(float[] x, int xOffset, float[] y, int yOffset, int n, float alpha) {
        int done = 0;
        for (int end = CHUNK; Simd.ENABLED && done + Simd.LANES <= n; end += CHUNK) {
            done += FloatActivationsVector.swish(x, xOffset + done, y, yOffset + done, Math.min(end, n) - done, alpha);
        }
        FloatActivationsScalar.swish(x, xOffset + done, y, yOffset + done, n - done, alpha);
    }

    /** y = ln(1 + e^x). */
    public static void softplus(float[] x, int xOffset, float[] y, int yOffset, int n) {
        int done = 0;
        for (int end = CHUNK; Simd.ENABLED && done + Simd.LANES <= n; end += CHUNK) {
            done += FloatActivationsVector.softplus(x, xOffset + done, y, yOffset + done, Math.min(end, n) - done);
        }
        FloatActivationsScalar.softplus(x, xOffset + done, y, yOffset + done, n - done);
    }

    /** y = x tanh(softplus(x)). */
    public static void mish(float[] x, int xOffset, float[] y, int yOffset, int n) {
        int done = 0;
        for (int end = CHUNK; Simd.ENABLED && done + Simd.LANES <= n; end += CHUNK) {
            done += FloatActivationsVector.mish(x, xOffset + done, y, yOffset + done, Math.min(end, n) - done);
        }
        FloatActivationsScalar.mish(x, xOffset + done, y, yOffset + done, n - done);
    }

    /** y = x where x >= 0, else alpha (e^x - 1). */
    public static void elu(float[] x, int xOffset, float[] y, int yOffset, int n, float alpha) {
        int done = 0;
        for (int end = CHUNK; Simd.ENABLED && done + Simd.LANES <= n; end += CHUNK) {
            done += FloatActivationsVector.elu(x, xOffset + done, y, yOffset + done, Math.min(end, n) - done, alpha);
        }
        FloatActivationsScalar.elu(x, xOffset + done, y, yOffset + done, n - done, alpha);
    }

    /** y = gamma x where x >= 0, else gamma alpha (e^x - 1). */
    public static void selu(float[] x, int xOffset, float[] y, int yOffset, int n, float alpha, float gamma) {
        int done = 0;
        for (int end = CHUNK; Simd.ENABLED && done + Simd.LANES <= n; end += CHUNK) {
            done += FloatActivationsVector.selu(
                    x, xOffset + done, y, yOffset + done, Math.min(end, n) - done, alpha, gamma);
        }
        FloatActivationsScalar.selu(x, xOffset + done, y, yOffset + done, n - done, alpha, gamma);
    }

    /** y = max(0, x) + min(0, alpha (e^(x / alpha) - 1)), for alpha > 0. */
    public static void celu(float[] x, int xOffset, float[] y, int yOffset, int n, float alpha) {
        int done = 0;
        for (int end = CHUNK; Simd.ENABLED && done + Simd.LANES <= n; end += CHUNK) {
            done += FloatActivationsVector.celu(x, xOffset + done, y, yOffset + done, Math.min(end, n) - done, alpha);
        }
        FloatActivationsScalar.celu(x, xOffset + done, y, yOffset + done, n - done, alpha);
    }

    /** y = x / (1 + |x|), with the limits -1 and 1 at the infinities. */
    public static void softsign(float[] x, int xOffset, float[] y, int yOffset, int n) {
        int done = 0;
        for (int end = CHUNK; Simd.ENABLED && done + Simd.LANES <= n; end += CHUNK) {
            done += FloatActivationsVector.softsign(x, xOffset + done, y, yOffset + done, Math.min(end, n) - done);
        }
        FloatActivationsScalar.softsign(x, xOffset + done, y, yOffset + done, n - done);
    }

    /** y = max(0, x); NaN stays NaN. */
    public static void relu(float[] x, int xOffset, float[] y, int yOffset, int n) {
        int done = 0;
        for (int end = CHUNK; Simd.ENABLED && done + Simd.LANES <= n; end += CHUNK) {
            done += FloatActivationsVector.relu(x, xOffset + done, y, yOffset + done, Math.min(end, n) - done);
        }
        FloatActivationsScalar.relu(x, xOffset + done, y, yOffset + done, n - done);
    }

    /** y = x where x >= 0, else alpha x. */
    public static void leakyRelu(float[] x, int xOffset, float[] y, int yOffset, int n, float alpha) {
        int done = 0;
        for (int end = CHUNK; Simd.ENABLED && done + Simd.LANES <= n; end += CHUNK) {
            done += FloatActivationsVector.leakyRelu(
                    x, xOffset + done, y, yOffset + done, Math.min(end, n) - done, alpha);
        }
        FloatActivationsScalar.leakyRelu(x, xOffset + done, y, yOffset + done, n - done, alpha);
    }

    /** y = x where x > alpha, else 0. */
    public static void thresholdedRelu(float[] x, int xOffset, float[] y, int yOffset, int n, float alpha) {
        int done = 0;
        for (int end = CHUNK; Simd.ENABLED && done + Simd.LANES <= n; end += CHUNK) {
            done += FloatActivationsVector.thresholdedRelu(
                    x, xOffset + done, y, yOffset + done, Math.min(end, n) - done, alpha);
        }
        FloatActivationsScalar.thresholdedRelu(x, xOffset + done, y, yOffset + done, n - done, alpha);
    }

    /** y = min(max(x, min), max); NaN stays NaN, and max wins when min > max. */
    public static void clip(float[] x, int xOffset, float[] y, int yOffset, int n, float min, float max) {
        int done = 0;
        for (int end = CHUNK; Simd.ENABLED && done + Simd.LANES <= n; end += CHUNK) {
            done += FloatActivationsVector.clip(
                    x, xOffset + done, y, yOffset + done, Math.min(end, n) - done, min, max);
        }
        FloatActivationsScalar.clip(x, xOffset + done, y, yOffset + done, n - done, min, max);
    }

    /** y = max(0, min(1, alpha x + beta)). */
    public static void hardSigmoid(float[] x, int xOffset, float[] y, int yOffset, int n, float alpha, float beta) {
        int done = 0;
        for (int end = CHUNK; Simd.ENABLED && done + Simd.LANES <= n; end += CHUNK) {
            done += FloatActivationsVector.hardSigmoid(
                    x, xOffset + done, y, yOffset + done, Math.min(end, n) - done, alpha, beta);
        }
        FloatActivationsScalar.hardSigmoid(x, xOffset + done, y, yOffset + done, n - done, alpha, beta);
    }

    /** y = x max(0, min(1, x / 6 + 0.5)). */
    public static void hardSwish(float[] x, int xOffset, float[] y, int yOffset, int n) {
        int done = 0;
        for (int end = CHUNK; Simd.ENABLED && done + Simd.LANES <= n; end += CHUNK) {
            done += FloatActivationsVector.hardSwish(x, xOffset + done, y, yOffset + done, Math.min(end, n) - done);
        }
        FloatActivationsScalar.hardSwish(x, xOffset + done, y, yOffset + done, n - done);
    }

    /** y = x + bias where x < -lambd, x - bias where x > lambd, else 0. */
    public static void shrink(float[] x, int xOffset, float[] y, int yOffset, int n, float lambd, float bias) {
        int done = 0;
        for (int end = CHUNK; Simd.ENABLED && done + Simd.LANES <= n; end += CHUNK) {
            done += FloatActivationsVector.shrink(
                    x, xOffset + done, y, yOffset + done, Math.min(end, n) - done, lambd, bias);
        }
        FloatActivationsScalar.shrink(x, xOffset + done, y, yOffset + done, n - done, lambd, bias);
    }
}
