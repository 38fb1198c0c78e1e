package org.lanewise.runtime.ops.ml;

import org.lanewise.runtime.op.NodeSpec;

/** What is done to the scores of a row in the end ({@code post_transform}). */
enum PostTransform {
    NONE,
    SOFTMAX,
    LOGISTIC,
    SOFTMAX_ZERO,
    PROBIT;

    /** From the attribute as a name. */
    static PostTransform create(NodeSpec spec) {
        String name = spec.stringAttribute("post_transform", "NONE");
        for (PostTransform value : values()) {
            if (value.name().equals(name)) {
                return value;
            }
        }
        throw spec.refuse("post_transform '" + name + "' is not known");
    }

    /** Transforms {@code scores[at..at + n)}. */
    void apply(double[] scores, int at, int n) {
        switch (this) {
            case NONE -> {}
            case SOFTMAX -> softmax(scores, at, n, false);
            case SOFTMAX_ZERO -> softmax(scores, at, n, true);
            case LOGISTIC -> {
                for (int i = at; i < at + n; i++) {
                    scores[i] = 1 / (1 + Math.exp(-scores[i]));
                }
            }
            case PROBIT -> {
                for (int i = at; i < at + n; i++) {
                    scores[i] = probit(scores[i]);
                }
            }
        }
    }

    /** @param keepZeros whether a score of zero stays zero */
    private static void softmax(double[] x, int at, int n, boolean keepZeros) {
        double max = Double.NEGATIVE_INFINITY;
        for (int i = at; i < at + n; i++) {
            max = Math.max(max, x[i]);
        }
        double sum = 0;
        for (int i = at; i < at + n; i++) {
            x[i] = keepZeros && Math.abs(x[i]) <= 1e-7 ? x[i] * Math.exp(-max) : Math.exp(x[i] - max);
            sum += x[i];
        }
        for (int i = at; i < at + n; i++) {
            x[i] = sum == 0 ? 0.5 : x[i] / sum;
        }
    }

    /** {@code sqrt(2) erfinv(2 p - 1)} with Winitzki's approximation of the inverse error function, the one that ONNX defines it by. */
    private static double probit(double p) {
        double x = 2 * p - 1;
        double log = Math.log((1 - x) * (1 + x));
        if (log == Double.NEGATIVE_INFINITY) {
            return 0;
        }
        double v = 2 / (Math.PI * 0.147) + 0.5 * log;
        double root = Math.sqrt(Math.sqrt(v * v - log / 0.147) - v);
        return 1.41421356 * (x < 0 ? -root : root);
    }
}
