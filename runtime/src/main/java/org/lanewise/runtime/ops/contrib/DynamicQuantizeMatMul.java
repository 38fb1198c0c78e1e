package org.lanewise.runtime.ops.contrib;

import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.lanewise.runtime.op.NodeSpec;
import org.lanewise.runtime.op.OpContext;
import org.lanewise.runtime.op.Operator;
import org.lanewise.runtime.op.Prepacks;
import org.lanewise.runtime.op.Repeatable;
import org.lanewise.runtime.op.ShapeContext;
import org.lanewise.runtime.ops.math.Types;
import org.lanewise.runtime.ops.nn.MatrixShapes;
import org.lanewise.runtime.ops.quant.ByteWeights;
import org.lanewise.runtime.ops.quant.DynamicRange;
import org.lanewise.runtime.ops.quant.QuantizedTypes;
import org.lanewise.runtime.tensor.DataType;
import org.lanewise.runtime.tensor.FloatTensor;
import org.lanewise.runtime.tensor.Tensor;

/**
 * {@code Y = dequantize(dynamicQuantize(A) B) + bias}: A, {@code FLOAT}, is quantized to {@code UINT8} by its own range ({@link DynamicRange}), the product with B ({@code UINT8} or {@code INT8}) is exact. Shapes as
 * in {@code MatMul}; scale and zero point of B are one for all or one for each column. Inputs A, B, b_scale, b_zero_point, bias. {@code com.microsoft.DynamicQuantizeMatMul}-1.
 */
public record DynamicQuantizeMatMul() implements Operator, Prepacks, Repeatable {
    private static final int B = 1;
    private static final int SCALE = 2;
    private static final int ZERO = 3;
    private static final int BIAS = 4;
    private static final Set<DataType> FLOAT = Set.of(DataType.FLOAT);

    /** From a node. */
    public static DynamicQuantizeMatMul create(NodeSpec spec) {
        spec.inputs(3, 5);
        return new DynamicQuantizeMatMul();
    }

    @Override
    public void inferShapes(ShapeContext context) {
        Types.check(context, 0, FLOAT);
        Types.check(context, B, QuantizedTypes.BYTES);
        Types.check(context, SCALE, FLOAT);
        if (PerTensor.has(context, ZERO)) {
            Types.same(context, ZERO, B);
        }
        if (PerTensor.has(context, BIAS)) {
            Types.check(context, BIAS, FLOAT);
        }
        context.output(0, DataType.FLOAT, MatrixShapes.infer(context.inputShape(0), context.inputShape(B)));
    }

    @Override
    public @Nullable Packed prepack(ShapeContext context) {
        return ByteWeights.prepack(context, B, ZERO);
    }

    /** Weights that are no constants are packed before the tasks, their scales and the bias are read. */
    @Override
    public boolean readsAhead(int i) {
        return i >= B;
    }

    @Override
    public void run(OpContext context) {
        FloatTensor a = (FloatTensor) context.input(0);
        ByteWeights weights = ByteWeights.of(context, B, ZERO);
        MatrixShapes shapes = MatrixShapes.of(a.shape(), weights.shape());
        FloatTensor y = (FloatTensor) context.output(0, DataType.FLOAT, shapes.output());
        Tensor bias = BIAS < context.inputCount() ? context.optionalInput(BIAS) : null;
        float[] scale = new float[1];
        int[] zero = new int[1];
        weights.toFloats(
                context,
                DynamicRange.quantize(context, a, scale, zero),
                zero,
                scale,
                context.input(SCALE).toFloatArray(),
                bias == null ? null : bias.toFloatArray(),
                y);
    }
}
