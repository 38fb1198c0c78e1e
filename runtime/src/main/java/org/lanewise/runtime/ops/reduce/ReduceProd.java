package org.lanewise.runtime.ops.reduce;

import org.lanewise.kernels.reduce.ReduceOp;
import org.lanewise.runtime.op.NodeSpec;
import org.lanewise.runtime.tensor.DataType;

/**
 * The product. ONNX {@code ReduceProd}-1, 11, 13, 18; the axes are an input since 18.
 *
 * @param axes the axes
 */
public record ReduceProd(ReducedAxes axes) implements Reduction {
    /** From a node. */
    public static ReduceProd create(NodeSpec spec) {
        return new ReduceProd(ReducedAxes.read(spec, 18));
    }

    @Override
    public ReduceOp op() {
        return ReduceOp.PROD;
    }

    @Override
    public void start(double[] state) {
        state[0] = 1;
    }

    @Override
    public void add(double[] state, double[] x, int n) {
        double result = state[0];
        for (int i = 0; i < n; i++) {
            result *= x[i];
        }
        state[0] = result;
    }

    @Override
    public boolean integersInDouble() {
        return false;
    }

    @Override
    public long start(DataType type) {
        return 1;
    }

    @Override
    public long add(long state, long[] x, int n, DataType type) {
        long result = state;
        for (int i = 0; i < n; i++) {
            result *= x[i];
        }
        return result;
    }
}
