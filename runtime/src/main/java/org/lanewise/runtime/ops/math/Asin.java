package org.lanewise.runtime.ops.math;

import org.lanewise.kernels.math.FloatMath;
import org.lanewise.runtime.op.NodeSpec;

/** {@code y = arcsin x}. ONNX {@code Asin}-7, 22. */
public record Asin() implements Unary {
    /** From a node. */
    public static Asin create(NodeSpec spec) {
        Unary.read(spec);
        return new Asin();
    }

    @Override
    public void apply(float[] x, int xo, float[] y, int yo, int n) {
        FloatMath.map(Math::asin, x, xo, y, yo, n);
    }

    @Override
    public double apply(double x) {
        return Math.asin(x);
    }

    @Override
    public int picos() {
        return 12000;
    }
}
