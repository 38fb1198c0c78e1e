package org.lanewise.quantization;

import org.lanewise.runtime.tensor.ByteTensor;
import org.lanewise.runtime.tensor.DataType;
import org.lanewise.runtime.tensor.Shape;
import org.lanewise.runtime.tensor.Tensor;

/**
 * How a value is quantized: {@code q = clamp(round(x / scale) + zeroPoint)}.
 *
 * @param scale the step; positive and normal
 * @param zeroPoint the integer that stands for 0
 * @param type {@code UINT8} or {@code INT8}
 */
record Parameters(float scale, int zeroPoint, DataType type) {
    /** Steps smaller than this would make products of steps denormal. */
    static final float SMALLEST_SCALE = 1e-18f;

    /** The parameters with which {@code range} is used best. A range of no width gets scale 1. */
    static Parameters of(Range range, ActivationType activations) {
        if (activations == ActivationType.INT8_SYMMETRIC) {
            double largest = Math.max(-range.low(), range.high());
            return new Parameters(scale(largest / 127), 0, DataType.INT8);
        }
        float scale = scale(range.width() / 255);
        int zero = (int) Math.clamp(Math.rint(-range.low() / scale), 0, 255);
        return new Parameters(scale, zero, DataType.UINT8);
    }

    private static float scale(double step) {
        return step == 0 ? 1 : Math.max((float) step, SMALLEST_SCALE);
    }

    int smallest() {
        return type == DataType.UINT8 ? 0 : -128;
    }

    int largest() {
        return type == DataType.UINT8 ? 255 : 127;
    }

    int quantize(double x) {
        return (int) Math.clamp(Math.rint((float) x / scale) + zeroPoint, smallest(), largest());
    }

    /** What can be represented. */
    Range range() {
        return Range.of((smallest() - zeroPoint) * (double) scale, (largest() - zeroPoint) * (double) scale);
    }

    Tensor scaleTensor() {
        return Tensor.scalar(scale);
    }

    Tensor zeroPointTensor() {
        return new ByteTensor(type, Shape.scalar(), new byte[] {(byte) zeroPoint}, 0);
    }
}
