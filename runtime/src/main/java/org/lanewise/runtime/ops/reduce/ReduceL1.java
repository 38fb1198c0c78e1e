package org.lanewise.runtime.ops.reduce;

import org.lanewise.kernels.reduce.ReduceOp;
import org.lanewise.runtime.op.NodeSpec;
import org.lanewise.runtime.tensor.DataType;

/**
 * The sum of the absolute values. ONNX {@code ReduceL1}-1, 11, 13, 18; the axes are an input since 18.
 *
 * @param axes the axes
 */
public record ReduceL1(ReducedAxes axes) implements Reduction {
    /** From a node. */
    public static ReduceL1 create(NodeSpec spec) {
        return new ReduceL1(ReducedAxes.read(spec, 18));
    }

    @Override
    public ReduceOp op() {
        return ReduceOp.L1;
    }

    @Override
    public void add(double[] state, double[] x, int n) {
        double result = state[0];
        for (int i = 0; i < n; i++) {
            result += Math.abs(x[i]);
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
            result += type.isUnsigned() ? x[i] : Math.abs(x[i]);
        }
        return result;
    }
}
