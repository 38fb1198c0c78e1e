package org.lanewise.runtime.ops.math;

import org.lanewise.runtime.op.NodeSpec;
import org.lanewise.runtime.op.OpContext;
import org.lanewise.runtime.op.Operator;
import org.lanewise.runtime.op.ShapeContext;
import org.lanewise.runtime.tensor.ByteTensor;
import org.lanewise.runtime.tensor.DataType;
import org.lanewise.runtime.tensor.PartialShape;
import org.lanewise.runtime.tensor.Tensor;

/** {@code y = condition ? a : b}, element by element with broadcasting, for any element type. ONNX {@code Where}-9, 16. */
public record Where() implements Operator {
    /** From a node. */
    public static Where create(NodeSpec spec) {
        spec.inputs(3, 3);
        return new Where();
    }

    @Override
    public void inferShapes(ShapeContext context) {
        Types.check(context, 0, Types.BOOLEAN);
        Types.same(context, 2, 1);
        DataType type = context.inputType(1);
        if (type == DataType.COMPLEX64 || type == DataType.COMPLEX128) {
            throw new IllegalArgumentException("input 1 is " + type.onnxName() + ", which is not supported");
        }
        PartialShape values = PartialShape.broadcast(context.inputShape(1), context.inputShape(2));
        context.output(0, type, PartialShape.broadcast(context.inputShape(0), values));
    }

    @Override
    public void run(OpContext context) {
        ByteTensor condition = (ByteTensor) context.input(0);
        Tensor a = context.input(1);
        Tensor b = context.input(2);
        Broadcast broadcast = Broadcast.of(condition.shape(), a.shape(), b.shape());
        Tensor y = context.output(0, a.type(), broadcast.shape());
        int cs = broadcast.step(0);
        int as = broadcast.step(1);
        int bs = broadcast.step(2);
        byte[] c = condition.array();
        broadcast.run(context, 800, (at, o, n) -> {
            int co = condition.offset() + at[0];
            int ao = a.offset() + at[1];
            int bo = b.offset() + at[2];
            int yo = y.offset() + o;
            switch (y.storage()) {
                case float[] out -> select(c, co, cs, (float[]) a.storage(), ao, as, (float[]) b.storage(), bo, bs, out, yo, n);
                case long[] out -> select(c, co, cs, (long[]) a.storage(), ao, as, (long[]) b.storage(), bo, bs, out, yo, n);
                default -> {
                    for (int i = 0; i < n; i++) {
                        boolean first = c[co + i * cs] != 0;
                        y.copyFrom(o + i, first ? a : b, first ? at[1] + i * as : at[2] + i * bs, 1);
                    }
                }
            }
        });
    }

    private static void select(
            byte[] c, int co, int cs, float[] a, int ao, int as, float[] b, int bo, int bs, float[] y, int yo, int n) {
        for (int i = 0; i < n; i++) {
            y[yo + i] = c[co + i * cs] != 0 ? a[ao + i * as] : b[bo + i * bs];
        }
    }

    private static void select(
            byte[] c, int co, int cs, long[] a, int ao, int as, long[] b, int bo, int bs, long[] y, int yo, int n) {
        for (int i = 0; i < n; i++) {
            y[yo + i] = c[co + i * cs] != 0 ? a[ao + i * as] : b[bo + i * bs];
        }
    }
}
