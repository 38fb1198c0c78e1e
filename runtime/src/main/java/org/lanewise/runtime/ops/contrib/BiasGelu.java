package org.lanewise.runtime.ops.contrib;

import org.lanewise.runtime.op.ComputesInFloat;
import org.lanewise.runtime.op.NodeSpec;
import org.lanewise.runtime.op.OpContext;
import org.lanewise.runtime.op.Operator;
import org.lanewise.runtime.op.Repeatable;
import org.lanewise.runtime.op.ShapeContext;
import org.lanewise.runtime.ops.math.Gelu;

/** {@code y = gelu(x + bias)} with the exact Gelu and a bias for the last axis. {@code com.microsoft.BiasGelu}-1. */
public record BiasGelu() implements Operator, ComputesInFloat, Repeatable {
    /** From a node. */
    public static BiasGelu create(NodeSpec spec) {
        spec.inputs(2, 2);
        return new BiasGelu();
    }

    @Override
    public void inferShapes(ShapeContext context) {
        BiasedActivation.infer(context);
    }

    @Override
    public void run(OpContext context) {
        BiasedActivation.run(context, new Gelu(false));
    }
}
