package org.lanewise.runtime.ops.logic;

import org.lanewise.kernels.elementwise.Comparison;
import org.lanewise.runtime.op.NodeSpec;
import org.lanewise.runtime.ops.math.Alignment;

/**
 * {@code y = a > b}. ONNX {@code Greater}-1, 7, 9, 13.
 *
 * @param alignment how b is laid over a
 */
public record Greater(Alignment alignment) implements Relation {
    /** From a node. */
    public static Greater create(NodeSpec spec) {
        spec.inputs(2, 2);
        return new Greater(Alignment.of(spec));
    }

    @Override
    public Comparison comparison() {
        return Comparison.GREATER;
    }
}
