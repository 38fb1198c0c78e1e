package org.lanewise.runtime.ops.quant;

import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.lanewise.kernels.quant.Rescale;
import org.lanewise.runtime.op.NodeSpec;
import org.lanewise.runtime.op.OpContext;
import org.lanewise.runtime.op.Operator;
import org.lanewise.runtime.op.Prepacks;
import org.lanewise.runtime.op.Repeatable;
import org.lanewise.runtime.op.ShapeContext;
import org.lanewise.runtime.ops.math.Types;
import org.lanewise.runtime.ops.nn.MatrixShapes;
import org.lanewise.runtime.tensor.ByteTensor;
import org.lanewise.runtime.tensor.DataType;
import org.lanewise.runtime.tensor.Tensor;

/**
 * {@code Y = saturate(round(aScale bScale / yScale (A - aZero) (B - bZero)) + yZero)} for bytes, shapes as in {@code MatMul}. The scale and zero point of A are one for all or one
 * for each row, those of B one for all or one for each column, those of Y one for all. ONNX {@code QLinearMatMul}-10, 21.
 */
public record QLinearMatMul() implements Operator, Prepacks, Repeatable {
    private static final int A_SCALE = 1;
    private static final int A_ZERO = 2;
    private static final int B = 3;
    private static final int B_SCALE = 4;
    private static final int B_ZERO = 5;
    private static final int Y_SCALE = 6;
    private static final int Y_ZERO = 7;

    private static final Set<DataType> SCALES = Set.of(DataType.FLOAT, DataType.FLOAT16, DataType.BFLOAT16);

    /** From a node. */
    public static QLinearMatMul create(NodeSpec spec) {
        spec.inputs(8, 8);
        return new QLinearMatMul();
    }

    @Override
    public void inferShapes(ShapeContext context) {
        ByteProduct.check(context, 0, B, A_ZERO, B_ZERO);
        for (int scale : new int[] {A_SCALE, B_SCALE, Y_SCALE}) {
            Types.check(context, scale, SCALES);
        }
        for (int i : new int[] {Y_SCALE, Y_ZERO}) {
            if (context.inputShape(i).isKnown() && context.inputShape(i).size() != 1) {
                throw new IllegalArgumentException(
                        "input " + i + " has shape " + context.inputShape(i) + ", expected one value");
            }
        }
        context.output(
                0,
                Types.check(context, Y_ZERO, QuantizedTypes.BYTES),
                MatrixShapes.infer(context.inputShape(0), context.inputShape(B)));
    }

    @Override
    public @Nullable Packed prepack(ShapeContext context) {
        return ByteWeights.prepack(context, B, B_ZERO);
    }

    /** Packing of weights, zero points and scales come before the tasks. */
    @Override
    public boolean readsAhead(int i) {
        return i >= A_SCALE;
    }

    @Override
    public void run(OpContext context) {
        Tensor a = context.input(0);
        ByteWeights weights = ByteWeights.of(context, B, B_ZERO);
        MatrixShapes shapes = MatrixShapes.of(a.shape(), weights.shape());
        float[] aScales = context.input(A_SCALE).toFloatArray();
        float[] bScales = context.input(B_SCALE).toFloatArray();
        float yScale = (float) context.input(Y_SCALE).scalarDouble();
        int zero = (int) context.input(Y_ZERO).scalarLong();
        boolean unsigned = context.input(Y_ZERO).type().isUnsigned();
        int m = shapes.m();
        int n = shapes.n();
        expect("A", aScales.length, m, shapes.aBatch().size(), "row");
        expect("B", bScales.length, n, shapes.bBatch().size(), "column");
        ByteTensor y = (ByteTensor) context.output(0, context.input(Y_ZERO).type(), shapes.output());
        if (aScales.length == 1) {
            float[] columns = new float[bScales.length];
            for (int i = 0; i < columns.length; i++) {
                columns[i] = aScales[0] * bScales[i] / yScale;
            }
            weights.toBytes(context, a, context.input(A_ZERO), columns, zero, y);
            return;
        }
        int[] sums = new int[shapes.output().size()];
        weights.product().run(context, shapes, a, context.input(A_ZERO), sums, 0, (batch, fromRow, toRow, from, to) -> {
            float[] scales = new float[bScales.length == 1 ? 1 : to - from];
            for (int row = fromRow; row < toRow; row++) {
                float aScale = aScales[parameter(aScales.length, shapes.aIndex(batch), row, m)];
                int start = (batch * m + row) * n;
                int first = parameter(bScales.length, shapes.bIndex(batch), from, n);
                for (int j = 0; j < (bScales.length == 1 ? 1 : to - from); j++) {
                    scales[j] = aScale * bScales[first + j] / yScale;
                }
                Rescale.toBytes(
                        sums,
                        start + from,
                        y.array(),
                        y.offset() + start + from,
                        to - from,
                        scales,
                        0,
                        bScales.length == 1 ? 0 : 1,
                        zero,
                        unsigned);
            }
        });
    }

    private static void expect(String matrix, int got, int each, int matrices, String what) {
        if (got != 1 && got != each && got != each * matrices) {
            throw new IllegalArgumentException(matrix + " has " + got + " scales, expected 1 or one for each " + what
                    + ": " + each + " or " + each * matrices);
        }
    }

    /** Which of {@code count} scales belongs to row or column {@code i} of {@code n} of matrix {@code matrix}. */
    private static int parameter(int count, int matrix, int i, int n) {
        return count == 1 ? 0 : count == n ? i : matrix * n + i;
    }
}
