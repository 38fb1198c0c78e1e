package org.lanewise.runtime.tensor;

import java.util.Arrays;

/**
 * An n-dimensional array: elements of one {@link DataType} in a Java array, row-major and contiguous, starting at {@link #offset()}.
 *
 * <p>Tensors given to a session must not change during a run; tensors it returns belong to the caller. Views share the array.
 */
public abstract sealed class Tensor implements OnnxValue
        permits FloatTensor, DoubleTensor, ByteTensor, ShortTensor, IntTensor, LongTensor, StringTensor {
    private final DataType type;
    private final Shape shape;
    private final int offset;

    Tensor(DataType type, DataType.Storage storage, Shape shape, int offset, int arrayLength) {
        if (type.storage() != storage) {
            throw new IllegalArgumentException(type + " is not stored as " + storage);
        }
        if (offset < 0 || (long) offset + shape.size() > arrayLength) {
            throw new IllegalArgumentException("shape " + shape + " at offset " + offset + " needs "
                    + ((long) offset + shape.size()) + " elements, the array has " + arrayLength);
        }
        this.type = type;
        this.shape = shape;
        this.offset = offset;
    }

    /** Element type. */
    public final DataType type() {
        return type;
    }

    /** Shape. */
    public final Shape shape() {
        return shape;
    }

    /** Index of the first element in {@link #storage()}. */
    public final int offset() {
        return offset;
    }

    /** Number of elements. */
    public final int size() {
        return shape.size();
    }

    /** The Java array that holds the elements, shared, not copied. */
    public abstract Object storage();

    /** Element {@code i} in row-major order as {@code double}; NaN-preserving, rounding 64-bit integers. */
    public abstract double getDouble(int i);

    /** Element {@code i} in row-major order as {@code long}, floating values truncated; an unsigned 64-bit value keeps its bits. */
    public abstract long getLong(int i);

    /**
     * The only element as by {@link #getLong}.
     *
     * @throws IllegalArgumentException if there are more or none
     */
    public final long scalarLong() {
        requireOne();
        return getLong(0);
    }

    /**
     * The only element as by {@link #getDouble}.
     *
     * @throws IllegalArgumentException if there are more or none
     */
    public final double scalarDouble() {
        requireOne();
        return getDouble(0);
    }

    private void requireOne() {
        if (size() != 1) {
            throw new IllegalArgumentException("a tensor " + this + " stands where one number is expected");
        }
    }

    /** A tensor of the same elements with another shape of the same size, sharing the array. */
    public abstract Tensor reshape(Shape shape);

    /** A part of this tensor: {@code shape.size()} elements from element {@code start} on, sharing the array. */
    public abstract Tensor slice(int start, Shape shape);

    /** A tensor of its own array with the same elements. */
    public final Tensor copy() {
        Tensor copy = allocate(type, shape);
        copy.copyFrom(0, this, 0, size());
        return copy;
    }

    /** Copies {@code count} elements of {@code source}, of the same storage, into this tensor. */
    public final void copyFrom(int at, Tensor source, int sourceAt, int count) {
        System.arraycopy(source.storage(), source.offset + sourceAt, storage(), offset + at, count);
    }

    /** A tensor of zeros (empty strings) with its own array. */
    public static Tensor allocate(DataType type, Shape shape) {
        int size = shape.size();
        Object array = switch (type.storage()) {
            case FLOAT -> new float[size];
            case DOUBLE -> new double[size];
            case BYTE -> new byte[size];
            case SHORT -> new short[size];
            case INT -> new int[size];
            case LONG -> new long[size];
            case STRING -> {
                String[] strings = new String[size];
                Arrays.fill(strings, "");
                yield strings;
            }
        };
        return wrap(type, shape, array, 0);
    }

    /**
     * A tensor over an existing array.
     *
     * @throws IllegalArgumentException if the array is not of the storage of {@code type}, or is too short
     */
    public static Tensor wrap(DataType type, Shape shape, Object array, int offset) {
        return switch (array) {
            case float[] a -> new FloatTensor(type, shape, a, offset);
            case double[] a -> new DoubleTensor(type, shape, a, offset);
            case byte[] a -> new ByteTensor(type, shape, a, offset);
            case short[] a -> new ShortTensor(type, shape, a, offset);
            case int[] a -> new IntTensor(type, shape, a, offset);
            case long[] a -> new LongTensor(type, shape, a, offset);
            case String[] a -> new StringTensor(shape, a, offset);
            default ->
                throw new IllegalArgumentException(
                        "no tensor is stored as " + array.getClass().getSimpleName());
        };
    }

    /** A {@code FLOAT} tensor over {@code values}; with no dimensions given, a vector. */
    public static FloatTensor of(float[] values, int... dims) {
        return new FloatTensor(DataType.FLOAT, shapeFor(values.length, dims), values, 0);
    }

    /** A {@code DOUBLE} tensor over {@code values}; with no dimensions given, a vector. */
    public static DoubleTensor of(double[] values, int... dims) {
        return new DoubleTensor(DataType.DOUBLE, shapeFor(values.length, dims), values, 0);
    }

    /** An {@code INT64} tensor over {@code values}; with no dimensions given, a vector. */
    public static LongTensor of(long[] values, int... dims) {
        return new LongTensor(DataType.INT64, shapeFor(values.length, dims), values, 0);
    }

    /** An {@code INT32} tensor over {@code values}; with no dimensions given, a vector. */
    public static IntTensor of(int[] values, int... dims) {
        return new IntTensor(DataType.INT32, shapeFor(values.length, dims), values, 0);
    }

    /** An {@code INT8} tensor over {@code values}; with no dimensions given, a vector. */
    public static ByteTensor of(byte[] values, int... dims) {
        return new ByteTensor(DataType.INT8, shapeFor(values.length, dims), values, 0);
    }

    /** A {@code STRING} tensor over {@code values}; with no dimensions given, a vector. */
    public static StringTensor of(String[] values, int... dims) {
        return new StringTensor(shapeFor(values.length, dims), values, 0);
    }

    /** A {@code BOOL} tensor of {@code values}, copied; with no dimensions given, a vector. */
    public static ByteTensor of(boolean[] values, int... dims) {
        byte[] bytes = new byte[values.length];
        for (int i = 0; i < bytes.length; i++) {
            bytes[i] = (byte) (values[i] ? 1 : 0);
        }
        return new ByteTensor(DataType.BOOL, shapeFor(values.length, dims), bytes, 0);
    }

    /** A {@code FLOAT} scalar. */
    public static FloatTensor scalar(float value) {
        return new FloatTensor(DataType.FLOAT, Shape.scalar(), new float[] {value}, 0);
    }

    /** An {@code INT64} scalar. */
    public static LongTensor scalar(long value) {
        return new LongTensor(DataType.INT64, Shape.scalar(), new long[] {value}, 0);
    }

    /** The elements as a new {@code float[]}, converted where the type is another. */
    public float[] toFloatArray() {
        float[] out = new float[size()];
        for (int i = 0; i < out.length; i++) {
            out[i] = (float) getDouble(i);
        }
        return out;
    }

    /** The elements as a new {@code long[]}, converted as by {@link #getLong}. */
    public long[] toLongArray() {
        long[] out = new long[size()];
        for (int i = 0; i < out.length; i++) {
            out[i] = getLong(i);
        }
        return out;
    }

    /** The elements of an integer tensor, such as dimensions or axes, as {@code int}; refuses what does not fit. */
    public final int[] toIntArray() {
        int[] out = new int[size()];
        for (int i = 0; i < out.length; i++) {
            out[i] = Math.toIntExact(getLong(i));
        }
        return out;
    }

    @Override
    public final ValueType valueType() {
        return ValueType.tensor(type, PartialShape.of(shape));
    }

    /** Type and shape, such as {@code float[1,3,224,224]}; not the elements. */
    @Override
    public final String toString() {
        return type.onnxName() + shape;
    }

    private static Shape shapeFor(int length, int[] dims) {
        Shape shape = dims.length == 0 ? Shape.of(length) : Shape.of(dims);
        if (shape.size() != length) {
            throw new IllegalArgumentException("shape " + shape + " needs " + shape.size() + " values, got " + length);
        }
        return shape;
    }
}
