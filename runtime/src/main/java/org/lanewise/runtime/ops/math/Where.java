package org.lanewise.runtime.ops.math;

import org.lanewise.kernels.elementwise.Broadcast;
import org.lanewise.runtime.op.NodeSpec;
import org.lanewise.runtime.op.OpContext;
import org.lanewise.runtime.op.Operator;
import org.lanewise.runtime.op.Repeatable;
import org.lanewise.runtime.op.ShapeContext;
import org.lanewise.runtime.tensor.ByteTensor;
import org.lanewise.runtime.tensor.DataType;
import org.lanewise.runtime.tensor.PartialShape;
import org.lanewise.runtime.tensor.Shape;
import org.lanewise.runtime.tensor.Tensor;

/** {@code y = condition ? a : b}, element by element with broadcasting, for any element type. ONNX {@code Where}-9, 16. */
public record Where() implements Operator, Repeatable {
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
        Broadcast plan = Elementwise.plan(condition.shape(), a.shape(), b.shape());
        Tensor y = context.output(0, a.type(), Shape.of(plan.outputShape()));
        Blocks.run(context, plan.size(), 500, (from, to) -> {
            org.lanewise.kernels.elementwise.Where.select(
                    plan,
                    condition.array(),
                    condition.offset(),
                    a.storage(),
                    a.offset(),
                    b.storage(),
                    b.offset(),
                    y.storage(),
                    y.offset(),
                    from,
                    to);
        });
    }
}
