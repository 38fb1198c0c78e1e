package org.lanewise.runtime.ops.math;

import org.lanewise.runtime.op.NodeSpec;

/**
 * {@code y = a / b}, cut towards zero for integers. ONNX {@code Div}-1, 6, 7, 13, 14.
 *
 * @param alignment how b is laid over a
 */
public record Div(Alignment alignment) implements Binary {
    /** From a node. */
    public static Div create(NodeSpec spec) {
        spec.inputs(2, 2);
        return new Div(Alignment.of(spec));
    }

    @Override
    public double apply(double a, double b) {
        return a / b;
    }

    @Override
    public long apply(long a, long b) {
        return a / b;
    }

    @Override
    public long applyUnsigned(long a, long b) {
        return Long.divideUnsigned(a, b);
    }
}
