package org.lanewise.kernels.norm;

/**
 * Normalizations with a scale and a shift per channel: batch (inference), instance and group normalization.
 *
 * <p>{@code y} may be {@code x}. {@code area} is the product of the spatial dimensions.
 */
public final class ChannelNorm {
    private ChannelNorm() {}

    /**
     * Folds batch normalization into one factor and one addend a channel: factor = scale / sqrt(variance + epsilon),
     * addend = bias - mean factor.
     */
    public static void fold(
            float[] scale,
            int scaleOffset,
            float[] bias,
            int biasOffset,
            float[] mean,
            int meanOffset,
            float[] variance,
            int varianceOffset,
            float epsilon,
            float[] factor,
            float[] addend) {
        for (int c = 0; c < factor.length; c++) {
            double f = scale[scaleOffset + c] / Math.sqrt((double) variance[varianceOffset + c] + epsilon);
            factor[c] = (float) f;
            addend[c] = (float) (bias[biasOffset + c] - mean[meanOffset + c] * f);
        }
    }

    /** y = x factor[c] + addend[c] for the planes from..to of (N x C, area). */
    public static void affine(
            float[] x,
            int xOffset,
            float[] factor,
            float[] addend,
            int channels,
            int area,
            float[] y,
            int yOffset,
            int from,
            int to) {
        for (int p = from; p < to; p++) {
            int c = p % channels;
            RowMath.affine(x, xOffset + p * area, factor[c], addend[c], y, yOffset + p * area, area);
        }
    }

    /** y = x factor[c] + addend[c] for the pixels from..to of (N x area, C). */
    public static void affineChannelsLast(
            float[] x,
            int xOffset,
            float[] factor,
            float[] addend,
            int channels,
            float[] y,
            int yOffset,
            int from,
            int to) {
        for (int p = from; p < to; p++) {
            RowMath.affine(x, xOffset + p * channels, factor, 0, addend, 0, y, yOffset + p * channels, channels);
        }
    }

    /** y = (x - mean) / sqrt(variance + epsilon) scale[c] + bias[c], the planes from..to of (N x C, area) each by its own mean and variance. */
    public static void instance(
            float[] x,
            int xOffset,
            float[] scale,
            int scaleOffset,
            float[] bias,
            int biasOffset,
            float epsilon,
            int channels,
            int area,
            float[] y,
            int yOffset,
            int from,
            int to) {
        group(
                x,
                xOffset,
                scale,
                scaleOffset,
                bias,
                biasOffset,
                epsilon,
                channels,
                channels,
                area,
                y,
                yOffset,
                from,
                to);
    }

    /**
     * y = (x - mean) / sqrt(variance + epsilon) scale[c] + bias[c], mean and variance over each of the groups from..to of (N x groups).
     *
     * @param groups number of groups of consecutive channels; divides {@code channels}
     */
    public static void group(
            float[] x,
            int xOffset,
            float[] scale,
            int scaleOffset,
            float[] bias,
            int biasOffset,
            float epsilon,
            int channels,
            int groups,
            int area,
            float[] y,
            int yOffset,
            int from,
            int to) {
        int perGroup = channels / groups;
        int n = perGroup * area;
        for (int g = from; g < to; g++) {
            float mean = (float) (RowMath.sum(x, xOffset + g * n, n) / n);
            double variance = RowMath.squares(x, xOffset + g * n, mean, n) / n;
            double inverse = 1 / Math.sqrt(variance + epsilon);
            for (int k = 0; k < perGroup; k++) {
                int c = g % groups * perGroup + k;
                double factor = inverse * scale[scaleOffset + c];
                float addend = (float) (bias[biasOffset + c] - mean * factor);
                int at = g * n + k * area;
                RowMath.affine(x, xOffset + at, (float) factor, addend, y, yOffset + at, area);
            }
        }
    }
}
