package org.lanewise.runtime.ops.math;

import java.util.Set;
import org.lanewise.kernels.math.FloatMath;
import org.lanewise.runtime.op.NodeSpec;
import org.lanewise.runtime.tensor.DataType;

/** {@code y = -x}. ONNX {@code Neg}-1, 6, 13. */
public record Neg() implements Unary {
    /** From a node. */
    public static Neg create(NodeSpec spec) {
        Unary.read(spec);
        return new Neg();
    }

    @Override
    public void apply(float[] x, int xo, float[] y, int yo, int n) {
        FloatMath.neg(x, xo, y, yo, n);
    }

    @Override
    public double apply(double x) {
        return -x;
    }

    @Override
    public long apply(long x) {
        return -x;
    }

    @Override
    public Set<DataType> types() {
        return Types.SIGNED;
    }
}
