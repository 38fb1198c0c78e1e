package org.lanewise.runtime.ops.math;

import org.lanewise.kernels.math.FloatMath;
import org.lanewise.runtime.op.NodeSpec;

/** {@code y = ln x}. ONNX {@code Log}-1, 6, 13. */
public record Log() implements Unary {
    /** From a node. */
    public static Log create(NodeSpec spec) {
        Unary.read(spec);
        return new Log();
    }

    @Override
    public void apply(float[] x, int xo, float[] y, int yo, int n) {
        FloatMath.log(x, xo, y, yo, n);
    }

    @Override
    public double apply(double x) {
        return Math.log(x);
    }

    @Override
    public int picos() {
        return 900;
    }
}
