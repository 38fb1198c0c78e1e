package org.lanewise.runtime.ops.math;

import java.util.Set;
import org.lanewise.kernels.math.FloatMath;
import org.lanewise.runtime.op.NodeSpec;
import org.lanewise.runtime.tensor.DataType;

/** -1, 0 or 1 as x is below, at or above 0. ONNX {@code Sign}-9, 13. */
public record Sign() implements Unary {
    /** From a node. */
    public static Sign create(NodeSpec spec) {
        Unary.read(spec);
        return new Sign();
    }

    @Override
    public void apply(float[] x, int xo, float[] y, int yo, int n) {
        FloatMath.sign(x, xo, y, yo, n);
    }

    @Override
    public double apply(double x) {
        return Math.signum(x);
    }

    @Override
    public long apply(long x) {
        return Long.signum(x);
    }

    @Override
    public long applyUnsigned(long x) {
        return x == 0 ? 0 : 1;
    }

    @Override
    public Set<DataType> types() {
        return Types.NUMERIC;
    }
}
