package org.lanewise.runtime.ops.math;

import org.lanewise.kernels.math.FloatMath;
import org.lanewise.runtime.op.NodeSpec;

/** {@code y = arctan x}. ONNX {@code Atan}-7, 22. */
public record Atan() implements Unary {
    /** From a node. */
    public static Atan create(NodeSpec spec) {
        Unary.read(spec);
        return new Atan();
    }

    @Override
    public void apply(float[] x, int xo, float[] y, int yo, int n) {
        FloatMath.map(Math::atan, x, xo, y, yo, n);
    }

    @Override
    public double apply(double x) {
        return Math.atan(x);
    }

    @Override
    public int picos() {
        return 12000;
    }
}
