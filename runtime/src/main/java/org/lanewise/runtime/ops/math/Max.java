package org.lanewise.runtime.ops.math;

import org.lanewise.kernels.elementwise.BinaryOp;
import org.lanewise.runtime.op.NodeSpec;

/** The largest of the inputs, NaN where one of them is. ONNX {@code Max}-1, 6, 8, 12, 13. */
public record Max() implements Variadic {
    /** From a node. */
    public static Max create(NodeSpec spec) {
        Variadic.read(spec);
        return new Max();
    }

    @Override
    public BinaryOp op() {
        return BinaryOp.MAX;
    }
}
