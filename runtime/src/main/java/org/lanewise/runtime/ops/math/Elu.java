package org.lanewise.runtime.ops.math;

import org.lanewise.kernels.math.DoubleMath;
import org.lanewise.kernels.math.FloatActivations;
import org.lanewise.runtime.op.NodeSpec;

/**
 * {@code y = x} where {@code x >= 0}, else {@code alpha (e^x - 1)}. ONNX {@code Elu}-1, 6, 22.
 *
 * @param alpha minus the limit at -infinity
 */
public record Elu(float alpha) implements Unary {
    /** From a node. */
    public static Elu create(NodeSpec spec) {
        Unary.read(spec);
        return new Elu(spec.floatAttribute("alpha", 1));
    }

    @Override
    public void apply(float[] x, int xo, float[] y, int yo, int n) {
        FloatActivations.elu(x, xo, y, yo, n, alpha);
    }

    @Override
    public double apply(double x) {
        return DoubleMath.elu(x, alpha);
    }

    @Override
    public int picos() {
        return 900;
    }
}
