package org.lanewise.runtime.ops.math;

import org.lanewise.runtime.op.NodeSpec;

/** The smallest of the inputs, NaN where one of them is. ONNX {@code Min}-1, 6, 8, 12, 13. */
public record Min() implements Variadic {
    /** From a node. */
    public static Min create(NodeSpec spec) {
        Variadic.read(spec);
        return new Min();
    }

    @Override
    public double apply(double a, double b) {
        return Math.min(a, b);
    }

    @Override
    public long apply(long a, long b) {
        return Math.min(a, b);
    }

    @Override
    public long applyUnsigned(long a, long b) {
        return Long.compareUnsigned(a, b) <= 0 ? a : b;
    }
}
