package org.lanewise.runtime.ops.math;

import java.util.Set;
import org.lanewise.kernels.math.FloatActivations;
import org.lanewise.runtime.op.NodeSpec;
import org.lanewise.runtime.tensor.DataType;

/**
 * {@code y = x + bias} where {@code x < -lambd}, {@code x - bias} where {@code x > lambd}, else 0. ONNX {@code Shrink}-9.
 *
 * @param bias what values beyond the threshold are moved towards 0 by
 * @param lambd the threshold
 */
public record Shrink(float bias, float lambd) implements Unary {
    /** From a node. */
    public static Shrink create(NodeSpec spec) {
        Unary.read(spec);
        return new Shrink(spec.floatAttribute("bias", 0), spec.floatAttribute("lambd", 0.5f));
    }

    @Override
    public void apply(float[] x, int xo, float[] y, int yo, int n) {
        FloatActivations.shrink(x, xo, y, yo, n, lambd, bias);
    }

    @Override
    public double apply(double x) {
        return x < -lambd ? x + bias : x > lambd ? x - bias : 0;
    }

    @Override
    public long apply(long x) {
        return (long) apply((double) x);
    }

    @Override
    public Set<DataType> types() {
        return Types.NUMERIC;
    }
}
