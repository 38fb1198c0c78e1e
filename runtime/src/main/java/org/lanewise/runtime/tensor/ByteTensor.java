package org.lanewise.runtime.tensor;

/** A tensor of {@code INT8}, {@code UINT8}, {@code BOOL} or a type of 8 bits or fewer, one element a byte. */
public final class ByteTensor extends Tensor {
    private final byte[] array;

    /** A tensor over {@code array}, starting at {@code offset}; the array is shared. */
    public ByteTensor(DataType type, Shape shape, byte[] array, int offset) {
        super(type, DataType.Storage.BYTE, shape, offset, array.length);
        this.array = array;
    }

    /** The array that holds the elements, from {@link #offset()} on. */
    public byte[] array() {
        return array;
    }

    /** Element {@code i} in row-major order. */
    public byte get(int i) {
        return array[offset() + i];
    }

    @Override
    public Object storage() {
        return array;
    }

    @Override
    public double getDouble(int i) {
        return type().isFloating() ? MiniFloat.decode(type(), get(i)) : getLong(i);
    }

    @Override
    public long getLong(int i) {
        return switch (type()) {
            case UINT8 -> Byte.toUnsignedInt(get(i));
            case INT8, BOOL, UINT4, INT4, UINT2, INT2 -> get(i);
            default -> (long) MiniFloat.decode(type(), get(i));
        };
    }

    @Override
    public ByteTensor reshape(Shape shape) {
        if (shape.size() != size()) {
            throw new IllegalArgumentException("cannot reshape " + this + " to " + shape);
        }
        return new ByteTensor(type(), shape, array, offset());
    }

    @Override
    public ByteTensor slice(int start, Shape shape) {
        if (start < 0 || (long) start + shape.size() > size()) {
            throw new IllegalArgumentException("no " + shape + " from element " + start + " of " + this);
        }
        return new ByteTensor(type(), shape, array, offset() + start);
    }
}
