package org.lanewise.runtime.ops.math;

import org.lanewise.kernels.math.FloatMath;
import org.lanewise.runtime.op.NodeSpec;

/** The greatest integer not above x. ONNX {@code Floor}-1, 6, 13. */
public record Floor() implements Unary {
    /** From a node. */
    public static Floor create(NodeSpec spec) {
        Unary.read(spec);
        return new Floor();
    }

    @Override
    public void apply(float[] x, int xo, float[] y, int yo, int n) {
        FloatMath.floor(x, xo, y, yo, n);
    }

    @Override
    public double apply(double x) {
        return Math.floor(x);
    }
}
