package org.lanewise.quantization.compare;

import org.jspecify.annotations.Nullable;
import org.lanewise.runtime.tensor.DataType;
import org.lanewise.runtime.tensor.Shape;
import org.lanewise.runtime.tensor.Tensor;

/**
 * A linear quantizer with constant parameters, as of ONNX {@code QuantizeLinear}: code q of value x is {@code saturate(roundHalfEven(x / scale) + zeroPoint)}, and stands for
 * {@code (q - zeroPoint) * scale}.
 *
 * @param codes name of the value that holds the codes
 * @param type type of the codes, an integer of up to 16 bits
 * @param scales one scale, or one for each index along {@code axis}
 * @param zeroPoints one zero point, or as many as scales
 * @param axis which axis the scales run along; of no meaning with one scale
 */
record Quantizer(String codes, DataType type, float[] scales, int[] zeroPoints, int axis) {
    private static final int MOST_BITS = 16;

    /** A quantizer of these constants; {@code null} if they do not make one. */
    static @Nullable Quantizer of(
            String codes, @Nullable DataType type, @Nullable Tensor scale, @Nullable Tensor zero, long axis) {
        if (type == null
                || !type.isInteger()
                || type.bits() > MOST_BITS
                || scale == null
                || scale.shape().rank() > 1) {
            return null;
        }
        int[] zeros = zero == null ? new int[scale.size()] : zero.toIntArray();
        return zeros.length == scale.size()
                ? new Quantizer(codes, type, scale.toFloatArray(), zeros, (int) axis)
                : null;
    }

    /** The lowest code. */
    int lowest() {
        return type.isUnsigned() ? 0 : -(1 << type.bits() - 1);
    }

    /** The highest code. */
    int highest() {
        return (1 << (type.isUnsigned() ? type.bits() : type.bits() - 1)) - 1;
    }

    /** Which scale element {@code i} of a tensor of this shape has. */
    int channel(Shape shape, int i) {
        if (scales.length == 1) {
            return 0;
        }
        int at = Shape.axis(axis, shape.rank());
        return i / shape.sizeBetween(at + 1, shape.rank()) % shape.dim(at);
    }

    /** What the codes stand for. */
    float[] dequantize(Tensor tensor) {
        float[] values = new float[tensor.size()];
        for (int i = 0; i < values.length; i++) {
            int channel = channel(tensor.shape(), i);
            values[i] = (tensor.getLong(i) - zeroPoints[channel]) * scales[channel];
        }
        return values;
    }

    /** The codes of fp32 values. */
    Tensor quantize(Tensor tensor) {
        Tensor out = Tensor.allocate(type, tensor.shape());
        for (int i = 0; i < tensor.size(); i++) {
            int channel = channel(tensor.shape(), i);
            double code = Math.rint((float) tensor.getDouble(i) / scales[channel]) + zeroPoints[channel];
            int held = (int) Math.clamp(code, lowest(), highest());
            switch (out.storage()) {
                case byte[] bytes -> bytes[i] = (byte) held;
                case short[] shorts -> shorts[i] = (short) held;
                default -> throw new IllegalStateException(type + " is not stored as bytes or shorts");
            }
        }
        return out;
    }
}
