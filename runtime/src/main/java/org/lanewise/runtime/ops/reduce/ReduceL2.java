package org.lanewise.runtime.ops.reduce;

import org.lanewise.kernels.reduce.ReduceOp;
import org.lanewise.runtime.op.NodeSpec;

/**
 * The square root of the sum of the squares. ONNX {@code ReduceL2}-1, 11, 13, 18; the axes are an input since 18.
 *
 * @param axes the axes
 */
public record ReduceL2(ReducedAxes axes) implements Reduction {
    /** From a node. */
    public static ReduceL2 create(NodeSpec spec) {
        return new ReduceL2(ReducedAxes.read(spec, 18));
    }

    @Override
    public ReduceOp op() {
        return ReduceOp.L2;
    }

    @Override
    public void add(double[] state, double[] x, int n) {
        double result = state[0];
        for (int i = 0; i < n; i++) {
            result += x[i] * x[i];
        }
        state[0] = result;
    }

    @Override
    public double finish(double[] state, long count) {
        return Math.sqrt(state[0]);
    }
}
