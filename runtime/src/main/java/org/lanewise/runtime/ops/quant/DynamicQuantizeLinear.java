package org.lanewise.runtime.ops.quant;

import java.util.EnumSet;
import org.lanewise.kernels.quant.Quantize;
import org.lanewise.runtime.op.NodeSpec;
import org.lanewise.runtime.op.OpContext;
import org.lanewise.runtime.op.Operator;
import org.lanewise.runtime.op.Repeatable;
import org.lanewise.runtime.op.ShapeContext;
import org.lanewise.runtime.ops.math.Blocks;
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
public record DynamicQuantizeLinear() implements Operator, Repeatable {
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
        ByteTensor y = (ByteTensor) context.output(0, DataType.UINT8, x.shape());
        FloatTensor scale = (FloatTensor) context.output(1, DataType.FLOAT, Shape.scalar());
        ByteTensor zero = (ByteTensor) context.output(2, DataType.UINT8, Shape.scalar());
        DynamicRange.Extremes extremes = DynamicRange.Extremes.of(context, x);
        context.parallel(1, 0, (from, to, scratch) -> {
            float low = extremes.low();
            float step = DynamicRange.scale(low, extremes.high());
            scale.array()[scale.offset()] = step;
            zero.array()[zero.offset()] = (byte) DynamicRange.zero(low, step);
        });
        Blocks.run(context, x.size(), DynamicRange.QUANTIZE_PICOS, (from, to) -> {
            float step = scale.array()[scale.offset()];
            int middle = zero.array()[zero.offset()] & 0xFF;
            Quantize.run(x.array(), x.offset() + from, y.array(), y.offset() + from, to - from, step, middle, true);
        });
    }
}
