package org.lanewise.quantization.prune;

import java.util.SplittableRandom;
import org.lanewise.quantization.model.BackwardGraph;
import org.lanewise.runtime.tensor.DataType;
import org.lanewise.runtime.tensor.FloatTensor;
import org.lanewise.runtime.tensor.Shape;
import org.lanewise.runtime.tensor.Tensor;

/**
 * Directions v of scores z at random, so that {@code (v . dz)^2} has the mean that an error dz of scores costs. Plain ones cost {@code |dz|^2}; of scores that go through a softmax only differences count. Of those every second direction is for
 * the probabilities p, {@code sum of p[i] dz[i]^2 - (sum of p[i] dz[i])^2}: to second order twice the Kullback-Leibler divergence of the answers. Each of the two has half of the weight: the first looks at all scores alike, the second at
 * answers that are not sure.
 */
final class Directions {
    /** Samples that say how much surer or less sure answers are. */
    static final int LOOKED_AT = 64;

    private final SplittableRandom random = new SplittableRandom(1);
    private double plain;
    private double unsure;

    /** Hears of scores before directions are made. */
    void look(BackwardGraph.Seed seed, FloatTensor scores) {
        int length = length(seed);
        for (int from = 0; seed.centered() && from < scores.size(); from += length) {
            double[] p = softmax(scores, from, length);
            plain += length - 1;
            unsure += 1;
            for (double share : p) {
                unsure -= share * share;
            }
        }
    }

    private static int length(BackwardGraph.Seed seed) {
        return seed.shape().rank() == 0 ? 1 : seed.shape().dim(-1);
    }

    private static double[] softmax(FloatTensor scores, int from, int length) {
        double[] p = new double[length];
        double most = Double.NEGATIVE_INFINITY;
        for (int i = 0; i < length; i++) {
            p[i] = scores.array()[scores.offset() + from + i];
            most = Math.max(most, p[i]);
        }
        double sum = 0;
        for (int i = 0; i < length; i++) {
            p[i] = Math.exp(p[i] - most);
            sum += p[i];
        }
        for (int i = 0; i < length; i++) {
            p[i] /= sum;
        }
        return p;
    }

    /** A direction in which all scores count alike. */
    Tensor plain(BackwardGraph.Seed seed) {
        Shape shape = seed.shape();
        float[] values = signs(shape.size());
        int length = length(seed);
        for (int from = 0; seed.centered() && from < values.length; from += length) {
            float mean = 0;
            for (int i = from; i < from + length; i++) {
                mean += values[i] / length;
            }
            for (int i = from; i < from + length; i++) {
                values[i] -= mean;
            }
        }
        return Tensor.wrap(DataType.FLOAT, shape, values, 0);
    }

    /** A direction in which they count as they do for the probabilities: {@code sqrt(p) s - p (sqrt(p) . s)} for signs s; a plain one where there are none. */
    Tensor ofAnswers(BackwardGraph.Seed seed, FloatTensor scores) {
        if (!seed.centered() || !(unsure > 0)) {
            return plain(seed);
        }
        double scale = Math.sqrt(plain / unsure);
        float[] values = signs(seed.shape().size());
        int length = length(seed);
        for (int from = 0; from < values.length; from += length) {
            double[] p = softmax(scores, from, length);
            double sum = 0;
            for (int i = 0; i < length; i++) {
                sum += Math.sqrt(p[i]) * values[from + i];
            }
            for (int i = 0; i < length; i++) {
                values[from + i] = (float) (scale * (Math.sqrt(p[i]) * values[from + i] - p[i] * sum));
            }
        }
        return Tensor.wrap(DataType.FLOAT, seed.shape(), values, 0);
    }

    private float[] signs(int count) {
        float[] signs = new float[count];
        for (int i = 0; i < count; i++) {
            signs[i] = random.nextInt(2) * 2 - 1;
        }
        return signs;
    }
}
