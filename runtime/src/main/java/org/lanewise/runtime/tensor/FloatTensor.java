package org.lanewise.runtime.tensor;

/** A tensor of {@code FLOAT}. */
public final class FloatTensor extends Tensor {
    private final float[] array;

    /** A tensor over {@code array}, starting at {@code offset}; the array is shared. */
    public FloatTensor(DataType type, Shape shape, float[] array, int offset) {
        super(type, DataType.Storage.FLOAT, shape, offset, array.length);
        this.array = array;
    }

    /** The array that holds the elements, from {@link #offset()} on. */
    public float[] array() {
        return array;
    }

    /** Element {@code i} in row-major order. */
    public float get(int i) {
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
    public FloatTensor reshape(Shape shape) {
        if (shape.size() != size()) {
            throw new IllegalArgumentException("cannot reshape " + this + " to " + shape);
        }
        return new FloatTensor(type(), shape, array, offset());
    }

    @Override
    public FloatTensor slice(int start, Shape shape) {
        if (start < 0 || (long) start + shape.size() > size()) {
            throw new IllegalArgumentException("no " + shape + " from element " + start + " of " + this);
        }
        return new FloatTensor(type(), shape, array, offset() + start);
    }

    @Override
    public float[] toFloatArray() {
        return java.util.Arrays.copyOfRange(array, offset(), offset() + size());
    }
}
