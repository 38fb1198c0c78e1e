package org.lanewise.runtime.ops.logic;

import org.lanewise.kernels.elementwise.Comparison;
import org.lanewise.runtime.op.NodeSpec;
import org.lanewise.runtime.ops.math.Alignment;

/**
 * {@code y = a < b}. ONNX {@code Less}-1, 7, 9, 13.
 *
 * @param alignment how b is laid over a
 */
public record Less(Alignment alignment) implements Relation {
    /** From a node. */
    public static Less create(NodeSpec spec) {
        spec.inputs(2, 2);
        return new Less(Alignment.of(spec));
    }

    @Override
    public Comparison comparison() {
        return Comparison.LESS;
    }
}
