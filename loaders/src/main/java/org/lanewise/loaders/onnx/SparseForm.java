package org.lanewise.loaders.onnx;

import org.jspecify.annotations.Nullable;
import org.lanewise.runtime.graph.Initializer;
import org.lanewise.runtime.tensor.ByteTensor;
import org.lanewise.runtime.tensor.DataType;
import org.lanewise.runtime.tensor.DoubleTensor;
import org.lanewise.runtime.tensor.FloatTensor;
import org.lanewise.runtime.tensor.IntTensor;
import org.lanewise.runtime.tensor.LongTensor;
import org.lanewise.runtime.tensor.Shape;
import org.lanewise.runtime.tensor.ShortTensor;
import org.lanewise.runtime.tensor.StringTensor;
import org.lanewise.runtime.tensor.Tensor;

/**
 * A constant by its elements that are not zero ({@code SparseTensorProto}), the reverse of {@link SparseTensorProto}. A negative zero is none: its bits are not all zero.
 *
 * @param values these elements, shape (NNZ)
 * @param indices where they are in row-major order, {@code INT64}, ascending, shape (NNZ)
 * @param shape of the constant
 */
record SparseForm(Initializer values, Initializer indices, Shape shape) {
    /** The form of {@code constant}, or {@code null} if it is not smaller than the constant: 8 bytes of an index are to be saved with each element left. */
    static @Nullable SparseForm of(Initializer constant) {
        DataType type = constant.type();
        Shape shape = constant.shape();
        if (type == DataType.STRING || type.bits() < 8 || shape.rank() == 0 || shape.size() > Limits.SPARSE_ELEMENTS) {
            return null;
        }
        int count = positions(constant.tensor()).length;
        if (count * (type.bits() / 8 + 8L) >= constant.bytes()) {
            return null;
        }
        Shape list = Shape.of(count);
        return new SparseForm(
                Initializer.lazy(type, list, () -> values(constant.tensor(), list)),
                Initializer.lazy(DataType.INT64, list, () -> indices(constant.tensor())),
                shape);
    }

    private static int[] positions(Tensor tensor) {
        int count = 0;
        for (int i = 0; i < tensor.size(); i++) {
            count += isZero(tensor, i) ? 0 : 1;
        }
        int[] positions = new int[count];
        for (int i = 0, at = 0; at < count; i++) {
            if (!isZero(tensor, i)) {
                positions[at++] = i;
            }
        }
        return positions;
    }

    private static Tensor values(Tensor tensor, Shape list) {
        int[] positions = positions(tensor);
        Tensor values = Tensor.allocate(tensor.type(), list);
        for (int i = 0; i < positions.length; i++) {
            values.copyFrom(i, tensor, positions[i], 1);
        }
        return values;
    }

    private static Tensor indices(Tensor tensor) {
        int[] positions = positions(tensor);
        long[] indices = new long[positions.length];
        for (int i = 0; i < indices.length; i++) {
            indices[i] = positions[i];
        }
        return Tensor.of(indices);
    }

    private static boolean isZero(Tensor tensor, int i) {
        int at = tensor.offset() + i;
        return switch (tensor) {
            case FloatTensor t -> Float.floatToRawIntBits(t.array()[at]) == 0;
            case DoubleTensor t -> Double.doubleToRawLongBits(t.array()[at]) == 0;
            case ShortTensor t -> t.array()[at] == 0;
            case IntTensor t -> t.array()[at] == 0;
            case LongTensor t -> t.array()[at] == 0;
            case ByteTensor t -> t.array()[at] == 0;
            case StringTensor t -> false;
        };
    }
}
