package org.lanewise.runtime.ops.shape;

import org.lanewise.runtime.op.NodeSpec;
import org.lanewise.runtime.op.OpContext;
import org.lanewise.runtime.op.Operator;
import org.lanewise.runtime.op.ShapeContext;
import org.lanewise.runtime.tensor.DataType;
import org.lanewise.runtime.tensor.PartialShape;
import org.lanewise.runtime.tensor.Tensor;

/** The number of elements of the input, as an {@code INT64} scalar. ONNX {@code Size}-1 and later. */
public record Size() implements Operator {
    /** From a node. */
    public static Size create(NodeSpec spec) {
        spec.inputs(1, 1);
        return new Size();
    }

    @Override
    public void inferShapes(ShapeContext context) {
        context.output(0, DataType.INT64, PartialShape.of());
        long size = context.inputShape(0).size();
        if (size >= 0) {
            context.outputKnown(0, Tensor.scalar(size));
        }
    }

    @Override
    public void run(OpContext context) {
        context.output(0, Tensor.scalar((long) context.input(0).size()));
    }
}
