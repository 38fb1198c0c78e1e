package org.lanewise.runtime.ops.math;

import org.lanewise.kernels.math.FloatMath;
import org.lanewise.runtime.op.NodeSpec;

/** {@code y = sin x}. ONNX {@code Sin}-7, 22. */
public record Sin() implements Unary {
    /** From a node. */
    public static Sin create(NodeSpec spec) {
        Unary.read(spec);
        return new Sin();
    }

    @Override
    public void apply(float[] x, int xo, float[] y, int yo, int n) {
        FloatMath.map(Math::sin, x, xo, y, yo, n);
    }

    @Override
    public double apply(double x) {
        return Math.sin(x);
    }

    @Override
    public int picos() {
        return 12000;
    }
}
