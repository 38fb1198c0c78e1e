package org.lanewise.runtime.ops.math;

import org.lanewise.kernels.math.DoubleMath;
import org.lanewise.kernels.math.FloatMath;
import org.lanewise.runtime.op.NodeSpec;

/** {@code y = arcosh x}, the inverse of cosh, NaN below 1. ONNX {@code Acosh}-9, 22. */
public record Acosh() implements Unary {
    /** From a node. */
    public static Acosh create(NodeSpec spec) {
        Unary.read(spec);
        return new Acosh();
    }

    @Override
    public void apply(float[] x, int xo, float[] y, int yo, int n) {
        FloatMath.map(DoubleMath::acosh, x, xo, y, yo, n);
    }

    @Override
    public double apply(double x) {
        return DoubleMath.acosh(x);
    }

    @Override
    public int picos() {
        return 12000;
    }
}
