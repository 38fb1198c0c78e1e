package org.lanewise.runtime.ops.shape;

import org.lanewise.runtime.tensor.DataType;
import org.lanewise.runtime.tensor.LongTensor;
import org.lanewise.runtime.tensor.Shape;
import org.lanewise.runtime.tensor.Tensor;

/** Turns tensors of indices into positions of elements. */
public final class Indices {
    private Indices() {}

    /** Fails unless the type is {@code INT32} or {@code INT64}. */
    static void expectType(DataType type) {
        if (type != DataType.INT32 && type != DataType.INT64) {
            throw new IllegalArgumentException("indices have type " + type.onnxName() + ", expected int32 or int64");
        }
    }

    /** The indices made non-negative; {@code dim} bounds them. */
    public static int[] along(Tensor indices, int dim) {
        int count = indices.size();
        int[] result = new int[count];
        if (indices instanceof LongTensor longs) {
            long[] array = longs.array();
            for (int i = 0; i < count; i++) {
                result[i] = check(array[longs.offset() + i], dim);
            }
        } else {
            for (int i = 0; i < count; i++) {
                result[i] = check(indices.getLong(i), dim);
            }
        }
        return result;
    }

    private static int check(long index, int dim) {
        if (index < -dim || index >= dim) {
            throw new IllegalArgumentException("index " + index + " is outside [" + -dim + ", " + (dim - 1) + "]");
        }
        return (int) (index < 0 ? index + dim : index);
    }

    /**
     * For each element of {@code indices}, the element of {@code data} it names: along {@code axis} the index, along the other axes the place of the index
     * itself.
     *
     * @throws IllegalArgumentException if an index is out of range, the ranks differ, or {@code indices} is larger than {@code data} along another axis
     */
    static int[] elements(Tensor indices, Shape data, int axis) {
        Shape shape = indices.shape();
        if (shape.rank() != data.rank()) {
            throw new IllegalArgumentException(
                    "indices of shape " + shape + " and data of shape " + data + " have different ranks");
        }
        for (int i = 0; i < data.rank(); i++) {
            if (i != axis && shape.dim(i) > data.dim(i)) {
                throw new IllegalArgumentException(
                        "indices of shape " + shape + " are larger than data of shape " + data + " along axis " + i);
            }
        }
        int[] strides = data.strides();
        int step = strides[axis];
        strides[axis] = 0;
        int[] result = along(indices, data.dim(axis));
        int last = shape.rank() - 1;
        int row = shape.dim(last);
        int[] at = new int[shape.rank()];
        for (int from = 0; from < result.length; from += row) {
            int base = 0;
            for (int i = 0; i < last; i++) {
                base += at[i] * strides[i];
            }
            for (int i = 0; i < row; i++) {
                result[from + i] = result[from + i] * step + base + i * strides[last];
            }
            for (int i = last - 1; i >= 0 && ++at[i] == shape.dim(i); i--) {
                at[i] = 0;
            }
        }
        return result;
    }

    /**
     * For each vector of indices (the last axis of {@code indices}), where the part of {@code data} that it names starts.
     *
     * @param batchDims leading axes that both share: there, the place of the vector itself counts
     */
    static int[] blocks(Tensor indices, Shape data, int batchDims) {
        Shape shape = indices.shape();
        int depth = shape.dim(-1);
        if (batchDims + depth > data.rank()) {
            throw new IllegalArgumentException("indices of shape " + shape + " name " + depth + " axes behind "
                    + batchDims + " batch axes, data of shape " + data + " has fewer");
        }
        int[] strides = data.strides();
        int batches = data.sizeBetween(0, batchDims);
        int batchStep = data.sizeBetween(batchDims, data.rank());
        int count = shape.sizeBetween(0, shape.rank() - 1);
        int perBatch = batches == 0 ? 0 : count / batches;
        int[] result = new int[count];
        for (int k = 0; k < count; k++) {
            int at = k / perBatch * batchStep;
            for (int i = 0; i < depth; i++) {
                at += check(indices.getLong(k * depth + i), data.dim(batchDims + i)) * strides[batchDims + i];
            }
            result[k] = at;
        }
        return result;
    }
}
