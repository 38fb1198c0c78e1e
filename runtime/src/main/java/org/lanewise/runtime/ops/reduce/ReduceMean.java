package org.lanewise.runtime.ops.reduce;

import org.lanewise.kernels.reduce.ReduceOp;
import org.lanewise.runtime.op.NodeSpec;

/**
 * The sum divided by the number of elements. ONNX {@code ReduceMean}-1, 11, 13, 18; the axes are an input since 18.
 *
 * @param axes the axes
 */
public record ReduceMean(ReducedAxes axes) implements Reduction {
    /** From a node. */
    public static ReduceMean create(NodeSpec spec) {
        return new ReduceMean(ReducedAxes.read(spec, 18));
    }

    @Override
    public ReduceOp op() {
        return ReduceOp.MEAN;
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
        return state[0] / count;
    }
}
