package org.lanewise.runtime.ops.math;

import java.util.Set;
import org.lanewise.kernels.elementwise.BinaryOp;
import org.lanewise.runtime.op.NodeSpec;
import org.lanewise.runtime.tensor.DataType;

/**
 * {@code y = a ^ b}, bit by bit. ONNX {@code BitwiseXor}-18.
 *
 * @param alignment how b is laid over a
 */
public record BitwiseXor(Alignment alignment) implements Binary {
    /** From a node. */
    public static BitwiseXor create(NodeSpec spec) {
        spec.inputs(2, 2);
        return new BitwiseXor(Alignment.of(spec));
    }

    @Override
    public BinaryOp op() {
        return BinaryOp.XOR;
    }

    @Override
    public Set<DataType> types() {
        return Types.INTEGER;
    }
}
