package org.lanewise.runtime.ops.reduce;

import java.util.Set;
import org.lanewise.kernels.reduce.ReduceOp;
import org.lanewise.runtime.op.NodeSpec;
import org.lanewise.runtime.ops.math.Types;
import org.lanewise.runtime.tensor.DataType;

/**
 * The largest element, NaN where there is one; over nothing the smallest value of the type. ONNX {@code ReduceMax}-1, 11, 12, 13, 18, 20; {@code BOOL} since 20; the axes are an input since 18.
 *
 * @param axes the axes
 */
public record ReduceMax(ReducedAxes axes) implements Reduction {
    /** From a node. */
    public static ReduceMax create(NodeSpec spec) {
        return new ReduceMax(ReducedAxes.read(spec, 18));
    }

    @Override
    public ReduceOp op() {
        return ReduceOp.MAX;
    }

    @Override
    public void start(double[] state) {
        state[0] = Double.NEGATIVE_INFINITY;
    }

    @Override
    public void add(double[] state, double[] x, int n) {
        double result = state[0];
        for (int i = 0; i < n; i++) {
            result = Math.max(result, x[i]);
        }
        state[0] = result;
    }

    @Override
    public boolean integersInDouble() {
        return false;
    }

    @Override
    public long start(DataType type) {
        return IntegerRange.min(type);
    }

    @Override
    public long add(long state, long[] x, int n, DataType type) {
        long result = state;
        for (int i = 0; i < n; i++) {
            result = type == DataType.UINT64 && (result ^ x[i]) < 0 ? Math.min(result, x[i]) : Math.max(result, x[i]);
        }
        return result;
    }

    @Override
    public Set<DataType> types() {
        return Types.NUMERIC_OR_BOOL;
    }
}
