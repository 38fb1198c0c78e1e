package org.lanewise.runtime.ops.math;

import org.lanewise.kernels.math.FloatMath;
import org.lanewise.runtime.op.NodeSpec;

/** {@code y = arccos x}. ONNX {@code Acos}-7, 22. */
public record Acos() implements Unary {
    /** From a node. */
    public static Acos create(NodeSpec spec) {
        Unary.read(spec);
        return new Acos();
    }

    @Override
    public void apply(float[] x, int xo, float[] y, int yo, int n) {
        FloatMath.map(Math::acos, x, xo, y, yo, n);
    }

    @Override
    public double apply(double x) {
        return Math.acos(x);
    }

    @Override
    public int picos() {
        return 12000;
    }
}
