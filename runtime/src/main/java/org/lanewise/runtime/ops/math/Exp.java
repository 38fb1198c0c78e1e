package org.lanewise.runtime.ops.math;

import org.lanewise.kernels.math.FloatMath;
import org.lanewise.runtime.op.NodeSpec;

/** {@code y = e^x}. ONNX {@code Exp}-1, 6, 13. */
public record Exp() implements Unary {
    /** From a node. */
    public static Exp create(NodeSpec spec) {
        Unary.read(spec);
        return new Exp();
    }

    @Override
    public void apply(float[] x, int xo, float[] y, int yo, int n) {
        FloatMath.exp(x, xo, y, yo, n);
    }

    @Override
    public double apply(double x) {
        return Math.exp(x);
    }

    @Override
    public int picos() {
        return 900;
    }
}
