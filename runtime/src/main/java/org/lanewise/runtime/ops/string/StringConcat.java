package org.lanewise.runtime.ops.string;

import org.lanewise.runtime.op.NodeSpec;
import org.lanewise.runtime.op.OpContext;
import org.lanewise.runtime.op.Operator;
import org.lanewise.runtime.op.ShapeContext;
import org.lanewise.runtime.ops.shape.Expand;
import org.lanewise.runtime.tensor.DataType;
import org.lanewise.runtime.tensor.PartialShape;
import org.lanewise.runtime.tensor.Shape;
import org.lanewise.runtime.tensor.StringTensor;
import org.lanewise.runtime.tensor.Tensor;

/** Joins strings element by element, with broadcasting. ONNX {@code StringConcat}-20. */
public record StringConcat() implements Operator {
    /** From a node. */
    public static StringConcat create(NodeSpec spec) {
        spec.inputs(2, 2);
        return new StringConcat();
    }

    @Override
    public void inferShapes(ShapeContext context) {
        Strings.expect(context, 0);
        Strings.expect(context, 1);
        context.output(0, DataType.STRING, PartialShape.broadcast(context.inputShape(0), context.inputShape(1)));
    }

    @Override
    public void run(OpContext context) {
        StringTensor a = (StringTensor) context.input(0);
        StringTensor b = (StringTensor) context.input(1);
        Shape shape = Shape.broadcast(a.shape(), b.shape());
        int[] strides = shape.strides();
        int[] aStrides = Expand.broadcastStrides(a.shape(), shape.rank());
        int[] bStrides = Expand.broadcastStrides(b.shape(), shape.rank());
        Tensor out = context.output(0, DataType.STRING, shape);
        String[] array = (String[]) out.storage();
        for (int i = 0; i < out.size(); i++) {
            int atA = 0;
            int atB = 0;
            for (int axis = 0; axis < strides.length; axis++) {
                int index = i / strides[axis] % shape.dim(axis);
                atA += index * aStrides[axis];
                atB += index * bStrides[axis];
            }
            array[out.offset() + i] = a.get(atA) + b.get(atB);
        }
    }
}
