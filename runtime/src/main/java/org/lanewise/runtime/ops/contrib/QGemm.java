package org.lanewise.runtime.ops.contrib;

import java.util.Arrays;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.lanewise.kernels.quant.Requantization;
import org.lanewise.kernels.quant.Rescale;
import org.lanewise.runtime.op.NodeSpec;
import org.lanewise.runtime.op.OpContext;
import org.lanewise.runtime.op.Operator;
import org.lanewise.runtime.op.Prepacks;
import org.lanewise.runtime.op.ShapeContext;
import org.lanewise.runtime.ops.math.Types;
import org.lanewise.runtime.ops.nn.MatrixShapes;
import org.lanewise.runtime.ops.quant.ByteProduct;
import org.lanewise.runtime.ops.quant.QuantizedTypes;
import org.lanewise.runtime.tensor.ByteTensor;
import org.lanewise.runtime.tensor.DataType;
import org.lanewise.runtime.tensor.FloatTensor;
import org.lanewise.runtime.tensor.PartialShape;
import org.lanewise.runtime.tensor.Shape;
import org.lanewise.runtime.tensor.Tensor;

/**
 * {@code Y = alpha aScale bScale ((A' - aZero) (B' - bZero) + C)}, quantized to {@code yScale} and {@code yZero} if they are given, else {@code FLOAT}. A and B are {@code UINT8} or {@code INT8}, transposed or not; scale and zero
 * point of B are one for all or one for each column; C is {@code INT32} and broadcasts to (M, N). Sums are exact. Inputs A, a_scale, a_zero_point, B, b_scale, b_zero_point, C, y_scale, y_zero_point.
 * {@code com.microsoft.QGemm}-1.
 *
 * @param alpha factor
 * @param transA whether A is given transposed
 * @param transB whether B is given transposed
 */
public record QGemm(float alpha, boolean transA, boolean transB) implements Operator, Prepacks {
    private static final int A_ZERO = 2;
    private static final int B = 3;
    private static final int B_SCALE = 4;
    private static final int B_ZERO = 5;
    private static final int C = 6;
    private static final int Y_SCALE = 7;
    private static final int Y_ZERO = 8;
    private static final Set<DataType> FLOAT = Set.of(DataType.FLOAT);

    /** From a node. */
    public static QGemm create(NodeSpec spec) {
        spec.inputs(6, 9);
        boolean scale = spec.inputCount() > Y_SCALE && spec.hasInput(Y_SCALE);
        if (scale != (spec.inputCount() > Y_ZERO && spec.hasInput(Y_ZERO))) {
            throw spec.refuse("y_scale and y_zero_point must be given together");
        }
        return new QGemm(spec.floatAttribute("alpha", 1), spec.flag("transA", false), spec.flag("transB", false));
    }

    @Override
    public void inferShapes(ShapeContext context) {
        PerTensor.check(context, 1, A_ZERO, Types.check(context, 0, QuantizedTypes.BYTES));
        Types.check(context, B, QuantizedTypes.BYTES);
        Types.check(context, B_SCALE, FLOAT);
        Types.same(context, B_ZERO, B);
        PartialShape a = matrix(context, 0, "A");
        PartialShape b = matrix(context, B, "B");
        long k = a.dim(transA ? 0 : 1);
        long rows = b.dim(transB ? 1 : 0);
        if (k >= 0 && rows >= 0 && k != rows) {
            throw new IllegalArgumentException(
                    "A' of " + a + " has " + k + " columns, B' of " + b + " has " + rows + " rows");
        }
        PartialShape y = PartialShape.of(a.dim(transA ? 1 : 0), b.dim(transB ? 0 : 1));
        if (PerTensor.has(context, C)) {
            Types.check(context, C, Set.of(DataType.INT32));
            PartialShape c = context.inputShape(C);
            if (c.isRanked() && c.rank() > 2) {
                throw new IllegalArgumentException("C has shape " + c + ", expected one that broadcasts to " + y);
            }
        }
        DataType type = DataType.FLOAT;
        if (PerTensor.has(context, Y_ZERO)) {
            type = Types.check(context, Y_ZERO, QuantizedTypes.BYTES);
            PerTensor.check(context, Y_SCALE, Y_ZERO, type);
        }
        context.output(0, type, y);
    }

    private static PartialShape matrix(ShapeContext context, int i, String name) {
        PartialShape shape = context.inputShape(i);
        if (shape.isRanked() && shape.rank() != 2) {
            throw new IllegalArgumentException("input " + name + " has shape " + shape + ", expected a matrix");
        }
        return shape.isRanked() ? shape : PartialShape.ofRank(2);
    }

