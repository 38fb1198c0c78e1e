package org.lanewise.runtime.ops.contrib;

import org.lanewise.runtime.op.ComputesInFloat;
import org.lanewise.runtime.op.NodeSpec;
import org.lanewise.runtime.op.OpContext;
import org.lanewise.runtime.op.Operator;
import org.lanewise.runtime.op.Repeatable;
import org.lanewise.runtime.op.ShapeContext;

/** {@code y = (s - mean(s)) / sqrt(variance(s) + epsilon) gamma + beta} with {@code s = x + skip + bias}, along the last axis. Inputs x, skip, gamma, beta (optional), bias (optional); outputs y and, as the fourth, s. {@code com.microsoft.SkipLayerNormalization}-1. */
public record SkipLayerNormalization(SkipNormalization norm) implements Operator, ComputesInFloat, Repeatable {
    /** From a node. */
    public static SkipLayerNormalization create(NodeSpec spec) {
        return new SkipLayerNormalization(SkipNormalization.create(spec, false));
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
