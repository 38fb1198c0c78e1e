package org.lanewise.runtime.ops.math;

import org.lanewise.kernels.math.DoubleMath;
import org.lanewise.kernels.math.FloatActivations;
import org.lanewise.runtime.op.NodeSpec;

/** {@code y = x tanh(ln(1 + e^x))}. ONNX {@code Mish}-18, 22. */
public record Mish() implements Unary {
    /** From a node. */
    public static Mish create(NodeSpec spec) {
        Unary.read(spec);
        return new Mish();
    }

    @Override
    public void apply(float[] x, int xo, float[] y, int yo, int n) {
        FloatActivations.mish(x, xo, y, yo, n);
    }

    @Override
    public double apply(double x) {
        return DoubleMath.mish(x);
    }

    @Override
    public int picos() {
        return 2000;
    }
}
