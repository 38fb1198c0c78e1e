package org.lanewise.runtime.ops.contrib;

import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.lanewise.kernels.quant.ByteTable;
import org.lanewise.runtime.op.InPlace;
import org.lanewise.runtime.op.OpContext;
import org.lanewise.runtime.op.Operator;
import org.lanewise.runtime.op.Prepacks;
import org.lanewise.runtime.op.Repeatable;
import org.lanewise.runtime.op.ShapeContext;
import org.lanewise.runtime.ops.math.Blocks;
import org.lanewise.runtime.ops.math.Types;
import org.lanewise.runtime.ops.quant.QuantizedTypes;
import org.lanewise.runtime.tensor.ByteTensor;
import org.lanewise.runtime.tensor.DataType;

/** A function of each element of a quantized tensor, {@code quantize(f(dequantize(x)))}, as a table of 256 bytes: inputs X, its scale and zero point, the output's scale and zero point. */
interface QuantizedUnary extends Operator, InPlace, Prepacks, Repeatable {
    /** Index of the output's scale. */
    int Y_SCALE = 3;

    /** The function. */
    float apply(float x);

    @Override
    default int reusableInput(int output) {
        return 0;
    }

    @Override
    default boolean readsAhead(int i) {
        return i > 0;
    }

    @Override
    default void inferShapes(ShapeContext context) {
        DataType type = Types.check(context, 0, QuantizedTypes.BYTES);
        PerTensor.check(context, 1, 2, type);
        PerTensor.check(context, Y_SCALE, Y_SCALE + 1, type);
        context.output(0, type, context.inputShape(0));
    }

    @Override
    default @Nullable Packed prepack(ShapeContext context) {
        PerTensor x = PerTensor.constant(context, 1, 2);
        PerTensor y = PerTensor.constant(context, Y_SCALE, Y_SCALE + 1);
        return x == null || y == null
                ? null
                : new Packed(table(x, y, context.inputType(0).isUnsigned()), Set.of());
    }

    private byte[] table(PerTensor x, PerTensor y, boolean unsigned) {
        float[] values = x.values(unsigned);
        for (int i = 0; i < values.length; i++) {
            values[i] = apply(values[i]);
        }
        return y.quantized(values, unsigned);
    }

    @Override
    default void run(OpContext context) {
        ByteTensor x = (ByteTensor) context.input(0);
        byte[] table = context.packed() instanceof byte[] packed
                ? packed
                : table(
                        PerTensor.read(context, 1, 2),
                        PerTensor.read(context, Y_SCALE, Y_SCALE + 1),
                        x.type().isUnsigned());
        ByteTensor y = (ByteTensor) context.output(0, x.type(), x.shape());
        Blocks.run(
                context,
                x.size(),
                500,
                (from, to) ->
                        ByteTable.apply(table, x.array(), x.offset() + from, y.array(), y.offset() + from, to - from));
    }
}
