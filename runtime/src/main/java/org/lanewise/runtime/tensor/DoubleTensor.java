package org.lanewise.runtime.tensor;

/** A tensor of {@code DOUBLE}. */
public final class DoubleTensor extends Tensor {
    private final double[] array;

    /** A tensor over {@code array}, starting at {@code offset}; the array is shared. */
    public DoubleTensor(DataType type, Shape shape, double[] array, int offset) {
        super(type, DataType.Storage.DOUBLE, shape, offset, array.length);
        this.array = array;
    }

    /** The array that holds the elements, from {@link #offset()} on. */
    public double[] array() {
        return array;
    }

    /** Element {@code i} in row-major order. */
    public double get(int i) {
        return array[offset() + i];
    }

    @Override
    public Object storage() {
        return array;
    }

    @Override
    public double getDouble(int i) {
        return get(i);
    }

    @Override
    public long getLong(int i) {
        return (long) get(i);
    }

    @Override
    public DoubleTensor reshape(Shape shape) {
        if (shape.size() != size()) {
            throw new IllegalArgumentException("cannot reshape " + this + " to " + shape);
        }
        return new DoubleTensor(type(), shape, array, offset());
    }

    @Override
    public DoubleTensor slice(int start, Shape shape) {
        if (start < 0 || (long) start + shape.size() > size()) {
            throw new IllegalArgumentException("no " + shape + " from element " + start + " of " + this);
        }
        return new DoubleTensor(type(), shape, array, offset() + start);
    }
}
