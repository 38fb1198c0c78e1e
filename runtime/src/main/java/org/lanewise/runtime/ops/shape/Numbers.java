package org.lanewise.runtime.ops.shape;

import org.lanewise.kernels.elementwise.HalfPrecision;
import org.lanewise.runtime.tensor.ByteTensor;
import org.lanewise.runtime.tensor.DataType;
import org.lanewise.runtime.tensor.DoubleTensor;
import org.lanewise.runtime.tensor.FloatTensor;
import org.lanewise.runtime.tensor.IntTensor;
import org.lanewise.runtime.tensor.LongTensor;
import org.lanewise.runtime.tensor.ShortTensor;
import org.lanewise.runtime.tensor.StringTensor;
import org.lanewise.runtime.tensor.Tensor;

/** Writes single numbers into tensors of any numeric type of at least 8 bits: for operators where speed does not depend on it. */
public final class Numbers {
    private Numbers() {}

    /** Whether {@link #set} and {@link #setLong} can write this type. */
    public static boolean isWritable(DataType type) {
        return switch (type) {
            case FLOAT, DOUBLE, FLOAT16, BFLOAT16, INT8, UINT8, INT16, UINT16, INT32, UINT32, INT64, UINT64, BOOL ->
                true;
            default -> false;
        };
    }

    /** Fails unless {@link #isWritable}. */
    public static void expectWritable(DataType type, String what) {
        if (!isWritable(type)) {
            throw new IllegalArgumentException(what + " of type " + type.onnxName() + " is not supported");
        }
    }

    /** Writes {@code value} at element {@code i}: rounded to nearest for floating types, truncated for integer types. */
    public static void set(Tensor tensor, int i, double value) {
        switch (tensor) {
            case FloatTensor t -> t.array()[t.offset() + i] = (float) value;
            case DoubleTensor t -> t.array()[t.offset() + i] = value;
            case ShortTensor t ->
                t.array()[t.offset() + i] = switch (t.type()) {
                    case FLOAT16 -> Float.floatToFloat16((float) value);
                    case BFLOAT16 -> HalfPrecision.toBfloat16((float) value);
                    default -> (short) (long) value;
                };
            default -> setLong(tensor, i, (long) value);
        }
    }

    /** Writes the low bits of {@code value} at element {@code i} of an integer or bool tensor; for floating types its nearest number. */
    public static void setLong(Tensor tensor, int i, long value) {
        switch (tensor) {
            case ByteTensor t ->
                t.array()[t.offset() + i] = t.type() == DataType.BOOL ? (byte) (value == 0 ? 0 : 1) : (byte) value;
            case IntTensor t -> t.array()[t.offset() + i] = (int) value;
            case LongTensor t -> t.array()[t.offset() + i] = value;
            case ShortTensor t when !t.type().isFloating() -> t.array()[t.offset() + i] = (short) value;
            case FloatTensor t -> set(t, i, value);
            case DoubleTensor t -> set(t, i, value);
            case ShortTensor t -> set(t, i, value);
            case StringTensor t -> throw new IllegalArgumentException("a string tensor has no numbers");
        }
    }
}
