package org.lanewise.runtime.ops.math;

import java.util.Set;
import org.lanewise.kernels.math.FloatMath;
import org.lanewise.runtime.op.NodeSpec;
import org.lanewise.runtime.tensor.DataType;

/** {@code y = |x|}. ONNX {@code Abs}-1, 6, 13. */
public record Abs() implements Unary {
    /** From a node. */
    public static Abs create(NodeSpec spec) {
        Unary.read(spec);
        return new Abs();
    }

    @Override
    public void apply(float[] x, int xo, float[] y, int yo, int n) {
        FloatMath.abs(x, xo, y, yo, n);
    }

    @Override
    public double apply(double x) {
        return Math.abs(x);
    }

    @Override
    public long apply(long x) {
        return Math.abs(x);
    }

    @Override
    public long applyUnsigned(long x) {
        return x;
    }

    @Override
    public Set<DataType> types() {
        return Types.NUMERIC;
    }
}
