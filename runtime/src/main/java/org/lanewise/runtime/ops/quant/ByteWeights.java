package org.lanewise.runtime.ops.quant;

import java.util.Arrays;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.lanewise.kernels.Activation;
import org.lanewise.kernels.quant.Requantization;
import org.lanewise.kernels.quant.Rescaling;
import org.lanewise.runtime.op.ChoosesByValues;
import org.lanewise.runtime.op.OpContext;
import org.lanewise.runtime.op.Prepacks;
import org.lanewise.runtime.op.ShapeContext;
import org.lanewise.runtime.ops.nn.MatrixShapes;
import org.lanewise.runtime.tensor.ByteTensor;
import org.lanewise.runtime.tensor.FloatTensor;
import org.lanewise.runtime.tensor.Shape;
import org.lanewise.runtime.tensor.Tensor;

/**
 * The right-hand matrices of a product of bytes, packed, with the shape they had.
 *
 * @param product the packed matrices, zero points subtracted
 * @param shape that of B
 */
public record ByteWeights(ByteProduct product, Shape shape) implements ChoosesByValues {
    private static final Activation NO_ACTIVATION = new Activation(Activation.Kind.NONE, 0, 0);

    /** Packs B where it and its zero points are constant; {@code null} otherwise. */
    public static Prepacks.@Nullable Packed prepack(ShapeContext context, int b, int zero) {
        Tensor matrix = context.constant(b);
        boolean hasZero = zero < context.inputCount() && context.hasInput(zero);
        Tensor zeros = hasZero ? context.constant(zero) : null;
        if (matrix == null || matrix.shape().rank() == 0 || hasZero && zeros == null) {
            return null;
        }
        return new Prepacks.Packed(
                new ByteWeights(ByteProduct.pack(matrix, zeros), matrix.shape()),
                hasZero ? Set.of(b, zero) : Set.of(b));
    }

    /** What {@link #prepack} made, or B packed now. */
    public static ByteWeights of(OpContext context, int b, int zero) {
        if (context.packed() instanceof ByteWeights weights) {
            return weights;
        }
        Tensor matrix = context.input(b);
        Tensor zeros = zero < context.inputCount() ? context.optionalInput(zero) : null;
        return new ByteWeights(ByteProduct.pack(matrix, zeros), matrix.shape());
    }

    @Override
    public @Nullable Kernels kernels() {
        return product.kernels();
    }

    /**
     * {@code Y = aScale bScale (A - aZero) (B - bZero) + bias}; the product of bytes is exact, the product of the scales is rounded to {@code float} first.
     *
     * @param aZero {@code null} for 0
     * @param bScales one for all, one for each column of B, or one for each column of each matrix
     * @param bias one for each column, or {@code null}
     * @param y of the product's shape
     */
    public void toFloats(
            OpContext context,
            Tensor a,
            @Nullable Tensor aZero,
            float aScale,
            float[] bScales,
            float @Nullable [] bias,
            FloatTensor y) {
        MatrixShapes shapes = MatrixShapes.of(a.shape(), shape);
        product.run(context, shapes, a, aZero, ends(shapes, bScales, bias), aScale, y.array(), y.offset());
    }

    /**
     * The same in tasks that may be repeated: scale and zero point of A are read in them.
     *
     * @param aZero an array of one value
     * @param aScale an array of one value
     */
    public void toFloats(
            OpContext context,
            Tensor a,
            int[] aZero,
            float[] aScale,
            float[] bScales,
            float @Nullable [] bias,
            FloatTensor y) {
        MatrixShapes shapes = MatrixShapes.of(a.shape(), shape);
        product.ready(context, shapes, a, aZero, ends(shapes, bScales, bias), aScale, y.array(), y.offset())
                .run(context);
    }

    private static Rescaling[] ends(MatrixShapes shapes, float[] bScales, float @Nullable [] bias) {
        int n = shapes.n();
        if (bias != null && bias.length != n) {
            throw new IllegalArgumentException("the bias has " + bias.length + " values, expected " + n);
        }
        if (bScales.length != 1
                && bScales.length != n
                && bScales.length != n * shapes.bBatch().size()) {
            throw new IllegalArgumentException(
                    "B has " + bScales.length + " scales, expected 1 or one for each of its " + n + " columns");
        }
        Rescaling[] ends = new Rescaling[bScales.length > n ? shapes.bBatch().size() : 1];
        for (int i = 0; i < ends.length; i++) {
            float[] scales = ends.length == 1 ? bScales : Arrays.copyOfRange(bScales, i * n, (i + 1) * n);
            ends[i] = Rescaling.of(n, scales, bias, NO_ACTIVATION);
        }
        return ends;
    }

    /**
     * {@code Y = saturate(round(scale (A - aZero) (B - bZero)) + yZero)}.
     *
     * @param aZero {@code null} for 0
     * @param scales one for all, one for each column of B, or one for each column of each matrix, each the product of the scales of A and B divided by that of Y
     * @param y of the product's shape
     */
    public void toBytes(OpContext context, Tensor a, @Nullable Tensor aZero, float[] scales, int yZero, ByteTensor y) {
        MatrixShapes shapes = MatrixShapes.of(a.shape(), shape);
        int n = shapes.n();
        Requantization[] ends =
                new Requantization[scales.length > n ? shapes.bBatch().size() : 1];
        for (int i = 0; i < ends.length; i++) {
            float[] part = ends.length == 1 ? scales : Arrays.copyOfRange(scales, i * n, (i + 1) * n);
            ends[i] = Requantization.of(n, part, null, yZero, y.type().isUnsigned());
        }
        product.run(context, shapes, a, aZero, ends, y.array(), y.offset());
    }
}
