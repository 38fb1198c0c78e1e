package org.lanewise.runtime.ops.shape;

import org.lanewise.runtime.op.NodeSpec;
import org.lanewise.runtime.op.OpContext;
import org.lanewise.runtime.op.Operator;
import org.lanewise.runtime.op.ShapeContext;
import org.lanewise.runtime.tensor.PartialShape;
import org.lanewise.runtime.tensor.Shape;
import org.lanewise.runtime.tensor.Tensor;

/**
 * Picks single elements: for {@code axis} 0 of a matrix {@code output[i][j] = data[indices[i][j]][j]}. ONNX {@code GatherElements}-11 and later.
 *
 * @param axis the axis along which the indices count
 */
public record GatherElements(long axis) implements Operator {
    /** From a node. */
    public static GatherElements create(NodeSpec spec) {
        spec.inputs(2, 2);
        return new GatherElements(spec.intAttribute("axis", 0));
    }

    @Override
    public void inferShapes(ShapeContext context) {
        Indices.expectType(context.inputType(1));
        PartialShape data = context.inputShape(0);
        PartialShape indices = context.inputShape(1);
        if (data.isRanked()) {
            Shape.axis(axis, data.rank());
            Axes.expectRank(indices, data.rank(), "indices");
        }
        context.output(
                0,
                context.inputType(0),
                indices.isRanked() || !data.isRanked() ? indices : PartialShape.ofRank(data.rank()));
    }

    @Override
    public void run(OpContext context) {
        Tensor data = context.input(0);
        Tensor indices = context.input(1);
        int[] at = Indices.elements(indices, data.shape(), data.shape().axis(axis));
        Moves.gather(context, data, at, 1, context.output(0, data.type(), indices.shape()));
    }
}
