package org.lanewise.runtime.ops.math;

import org.lanewise.runtime.op.NodeSpec;

/**
 * {@code y_i = x_0 ... x_i} along an axis. ONNX {@code CumProd}-26.
 *
 * @param exclusive whether {@code x_i} itself is left out
 * @param reverse whether to go from the last element to the first
 */
public record CumProd(boolean exclusive, boolean reverse) implements Cumulative {
    /** From a node. */
    public static CumProd create(NodeSpec spec) {
        Cumulative.read(spec);
        return new CumProd(spec.flag("exclusive", false), spec.flag("reverse", false));
    }

    @Override
    public int neutral() {
        return 1;
    }

    @Override
    public double apply(double sum, double x) {
        return sum * x;
    }

    @Override
    public long apply(long sum, long x) {
        return sum * x;
    }
}
