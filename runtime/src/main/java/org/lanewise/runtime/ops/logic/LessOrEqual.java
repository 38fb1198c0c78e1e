package org.lanewise.runtime.ops.logic;

import org.lanewise.kernels.elementwise.Comparison;
import org.lanewise.runtime.op.NodeSpec;
import org.lanewise.runtime.ops.math.Alignment;

/**
 * {@code y = a <= b}. ONNX {@code LessOrEqual}-12, 16.
 *
 * @param alignment how b is laid over a
 */
public record LessOrEqual(Alignment alignment) implements Relation {
    /** From a node. */
    public static LessOrEqual create(NodeSpec spec) {
        spec.inputs(2, 2);
        return new LessOrEqual(Alignment.of(spec));
    }

    @Override
    public Comparison comparison() {
        return Comparison.LESS_OR_EQUAL;
    }
}
