package org.lanewise.benchmarks.built;

import java.util.SplittableRandom;

/**
 * A source of random weights: the same seed gives the same ones.
 *
 * @param random where they come from
 * @param normal whether the weights of products and convolutions are normally distributed, otherwise uniformly
 * @param mask which weights of products and convolutions are zero
 */
record Weights(SplittableRandom random, boolean normal, Mask mask) {
    private static final double SQRT_3 = Math.sqrt(3);

    /** Uniformly distributed weights with the given zeros. */
    static Weights of(long seed, Mask mask) {
        return new Weights(new SplittableRandom(seed), false, mask);
    }

    /** Normally distributed weights. */
    static Weights normal(long seed) {
        return new Weights(new SplittableRandom(seed), true, Mask.NONE);
    }

    /** {@code count} values of mean 0 and this standard deviation. */
    float[] dense(int count, double deviation) {
        if (normal) {
            float[] values = new float[count];
            for (int i = 0; i < count; i++) {
                values[i] = (float) (random.nextGaussian() * deviation);
            }
            return values;
        }
        return uniform(count, -SQRT_3 * deviation, SQRT_3 * deviation);
    }

    /**
     * The weights of a product or a convolution: as {@link #dense}, but zero where the mask says so, the others larger to make up for it.
     *
     * @param dims as ONNX has them: (M, C, taps...), or (K, N) where {@code channelsLast}
     */
    float[] pruned(double deviation, boolean channelsLast, int... dims) {
        float[] values = dense(count(dims), deviation / Math.sqrt(1 - mask.zeros()));
        mask.apply(values, dims, channelsLast, random);
        return values;
    }

    /** {@code count} values, uniform between two bounds. */
    float[] uniform(int count, double from, double to) {
        float[] values = new float[count];
        double scale = (to - from) / (1 << 24);
        for (int i = 0; i < count; i++) {
            values[i] = (float) (from + scale * (random.nextInt() >>> 8));
        }
        return values;
    }

    static int count(int[] dims) {
        int count = 1;
        for (int dim : dims) {
            count = Math.multiplyExact(count, dim);
        }
        return count;
    }
}
