package org.lanewise.runtime.ops.shape;

import org.lanewise.runtime.op.InPlace;
import org.lanewise.runtime.op.NodeSpec;
import org.lanewise.runtime.op.OpContext;
import org.lanewise.runtime.op.Operator;
import org.lanewise.runtime.op.ShapeContext;
import org.lanewise.runtime.ops.math.Types;
import org.lanewise.runtime.tensor.PartialShape;
import org.lanewise.runtime.tensor.Shape;
import org.lanewise.runtime.tensor.Tensor;

/**
 * A copy of {@code data} in which single elements are updated: for {@code axis} 0 of a matrix {@code output[indices[i][j]][j] = updates[i][j]}. ONNX
 * {@code ScatterElements}-11 and later, and {@code Scatter}-9, its former name.
 *
 * @param axis the axis along which the indices count
 * @param reduction how an update meets the element
 */
public record ScatterElements(long axis, ScatterReduction reduction) implements Operator, InPlace {
    /** From a node. */
    public static ScatterElements create(NodeSpec spec) {
        spec.inputs(3, 3);
        return new ScatterElements(spec.intAttribute("axis", 0), ScatterReduction.read(spec));
    }

    @Override
    public int reusableInput(int output) {
        return 0;
    }

    @Override
    public void inferShapes(ShapeContext context) {
        Indices.expectType(context.inputType(1));
        Types.same(context, 2, 0);
        reduction.expectType(context.inputType(0));
        PartialShape data = context.inputShape(0);
        if (data.isRanked()) {
            Shape.axis(axis, data.rank());
            Axes.expectRank(context.inputShape(1), data.rank(), "indices");
            Axes.expectRank(context.inputShape(2), data.rank(), "updates");
        }
        context.output(0, context.inputType(0), data);
    }

    @Override
    public void run(OpContext context) {
        Tensor data = context.input(0);
        Tensor indices = context.input(1);
        Tensor updates = context.input(2);
        if (!indices.shape().equals(updates.shape())) {
            throw new IllegalArgumentException(
                    "indices have shape " + indices.shape() + ", updates " + updates.shape());
        }
        int[] at = Indices.elements(indices, data.shape(), data.shape().axis(axis));
        Tensor out = context.output(0, data.type(), data.shape());
        Moves.all(context, data, out);
        reduction.apply(updates, out, at, 1);
    }
}
