package org.lanewise.runtime.ops.logic;

import java.util.Set;
import org.lanewise.kernels.elementwise.BinaryOp;
import org.lanewise.runtime.op.NodeSpec;
import org.lanewise.runtime.ops.math.Alignment;
import org.lanewise.runtime.ops.math.Binary;
import org.lanewise.runtime.ops.math.Types;
import org.lanewise.runtime.tensor.DataType;

/**
 * {@code y = a && b}. ONNX {@code And}-1, 7.
 *
 * @param alignment how b is laid over a
 */
public record And(Alignment alignment) implements Binary {
    /** From a node. */
    public static And create(NodeSpec spec) {
        spec.inputs(2, 2);
        return new And(Alignment.of(spec));
    }

    @Override
    public BinaryOp op() {
        return BinaryOp.AND;
    }

    @Override
    public Set<DataType> types() {
        return Types.BOOLEAN;
    }
}
