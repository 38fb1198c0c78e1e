package org.lanewise.runtime.ops.contrib;

import java.util.Arrays;
import org.lanewise.runtime.op.NodeSpec;
import org.lanewise.runtime.op.OpContext;
import org.lanewise.runtime.op.Operator;
import org.lanewise.runtime.op.ShapeContext;
import org.lanewise.runtime.ops.shape.Moves;
import org.lanewise.runtime.tensor.PartialShape;
import org.lanewise.runtime.tensor.Shape;
import org.lanewise.runtime.tensor.Tensor;

/**
 * Windows of an axis, {@code y[.., i, .., j] = x[.., i step + j, ..]}: the axis holds {@code (L - size) / step + 1} windows, a last axis their elements. {@code com.microsoft.UnfoldTensor}-1.
 *
 * @param axis negative from the end
 * @param size elements of a window
 * @param step from one window to the next
 */
public record UnfoldTensor(long axis, long size, long step) implements Operator {
    /** From a node. */
    public static UnfoldTensor create(NodeSpec spec) {
        spec.inputs(1, 1);
        long size = spec.requiredInt("size");
        long step = spec.intAttribute("step", 1);
        if (size < 1 || step < 1) {
            throw spec.refuse("size is " + size + " and step " + step + ", expected at least 1");
        }
        return new UnfoldTensor(spec.intAttribute("dim", -1), size, step);
    }

    @Override
    public void inferShapes(ShapeContext context) {
        PartialShape x = context.inputShape(0);
        context.output(
                0,
                context.inputType(0),
                x.isRanked() ? PartialShape.of(unfolded(x.toArray())) : PartialShape.unranked());
    }

    private long[] unfolded(long[] dims) {
        int at = Shape.axis(axis, dims.length);
        long[] out = Arrays.copyOf(dims, dims.length + 1);
        out[dims.length] = size;
        if (dims[at] >= 0) {
            if (size > dims[at]) {
                throw new IllegalArgumentException(
                        "a window of " + size + " does not fit axis " + at + " of " + PartialShape.of(dims));
            }
            out[at] = (dims[at] - size) / step + 1;
        }
        return out;
    }

    @Override
    public void run(OpContext context) {
        Tensor x = context.input(0);
        Tensor y = context.output(0, x.type(), Shape.of(unfolded(x.shape().toLongArray())));
        int[] dims = new int[y.shape().rank()];
        Arrays.setAll(dims, y.shape()::dim);
        int at = x.shape().axis(axis);
        int[] strides = Arrays.copyOf(x.shape().strides(), dims.length);
        strides[dims.length - 1] = strides[at];
        strides[at] = dims[at] == 1 ? 0 : Math.toIntExact(step * strides[at]);
        Moves.strided(context, dims, x, 0, strides, y, 0, y.shape().strides());
    }
}
