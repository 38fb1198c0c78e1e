package org.lanewise.runtime.ops.math;

import org.lanewise.kernels.math.FloatMath;
import org.lanewise.runtime.op.NodeSpec;

/** {@code y = sqrt(x)}. ONNX {@code Sqrt}-1, 6, 13. */
public record Sqrt() implements Unary {
    /** From a node. */
    public static Sqrt create(NodeSpec spec) {
        Unary.read(spec);
        return new Sqrt();
    }

    @Override
    public void apply(float[] x, int xo, float[] y, int yo, int n) {
        FloatMath.sqrt(x, xo, y, yo, n);
    }

    @Override
    public double apply(double x) {
        return Math.sqrt(x);
    }

    @Override
    public int picos() {
        return 300;
    }
}
