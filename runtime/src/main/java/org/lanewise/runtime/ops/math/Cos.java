package org.lanewise.runtime.ops.math;

import org.lanewise.kernels.math.FloatMath;
import org.lanewise.runtime.op.NodeSpec;

/** {@code y = cos x}. ONNX {@code Cos}-7, 22. */
public record Cos() implements Unary {
    /** From a node. */
    public static Cos create(NodeSpec spec) {
        Unary.read(spec);
        return new Cos();
    }

    @Override
    public void apply(float[] x, int xo, float[] y, int yo, int n) {
        FloatMath.map(Math::cos, x, xo, y, yo, n);
    }

    @Override
    public double apply(double x) {
        return Math.cos(x);
    }

    @Override
    public int picos() {
        return 12000;
    }
}
