package org.lanewise.runtime.ops.contrib;

import org.lanewise.runtime.op.ComputesInFloat;
import org.lanewise.runtime.op.NodeSpec;
import org.lanewise.runtime.op.OpContext;
import org.lanewise.runtime.op.Operator;
import org.lanewise.runtime.op.Repeatable;
import org.lanewise.runtime.op.ShapeContext;
import org.lanewise.runtime.ops.math.Gelu;

/** {@code y = gelu(x + bias)} with the Gelu by tanh and an optional bias for the last axis. {@code com.microsoft.FastGelu}-1. */
public record FastGelu() implements Operator, ComputesInFloat, Repeatable {
    /** From a node. */
    public static FastGelu create(NodeSpec spec) {
        spec.inputs(1, 2);
        return new FastGelu();
    }

    @Override
    public void inferShapes(ShapeContext context) {
        BiasedActivation.infer(context);
    }

    @Override
    public void run(OpContext context) {
        BiasedActivation.run(context, new Gelu(true));
    }
}
