package org.lanewise.runtime.ops.logic;

import org.lanewise.runtime.op.NodeSpec;
import org.lanewise.runtime.ops.math.Alignment;

/**
 * {@code y = a >= b}. ONNX {@code GreaterOrEqual}-12, 16.
 *
 * @param alignment how b is laid over a
 */
public record GreaterOrEqual(Alignment alignment) implements Comparison {
    /** From a node. */
    public static GreaterOrEqual create(NodeSpec spec) {
        spec.inputs(2, 2);
        return new GreaterOrEqual(Alignment.of(spec));
    }

    @Override
    public boolean test(double a, double b) {
        return a >= b;
    }

    @Override
    public boolean test(long a, long b) {
        return a >= b;
    }
}
