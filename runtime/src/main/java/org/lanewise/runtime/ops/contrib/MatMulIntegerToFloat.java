package org.lanewise.runtime.ops.contrib;

import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.lanewise.runtime.op.ComputesInFloat;
import org.lanewise.runtime.op.NodeSpec;
import org.lanewise.runtime.op.OpContext;
import org.lanewise.runtime.op.Operator;
import org.lanewise.runtime.op.Prepacks;
import org.lanewise.runtime.op.Repeatable;
import org.lanewise.runtime.op.ShapeContext;
import org.lanewise.runtime.ops.math.Types;
import org.lanewise.runtime.ops.nn.MatrixShapes;
import org.lanewise.runtime.ops.quant.ByteProduct;
import org.lanewise.runtime.ops.quant.ByteWeights;
import org.lanewise.runtime.tensor.DataType;
import org.lanewise.runtime.tensor.FloatTensor;
import org.lanewise.runtime.tensor.PartialShape;
import org.lanewise.runtime.tensor.Tensor;

/**
 * {@code Y = aScale bScale (A - aZero) (B - bZero) + bias}, A and B {@code UINT8} or {@code INT8}, their product exact, the rest in {@code FLOAT} or {@code FLOAT16}. Shapes as in {@code MatMul}; scale and zero point of
 * A are one for all, those of B one for all or one for each column. Inputs A, B, a_scale, b_scale, a_zero_point, b_zero_point, bias. {@code com.microsoft.MatMulIntegerToFloat}-1.
 */
public record MatMulIntegerToFloat() implements Operator, Prepacks, ComputesInFloat, Repeatable {
    private static final int B = 1;
    private static final int A_SCALE = 2;
    private static final int B_SCALE = 3;
    private static final int A_ZERO = 4;
    private static final int B_ZERO = 5;
    private static final int BIAS = 6;

    /** From a node. */
    public static MatMulIntegerToFloat create(NodeSpec spec) {
        spec.inputs(4, 7);
        return new MatMulIntegerToFloat();
    }

    @Override
    public void inferShapes(ShapeContext context) {
        ByteProduct.check(context, 0, B, A_ZERO, B_ZERO);
        DataType type = Types.check(context, A_SCALE, Set.of(DataType.FLOAT, DataType.FLOAT16));
        Types.same(context, B_SCALE, A_SCALE);
        if (PerTensor.has(context, BIAS)) {
            Types.same(context, BIAS, A_SCALE);
        }
        for (int i : new int[] {A_SCALE, A_ZERO}) {
            PartialShape shape = PerTensor.has(context, i) ? context.inputShape(i) : PartialShape.unranked();
            if (shape.isKnown() && shape.size() != 1) {
                throw new IllegalArgumentException(
                        "input " + i + " has shape " + shape + ", expected one value: A per row is not supported");
            }
        }
        context.output(0, type, MatrixShapes.infer(context.inputShape(0), context.inputShape(B)));
    }

    @Override
    public @Nullable Packed prepack(ShapeContext context) {
        return ByteWeights.prepack(context, B, B_ZERO);
    }

    /** Packing of weights, zero points and scales come before the tasks. */
    @Override
    public boolean readsAhead(int i) {
        return i >= B;
    }

    @Override
    public void run(OpContext context) {
        Tensor a = context.input(0);
        ByteWeights weights = ByteWeights.of(context, B, B_ZERO);
        MatrixShapes shapes = MatrixShapes.of(a.shape(), weights.shape());
        FloatTensor y = (FloatTensor) context.output(0, DataType.FLOAT, shapes.output());
        Tensor bias = BIAS < context.inputCount() ? context.optionalInput(BIAS) : null;
        weights.toFloats(
                context,
                a,
                A_ZERO < context.inputCount() ? context.optionalInput(A_ZERO) : null,
                (float) context.input(A_SCALE).scalarDouble(),
                context.input(B_SCALE).toFloatArray(),
                bias == null ? null : bias.toFloatArray(),
                y);
    }
}
