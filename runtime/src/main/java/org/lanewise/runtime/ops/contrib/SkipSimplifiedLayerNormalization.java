package org.lanewise.runtime.ops.contrib;

import org.lanewise.runtime.op.ComputesInFloat;
import org.lanewise.runtime.op.NodeSpec;
import org.lanewise.runtime.op.OpContext;
import org.lanewise.runtime.op.Operator;
import org.lanewise.runtime.op.Repeatable;
import org.lanewise.runtime.op.ShapeContext;

/** {@code y = s / sqrt(mean(s^2) + epsilon) gamma} with {@code s = x + skip + bias}, along the last axis. Inputs x, skip, gamma, bias (optional); outputs y and, as the fourth, s. {@code com.microsoft.SkipSimplifiedLayerNormalization}-1. */
public record SkipSimplifiedLayerNormalization(SkipNormalization norm)
        implements Operator, ComputesInFloat, Repeatable {
    /** From a node. */
    public static SkipSimplifiedLayerNormalization create(NodeSpec spec) {
        return new SkipSimplifiedLayerNormalization(SkipNormalization.create(spec, true));
    }

    @Override
    public void inferShapes(ShapeContext context) {
        norm.inferShapes(context);
    }

    @Override
    public boolean readsAhead(int i) {
        return i > 1;
    }

    @Override
    public void run(OpContext context) {
        norm.run(context);
    }
}
