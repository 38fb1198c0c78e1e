package org.lanewise.runtime.ops.logic;

import java.util.Set;
import org.lanewise.kernels.elementwise.BinaryOp;
import org.lanewise.runtime.op.NodeSpec;
import org.lanewise.runtime.ops.math.Alignment;
import org.lanewise.runtime.ops.math.Binary;
import org.lanewise.runtime.ops.math.Types;
import org.lanewise.runtime.tensor.DataType;

/**
 * {@code y = a != b} for booleans. ONNX {@code Xor}-1, 7.
 *
 * @param alignment how b is laid over a
 */
public record Xor(Alignment alignment) implements Binary {
    /** From a node. */
    public static Xor create(NodeSpec spec) {
        spec.inputs(2, 2);
        return new Xor(Alignment.of(spec));
    }

    @Override
    public BinaryOp op() {
        return BinaryOp.XOR;
    }

    @Override
    public Set<DataType> types() {
        return Types.BOOLEAN;
    }
}