    @Override
    public @Nullable Packed prepack(ShapeContext context) {
        Tensor b = context.constant(B);
        Tensor zero = context.constant(B_ZERO);
        return b == null || zero == null ? null : new Packed(ByteProduct.pack(b, zero, transB), Set.of(B, B_ZERO));
    }

    @Override
    public void run(OpContext context) {
        ByteTensor a = (ByteTensor) context.input(0);
        a = transA ? transposed(a) : a;
        ByteProduct weights = context.packed() instanceof ByteProduct packed
                ? packed
                : ByteProduct.pack(context.input(B), context.input(B_ZERO), transB);
        Shape b = Shape.of(weights.matrices()[0].k(), weights.matrices()[0].n());
        MatrixShapes shapes = MatrixShapes.of(a.shape(), b);
        boolean quantized = context.inputCount() > Y_SCALE && context.hasInput(Y_SCALE);
        PerTensor out = quantized ? PerTensor.read(context, Y_SCALE, Y_ZERO) : new PerTensor(1, 0);
        DataType type = quantized ? context.input(Y_ZERO).type() : DataType.FLOAT;
        float[] scales = context.input(B_SCALE).toFloatArray();
        int n = shapes.n();
        if (scales.length != 1 && scales.length != n) {
            throw new IllegalArgumentException("B has " + scales.length + " scales, expected 1 or " + n);
        }
        float aScale = alpha * (float) context.input(1).scalarDouble();
        for (int i = 0; i < scales.length; i++) {
            scales[i] = quantized ? aScale * scales[i] / out.scale() : aScale * scales[i];
        }
        Tensor added = C < context.inputCount() ? context.optionalInput(C) : null;
        Tensor y = context.output(0, type, shapes.output());
        if (y instanceof ByteTensor bytes && (added == null || isRow(added.shape(), n))) {
            int[] bias = added == null ? null : row(added, n);
            boolean unsigned = type.isUnsigned();
            Requantization[] end = {Requantization.of(n, scales, bias, out.zero(), unsigned)};
            weights.run(context, shapes, a, context.input(A_ZERO), end, bytes.array(), y.offset());
            return;
        }
        int step = scales.length == 1 ? 0 : 1;
        int[] c = added == null ? new int[1] : added.toIntArray();
        int rowStep = added == null ? 0 : step(added.shape(), -2, shapes.m(), shapes.output());
        int columnStep = added == null ? 0 : step(added.shape(), -1, n, shapes.output());
        int width = columnStep == 1 ? n : 1;
        int[] sums = new int[y.size()];
        weights.run(context, shapes, a, context.input(A_ZERO), sums, 0, (batch, fromRow, toRow, from, to) -> {
            for (int row = fromRow; row < toRow; row++) {
                int at = row * n + from;
                for (int j = 0; j < to - from; j++) {
                    sums[at + j] += c[row * rowStep * width + (from + j) * columnStep];
                }
                int begin = y.offset() + at;
                if (y instanceof ByteTensor bytes) {
                    boolean unsigned = bytes.type().isUnsigned();
                    Rescale.toBytes(
                            sums, at, bytes.array(), begin, to - from, scales, from * step, step, out.zero(), unsigned);
                } else {
                    float[] floats = ((FloatTensor) y).array();
                    Rescale.toFloats(sums, at, floats, begin, to - from, scales, from * step, step, null, 0);
                }
            }
        });
    }

    private static boolean isRow(Shape c, int n) {
        return c.size() == 1 && c.rank() <= 2 || c.size() == n && (c.rank() == 1 || c.rank() == 2 && c.dim(0) == 1);
    }

    private static int[] row(Tensor c, int n) {
        int[] values = c.toIntArray();
        if (values.length == n) {
            return values;
        }
        int[] row = new int[n];
        Arrays.fill(row, values[0]);
        return row;
    }

    /** 1 if dimension {@code axis} of C has a value for each of {@code n}, 0 if it repeats. */
    private static int step(Shape c, int axis, int n, Shape y) {
        int dim = c.rank() < -axis ? 1 : c.dim(axis);
        if (c.rank() > 2 || dim != 1 && dim != n) {
            throw new IllegalArgumentException("C has shape " + c + ", expected one that broadcasts to " + y);
        }
        return dim == 1 ? 0 : 1;
    }

    private static ByteTensor transposed(ByteTensor a) {
        int rows = a.shape().dim(0);
        int columns = a.shape().dim(1);
        byte[] values = new byte[a.size()];
        for (int i = 0; i < rows; i++) {
            for (int j = 0; j < columns; j++) {
                values[j * rows + i] = a.get(i * columns + j);
            }
        }
        return new ByteTensor(a.type(), Shape.of(columns, rows), values, 0);
    }
}
