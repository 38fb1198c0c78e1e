package org.lanewise.runtime.ops.nn;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;
import org.lanewise.kernels.attention.Attention;
import org.lanewise.kernels.attention.AttentionDouble;
import org.lanewise.runtime.tensor.ByteTensor;
import org.lanewise.runtime.tensor.DataType;
import org.lanewise.runtime.tensor.Shape;
import org.lanewise.runtime.tensor.Tensor;

/**
 * An attention mask that broadcasts to (batch, heads, queries, keys), as values to add: a boolean mask is 0 where true, negative infinity where false.
 *
 * @param floats the values, unless the attention is computed in double
 * @param doubles the values, if the attention is computed in double
 * @param offset where they start
 * @param strides elements between neighbours in batch, head and query; 0 where the mask repeats
 * @param columns keys it covers
 * @param choice which products count, or null for all
 */
public record AttentionMask(
        float @Nullable [] floats,
        double @Nullable [] doubles,
        int offset,
        int[] strides,
        int columns,
        @Nullable Choice choice) {
    /**
     * A boolean tensor that says which products count.
     *
     * @param values one byte a product
     * @param offset where they start
     * @param strides elements between neighbours in batch, head and query; 0 where they repeat
     * @param kept whether products at true stay, or those at false
     * @param fill what the others become
     */
    public record Choice(byte[] values, int offset, int[] strides, boolean kept, float fill) {
        Attention.Choice rows(int batch, int head) {
            return new Attention.Choice(
                    values, offset + batch * strides[0] + head * strides[1], strides[2], kept, fill);
        }
    }

    /** {@code mask} for an attention of these sizes. */
    public static AttentionMask of(Tensor mask, boolean inDouble, int batch, int heads, int queries, int keys) {
        Shape shape = mask.shape();
        int[] strides = strides(shape, batch, heads, queries, keys);
        if (inDouble) {
            return new AttentionMask(null, doubles(mask), 0, strides, shape.dim(-1), null);
        }
        boolean direct = mask.type() == DataType.FLOAT;
        return new AttentionMask(
                direct ? (float[]) mask.storage() : floats(mask),
                null,
                direct ? mask.offset() : 0,
                strides,
                shape.dim(-1),
                null);
    }

    /** A choice by a {@code BOOL} tensor for an attention of these sizes, or {@code null} without one. */
    public static @Nullable Choice choice(
            @Nullable Tensor condition, boolean kept, float fill, int batch, int heads, int queries, int keys) {
        if (!(condition instanceof ByteTensor bytes)) {
            return null;
        }
        int[] strides = strides(bytes.shape(), batch, heads, queries, keys);
        return new Choice(bytes.array(), bytes.offset(), strides, kept, fill);
    }

    /** This with a choice, which comes first. */
    public AttentionMask with(@Nullable Choice first) {
        return new AttentionMask(floats, doubles, offset, strides, columns, first);
    }

    /** A choice alone. */
    public static AttentionMask of(Choice choice, int keys) {
        return new AttentionMask(null, null, 0, choice.strides, keys, choice);
    }

    private static int[] strides(Shape shape, int batch, int heads, int queries, int keys) {
        int[] wanted = {batch, heads, queries};
        int[] strides = new int[3];
        int stride = shape.rank() == 0 ? 1 : shape.dim(-1);
        boolean fits = shape.rank() >= 1 && shape.rank() <= 4 && shape.dim(-1) <= keys;
        for (int i = 2; fits && i > 2 - (shape.rank() - 1); i--) {
            int dim = shape.dim(i - 4);
            fits = dim == 1 || dim == wanted[i];
            strides[i] = dim == 1 ? 0 : stride;
            stride *= dim;
        }
        if (!fits) {
            throw new IllegalArgumentException("attn_mask has shape " + shape + ", expected one that broadcasts to "
                    + Shape.of(batch, heads, queries, keys));
        }
        return strides;
    }

    private static float[] floats(Tensor mask) {
        if (mask.type() != DataType.BOOL || !(mask instanceof ByteTensor bytes)) {
            return mask.toFloatArray();
        }
        float[] values = new float[bytes.size()];
        for (int i = 0; i < values.length; i++) {
            values[i] = bytes.array()[bytes.offset() + i] != 0 ? 0 : Float.NEGATIVE_INFINITY;
        }
        return values;
    }

    private static double[] doubles(Tensor mask) {
        double[] values = new double[mask.size()];
        Arrays.setAll(
                values,
                mask.type() == DataType.BOOL
                        ? i -> mask.getDouble(i) != 0 ? 0 : Double.NEGATIVE_INFINITY
                        : mask::getDouble);
        return values;
    }

    private int at(int batch, int head) {
        return offset + batch * strides[0] + head * strides[1];
    }

    /** The rows for a head. */
    public Attention.Mask rows(int batch, int head) {
        if (doubles != null) {
            throw new IllegalStateException("a mask of double");
        }
        return new Attention.Mask(
                choice == null ? null : choice.rows(batch, head),
                floats == null ? null : new Attention.Rows(floats, at(batch, head), strides[2]),
                columns);
    }

    /** The rows for a head. */
    AttentionDouble.Mask doubleRows(int batch, int head) {
        if (doubles == null) {
            throw new IllegalStateException("a mask of float");
        }
        return new AttentionDouble.Mask(new AttentionDouble.Rows(doubles, at(batch, head), strides[2]), columns);
    }
}
