package org.lanewise.runtime.ops.math;

import org.lanewise.kernels.elementwise.BinaryOp;
import org.lanewise.runtime.op.NodeSpec;

/** The smallest of the inputs, NaN where one of them is. ONNX {@code Min}-1, 6, 8, 12, 13. */
public record Min() implements Variadic {
    /** From a node. */
    public static Min create(NodeSpec spec) {
        Variadic.read(spec);
        return new Min();
    }

    @Override
    public BinaryOp op() {
        return BinaryOp.MIN;
    }
}
