package org.lanewise.runtime.ops.math;

import java.util.Set;
import org.lanewise.runtime.op.NodeSpec;
import org.lanewise.runtime.tensor.DataType;

/** {@code y = ~x}, bit by bit. ONNX {@code BitwiseNot}-18. */
public record BitwiseNot() implements Unary {
    /** From a node. */
    public static BitwiseNot create(NodeSpec spec) {
        Unary.read(spec);
        return new BitwiseNot();
    }

    @Override
    public long apply(long x) {
        return ~x;
    }

    @Override
    public Set<DataType> types() {
        return Types.INTEGER;
    }
}
