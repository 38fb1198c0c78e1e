package org.lanewise.runtime.ops.math;

import org.lanewise.kernels.math.FloatMath;
import org.lanewise.runtime.op.NodeSpec;

/** {@code y = 1 / x}. ONNX {@code Reciprocal}-1, 6, 13. */
public record Reciprocal() implements Unary {
    /** From a node. */
    public static Reciprocal create(NodeSpec spec) {
        Unary.read(spec);
        return new Reciprocal();
    }

    @Override
    public void apply(float[] x, int xo, float[] y, int yo, int n) {
        FloatMath.reciprocal(x, xo, y, yo, n);
    }

    @Override
    public double apply(double x) {
        return 1 / x;
    }

    @Override
    public int picos() {
        return 300;
    }
}
