package org.lanewise.runtime.ops.math;

import org.lanewise.kernels.math.FloatActivations;
import org.lanewise.runtime.op.NodeSpec;

/**
 * {@code y = x} where {@code x >= 0}, else {@code alpha x}. ONNX {@code LeakyRelu}-1, 6, 16.
 *
 * @param alpha slope below 0
 */
public record LeakyRelu(float alpha) implements Unary {
    /** From a node. */
    public static LeakyRelu create(NodeSpec spec) {
        Unary.read(spec);
        return new LeakyRelu(spec.floatAttribute("alpha", 0.01f));
    }

    @Override
    public void apply(float[] x, int xo, float[] y, int yo, int n) {
        FloatActivations.leakyRelu(x, xo, y, yo, n, alpha);
    }

    @Override
    public double apply(double x) {
        return x >= 0 ? x : alpha * x;
    }
}
