package org.lanewise.runtime.ops.shape;

import org.lanewise.runtime.op.NodeSpec;
import org.lanewise.runtime.op.OpContext;
import org.lanewise.runtime.op.Operator;
import org.lanewise.runtime.op.ShapeContext;
import org.lanewise.runtime.tensor.DataType;
import org.lanewise.runtime.tensor.PartialShape;
import org.lanewise.runtime.tensor.Shape;
import org.lanewise.runtime.tensor.Tensor;

/**
 * Inserts an axis of size {@code depth} along which the element at the index has the on value and all others the off value; an index outside {@code [-depth,
 * depth)} gives off values only. ONNX {@code OneHot}-9 and later.
 *
 * @param axis place of the new axis in the output
 */
public record OneHot(long axis) implements Operator {
    /** From a node. */
    public static OneHot create(NodeSpec spec) {
        spec.inputs(3, 3);
        return new OneHot(spec.intAttribute("axis", -1));
    }

    @Override
    public void inferShapes(ShapeContext context) {
        DataType type = context.inputType(0);
        if (!type.isNumeric()) {
            throw new IllegalArgumentException("indices have type " + type.onnxName() + ", expected numbers");
        }
        PartialShape indices = context.inputShape(0);
        Tensor depth = context.constant(1);
        PartialShape out = indices.isRanked()
                ? PartialShape.of(inserted(indices.toArray(), depth == null ? PartialShape.UNKNOWN : depth(depth)))
                : PartialShape.unranked();
        context.output(0, context.inputType(2), out);
    }

    @Override
    public void run(OpContext context) {
        Tensor indices = context.input(0);
        Tensor values = context.input(2);
        if (values.size() != 2) {
            throw new IllegalArgumentException("values is " + values + ", expected the off and the on value");
        }
        int depth = depth(context.input(1));
        int rank = indices.shape().rank();
        int at = Shape.axis(axis, rank + 1);
        Tensor out = context.output(
                0, values.type(), Shape.of(inserted(indices.shape().toLongArray(), depth)));
        Moves.fill(out, 0, out.size(), values.slice(0, Shape.scalar()));
        int inner = indices.shape().sizeBetween(at, rank);
        for (int i = 0; i < indices.size(); i++) {
            long index = indices.getLong(i);
            index = index < 0 ? index + depth : index;
            if (index >= 0 && index < depth) {
                out.copyFrom((i / inner * depth + (int) index) * inner + i % inner, values, 1, 1);
            }
        }
    }

    private static int depth(Tensor depth) {
        long value = depth.size() == 1 ? depth.getLong(0) : -1;
        if (value < 0 || value > Integer.MAX_VALUE) {
            throw new IllegalArgumentException("depth is " + depth + (depth.size() == 1 ? " " + value : "")
                    + ", expected one number, not negative");
        }
        return (int) value;
    }

    private long[] inserted(long[] dims, long depth) {
        int at = Shape.axis(axis, dims.length + 1);
        long[] out = new long[dims.length + 1];
        System.arraycopy(dims, 0, out, 0, at);
        out[at] = depth;
        System.arraycopy(dims, at, out, at + 1, dims.length - at);
        return out;
    }
}
