package org.lanewise.runtime.ops.logic;

import java.util.Set;
import org.lanewise.kernels.elementwise.Broadcast;
import org.lanewise.kernels.elementwise.Comparison;
import org.lanewise.runtime.op.ComputesInFloat;
import org.lanewise.runtime.op.OpContext;
import org.lanewise.runtime.op.Operator;
import org.lanewise.runtime.op.Repeatable;
import org.lanewise.runtime.op.ShapeContext;
import org.lanewise.runtime.ops.math.Alignment;
import org.lanewise.runtime.ops.math.Elementwise;
import org.lanewise.runtime.ops.math.Types;
import org.lanewise.runtime.tensor.ByteTensor;
import org.lanewise.runtime.tensor.DataType;
import org.lanewise.runtime.tensor.PartialShape;
import org.lanewise.runtime.tensor.Shape;
import org.lanewise.runtime.tensor.Tensor;

/** An operator with two inputs of one type, broadcast against each other, and a {@code BOOL} output: a relation of two elements. */
public interface Relation extends Operator, ComputesInFloat, Repeatable {
    /** How the second input is laid over the first. */
    Alignment alignment();

    /** The relation. */
    Comparison comparison();

    /** The element types the operator is defined on. */
    default Set<DataType> types() {
        return Types.NUMERIC;
    }

    @Override
    default void inferShapes(ShapeContext context) {
        Types.check(context, 0, types());
        Types.same(context, 1, 0);
        PartialShape a = context.inputShape(0);
        context.output(0, DataType.BOOL, PartialShape.broadcast(a, alignment().align(a, context.inputShape(1))));
    }

    @Override
    default void run(OpContext context) {
        Tensor a = context.input(0);
        Tensor b = context.input(1);
        Broadcast plan = Elementwise.plan(a.shape(), alignment().align(a.shape(), b.shape()));
        ByteTensor y = (ByteTensor) context.output(0, DataType.BOOL, Shape.of(plan.outputShape()));
        Elementwise.compare(context, comparison(), plan, a, b, y);
    }
}
