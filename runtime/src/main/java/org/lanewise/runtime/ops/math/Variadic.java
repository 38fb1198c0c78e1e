package org.lanewise.runtime.ops.math;

import java.util.Set;
import org.lanewise.kernels.elementwise.BinaryOp;
import org.lanewise.runtime.op.ComputesInFloat;
import org.lanewise.runtime.op.InPlace;
import org.lanewise.runtime.op.NodeSpec;
import org.lanewise.runtime.op.OpContext;
import org.lanewise.runtime.op.Operator;
import org.lanewise.runtime.op.Repeatable;
import org.lanewise.runtime.op.ShapeContext;
import org.lanewise.runtime.ops.shape.Moves;
import org.lanewise.runtime.tensor.DataType;
import org.lanewise.runtime.tensor.PartialShape;
import org.lanewise.runtime.tensor.Shape;
import org.lanewise.runtime.tensor.Tensor;

/** An operator with any number of inputs of one type, broadcast against each other and folded from the left with a function of two elements. */
public interface Variadic extends Operator, InPlace, ComputesInFloat, Repeatable {
    /** Reads what the nodes of these operators have in common. */
    static void read(NodeSpec spec) {
        spec.inputs(1, Integer.MAX_VALUE);
        for (int i = 0; i < spec.inputCount(); i++) {
            if (!spec.hasInput(i)) {
                throw spec.refuse("input " + i + " is absent");
            }
        }
        if (spec.opset() < 6) {
            spec.acknowledge("consumed_inputs"); // an opset 1 memory hint
        }
    }

    /** The function. */
    BinaryOp op();

    /** The element types the operator is defined on. */
    default Set<DataType> types() {
        return Types.NUMERIC;
    }

    /** Turns the fold over {@code inputs} inputs into the result, in place. */
    default void finish(OpContext context, Tensor out, int inputs) {}

    @Override
    default int reusableInput(int output) {
        return 0;
    }

    @Override
    default void inferShapes(ShapeContext context) {
        DataType type = Types.check(context, 0, types());
        PartialShape shape = context.inputShape(0);
        for (int i = 1; i < context.inputCount(); i++) {
            Types.same(context, i, 0);
            shape = PartialShape.broadcast(shape, context.inputShape(i));
        }
        context.output(0, type, shape);
    }

    @Override
    default void run(OpContext context) {
        int inputs = context.inputCount();
        Tensor first = context.input(0);
        Shape shape = first.shape();
        for (int i = 1; i < inputs; i++) {
            shape = Shape.broadcast(shape, context.input(i).shape());
        }
        Tensor out = context.output(0, first.type(), shape);
        if (inputs == 1) {
            Moves.all(context, first, out);
        }
        Tensor folded = first;
        for (int i = 1; i < inputs; i++) {
            Tensor next = context.input(i);
            Elementwise.binary(context, op(), Elementwise.plan(folded.shape(), next.shape(), shape), folded, next, out);
            folded = out;
        }
        finish(context, out, inputs);
    }
}
