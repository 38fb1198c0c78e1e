package org.lanewise.runtime.ops.math;

import org.lanewise.runtime.op.ComputesInFloat;
import org.lanewise.runtime.op.InPlace;
import org.lanewise.runtime.op.OpContext;
import org.lanewise.runtime.op.Operator;
import org.lanewise.runtime.op.ShapeContext;
import org.lanewise.runtime.tensor.DataType;
import org.lanewise.runtime.tensor.PartialShape;
import org.lanewise.runtime.tensor.Tensor;

/** An operator with two inputs of one type, broadcast against each other, and an output of that type, each element a function of two elements. */
public interface Binary extends BinaryFunction, Operator, InPlace, ComputesInFloat {
    /** How the second input is laid over the first. */
    Alignment alignment();

    @Override
    default int reusableInput(int output) {
        return 0;
    }

    @Override
    default void inferShapes(ShapeContext context) {
        DataType type = Types.check(context, 0, types());
        Types.same(context, 1, 0);
        PartialShape a = context.inputShape(0);
        context.output(0, type, PartialShape.broadcast(a, alignment().align(a, context.inputShape(1))));
    }

    @Override
    default void run(OpContext context) {
        Tensor a = context.input(0);
        Tensor b = context.input(1);
        Broadcast broadcast = Broadcast.of(a.shape(), alignment().align(a.shape(), b.shape()));
        run(context, broadcast, a, b, context.output(0, a.type(), broadcast.shape()));
    }
}
