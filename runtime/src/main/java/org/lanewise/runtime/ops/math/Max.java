package org.lanewise.runtime.ops.math;

import org.lanewise.runtime.op.NodeSpec;

/** The largest of the inputs, NaN where one of them is. ONNX {@code Max}-1, 6, 8, 12, 13. */
public record Max() implements Variadic {
    /** From a node. */
    public static Max create(NodeSpec spec) {
        Variadic.read(spec);
        return new Max();
    }

    @Override
    public double apply(double a, double b) {
        return Math.max(a, b);
    }

    @Override
    public long apply(long a, long b) {
        return Math.max(a, b);
    }

    @Override
    public long applyUnsigned(long a, long b) {
        return Long.compareUnsigned(a, b) >= 0 ? a : b;
    }
}
