package org.lanewise.runtime.ops.quant;

import java.util.EnumSet;
import org.lanewise.runtime.op.NodeSpec;
import org.lanewise.runtime.op.OpContext;
import org.lanewise.runtime.op.Operator;
import org.lanewise.runtime.op.ShapeContext;
import org.lanewise.runtime.ops.math.Types;
import org.lanewise.runtime.tensor.ByteTensor;
import org.lanewise.runtime.tensor.DataType;
import org.lanewise.runtime.tensor.FloatTensor;
import org.lanewise.runtime.tensor.PartialShape;
import org.lanewise.runtime.tensor.Shape;

/**
 * Quantizes to {@code UINT8} with a scale and zero point from the values: {@code scale = (max(x, 0) - min(x, 0)) / 255}, {@code zero = saturate(round(-min(x, 0) / scale))}. Where
 * all values are 0 the scale is 1 and the zero point 0. ONNX {@code DynamicQuantizeLinear}-11.
 */
public record DynamicQuantizeLinear() implements Operator {
    /** From a node. */
    public static DynamicQuantizeLinear create(NodeSpec spec) {
        spec.inputs(1, 1);
        return new DynamicQuantizeLinear();
    }

    @Override
    public void inferShapes(ShapeContext context) {
        Types.check(context, 0, EnumSet.of(DataType.FLOAT));
        context.output(0, DataType.UINT8, context.inputShape(0));
        context.output(1, DataType.FLOAT, PartialShape.of(Shape.scalar()));
        context.output(2, DataType.UINT8, PartialShape.of(Shape.scalar()));
    }

    @Override
    public void run(OpContext context) {
        FloatTensor x = (FloatTensor) context.input(0);
        DynamicRange range = DynamicRange.of(context, x);
        range.quantize(context, x, (ByteTensor) context.output(0, DataType.UINT8, x.shape()));
        FloatTensor scaleOut = (FloatTensor) context.output(1, DataType.FLOAT, Shape.scalar());
        scaleOut.array()[scaleOut.offset()] = range.scale();
        ByteTensor zeroOut = (ByteTensor) context.output(2, DataType.UINT8, Shape.scalar());
        zeroOut.array()[zeroOut.offset()] = (byte) range.zero();
    }
}
