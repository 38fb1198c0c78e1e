package org.lanewise.runtime.ops.reduce;

import org.lanewise.kernels.reduce.ReduceOp;
import org.lanewise.runtime.op.NodeSpec;
import org.lanewise.runtime.tensor.DataType;

/**
 * The sum. ONNX {@code ReduceSum}-1, 11, 13; the axes are an input since 13.
 *
 * @param axes the axes
 */
public record ReduceSum(ReducedAxes axes) implements Reduction {
    /** From a node. */
    public static ReduceSum create(NodeSpec spec) {
        return new ReduceSum(ReducedAxes.read(spec, 13));
    }

    @Override
    public ReduceOp op() {
        return ReduceOp.SUM;
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
    public boolean integersInDouble() {
        return false;
    }

    @Override
    public long add(long state, long[] x, int n, DataType type) {
        long result = state;
        for (int i = 0; i < n; i++) {
            result += x[i];
        }
        return result;
    }
}
