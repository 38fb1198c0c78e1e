package org.lanewise.runtime.ops.contrib;

import org.lanewise.runtime.op.ComputesInFloat;
import org.lanewise.runtime.op.NodeSpec;
import org.lanewise.runtime.op.OpContext;
import org.lanewise.runtime.op.Operator;
import org.lanewise.runtime.op.Repeatable;
import org.lanewise.runtime.op.ShapeContext;
import org.lanewise.runtime.ops.math.Swish;

/** {@code y = x / (1 + exp(-alpha x))}. {@code com.microsoft.QuickGelu}-1.
 *
 * @param alpha factor in the exponent
 */
public record QuickGelu(float alpha) implements Operator, ComputesInFloat, Repeatable {
    /** From a node. */
    public static QuickGelu create(NodeSpec spec) {
        spec.inputs(1, 1);
        return new QuickGelu(spec.floatAttribute("alpha", 1.702f));
    }

    @Override
    public void inferShapes(ShapeContext context) {
        BiasedActivation.infer(context);
    }

    @Override
    public void run(OpContext context) {
        BiasedActivation.run(context, new Swish(alpha));
    }
}
