package org.lanewise.runtime.ops.fused.quant;

import java.util.EnumSet;
import java.util.HashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.lanewise.runtime.op.ShapeContext;
import org.lanewise.runtime.ops.math.Types;
import org.lanewise.runtime.tensor.DataType;
import org.lanewise.runtime.tensor.Tensor;

/**
 * The constants of a quantized product or convolution, whose inputs are X, its scale and zero point, W, its scales and zero points, the output's scale and zero point (absent for fp32), and the bias.
 *
 * @param x the quantization of X, or {@code null} where it is computed in the run
 * @param w the bytes of W
 * @param wScales one for each output channel
 * @param wZeros one, or one for each output channel
 * @param y the quantization of the output, or {@code null} for fp32
 * @param yType the type of the output
 * @param bias {@code INT32} in steps of the scales of X and W, {@code FLOAT}, or {@code null}
 */
record ProductParameters(
        @Nullable Quantization x,
        Tensor w,
        float[] wScales,
        int[] wZeros,
        @Nullable Quantization y,
        DataType yType,
        @Nullable Tensor bias) {
    static final int W = 3;
    static final int Y = 6;
    static final int BIAS = 8;

    private static final Set<DataType> BIASES = EnumSet.of(DataType.FLOAT, DataType.INT32);

    /** Checks the types of all inputs; returns that of the output. */
    static DataType check(ShapeContext context) {
        Quantization.check(context, 0);
        Quantization.check(context, W);
        if (hasBias(context)) {
            Types.check(context, BIAS, BIASES);
        }
        return Quantization.checkOutput(context, Y);
    }

    private static boolean hasBias(ShapeContext context) {
        return context.inputCount() > BIAS && context.hasInput(BIAS);
    }

    private static boolean isQuantized(ShapeContext context) {
        return context.inputCount() > Y && context.hasInput(Y);
    }

    /**
     * Reads the constants.
     *
     * @param channelAxis the axis of W that is the output's channels
     * @throws IllegalArgumentException if those that the passes promise to be constant are not
     */
    static ProductParameters read(ShapeContext context, int channelAxis) {
        Tensor w = constant(context, W);
        int channels = w.shape().dim(channelAxis);
        float[] scales = constant(context, W + 1).toFloatArray();
        int[] zeros = constant(context, W + 2).toIntArray();
        if (scales.length != 1 && scales.length != channels || zeros.length != 1 && zeros.length != channels) {
            throw new IllegalArgumentException("weights have " + scales.length + " scales and " + zeros.length
                    + " zero points, expected 1 or " + channels + " as there are output channels");
        }
        Tensor bias = hasBias(context) ? constant(context, BIAS) : null;
        if (bias != null && bias.size() != channels) {
            throw new IllegalArgumentException("bias has " + bias.size() + " values, expected " + channels);
        }
        Quantization x = Quantization.constant(context, 1);
        Quantization y = isQuantized(context) ? Quantization.constant(context, Y) : null;
        if (isQuantized(context) && (x == null || y == null)) {
            throw new IllegalArgumentException("scales and zero points must be constant where the output is quantized");
        }
        float[] all = new float[channels];
        for (int i = 0; i < channels; i++) {
            all[i] = scales[scales.length == 1 ? 0 : i];
        }
        return new ProductParameters(x, w, all, zeros, y, y == null ? DataType.FLOAT : context.inputType(Y + 1), bias);
    }

    /** A quantization that must be constant. */
    static Quantization known(@Nullable Quantization quantization) {
        if (quantization == null) {
            throw new IllegalArgumentException("scale and zero point of X must be constant");
        }
        return quantization;
    }

    private static Tensor constant(ShapeContext context, int i) {
        Tensor value = context.constant(i);
        if (value == null) {
            throw new IllegalArgumentException("input " + i + " must be constant");
        }
        return value;
    }

    /** The inputs that a run does not ask for: all constants. */
    Set<Integer> consumed() {
        Set<Integer> consumed = new HashSet<>(Set.of(W, W + 1, W + 2));
        if (x != null) {
            consumed.addAll(Set.of(1, 2));
        }
        if (y != null) {
            consumed.addAll(Set.of(Y, Y + 1));
        }
        if (bias != null) {
            consumed.add(BIAS);
        }
        return consumed;
    }
}
