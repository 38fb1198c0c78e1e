package org.lanewise.runtime.ops.math;

import org.lanewise.kernels.math.FloatMath;
import org.lanewise.runtime.op.NodeSpec;

/** The nearest integer, ties to even. ONNX {@code Round}-11, 22. */
public record Round() implements Unary {
    /** From a node. */
    public static Round create(NodeSpec spec) {
        Unary.read(spec);
        return new Round();
    }

    @Override
    public void apply(float[] x, int xo, float[] y, int yo, int n) {
        FloatMath.round(x, xo, y, yo, n);
    }

    @Override
    public double apply(double x) {
        return Math.rint(x);
    }
}
