package org.lanewise.runtime.ops.math;

import org.lanewise.kernels.math.DoubleMath;
import org.lanewise.kernels.math.FloatActivations;
import org.lanewise.runtime.op.NodeSpec;

/** {@code y = x / (1 + |x|)}. ONNX {@code Softsign}-1, 22. */
public record Softsign() implements Unary {
    /** From a node. */
    public static Softsign create(NodeSpec spec) {
        Unary.read(spec);
        return new Softsign();
    }

    @Override
    public void apply(float[] x, int xo, float[] y, int yo, int n) {
        FloatActivations.softsign(x, xo, y, yo, n);
    }

    @Override
    public double apply(double x) {
        return DoubleMath.softsign(x);
    }

    @Override
    public int picos() {
        return 300;
    }
}
