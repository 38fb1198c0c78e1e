package org.lanewise.runtime.ops.fused.quant;

import java.util.EnumSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.lanewise.runtime.op.OpContext;
import org.lanewise.runtime.op.ShapeContext;
import org.lanewise.runtime.ops.math.Types;
import org.lanewise.runtime.tensor.DataType;
import org.lanewise.runtime.tensor.Tensor;

/**
 * The scale and zero point of a quantized tensor.
 *
 * @param scale real difference of neighbouring bytes
 * @param zero the byte that stands for 0
 */
record Quantization(float scale, int zero) {
    /** 8-bit integers. */
    static final Set<DataType> BYTES = EnumSet.of(DataType.UINT8, DataType.INT8);

    /** Checks that input {@code x} is bytes, input {@code x + 1} a scale and {@code x + 2} a zero point of the same type. */
    static void check(ShapeContext context, int x) {
        Types.check(context, x, BYTES);
        Types.check(context, x + 1, EnumSet.of(DataType.FLOAT));
        Types.same(context, x + 2, x);
    }

    /** Checks the output's scale, input {@code i}, and zero point behind it, whose type it returns; {@code FLOAT} where both are absent. */
    static DataType checkOutput(ShapeContext context, int i) {
        if (i >= context.inputCount() || !context.hasInput(i)) {
            return DataType.FLOAT;
        }
        Types.check(context, i, EnumSet.of(DataType.FLOAT));
        return Types.check(context, i + 1, BYTES);
    }

    /** What inputs {@code i} and {@code i + 1} are where they are constant, else {@code null}. */
    static @Nullable Quantization constant(ShapeContext context, int i) {
        Tensor scale = context.constant(i);
        Tensor zero = context.constant(i + 1);
        return scale == null || zero == null ? null : of(scale, zero);
    }

    /** What inputs {@code i} and {@code i + 1} are. */
    static Quantization read(OpContext context, int i) {
        return of(context.input(i), context.input(i + 1));
    }

    private static Quantization of(Tensor scale, Tensor zero) {
        return new Quantization((float) scale.scalarDouble(), (int) zero.scalarLong());
    }
}
