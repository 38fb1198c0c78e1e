package org.lanewise.quantization;

import org.jspecify.annotations.Nullable;
import org.lanewise.quantization.model.WeightLayer;
import org.lanewise.runtime.tensor.ByteTensor;
import org.lanewise.runtime.tensor.DataType;
import org.lanewise.runtime.tensor.Shape;
import org.lanewise.runtime.tensor.Tensor;

/**
 * Weights as symmetric int8: {@code w = q * scale}, q from -127 to 127.
 *
 * @param values q, in the shape of the weights
 * @param scales one a channel, or one for all
 */
record Weights(ByteTensor values, float[] scales) {
    private static final int LARGEST = 127;

    /** The largest bias in steps: what is left of an int32 takes products of more than 30,000 terms. */
    private static final double LARGEST_BIAS = 1 << 30;

    /** The bias of a channel without weights is given this many steps. */
    private static final double BIAS_STEPS = 1 << 24;

    /**
     * Quantizes the weights of a layer. Scales are raised where the bias would not fit its integers otherwise.
     *
     * @param w the weights
     * @param bias one an output channel, or {@code null}
     * @param inputScale the step of the layer's input
     */
    static Weights of(WeightLayer layer, float[] w, float @Nullable [] bias, boolean perChannel, float inputScale) {
        int channels = perChannel ? layer.channels() : 1;
        double[] largest = new double[channels];
        double[] largestBias = new double[channels];
        for (int i = 0; i < w.length; i++) {
            int c = i / layer.inner() % channels;
            largest[c] = Math.max(largest[c], Math.abs(w[i]));
        }
        for (int i = 0; bias != null && i < bias.length; i++) {
            largestBias[i % channels] = Math.max(largestBias[i % channels], Math.abs(bias[i]));
        }
        float[] scales = new float[channels];
        for (int c = 0; c < channels; c++) {
            scales[c] = scale(largest[c], largestBias[c], inputScale);
        }
        byte[] q = new byte[w.length];
        for (int i = 0; i < w.length; i++) {
            q[i] = (byte) Math.clamp(Math.rint(w[i] / scales[i / layer.inner() % channels]), -LARGEST, LARGEST);
        }
        return new Weights(new ByteTensor(DataType.INT8, layer.shape(), q, 0), scales);
    }

    /** The step for weights up to {@code largest} where the bias must be representable in steps of it times {@code inputScale}; never 0. */
    static float scale(double largest, double largestBias, float inputScale) {
        if (largest == 0) {
            return largestBias == 0 ? 1 : positive(largestBias / inputScale / BIAS_STEPS);
        }
        return positive(Math.max(largest / LARGEST, largestBias / inputScale / LARGEST_BIAS));
    }

    private static float positive(double step) {
        return (float) Math.clamp(step, Parameters.SMALLEST_SCALE, Float.MAX_VALUE);
    }

    /** A bias in steps of input scale times weight scale, see {@link #biasScales}. */
    Tensor bias(float[] bias, float inputScale) {
        int[] q = new int[bias.length];
        for (int i = 0; i < q.length; i++) {
            double step = inputScale * scales[i % scales.length];
            q[i] = (int) Math.clamp(Math.rint(bias[i] / step), Integer.MIN_VALUE, Integer.MAX_VALUE);
        }
        return Tensor.of(q);
    }

    /** The steps of {@link #bias}: one an output channel, or one for all. */
    Tensor biasScales(int outputs, float inputScale) {
        float[] products = new float[scales.length == 1 ? 1 : outputs];
        for (int i = 0; i < products.length; i++) {
            products[i] = inputScale * scales[i % scales.length];
        }
        return scales.length == 1 ? Tensor.scalar(products[0]) : Tensor.of(products);
    }

    Tensor scaleTensor() {
        return scales.length == 1 ? Tensor.scalar(scales[0]) : Tensor.of(scales);
    }

    Tensor zeroPoints() {
        Shape shape = scales.length == 1 ? Shape.scalar() : Shape.of(scales.length);
        return new ByteTensor(DataType.INT8, shape, new byte[scales.length], 0);
    }

    /** What is left of weight {@code i} of {@code layer}. */
    float dequantized(WeightLayer layer, int i) {
        return values.get(i) * scales[(scales.length == 1 ? 0 : i / layer.inner() % scales.length)];
    }
}
