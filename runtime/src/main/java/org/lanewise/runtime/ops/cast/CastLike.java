package org.lanewise.runtime.ops.cast;

import org.lanewise.runtime.op.NodeSpec;
import org.lanewise.runtime.op.OpContext;
import org.lanewise.runtime.op.Operator;
import org.lanewise.runtime.op.ShapeContext;

/**
 * The elements of the first input converted to the type of the second, by the rules of {@link Conversion}. ONNX {@code CastLike}-15, 19, 21, 23, 24, 25.
 *
 * @param conversion how
 */
public record CastLike(Conversion conversion) implements Operator {
    /** From a node. */
    public static CastLike create(NodeSpec spec) {
        spec.inputs(2, 2);
        return new CastLike(Conversion.read(spec));
    }

    @Override
    public void inferShapes(ShapeContext context) {
        Conversion.check(context, 0);
        Conversion.check(context, 1);
        context.output(0, context.inputType(1), context.inputShape(0));
    }

    @Override
    public void run(OpContext context) {
        conversion.run(context, context.input(0), context.input(1).type());
    }
}
