package org.lanewise.runtime.tensor;

import org.lanewise.kernels.elementwise.HalfPrecision;

/** A tensor of {@code INT16}, {@code UINT16}, or of {@code FLOAT16} or {@code BFLOAT16} as their bits. */
public final class ShortTensor extends Tensor {
    private final short[] array;

    /** A tensor over {@code array}, starting at {@code offset}; the array is shared. */
    public ShortTensor(DataType type, Shape shape, short[] array, int offset) {
        super(type, DataType.Storage.SHORT, shape, offset, array.length);
        this.array = array;
    }

    /** The array that holds the elements, from {@link #offset()} on. */
    public short[] array() {
        return array;
    }

    /** Element {@code i} in row-major order. */
    public short get(int i) {
        return array[offset() + i];
    }

    @Override
    public Object storage() {
        return array;
    }

    @Override
    public double getDouble(int i) {
        return switch (type()) {
            case FLOAT16 -> Float.float16ToFloat(get(i));
            case BFLOAT16 -> Float.intBitsToFloat(get(i) << 16);
            default -> getLong(i);
        };
    }

    @Override
    public long getLong(int i) {
        return switch (type()) {
            case INT16 -> get(i);
            case UINT16 -> Short.toUnsignedInt(get(i));
            default -> (long) getDouble(i);
        };
    }

    @Override
    public float[] toFloatArray() {
        float[] out = new float[size()];
        switch (type()) {
            case FLOAT16 -> HalfPrecision.fromFloat16(array, offset(), out, 0, out.length);
            case BFLOAT16 -> HalfPrecision.fromBfloat16(array, offset(), out, 0, out.length);
            default -> {
                return super.toFloatArray();
            }
        }
        return out;
    }

    @Override
    public ShortTensor reshape(Shape shape) {
        if (shape.size() != size()) {
            throw new IllegalArgumentException("cannot reshape " + this + " to " + shape);
        }
        return new ShortTensor(type(), shape, array, offset());
    }

    @Override
    public ShortTensor slice(int start, Shape shape) {
        if (start < 0 || (long) start + shape.size() > size()) {
            throw new IllegalArgumentException("no " + shape + " from element " + start + " of " + this);
        }
        return new ShortTensor(type(), shape, array, offset() + start);
    }
}
