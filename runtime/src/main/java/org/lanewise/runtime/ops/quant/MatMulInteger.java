package org.lanewise.runtime.ops.quant;

import org.jspecify.annotations.Nullable;
import org.lanewise.runtime.op.NodeSpec;
import org.lanewise.runtime.op.OpContext;
import org.lanewise.runtime.op.Operator;
import org.lanewise.runtime.op.Prepacks;
import org.lanewise.runtime.op.Repeatable;
import org.lanewise.runtime.op.ShapeContext;
import org.lanewise.runtime.ops.nn.MatrixShapes;
import org.lanewise.runtime.tensor.DataType;
import org.lanewise.runtime.tensor.IntTensor;
import org.lanewise.runtime.tensor.Tensor;

/**
 * {@code Y = (A - aZero) (B - bZero)} for bytes, summed in {@code INT32}, shapes as in {@code MatMul}. Zero points are 0 where absent, one for all, or one for each row of A or
 * column of B. ONNX {@code MatMulInteger}-10.
 */
public record MatMulInteger() implements Operator, Prepacks, Repeatable {
    private static final int B = 1;
    private static final int A_ZERO = 2;
    private static final int B_ZERO = 3;

    /** From a node. */
    public static MatMulInteger create(NodeSpec spec) {
        spec.inputs(2, 4);
        return new MatMulInteger();
    }

    @Override
    public void inferShapes(ShapeContext context) {
        ByteProduct.check(context, 0, B, A_ZERO, B_ZERO);
        context.output(0, DataType.INT32, MatrixShapes.infer(context.inputShape(0), context.inputShape(B)));
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
        Tensor aZero = context.inputCount() > A_ZERO ? context.optionalInput(A_ZERO) : null;
        ByteWeights weights = ByteWeights.of(context, B, B_ZERO);
        MatrixShapes shapes = MatrixShapes.of(a.shape(), weights.shape());
        IntTensor y = (IntTensor) context.output(0, DataType.INT32, shapes.output());
        weights.product()
                .run(
                        context,
                        shapes,
                        a,
                        aZero,
                        y.array(),
                        y.offset(),
                        (batch, fromRow, toRow, fromColumn, toColumn) -> {});
    }
}
