package org.lanewise.runtime.ops.math;

import java.util.Set;
import org.lanewise.kernels.math.FloatActivations;
import org.lanewise.runtime.op.NodeSpec;
import org.lanewise.runtime.tensor.DataType;

/** {@code y = max(0, x)}; NaN stays NaN. ONNX {@code Relu}-1, 6, 13, 14; integers since 14. */
public record Relu() implements Unary {
    /** From a node. */
    public static Relu create(NodeSpec spec) {
        Unary.read(spec);
        return new Relu();
    }

    @Override
    public void apply(float[] x, int xo, float[] y, int yo, int n) {
        FloatActivations.relu(x, xo, y, yo, n);
    }

    @Override
    public double apply(double x) {
        return Math.max(0, x);
    }

    @Override
    public long apply(long x) {
        return Math.max(0, x);
    }

    @Override
    public Set<DataType> types() {
        return Types.SIGNED;
    }
}
