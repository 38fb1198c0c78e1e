package org.lanewise.runtime.ops.math;

import org.lanewise.kernels.math.DoubleMath;
import org.lanewise.kernels.math.FloatMath;
import org.lanewise.runtime.op.NodeSpec;

/** {@code y = arsinh x}, the inverse of sinh. ONNX {@code Asinh}-9, 22. */
public record Asinh() implements Unary {
    /** From a node. */
    public static Asinh create(NodeSpec spec) {
        Unary.read(spec);
        return new Asinh();
    }

    @Override
    public void apply(float[] x, int xo, float[] y, int yo, int n) {
        FloatMath.map(DoubleMath::asinh, x, xo, y, yo, n);
    }

    @Override
    public double apply(double x) {
        return DoubleMath.asinh(x);
    }

    @Override
    public int picos() {
        return 12000;
    }
}
