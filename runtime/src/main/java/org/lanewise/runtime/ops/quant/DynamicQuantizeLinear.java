package org.lanewise.runtime.ops.quant;

import java.util.EnumSet;
import org.lanewise.kernels.quant.Quantize;
import org.lanewise.kernels.quant.ValueRange;
import org.lanewise.runtime.op.NodeSpec;
import org.lanewise.runtime.op.OpContext;
import org.lanewise.runtime.op.Operator;
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
public record DynamicQuantizeLinear() implements Operator {
    private static final float STEPS = 255;

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
        float[] smallest = new float[x.size() / Blocks.SIZE + 1];
        float[] largest = new float[smallest.length];
        Blocks.run(context, x.size(), 100, (from, to) -> {
            smallest[from / Blocks.SIZE] = Math.min(0, ValueRange.min(x.array(), x.offset() + from, to - from));
            largest[from / Blocks.SIZE] = Math.max(0, ValueRange.max(x.array(), x.offset() + from, to - from));
        });
        float low = ValueRange.min(smallest, 0, smallest.length);
        float high = ValueRange.max(largest, 0, largest.length);
        float scale = low == high ? 1 : (high - low) / STEPS;
        int zero = (int) Math.clamp(Math.rint(-low / scale), 0, STEPS);
        ByteTensor y = (ByteTensor) context.output(0, DataType.UINT8, x.shape());
        Blocks.run(context, x.size(), 200, (from, to) -> {
            Quantize.run(x.array(), x.offset() + from, y.array(), y.offset() + from, to - from, scale, zero, true);
        });
        FloatTensor scaleOut = (FloatTensor) context.output(1, DataType.FLOAT, Shape.scalar());
        scaleOut.array()[scaleOut.offset()] = scale;
        ByteTensor zeroOut = (ByteTensor) context.output(2, DataType.UINT8, Shape.scalar());
        zeroOut.array()[zeroOut.offset()] = (byte) zero;
    }
}
