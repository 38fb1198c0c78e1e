package org.lanewise.runtime.ops.shape;

import org.lanewise.runtime.op.NodeSpec;
import org.lanewise.runtime.op.OpContext;
import org.lanewise.runtime.op.Operator;
import org.lanewise.runtime.op.Repeatable;
import org.lanewise.runtime.op.ShapeContext;
import org.lanewise.runtime.tensor.PartialShape;
import org.lanewise.runtime.tensor.Shape;
import org.lanewise.runtime.tensor.Tensor;

/**
 * Picks positions along one axis: {@code output[o..., k..., i...] = data[o..., indices[k...], i...]}. Negative indices count from the end (ONNX says so since
 * 11). ONNX {@code Gather}-1 and later.
 *
 * @param axis the axis of {@code data}
 */
public record Gather(long axis) implements Operator, Repeatable {
    /** From a node. */
    public static Gather create(NodeSpec spec) {
        spec.inputs(2, 2);
        return new Gather(spec.intAttribute("axis", 0));
    }

    @Override
    public void inferShapes(ShapeContext context) {
        Indices.expectType(context.inputType(1));
        PartialShape data = context.inputShape(0);
        PartialShape indices = context.inputShape(1);
        if (data.isRanked()) {
            Shape.axis(axis, data.rank());
        }
        PartialShape out = data.isRanked() && indices.isRanked()
                ? PartialShape.of(replaced(data.toArray(), indices.toArray()))
                : PartialShape.unranked();
        context.output(0, context.inputType(0), out);
    }

    @Override
    public boolean readsAhead(int i) {
        return i > 0;
    }

    @Override
    public void run(OpContext context) {
        Tensor data = context.input(0);
        Tensor indices = context.input(1);
        Shape shape = data.shape();
        int at = shape.axis(axis);
        Tensor out = context.output(
                0,
                data.type(),
                Shape.of(replaced(shape.toLongArray(), indices.shape().toLongArray())));
        int[] index = Indices.along(indices, shape.dim(at));
        if (out.size() > 0) {
            Moves.pick(
                    context,
                    data,
                    shape.sizeBetween(0, at),
                    shape.dim(at),
                    shape.sizeBetween(at + 1, shape.rank()),
                    index,
                    out);
        }
    }

    private long[] replaced(long[] data, long[] indices) {
        int at = Shape.axis(axis, data.length);
        long[] dims = new long[data.length - 1 + indices.length];
        System.arraycopy(data, 0, dims, 0, at);
        System.arraycopy(indices, 0, dims, at, indices.length);
        System.arraycopy(data, at + 1, dims, at + indices.length, data.length - at - 1);
        return dims;
    }
}
