package org.lanewise.runtime.tensor;

/** A tensor of {@code STRING}. */
public final class StringTensor extends Tensor {
    private final String[] array;

    /** A tensor over {@code array}, starting at {@code offset}; the array is shared. */
    public StringTensor(Shape shape, String[] array, int offset) {
        super(DataType.STRING, DataType.Storage.STRING, shape, offset, array.length);
        this.array = array;
    }

    /** The array that holds the elements, from {@link #offset()} on. */
    public String[] array() {
        return array;
    }

    /** Element {@code i} in row-major order. */
    public String get(int i) {
        return array[offset() + i];
    }

    @Override
    public Object storage() {
        return array;
    }

    @Override
    public double getDouble(int i) {
        throw new IllegalStateException("a string tensor has no numbers");
    }

    @Override
    public long getLong(int i) {
        throw new IllegalStateException("a string tensor has no numbers");
    }

    @Override
    public StringTensor reshape(Shape shape) {
        if (shape.size() != size()) {
            throw new IllegalArgumentException("cannot reshape " + this + " to " + shape);
        }
        return new StringTensor(shape, array, offset());
    }

    @Override
    public StringTensor slice(int start, Shape shape) {
        if (start < 0 || (long) start + shape.size() > size()) {
            throw new IllegalArgumentException("no " + shape + " from element " + start + " of " + this);
        }
        return new StringTensor(shape, array, offset() + start);
    }
}
