package org.lanewise.runtime.ops.math;

import org.lanewise.kernels.math.FloatMath;
import org.lanewise.runtime.op.NodeSpec;

/** {@code y = tanh x}. ONNX {@code Tanh}-1, 6, 13. */
public record Tanh() implements Unary {
    /** From a node. */
    public static Tanh create(NodeSpec spec) {
        Unary.read(spec);
        return new Tanh();
    }

    @Override
    public void apply(float[] x, int xo, float[] y, int yo, int n) {
        FloatMath.tanh(x, xo, y, yo, n);
    }

    @Override
    public double apply(double x) {
        return Math.tanh(x);
    }

    @Override
    public int picos() {
        return 900;
    }
}
