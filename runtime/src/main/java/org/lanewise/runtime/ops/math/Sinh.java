package org.lanewise.runtime.ops.math;

import org.lanewise.kernels.math.FloatMath;
import org.lanewise.runtime.op.NodeSpec;

/** {@code y = sinh x}. ONNX {@code Sinh}-9, 22. */
public record Sinh() implements Unary {
    /** From a node. */
    public static Sinh create(NodeSpec spec) {
        Unary.read(spec);
        return new Sinh();
    }

    @Override
    public void apply(float[] x, int xo, float[] y, int yo, int n) {
        FloatMath.map(Math::sinh, x, xo, y, yo, n);
    }

    @Override
    public double apply(double x) {
        return Math.sinh(x);
    }

    @Override
    public int picos() {
        return 12000;
    }
}
