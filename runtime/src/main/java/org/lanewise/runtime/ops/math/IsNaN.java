package org.lanewise.runtime.ops.math;

import org.lanewise.runtime.op.NodeSpec;
import org.lanewise.runtime.op.OpContext;
import org.lanewise.runtime.op.Operator;
import org.lanewise.runtime.op.ShapeContext;
import org.lanewise.runtime.tensor.ByteTensor;
import org.lanewise.runtime.tensor.DataType;
import org.lanewise.runtime.tensor.Tensor;

/** Whether x is not a number. ONNX {@code IsNaN}-9, 13, 20. */
public record IsNaN() implements Operator {
    /** From a node. */
    public static IsNaN create(NodeSpec spec) {
        spec.inputs(1, 1);
        return new IsNaN();
    }

    @Override
    public void inferShapes(ShapeContext context) {
        Types.check(context, 0, Types.ANY_FLOATING);
        context.output(0, DataType.BOOL, context.inputShape(0));
    }

    @Override
    public void run(OpContext context) {
        Tensor x = context.input(0);
        ByteTensor y = (ByteTensor) context.output(0, DataType.BOOL, x.shape());
        Blocks.run(context, x.size(), 2000, (from, to) -> {
            for (int i = from; i < to; i++) {
                y.array()[y.offset() + i] = (byte) (Double.isNaN(x.getDouble(i)) ? 1 : 0);
            }
        });
    }
}
