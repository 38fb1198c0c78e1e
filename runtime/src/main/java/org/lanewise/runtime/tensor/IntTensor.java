package org.lanewise.runtime.tensor;

/** A tensor of {@code INT32} or {@code UINT32}. */
public final class IntTensor extends Tensor {
    private final int[] array;

    /** A tensor over {@code array}, starting at {@code offset}; the array is shared. */
    public IntTensor(DataType type, Shape shape, int[] array, int offset) {
        super(type, DataType.Storage.INT, shape, offset, array.length);
        this.array = array;
    }

    /** The array that holds the elements, from {@link #offset()} on. */
    public int[] array() {
        return array;
    }

    /** Element {@code i} in row-major order. */
    public int get(int i) {
        return array[offset() + i];
    }

    @Override
    public Object storage() {
        return array;
    }

    @Override
    public double getDouble(int i) {
        return getLong(i);
    }

    @Override
    public long getLong(int i) {
        return type() == DataType.UINT32 ? Integer.toUnsignedLong(get(i)) : get(i);
    }

    @Override
    public IntTensor reshape(Shape shape) {
        if (shape.size() != size()) {
            throw new IllegalArgumentException("cannot reshape " + this + " to " + shape);
        }
        return new IntTensor(type(), shape, array, offset());
    }

    @Override
    public IntTensor slice(int start, Shape shape) {
        if (start < 0 || (long) start + shape.size() > size()) {
            throw new IllegalArgumentException("no " + shape + " from element " + start + " of " + this);
        }
        return new IntTensor(type(), shape, array, offset() + start);
    }
}
