package org.lanewise.kernels.norm;

import org.jspecify.annotations.Nullable;

/**
 * Layer and RMS normalization of contiguous rows of n elements (ONNX LayerNormalization, RMSNormalization, and the residual forms).
 *
 * <p>The variance is taken in a second pass over the row, which is in cache by then, around the mean: no cancellation.
 */
public final class LayerNorm {
    private LayerNorm() {}

    /**
     * y = (x - mean) / sqrt(variance + epsilon) scale + bias for the rows from..to; y may be x.
     *
     * @param scale n elements from {@code scaleOffset} on
     * @param bias n elements, or null for none
     * @param means receives the mean of row r at index r, or null
     * @param inverses receives 1 / sqrt(variance + epsilon), or null
     */
    public static void layer(
            float[] x,
            int xOffset,
            float[] scale,
            int scaleOffset,
            float @Nullable [] bias,
            int biasOffset,
            float epsilon,
            float[] y,
            int yOffset,
            float @Nullable [] means,
            float @Nullable [] inverses,
            int n,
            int from,
            int to) {
        for (int r = from; r < to; r++) {
            int xi = xOffset + r * n;
            float mean = (float) (RowMath.sum(x, xi, n) / n);
            float inverse = (float) (1 / Math.sqrt(RowMath.squares(x, xi, mean, n) / n + epsilon));
            int yi = yOffset + r * n;
            if (bias == null) {
                RowMath.normalize(x, xi, mean, inverse, scale, scaleOffset, y, yi, n);
            } else {
                RowMath.normalize(x, xi, mean, inverse, scale, scaleOffset, bias, biasOffset, y, yi, n);
            }
            if (means != null) {
                means[r] = mean;
            }
            if (inverses != null) {
                inverses[r] = inverse;
            }
        }
    }

    /**
     * sum = x + skip, then y = its layer normalization, for the rows from..to.
     *
     * @param sum receives x + skip; may be x, skip or y
     */
    public static void skipLayer(
            float[] x,
            int xOffset,
            float[] skip,
            int skipOffset,
            float[] scale,
            int scaleOffset,
            float @Nullable [] bias,
            int biasOffset,
            float epsilon,
            float[] sum,
            int sumOffset,
            float[] y,
            int yOffset,
            int n,
            int from,
            int to) {
        for (int r = from; r < to; r++) {
            RowMath.add(x, xOffset + r * n, skip, skipOffset + r * n, sum, sumOffset + r * n, n);
            layer(sum, sumOffset, scale, scaleOffset, bias, biasOffset, epsilon, y, yOffset, null, null, n, r, r + 1);
        }
    }

    /** y = x / sqrt(mean(x^2) + epsilon) scale for the rows from..to; y may be x. */
    public static void rms(
            float[] x,
            int xOffset,
            float[] scale,
            int scaleOffset,
            float epsilon,
            float[] y,
            int yOffset,
            int n,
            int from,
            int to) {
        for (int r = from; r < to; r++) {
            int xi = xOffset + r * n;
            float inverse = (float) (1 / Math.sqrt(RowMath.squares(x, xi, 0f, n) / n + epsilon));
            RowMath.normalize(x, xi, 0f, inverse, scale, scaleOffset, y, yOffset + r * n, n);
        }
    }

    /** sum = x + skip, then y = its RMS normalization, for the rows from..to; sum may be x, skip or y. */
    public static void skipRms(
            float[] x,
            int xOffset,
            float[] skip,
            int skipOffset,
            float[] scale,
            int scaleOffset,
            float epsilon,
            float[] sum,
            int sumOffset,
            float[] y,
            int yOffset,
            int n,
            int from,
            int to) {
        for (int r = from; r < to; r++) {
            RowMath.add(x, xOffset + r * n, skip, skipOffset + r * n, sum, sumOffset + r * n, n);
            rms(sum, sumOffset, scale, scaleOffset, epsilon, y, yOffset, n, r, r + 1);
        }
    }
}
