package org.lanewise.runtime.ops.math;

import org.lanewise.kernels.math.FloatMath;
import org.lanewise.runtime.op.NodeSpec;

/** {@code y = tan x}. ONNX {@code Tan}-7, 22. */
public record Tan() implements Unary {
    /** From a node. */
    public static Tan create(NodeSpec spec) {
        Unary.read(spec);
        return new Tan();
    }

    @Override
    public void apply(float[] x, int xo, float[] y, int yo, int n) {
        FloatMath.map(Math::tan, x, xo, y, yo, n);
    }

    @Override
    public double apply(double x) {
        return Math.tan(x);
    }

    @Override
    public int picos() {
        return 12000;
    }
}
