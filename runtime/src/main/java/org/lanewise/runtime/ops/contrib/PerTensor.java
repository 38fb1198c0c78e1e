package org.lanewise.runtime.ops.contrib;

import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.lanewise.kernels.quant.ByteValues;
import org.lanewise.runtime.op.OpContext;
import org.lanewise.runtime.op.ShapeContext;
import org.lanewise.runtime.ops.math.Types;
import org.lanewise.runtime.tensor.DataType;
import org.lanewise.runtime.tensor.PartialShape;
import org.lanewise.runtime.tensor.Tensor;

/**
 * How a whole tensor of bytes is quantized: {@code x} stands for {@code scale (x - zero)}.
 *
 * @param scale more than 0
 * @param zero in the range of the type
 */
record PerTensor(float scale, int zero) {
    private static final Set<DataType> FLOAT = Set.of(DataType.FLOAT);

    /** Refuses a scale that is no single {@code FLOAT} and a zero point that is no single value of {@code type}. */
    static void check(ShapeContext context, int scale, int zero, DataType type) {
        Types.check(context, scale, FLOAT);
        single(context, scale);
        if (has(context, zero)) {
            Types.check(context, zero, Set.of(type));
            single(context, zero);
        }
    }

    private static void single(ShapeContext context, int i) {
        PartialShape shape = context.inputShape(i);
        if (shape.isKnown() && shape.size() != 1) {
            throw new IllegalArgumentException(
                    "input " + i + " has shape " + shape + ", expected one value: scales per axis are not defined");
        }
    }

    /** Whether input {@code i} is there. */
    static boolean has(ShapeContext context, int i) {
        return i < context.inputCount() && context.hasInput(i);
    }

    /** From inputs of a run; an absent zero point is 0. */
    static PerTensor read(OpContext context, int scale, int zero) {
        return of(context.input(scale), zero < context.inputCount() ? context.optionalInput(zero) : null);
    }

    /** From constants; {@code null} where one is not known. */
    static @Nullable PerTensor constant(ShapeContext context, int scale, int zero) {
        Tensor s = context.constant(scale);
        Tensor z = has(context, zero) ? context.constant(zero) : null;
        return s == null || has(context, zero) && z == null ? null : of(s, z);
    }

    private static PerTensor of(Tensor scale, @Nullable Tensor zero) {
        return new PerTensor((float) scale.scalarDouble(), zero == null ? 0 : (int) zero.scalarLong());
    }

    /** What the bytes stand for, {@link ByteValues}. */
    float[] values(boolean unsigned) {
        return ByteValues.of(scale, zero, unsigned);
    }

    /** The bytes that stand for 256 values, {@link ByteValues}. */
    byte[] quantized(float[] values, boolean unsigned) {
        return ByteValues.quantized(values, scale, zero, unsigned);
    }
}
