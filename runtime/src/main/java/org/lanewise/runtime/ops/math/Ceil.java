package org.lanewise.runtime.ops.math;

import org.lanewise.kernels.math.FloatMath;
import org.lanewise.runtime.op.NodeSpec;

/** The least integer not below x. ONNX {@code Ceil}-1, 6, 13. */
public record Ceil() implements Unary {
    /** From a node. */
    public static Ceil create(NodeSpec spec) {
        Unary.read(spec);
        return new Ceil();
    }

    @Override
    public void apply(float[] x, int xo, float[] y, int yo, int n) {
        FloatMath.ceil(x, xo, y, yo, n);
    }

    @Override
    public double apply(double x) {
        return Math.ceil(x);
    }
}
