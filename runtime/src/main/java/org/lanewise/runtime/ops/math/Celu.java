package org.lanewise.runtime.ops.math;

import org.lanewise.kernels.math.DoubleMath;
import org.lanewise.kernels.math.FloatActivations;
import org.lanewise.runtime.op.NodeSpec;

/**
 * {@code y = max(0, x) + min(0, alpha (e^(x / alpha) - 1))}. ONNX {@code Celu}-12.
 *
 * @param alpha minus the limit at -infinity
 */
public record Celu(float alpha) implements Unary {
    /** From a node. */
    public static Celu create(NodeSpec spec) {
        Unary.read(spec);
        return new Celu(spec.floatAttribute("alpha", 1));
    }

    @Override
    public void apply(float[] x, int xo, float[] y, int yo, int n) {
        FloatActivations.celu(x, xo, y, yo, n, alpha);
    }

    @Override
    public double apply(double x) {
        return DoubleMath.celu(x, alpha);
    }

    @Override
    public int picos() {
        return 900;
    }
}
