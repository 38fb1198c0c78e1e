package org.lanewise.runtime.ops.shape;

import org.lanewise.runtime.op.NodeSpec;
import org.lanewise.runtime.op.OpContext;
import org.lanewise.runtime.op.Operator;
import org.lanewise.runtime.op.ShapeContext;
import org.lanewise.runtime.op.Views;
import org.lanewise.runtime.tensor.PartialShape;
import org.lanewise.runtime.tensor.Shape;
import org.lanewise.runtime.tensor.Tensor;

/**
 * The input as a matrix: the axes before {@code axis} become the rows, the others the columns. ONNX {@code Flatten}-1 and later; negative axes since 11.
 *
 * @param axis first axis of the columns, up to the rank
 */
public record Flatten(long axis) implements Operator, Views {
    /** From a node. */
    public static Flatten create(NodeSpec spec) {
        spec.inputs(1, 1);
        return new Flatten(spec.intAttribute("axis", 1));
    }

    @Override
    public void inferShapes(ShapeContext context) {
        PartialShape in = context.inputShape(0);
        if (!in.isRanked()) {
            context.output(0, context.inputType(0), PartialShape.ofRank(2));
            return;
        }
        long[] dims = in.toArray();
        int split = split(dims.length);
        context.output(
                0,
                context.inputType(0),
                PartialShape.of(Axes.product(dims, 0, split), Axes.product(dims, split, dims.length)));
    }

    @Override
    public void run(OpContext context) {
        Tensor in = context.input(0);
        Shape shape = in.shape();
        int split = split(shape.rank());
        context.output(0, in.reshape(Shape.of(shape.sizeBetween(0, split), shape.sizeBetween(split, shape.rank()))));
    }

    private int split(int rank) {
        if (axis < -rank || axis > rank) {
            throw new IllegalArgumentException(
                    "axis " + axis + " is outside [" + -rank + ", " + rank + "] of rank " + rank);
        }
        return (int) (axis < 0 ? axis + rank : axis);
    }
}
