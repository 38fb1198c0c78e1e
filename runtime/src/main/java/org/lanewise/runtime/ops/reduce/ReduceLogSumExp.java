package org.lanewise.runtime.ops.reduce;

import org.lanewise.kernels.reduce.ReduceOp;
import org.lanewise.runtime.op.NodeSpec;

/**
 * The logarithm of the sum of {@code e^x}, computed relative to the largest x so far. ONNX {@code ReduceLogSumExp}-1, 11, 13, 18; the axes are an input since 18.
 *
 * @param axes the axes
 */
public record ReduceLogSumExp(ReducedAxes axes) implements Reduction {
    /** From a node. */
    public static ReduceLogSumExp create(NodeSpec spec) {
        return new ReduceLogSumExp(ReducedAxes.read(spec, 18));
    }

    @Override
    public ReduceOp op() {
        return ReduceOp.LOG_SUM_EXP;
    }

    @Override
    public void start(double[] state) {
        state[0] = Double.NEGATIVE_INFINITY;
    }

    @Override
    public void add(double[] state, double[] x, int n) {
        double largest = state[0];
        double sum = state[1];
        for (int i = 0; i < n; i++) {
            if (x[i] > largest) {
                sum = sum * Math.exp(largest - x[i]) + 1;
                largest = x[i];
            } else if (x[i] != Double.NEGATIVE_INFINITY) {
                sum += x[i] == largest ? 1 : Math.exp(x[i] - largest);
            }
        }
        state[0] = largest;
        state[1] = sum;
    }

    @Override
    public double finish(double[] state, long count) {
        return state[1] == 0 ? Double.NEGATIVE_INFINITY : state[0] + Math.log(state[1]);
    }
}
