package org.lanewise.runtime.ops.math;

import org.lanewise.kernels.math.FloatMath;
import org.lanewise.runtime.op.NodeSpec;

/** {@code y = cosh x}. ONNX {@code Cosh}-9, 22. */
public record Cosh() implements Unary {
    /** From a node. */
    public static Cosh create(NodeSpec spec) {
        Unary.read(spec);
        return new Cosh();
    }

    @Override
    public void apply(float[] x, int xo, float[] y, int yo, int n) {
        FloatMath.map(Math::cosh, x, xo, y, yo, n);
    }

    @Override
    public double apply(double x) {
        return Math.cosh(x);
    }

    @Override
    public int picos() {
        return 12000;
    }
}
