package org.lanewise.runtime.ops.math;

import org.lanewise.kernels.math.DoubleMath;
import org.lanewise.kernels.math.FloatActivations;
import org.lanewise.runtime.op.NodeSpec;

/**
 * {@code y = x / (1 + e^(-alpha x))}. ONNX {@code Swish}-24.
 *
 * @param alpha factor of x in the sigmoid
 */
public record Swish(float alpha) implements Unary {
    /** From a node. */
    public static Swish create(NodeSpec spec) {
        Unary.read(spec);
        return new Swish(spec.floatAttribute("alpha", 1));
    }

    @Override
    public void apply(float[] x, int xo, float[] y, int yo, int n) {
        FloatActivations.swish(x, xo, y, yo, n, alpha);
    }

    @Override
    public double apply(double x) {
        return DoubleMath.swish(x, alpha);
    }

    @Override
    public int picos() {
        return 900;
    }
}
