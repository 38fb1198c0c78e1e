package org.lanewise.runtime.ops.math;

import org.lanewise.kernels.elementwise.BinaryOp;
import org.lanewise.runtime.op.NodeSpec;

/**
 * {@code y = a + b}. ONNX {@code Add}-1, 6, 7, 13, 14.
 *
 * @param alignment how b is laid over a
 */
public record Add(Alignment alignment) implements Binary {
    /** From a node. */
    public static Add create(NodeSpec spec) {
        spec.inputs(2, 2);
        return new Add(Alignment.of(spec));
    }

    @Override
    public BinaryOp op() {
        return BinaryOp.ADD;
    }
}
