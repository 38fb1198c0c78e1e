package org.lanewise.benchmarks.built;

import java.util.SplittableRandom;

/**
 * A source of random weights: the same seed gives the same ones.
 *
 * @param random where they come from
 * @param normal whether the weights of products and convolutions are normally distributed, otherwise uniformly
 * @param sparsity the part of the weights of products and convolutions that is zero, 0 for dense ones
 */
record Weights(SplittableRandom random, boolean normal, double sparsity) {
    private static final double SQRT_3 = Math.sqrt(3);

    /** Weights with the given part of zeros. */
    static Weights of(long seed, double sparsity) {
        if (!(sparsity >= 0 && sparsity < 1)) {
            throw new IllegalArgumentException("sparsity must be from 0 to below 1, got " + sparsity);
        }
        return new Weights(new SplittableRandom(seed), false, sparsity);
    }

    /** Normally distributed weights. */
    static Weights normal(long seed) {
        return new Weights(new SplittableRandom(seed), true, 0);
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

    /** The weights of a product or a convolution: as {@link #dense}, but zero where the sparsity says so, the others larger to make up for it. */
    float[] pruned(int count, double deviation) {
        float[] values = dense(count, deviation / Math.sqrt(1 - sparsity));
        if (sparsity > 0) {
            for (int i = 0; i < count; i++) {
                if (random.nextDouble() < sparsity) {
                    values[i] = 0;
                }
            }
        }
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
}
