package org.lanewise.runtime.ops.math;

import org.lanewise.kernels.math.DoubleMath;
import org.lanewise.kernels.math.FloatActivations;
import org.lanewise.runtime.op.NodeSpec;

/** {@code y = 1 / (1 + e^-x)}. ONNX {@code Sigmoid}-1, 6, 13. */
public record Sigmoid() implements Unary {
    /** From a node. */
    public static Sigmoid create(NodeSpec spec) {
        Unary.read(spec);
        return new Sigmoid();
    }

    @Override
    public void apply(float[] x, int xo, float[] y, int yo, int n) {
        FloatActivations.sigmoid(x, xo, y, yo, n);
    }

    @Override
    public double apply(double x) {
        return DoubleMath.sigmoid(x);
    }

    @Override
    public int picos() {
        return 900;
    }
}
