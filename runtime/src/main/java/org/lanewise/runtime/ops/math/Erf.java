package org.lanewise.runtime.ops.math;

import java.util.Set;
import org.lanewise.kernels.math.DoubleMath;
import org.lanewise.kernels.math.FloatMath;
import org.lanewise.runtime.op.NodeSpec;
import org.lanewise.runtime.tensor.DataType;

/** {@code y = erf x}, the error function. ONNX {@code Erf}-9, 13. */
public record Erf() implements Unary {
    /** From a node. */
    public static Erf create(NodeSpec spec) {
        Unary.read(spec);
        return new Erf();
    }

    @Override
    public void apply(float[] x, int xo, float[] y, int yo, int n) {
        FloatMath.erf(x, xo, y, yo, n);
    }

    @Override
    public double apply(double x) {
        return DoubleMath.erf(x);
    }

    @Override
    public long apply(long x) {
        return (long) DoubleMath.erf(x);
    }

    @Override
    public Set<DataType> types() {
        return Types.NUMERIC;
    }

    @Override
    public int picos() {
        return 900;
    }
}
