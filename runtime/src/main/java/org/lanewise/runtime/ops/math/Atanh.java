package org.lanewise.runtime.ops.math;

import org.lanewise.kernels.math.DoubleMath;
import org.lanewise.kernels.math.FloatMath;
import org.lanewise.runtime.op.NodeSpec;

/** {@code y = artanh x}, the inverse of tanh, NaN outside [-1, 1]. ONNX {@code Atanh}-9, 22. */
public record Atanh() implements Unary {
    /** From a node. */
    public static Atanh create(NodeSpec spec) {
        Unary.read(spec);
        return new Atanh();
    }

    @Override
    public void apply(float[] x, int xo, float[] y, int yo, int n) {
        FloatMath.map(DoubleMath::atanh, x, xo, y, yo, n);
    }

    @Override
    public double apply(double x) {
        return DoubleMath.atanh(x);
    }

    @Override
    public int picos() {
        return 12000;
    }
}
