package org.lanewise.runtime.ops.math;

import java.util.Set;
import org.lanewise.kernels.elementwise.BinaryOp;
import org.lanewise.runtime.op.NodeSpec;
import org.lanewise.runtime.tensor.DataType;

/** The sum of the inputs. ONNX {@code Sum}-1, 6, 8, 13. */
public record Sum() implements Variadic {
    /** From a node. */
    public static Sum create(NodeSpec spec) {
        Variadic.read(spec);
        return new Sum();
    }

    @Override
    public BinaryOp op() {
        return BinaryOp.ADD;
    }

    @Override
    public Set<DataType> types() {
        return Types.FLOATING;
    }
}
