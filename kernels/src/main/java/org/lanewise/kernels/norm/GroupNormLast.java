package org.lanewise.kernels.norm;

/** Group normalization of (N, area, C), channels last: each pass reads the pixels in order, C / groups channels of each. */
public final class GroupNormLast {
    private GroupNormLast() {}

    /**
     * y = (x - mean) / sqrt(variance + epsilon) scale[c] + bias[c], mean and variance over each of the groups from..to of (N x groups). {@code y} may be {@code x}.
     *
     * @param groups number of groups of consecutive channels; divides {@code channels}
     * @param scratch 2 C / groups values, at 0
     */
    public static void run(
            float[] x,
            int xOffset,
            float[] scale,
            float[] bias,
            float epsilon,
            int channels,
            int groups,
            int area,
            float[] y,
            int yOffset,
            float[] scratch,
            int from,
            int to) {
        int perGroup = channels / groups;
        for (int g = from; g < to; g++) {
            int first = g % groups * perGroup;
            int at = g / groups * area * channels + first;
            float mean = (float) (sum(x, xOffset + at, perGroup, channels, area) / ((double) perGroup * area));
            double variance = squares(x, xOffset + at, mean, perGroup, channels, area) / ((double) perGroup * area);
            double inverse = 1 / Math.sqrt(variance + epsilon);
            for (int k = 0; k < perGroup; k++) {
                double factor = inverse * scale[first + k];
                scratch[k] = (float) factor;
                scratch[perGroup + k] = (float) (bias[first + k] - mean * factor);
            }
            for (int p = 0; p < area; p++) {
                int i = xOffset + at + p * channels;
                int o = yOffset + at + p * channels;
                for (int k = 0; k < perGroup; k++) {
                    y[o + k] = x[i + k] * scratch[k] + scratch[perGroup + k];
                }
            }
        }
    }

    private static double sum(float[] x, int at, int perGroup, int channels, int area) {
        double sum = 0;
        for (int p = 0; p < area; p++) {
            for (int k = 0; k < perGroup; k++) {
                sum += x[at + p * channels + k];
            }
        }
        return sum;
    }

    private static double squares(float[] x, int at, float mean, int perGroup, int channels, int area) {
        double sum = 0;
        for (int p = 0; p < area; p++) {
            for (int k = 0; k < perGroup; k++) {
                double d = x[at + p * channels + k] - mean;
                sum += d * d;
            }
        }
        return sum;
    }
}
