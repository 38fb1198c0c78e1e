package org.lanewise.runtime.ops.contrib;

import org.lanewise.kernels.elementwise.HalfPrecision;
import org.lanewise.runtime.tensor.DataType;
import org.lanewise.runtime.tensor.FloatTensor;
import org.lanewise.runtime.tensor.ShortTensor;
import org.lanewise.runtime.tensor.Tensor;

/** Elements of {@code FLOAT}, {@code FLOAT16} and {@code BFLOAT16} tensors as fp32, a few at a time, for operators that would else convert a whole cache. */
final class Floats {
    private Floats() {}

    /** Copies {@code count} elements from {@code at} on, counted in the tensor. */
    static void read(Tensor tensor, int at, float[] y, int yAt, int count) {
        if (tensor instanceof FloatTensor floats) {
            System.arraycopy(floats.array(), floats.offset() + at, y, yAt, count);
            return;
        }
        short[] bits = ((ShortTensor) tensor).array();
        int from = tensor.offset() + at;
        if (tensor.type() == DataType.FLOAT16) {
            HalfPrecision.fromFloat16(bits, from, y, yAt, count);
        } else {
            HalfPrecision.fromBfloat16(bits, from, y, yAt, count);
        }
    }

    /** The reverse, rounded to nearest even. */
    static void write(float[] x, int xAt, Tensor tensor, int at, int count) {
        if (tensor instanceof FloatTensor floats) {
            System.arraycopy(x, xAt, floats.array(), floats.offset() + at, count);
        } else {
            short[] bits = ((ShortTensor) tensor).array();
            org.lanewise.runtime.op.HalfPrecision.round(x, xAt, tensor.type(), bits, tensor.offset() + at, count);
        }
    }
}
