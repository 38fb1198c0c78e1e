package org.lanewise.runtime.ops.math;

import org.lanewise.kernels.math.DoubleMath;
import org.lanewise.kernels.math.FloatActivations;
import org.lanewise.runtime.op.NodeSpec;

/**
 * {@code y = x / 2 (1 + erf(x / sqrt 2))}, or with {@code tanh} {@code x / 2 (1 + tanh(sqrt(2 / pi) (x + 0.044715 x^3)))}. ONNX {@code Gelu}-20.
 *
 * @param tanh whether to compute the approximation
 */
public record Gelu(boolean tanh) implements Unary {
    /** From a node. */
    public static Gelu create(NodeSpec spec) {
        Unary.read(spec);
        String approximate = spec.stringAttribute("approximate", "none");
        return switch (approximate) {
            case "none" -> new Gelu(false);
            case "tanh" -> new Gelu(true);
            default -> throw spec.refuse("attribute 'approximate' is '" + approximate + "', expected none or tanh");
        };
    }

    @Override
    public void apply(float[] x, int xo, float[] y, int yo, int n) {
        if (tanh) {
            FloatActivations.geluTanh(x, xo, y, yo, n);
        } else {
            FloatActivations.gelu(x, xo, y, yo, n);
        }
    }

    @Override
    public double apply(double x) {
        return tanh ? DoubleMath.geluTanh(x) : DoubleMath.gelu(x);
    }

    @Override
    public int picos() {
        return 1200;
    }
}
