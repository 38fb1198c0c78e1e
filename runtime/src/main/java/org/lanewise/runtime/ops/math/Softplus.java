package org.lanewise.runtime.ops.math;

import org.lanewise.kernels.math.DoubleMath;
import org.lanewise.kernels.math.FloatActivations;
import org.lanewise.runtime.op.NodeSpec;

/** {@code y = ln(1 + e^x)}. ONNX {@code Softplus}-1, 22. */
public record Softplus() implements Unary {
    /** From a node. */
    public static Softplus create(NodeSpec spec) {
        Unary.read(spec);
        return new Softplus();
    }

    @Override
    public void apply(float[] x, int xo, float[] y, int yo, int n) {
        FloatActivations.softplus(x, xo, y, yo, n);
    }

    @Override
    public double apply(double x) {
        return DoubleMath.softplus(x);
    }

    @Override
    public int picos() {
        return 1500;
    }
}
