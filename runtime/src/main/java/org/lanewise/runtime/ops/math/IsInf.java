package org.lanewise.runtime.ops.math;

import org.lanewise.runtime.op.NodeSpec;
import org.lanewise.runtime.op.OpContext;
import org.lanewise.runtime.op.Operator;
import org.lanewise.runtime.op.ShapeContext;
import org.lanewise.runtime.tensor.ByteTensor;
import org.lanewise.runtime.tensor.DataType;
import org.lanewise.runtime.tensor.Tensor;

/**
 * Whether x is infinite. ONNX {@code IsInf}-10, 20.
 *
 * @param negative whether -infinity counts
 * @param positive whether +infinity counts
 */
public record IsInf(boolean negative, boolean positive) implements Operator {
    /** From a node. */
    public static IsInf create(NodeSpec spec) {
        spec.inputs(1, 1);
        return new IsInf(spec.flag("detect_negative", true), spec.flag("detect_positive", true));
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
                double value = x.getDouble(i);
                boolean found =
                        value == Double.POSITIVE_INFINITY && positive || value == Double.NEGATIVE_INFINITY && negative;
                y.array()[y.offset() + i] = (byte) (found ? 1 : 0);
            }
        });
    }
}
