package org.lanewise.runtime.ops.reduce;

import org.lanewise.kernels.reduce.ReduceOp;
import org.lanewise.runtime.op.NodeSpec;

/**
 * The logarithm of the sum. ONNX {@code ReduceLogSum}-1, 11, 13, 18; the axes are an input since 18.
 *
 * @param axes the axes
 */
public record ReduceLogSum(ReducedAxes axes) implements Reduction {
    /** From a node. */
    public static ReduceLogSum create(NodeSpec spec) {
        return new ReduceLogSum(ReducedAxes.read(spec, 18));
    }

    @Override
    public ReduceOp op() {
        return ReduceOp.LOG_SUM;
    }

    @Override
    public void add(double[] state, double[] x, int n) {
        double result = state[0];
        for (int i = 0; i < n; i++) {
            result += x[i];
        }
        state[0] = result;
    }

    @Override
    public double finish(double[] state, long count) {
        return Math.log(state[0]);
    }
}
