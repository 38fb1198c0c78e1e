package org.lanewise.runtime.ops.norm;

import org.lanewise.kernels.norm.LineNorm;
import org.lanewise.runtime.op.NodeSpec;

/**
 * {@code y = x / norm(x)} along an axis, the norm being the sum of absolute values (p = 1) or the root of the sum of squares (p = 2); 0 where the norm is 0. ONNX
 * {@code LpNormalization}-1, 22.
 *
 * @param axis the axis
 * @param p 1 or 2
 */
public record LpNormalization(long axis, int p) implements AlongAxis {
    /** From a node. */
    public static LpNormalization create(NodeSpec spec) {
        spec.inputs(1, 1);
        long p = spec.intAttribute("p", 2);
        if (p != 1 && p != 2) {
            throw spec.refuse("attribute 'p' is " + p + ", expected 1 or 2");
        }
        return new LpNormalization(spec.intAttribute("axis", -1), (int) p);
    }

    @Override
    public boolean hasFloatKernel() {
        return true;
    }

    @Override
    public void apply(float[] x, int xo, float[] y, int yo, int n, int inner, int from, int to) {
        LineNorm.lp(p, x, xo, y, yo, n, inner, from, to);
    }

    @Override
    public void apply(double[] x, int n) {
        double sum = 0;
        for (int i = 0; i < n; i++) {
            sum += p == 1 ? Math.abs(x[i]) : x[i] * x[i];
        }
        double norm = p == 1 ? sum : Math.sqrt(sum);
        for (int i = 0; i < n; i++) {
            x[i] = norm == 0 ? 0 : x[i] / norm;
        }
    }
}
