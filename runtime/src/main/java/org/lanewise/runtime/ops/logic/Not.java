package org.lanewise.runtime.ops.logic;

import java.util.Set;
import org.lanewise.runtime.op.NodeSpec;
import org.lanewise.runtime.ops.math.Types;
import org.lanewise.runtime.ops.math.Unary;
import org.lanewise.runtime.tensor.DataType;

/** {@code y = !x}. ONNX {@code Not}-1. */
public record Not() implements Unary {
    /** From a node. */
    public static Not create(NodeSpec spec) {
        Unary.read(spec);
        return new Not();
    }

    @Override
    public long apply(long x) {
        return x ^ 1;
    }

    @Override
    public Set<DataType> types() {
        return Types.BOOLEAN;
    }
}
