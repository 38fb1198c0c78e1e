package org.lanewise.runtime.ops.sequence;

import java.util.List;
import org.lanewise.runtime.op.NodeSpec;
import org.lanewise.runtime.op.OpContext;
import org.lanewise.runtime.op.Operator;
import org.lanewise.runtime.op.ShapeContext;
import org.lanewise.runtime.ops.shape.Concat;
import org.lanewise.runtime.tensor.DataType;
import org.lanewise.runtime.tensor.PartialShape;
import org.lanewise.runtime.tensor.Shape;
import org.lanewise.runtime.tensor.Tensor;
import org.lanewise.runtime.tensor.ValueType;

/**
 * Joins the tensors of a sequence along an axis, or stacks them along a new one. ONNX {@code ConcatFromSequence}-11.
 *
 * @param axis the axis
 * @param newAxis whether the axis is new
 */
public record ConcatFromSequence(long axis, boolean newAxis) implements Operator {
    /** From a node. */
    public static ConcatFromSequence create(NodeSpec spec) {
        spec.inputs(1, 1);
        return new ConcatFromSequence(spec.requiredInt("axis"), spec.flag("new_axis", false));
    }

    @Override
    public void inferShapes(ShapeContext context) {
        if (!(Sequences.elementType(context) instanceof ValueType.Of(DataType type, PartialShape shape))) {
            throw new IllegalArgumentException(
                    "input 0 is " + context.inputValueType(0) + ", expected a sequence of tensors");
        }
        if (!shape.isRanked()) {
            context.output(0, type, shape);
        } else if (newAxis) {
            context.output(0, type, PartialShape.of(inserted(shape.toArray(), PartialShape.UNKNOWN)));
        } else {
            context.output(0, type, shape.with(Shape.axis(axis, shape.rank()), PartialShape.UNKNOWN));
        }
    }

    @Override
    public void run(OpContext context) {
        List<Tensor> tensors = Sequences.sequence(context).elements().stream()
                .map(element -> element instanceof Tensor tensor ? tensor : refuse(element.valueType()))
                .map(tensor -> newAxis
                        ? tensor.reshape(Shape.of(inserted(tensor.shape().toLongArray(), 1)))
                        : tensor)
                .toList();
        if (tensors.isEmpty()) {
            throw new IllegalArgumentException("the sequence is empty: nothing to join");
        }
        Concat.join(context, tensors, axis);
    }

    private static Tensor refuse(ValueType type) {
        throw new IllegalArgumentException("an element is " + type + ", expected a tensor");
    }

    private long[] inserted(long[] dims, long dim) {
        int at = Shape.axis(axis, dims.length + 1);
        long[] out = new long[dims.length + 1];
        System.arraycopy(dims, 0, out, 0, at);
        out[at] = dim;
        System.arraycopy(dims, at, out, at + 1, dims.length - at);
        return out;
    }
}
