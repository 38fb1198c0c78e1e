package org.lanewise.runtime.ops.math;

import org.lanewise.kernels.math.FloatActivations;
import org.lanewise.runtime.op.NodeSpec;

/**
 * {@code y = x} where {@code x > alpha}, else 0. ONNX {@code ThresholdedRelu}-10, 22.
 *
 * @param alpha the threshold
 */
public record ThresholdedRelu(float alpha) implements Unary {
    /** From a node. */
    public static ThresholdedRelu create(NodeSpec spec) {
        Unary.read(spec);
        return new ThresholdedRelu(spec.floatAttribute("alpha", 1));
    }

    @Override
    public void apply(float[] x, int xo, float[] y, int yo, int n) {
        FloatActivations.thresholdedRelu(x, xo, y, yo, n, alpha);
    }

    @Override
    public double apply(double x) {
        return x > alpha ? x : 0;
    }
}
