package org.lanewise.runtime.ops.reduce;

import java.util.Set;
import org.lanewise.kernels.reduce.ReduceOp;
import org.lanewise.runtime.op.NodeSpec;
import org.lanewise.runtime.ops.math.Types;
import org.lanewise.runtime.tensor.DataType;

/**
 * The smallest element, NaN where there is one; over nothing the largest value of the type. ONNX {@code ReduceMin}-1, 11, 12, 13, 18, 20; {@code BOOL} since 20; the axes are an input since 18.
 *
 * @param axes the axes
 */
public record ReduceMin(ReducedAxes axes) implements Reduction {
    /** From a node. */
    public static ReduceMin create(NodeSpec spec) {
        return new ReduceMin(ReducedAxes.read(spec, 18));
    }

    @Override
    public ReduceOp op() {
        return ReduceOp.MIN;
    }

    @Override
    public void start(double[] state) {
        state[0] = Double.POSITIVE_INFINITY;
    }

    @Override
    public void add(double[] state, double[] x, int n) {
        double result = state[0];
        for (int i = 0; i < n; i++) {
            result = Math.min(result, x[i]);
        }
        state[0] = result;
    }

    @Override
    public boolean integersInDouble() {
        return false;
    }

    @Override
    public long start(DataType type) {
        return IntegerRange.max(type);
    }

    @Override
    public long add(long state, long[] x, int n, DataType type) {
        long result = state;
        for (int i = 0; i < n; i++) {
            result = type == DataType.UINT64 && (result ^ x[i]) < 0 ? Math.max(result, x[i]) : Math.min(result, x[i]);
        }
        return result;
    }

    @Override
    public Set<DataType> types() {
        return Types.NUMERIC_OR_BOOL;
    }
}
