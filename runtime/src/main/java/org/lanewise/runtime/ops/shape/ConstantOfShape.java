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
 * A tensor of the shape that the input lists, every element {@code value}. ONNX {@code ConstantOfShape}-9 and later.
 *
 * @param value one element, 0 of type {@code FLOAT} by default
 */
public record ConstantOfShape(Tensor value) implements Operator {
    /** From a node. */
    public static ConstantOfShape create(NodeSpec spec) {
        spec.inputs(1, 1);
        Tensor value = spec.tensorAttribute("value");
        if (value != null && value.size() != 1) {
            throw spec.refuse("value has " + value.size() + " elements, expected 1");
        }
        return new ConstantOfShape(value == null ? Tensor.scalar(0f) : value);
    }

    @Override
    public void inferShapes(ShapeContext context) {
        Tensor dims = context.constant(0);
        if (dims != null) {
            context.output(0, value.type(), PartialShape.of(Shape.of(dims.toLongArray())));
            return;
        }
        PartialShape list = context.inputShape(0);
        Axes.expectRank(list, 1, "input");
        long rank = list.isRanked() ? list.dim(0) : PartialShape.UNKNOWN;
        context.output(0, value.type(), rank < 0 ? PartialShape.unranked() : PartialShape.ofRank((int) rank));
    }

    @Override
    public void run(OpContext context) {
        Tensor dims = context.input(0);
        if (dims.type() != DataType.INT64) {
            throw new IllegalArgumentException("input has type " + dims.type().onnxName() + ", expected int64");
        }
        Tensor out = context.output(0, value.type(), Shape.of(dims.toLongArray()));
        Moves.fill(out, 0, out.size(), value);
    }
}
