package org.lanewise.runtime.tensor;

/** A tensor of {@code INT64} or {@code UINT64}. */
public final class LongTensor extends Tensor {
    private final long[] array;

    /** A tensor over {@code array}, starting at {@code offset}; the array is shared. */
    public LongTensor(DataType type, Shape shape, long[] array, int offset) {
        super(type, DataType.Storage.LONG, shape, offset, array.length);
        this.array = array;
    }

    /** The array that holds the elements, from {@link #offset()} on. */
    public long[] array() {
        return array;
    }

    /** Element {@code i} in row-major order. */
    public long get(int i) {
        return array[offset() + i];
    }

    @Override
    public Object storage() {
        return array;
    }

    @Override
    public double getDouble(int i) {
        long bits = get(i);
        if (type() == DataType.UINT64 && bits < 0) {
            return ((bits >>> 1) | (bits & 1)) * 2.0; // the lost bit is kept sticky, so that rounding is right
        }
        return bits;
    }

    @Override
    public long getLong(int i) {
        return get(i);
    }

    @Override
    public LongTensor reshape(Shape shape) {
        if (shape.size() != size()) {
            throw new IllegalArgumentException("cannot reshape " + this + " to " + shape);
        }
        return new LongTensor(type(), shape, array, offset());
    }

    @Override
    public LongTensor slice(int start, Shape shape) {
        if (start < 0 || (long) start + shape.size() > size()) {
            throw new IllegalArgumentException("no " + shape + " from element " + start + " of " + this);
        }
        return new LongTensor(type(), shape, array, offset() + start);
    }
}
