package org.lanewise.kernels.math;

/** The scalar loops of {@link FloatActivations}. */
final class FloatActivationsScalar {
    private FloatActivationsScalar() {}

    static void sigmoid(float[] x, int xo, float[] y, int yo, int n) {
        for (int i = 0; i < n; i++) {
            float v = x[xo + i];
            y[yo + i] = ScalarMath.sigmoid(v);
        }
    }

    static void gelu(float[] x, int xo, float[] y, int yo, int n) {
        for (int i = 0; i < n; i++) {
            float v = x[xo + i];
            y[yo + i] = ScalarMath.gelu(v);
        }
    }

    static void geluTanh(float[] x, int xo, float[] y, int yo, int n) {
        for (int i = 0; i < n; i++) {
            float v = x[xo + i];
            y[yo + i] = ScalarMath.geluTanh(v);
        }
    }

    static void silu(float[] x, int xo, float[] y, int yo, int n) {
        for (int i = 0; i < n; i++) {
            float v = x[xo + i];
            y[yo + i] = ScalarMath.silu(v);
        }
    }

    static void swish(float[] x, int xo, float[] y, int yo, int n, float alpha) {
        for (int i = 0; i < n; i++) {
            float v = x[xo + i];
            y[yo + i] = ScalarMath.swish(v, alpha);
        }
    }

    static void softplus(float[] x, int xo, float[] y, int yo, int n) {
        for (int i = 0; i < n; i++) {
            float v = x[xo + i];
            y[yo + i] = ScalarMath.softplus(v);
        }
    }

    static void mish(float[] x, int xo, float[] y, int yo, int n) {
        for (int i = 0; i < n; i++) {
            float v = x[xo + i];
            y[yo + i] = ScalarMath.mish(v);
        }
    }

    static void elu(float[] x, int xo, float[] y, int yo, int n, float alpha) {
        for (int i = 0; i < n; i++) {
            float v = x[xo + i];
            y[yo + i] = ScalarMath.elu(v, alpha);
        }
    }

    static void selu(float[] x, int xo, float[] y, int yo, int n, float alpha, float gamma) {
        for (int i = 0; i < n; i++) {
            float v = x[xo + i];
            y[yo + i] = ScalarMath.selu(v, alpha, gamma);
        }
    }

    static void celu(float[] x, int xo, float[] y, int yo, int n, float alpha) {
        for (int i = 0; i < n; i++) {
            float v = x[xo + i];
            y[yo + i] = ScalarMath.celu(v, alpha);
        }
    }

    static void softsign(float[] x, int xo, float[] y, int yo, int n) {
        for (int i = 0; i < n; i++) {
            float v = x[xo + i];
            y[yo + i] = softsign(v);
        }
    }

    static void relu(float[] x, int xo, float[] y, int yo, int n) {
        for (int i = 0; i < n; i++) {
            float v = x[xo + i];
            y[yo + i] = Math.max(v, 0f);
        }
    }

    static void leakyRelu(float[] x, int xo, float[] y, int yo, int n, float alpha) {
        for (int i = 0; i < n; i++) {
            float v = x[xo + i];
            y[yo + i] = v < 0f ? alpha * v : v;
        }
    }

    static void thresholdedRelu(float[] x, int xo, float[] y, int yo, int n, float alpha) {
        for (int i = 0; i < n; i++) {
            float v = x[xo + i];
            y[yo + i] = v > alpha ? v : 0f;
        }
    }

    static void clip(float[] x, int xo, float[] y, int yo, int n, float min, float max) {
        for (int i = 0; i < n; i++) {
            float v = x[xo + i];
            y[yo + i] = Math.min(Math.max(v, min), max);
        }
    }

    static void hardSigmoid(float[] x, int xo, float[] y, int yo, int n, float alpha, float beta) {
        for (int i = 0; i < n; i++) {
            float v = x[xo + i];
            y[yo + i] = hardSigmoid(v, alpha, beta);
        }
    }

    static void hardSwish(float[] x, int xo, float[] y, int yo, int n) {
        for (int i = 0; i < n; i++) {
            float v = x[xo + i];
            y[yo + i] = hardSwish(v);
        }
    }

    static void shrink(float[] x, int xo, float[] y, int yo, int n, float lambd, float bias) {
        for (int i = 0; i < n; i++) {
            float v = x[xo + i];
            y[yo + i] = v < -lambd ? v + bias : v > lambd ? v - bias : 0f;
        }
    }

    private static float softsign(float x) {
        float c = Math.min(Math.max(x, -Float.MAX_VALUE), Float.MAX_VALUE);
        return c / (1f + Math.abs(c));
    }

    private static float hardSigmoid(float x, float alpha, float beta) {
        return Math.max(0f, Math.min(1f, alpha * x + beta));
    }

    private static float hardSwish(float x) {
        float c = x < -3f ? -3f : x; // so that minus infinity gives the limit, zero
        return c * hardSigmoid(c, 1f / 6f, 0.5f);
    }
}
