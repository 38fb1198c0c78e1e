package org.lanewise.runtime.ops.math;

import java.util.Set;
import org.lanewise.kernels.elementwise.BinaryOp;
import org.lanewise.kernels.elementwise.Broadcast;
import org.lanewise.runtime.op.ComputesInFloat;
import org.lanewise.runtime.op.InPlace;
import org.lanewise.runtime.op.OpContext;
import org.lanewise.runtime.op.Operator;
import org.lanewise.runtime.op.Repeatable;
import org.lanewise.runtime.op.ShapeContext;
import org.lanewise.runtime.tensor.DataType;
import org.lanewise.runtime.tensor.PartialShape;
import org.lanewise.runtime.tensor.Shape;
import org.lanewise.runtime.tensor.Tensor;

/** An operator with two inputs of one type, broadcast against each other, and an output of that type, each element a function of two elements. */
public interface Binary extends Operator, InPlace, ComputesInFloat, Repeatable {
    /** How the second input is laid over the first. */
    Alignment alignment();

    /** The function. */
    BinaryOp op();

    /** The element types the operator is defined on. */
    default Set<DataType> types() {
        return Types.NUMERIC;
    }

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
        Broadcast plan = Elementwise.plan(a.shape(), alignment().align(a.shape(), b.shape()));
        Tensor out = context.output(0, a.type(), Shape.of(plan.outputShape()));
        Elementwise.binary(context, op(), plan, a, b, out);
    }
}
