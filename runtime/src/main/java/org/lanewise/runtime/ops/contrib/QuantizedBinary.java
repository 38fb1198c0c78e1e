package org.lanewise.runtime.ops.contrib;

import org.lanewise.kernels.elementwise.Broadcast;
import org.lanewise.runtime.op.OpContext;
import org.lanewise.runtime.op.Operator;
import org.lanewise.runtime.op.Repeatable;
import org.lanewise.runtime.op.ShapeContext;
import org.lanewise.runtime.ops.math.Blocks;
import org.lanewise.runtime.ops.math.Elementwise;
import org.lanewise.runtime.ops.math.Types;
import org.lanewise.runtime.ops.quant.QuantizedTypes;
import org.lanewise.runtime.tensor.ByteTensor;
import org.lanewise.runtime.tensor.DataType;
import org.lanewise.runtime.tensor.PartialShape;
import org.lanewise.runtime.tensor.Shape;

/** An operator on two quantized tensors, broadcast against each other: inputs A, its scale and zero point, B, its scale and zero point, the output's scale and zero point. */
interface QuantizedBinary extends Operator, Repeatable {
    /** Index of B. */
    int B = 3;

    /** Index of the output's scale. */
    int Y_SCALE = 6;

    /** Work on a row of the output; a step is 1, or 0 where the operand has one element for the row. */
    @FunctionalInterface
    interface Rows {
        /** Does it. */
        void run(byte[] a, int aOff, int aStep, byte[] b, int bOff, int bStep, byte[] y, int yOff, int n);
    }

    /** The kernel. */
    Rows rows(PerTensor a, PerTensor b, PerTensor y, boolean unsigned);

    @Override
    default void inferShapes(ShapeContext context) {
        DataType type = Types.check(context, 0, QuantizedTypes.BYTES);
        Types.same(context, B, 0);
        PerTensor.check(context, 1, 2, type);
        PerTensor.check(context, B + 1, B + 2, type);
        PerTensor.check(context, Y_SCALE, Y_SCALE + 1, type);
        context.output(0, type, PartialShape.broadcast(context.inputShape(0), context.inputShape(B)));
    }

    @Override
    default boolean readsAhead(int i) {
        return i != 0 && i != B;
    }

    @Override
    default void run(OpContext context) {
        ByteTensor a = (ByteTensor) context.input(0);
        ByteTensor b = (ByteTensor) context.input(B);
        Rows rows = rows(
                PerTensor.read(context, 1, 2),
                PerTensor.read(context, B + 1, B + 2),
                PerTensor.read(context, Y_SCALE, Y_SCALE + 1),
                a.type().isUnsigned());
        Broadcast plan = Elementwise.plan(a.shape(), b.shape());
        ByteTensor y = (ByteTensor) context.output(0, a.type(), Shape.of(plan.outputShape()));
        Blocks.run(context, plan.size(), 800, (from, to) -> {
            for (int p = from, n; p < to; p += n) {
                n = plan.rowLength(p, to);
                rows.run(
                        a.array(),
                        a.offset() + plan.offset(0, p),
                        plan.rowStride(0),
                        b.array(),
                        b.offset() + plan.offset(1, p),
                        plan.rowStride(1),
                        y.array(),
                        y.offset() + p,
                        n);
            }
        });
    }
}
