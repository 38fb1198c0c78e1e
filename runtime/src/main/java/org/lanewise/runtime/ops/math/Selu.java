package org.lanewise.runtime.ops.math;

import org.lanewise.kernels.math.DoubleMath;
import org.lanewise.kernels.math.FloatActivations;
import org.lanewise.runtime.op.NodeSpec;

/**
 * {@code y = gamma x} where {@code x > 0}, else {@code gamma alpha (e^x - 1)}. ONNX {@code Selu}-1, 6, 22.
 *
 * @param alpha minus the limit at -infinity, before gamma
 * @param gamma factor of all
 */
public record Selu(float alpha, float gamma) implements Unary {
    /** From a node. */
    public static Selu create(NodeSpec spec) {
        Unary.read(spec);
        boolean first = spec.opset() < 6; // opset 1 rounds the constants to four decimals
        float alpha = spec.floatAttribute("alpha", first ? 1.6732f : 1.67326319217681884765625f);
        return new Selu(alpha, spec.floatAttribute("gamma", first ? 1.0507f : 1.05070102214813232421875f));
    }

    @Override
    public void apply(float[] x, int xo, float[] y, int yo, int n) {
        FloatActivations.selu(x, xo, y, yo, n, alpha, gamma);
    }

    @Override
    public double apply(double x) {
        return gamma * DoubleMath.elu(x, alpha);
    }

    @Override
    public int picos() {
        return 900;
    }
}
