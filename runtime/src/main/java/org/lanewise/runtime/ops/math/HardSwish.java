package org.lanewise.runtime.ops.math;

import org.lanewise.kernels.math.DoubleMath;
import org.lanewise.kernels.math.FloatActivations;
import org.lanewise.runtime.op.NodeSpec;

/** {@code y = x max(0, min(1, x / 6 + 0.5))}. ONNX {@code HardSwish}-14, 22. */
public record HardSwish() implements Unary {
    /** From a node. */
    public static HardSwish create(NodeSpec spec) {
        Unary.read(spec);
        return new HardSwish();
    }

    @Override
    public void apply(float[] x, int xo, float[] y, int yo, int n) {
        FloatActivations.hardSwish(x, xo, y, yo, n);
    }

    @Override
    public double apply(double x) {
        return x * DoubleMath.hardSigmoid(x, 1 / 6.0, 0.5);
    }

    @Override
    public int picos() {
        return 300;
    }
}
