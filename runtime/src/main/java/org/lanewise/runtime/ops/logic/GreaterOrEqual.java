package org.lanewise.runtime.ops.logic;

import org.lanewise.kernels.elementwise.Comparison;
import org.lanewise.runtime.op.NodeSpec;
import org.lanewise.runtime.ops.math.Alignment;

/**
 * {@code y = a >= b}. ONNX {@code GreaterOrEqual}-12, 16.
 *
 * @param alignment how b is laid over a
 */
public record GreaterOrEqual(Alignment alignment) implements Relation {
    /** From a node. */
    public static GreaterOrEqual create(NodeSpec spec) {
        spec.inputs(2, 2);
        return new GreaterOrEqual(Alignment.of(spec));
    }

    @Override
    public Comparison comparison() {
        return Comparison.GREATER_OR_EQUAL;
    }
}
