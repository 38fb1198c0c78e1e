package org.lanewise.quantization.prune;

import java.util.Arrays;
import org.lanewise.runtime.tensor.DataType;
import org.lanewise.runtime.tensor.FloatTensor;
import org.lanewise.runtime.tensor.Shape;
import org.lanewise.runtime.tensor.Tensor;

/**
 * Weights or biases that move along their gradient g, by steps of the same size whatever that of the gradient: {@code m = b1 m + (1 - b1) g, v = b2 v + (1 - b2) g^2, w = w - rate s m / sqrt(v)}, m and v divided by {@code 1 - b^t} after
 * t steps. The size s of the constant, the root of its mean square at the beginning, makes the rate one of relative change, as layers have weights of very different size. Zeros of pruned weights stay.
 *
 * <p>Sources: D. Kingma and J. Ba, Adam: A Method for Stochastic Optimization, ICLR 2015, arXiv 1412.6980; for relative steps N. Shazeer and M. Stern, Adafactor, ICML 2018, arXiv 1804.04235, section 8.
 */
final class AdaptedConstant {
    private static final double MEAN_DECAY = 0.9;
    private static final double SQUARE_DECAY = 0.999;

    private final String name;
    private final Shape shape;
    private final float[] values;
    private final float[] gradient;
    private final double[] means;
    private final double[] squares;
    private final boolean[] fixed;
    private final double size;
    private int steps;

    /**
     * With the values of {@code tensor} to begin with.
     *
     * @param zerosStay whether zeros are there to stay
     */
    AdaptedConstant(String name, Tensor tensor, boolean zerosStay) {
        this.name = name;
        this.shape = tensor.shape();
        this.values = tensor.toFloatArray().clone();
        this.gradient = new float[values.length];
        this.means = new double[values.length];
        this.squares = new double[values.length];
        this.fixed = new boolean[values.length];
        double sum = 0;
        long count = 0;
        for (int i = 0; i < values.length; i++) {
            fixed[i] = zerosStay && values[i] == 0;
            sum += (double) values[i] * values[i];
            count += values[i] == 0 ? 0 : 1;
        }
        this.size = count == 0 ? 0 : Math.sqrt(sum / count);
    }

    String name() {
        return name;
    }

    /** The values as they are now, not a copy. */
    Tensor tensor() {
        return Tensor.wrap(DataType.FLOAT, shape, values, 0);
    }

    /** A copy of the values as they are now. */
    Tensor copy() {
        return Tensor.wrap(DataType.FLOAT, shape, values.clone(), 0);
    }

    /** Adds a gradient to those of the next step. */
    void add(FloatTensor other) {
        for (int i = 0; i < gradient.length; i++) {
            gradient[i] += fixed[i] ? 0 : other.array()[other.offset() + i];
        }
    }

    /** Takes a step along the gradients that were added since the last one. */
    void step(double rate) {
        steps++;
        double meanShare = 1 - Math.pow(MEAN_DECAY, steps);
        double squareShare = 1 - Math.pow(SQUARE_DECAY, steps);
        for (int i = 0; i < gradient.length; i++) {
            double g = gradient[i];
            means[i] += (1 - MEAN_DECAY) * (g - means[i]);
            squares[i] += (1 - SQUARE_DECAY) * (g * g - squares[i]);
            if (squares[i] > 0) {
                values[i] -= (float) (rate * size * means[i] / meanShare / Math.sqrt(squares[i] / squareShare));
            }
        }
        Arrays.fill(gradient, 0);
    }
}
