package org.lanewise.runtime.ops.math;

import org.lanewise.kernels.math.DoubleMath;
import org.lanewise.kernels.math.FloatActivations;
import org.lanewise.runtime.op.NodeSpec;

/**
 * {@code y = max(0, min(1, alpha x + beta))}. ONNX {@code HardSigmoid}-1, 6, 22.
 *
 * @param alpha slope
 * @param beta value at 0
 */
public record HardSigmoid(float alpha, float beta) implements Unary {
    /** From a node. */
    public static HardSigmoid create(NodeSpec spec) {
        Unary.read(spec);
        return new HardSigmoid(spec.floatAttribute("alpha", 0.2f), spec.floatAttribute("beta", 0.5f));
    }

    @Override
    public void apply(float[] x, int xo, float[] y, int yo, int n) {
        FloatActivations.hardSigmoid(x, xo, y, yo, n, alpha, beta);
    }

    @Override
    public double apply(double x) {
        return DoubleMath.hardSigmoid(x, alpha, beta);
    }
}
