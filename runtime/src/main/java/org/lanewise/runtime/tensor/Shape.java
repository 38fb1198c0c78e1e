package org.lanewise.runtime.tensor;

import java.util.Arrays;
import java.util.StringJoiner;

/** The dimensions of a tensor, outermost first: immutable, row-major, every dimension known and not negative. A scalar has rank 0. */
public final class Shape {
    private static final Shape SCALAR = new Shape(new int[0], 1);

    private final int[] dims;
    private final int size;

    private Shape(int[] dims, int size) {
        this.dims = dims;
        this.size = size;
    }

    /**
     * The shape with these dimensions.
     *
     * @throws IllegalArgumentException if one is negative, or the tensor would have more than 2^31 - 1 elements
     */
    public static Shape of(int... dims) {
        return dims.length == 0 ? SCALAR : new Shape(dims.clone(), checkedSize(dims));
    }

    /** The shape with these dimensions; as {@link #of(int...)}, refusing what does not fit an {@code int}. */
    public static Shape of(long[] dims) {
        int[] narrow = new int[dims.length];
        for (int i = 0; i < dims.length; i++) {
            if (dims[i] < 0 || dims[i] > Integer.MAX_VALUE) {
                throw new IllegalArgumentException(
                        "dimension " + i + " of " + Arrays.toString(dims) + " is outside 0..2^31-1");
            }
            narrow[i] = (int) dims[i];
        }
        return of(narrow);
    }

    /** The shape of a scalar: no dimensions, one element. */
    public static Shape scalar() {
        return SCALAR;
    }

    /** Number of dimensions. */
    public int rank() {
        return dims.length;
    }

    /** Dimension {@code axis}; a negative axis counts from the end. */
    public int dim(int axis) {
        return dims[axis < 0 ? axis + dims.length : axis];
    }

    /** Number of elements: the product of the dimensions. */
    public int size() {
        return size;
    }

    /** A copy of the dimensions. */
    public int[] toArray() {
        return dims.clone();
    }

    /** A copy of the dimensions as {@code long}, the type ONNX has them in. */
    public long[] toLongArray() {
        long[] wide = new long[dims.length];
        for (int i = 0; i < dims.length; i++) {
            wide[i] = dims[i];
        }
        return wide;
    }

    /** Product of the dimensions {@code from} (inclusive) to {@code to} (exclusive). */
    public int sizeBetween(int from, int to) {
        int product = 1;
        for (int i = from; i < to; i++) {
            product *= dims[i];
        }
        return product;
    }

    /** Elements between neighbours along each axis, in row-major order. */
    public int[] strides() {
        int[] strides = new int[dims.length];
        int stride = 1;
        for (int i = dims.length - 1; i >= 0; i--) {
            strides[i] = stride;
            stride *= dims[i];
        }
        return strides;
    }

    /**
     * {@code axis} made non-negative.
     *
     * @throws IllegalArgumentException if it is outside {@code [-rank, rank)}
     */
    public int axis(long axis) {
        return axis(axis, dims.length);
    }

    /** As {@link #axis(long)}, for a rank known without the shape. */
    public static int axis(long axis, int rank) {
        if (axis < -rank || axis >= rank) {
            throw new IllegalArgumentException(
                    "axis " + axis + " is outside [" + -rank + ", " + (rank - 1) + "] of rank " + rank);
        }
        return (int) (axis < 0 ? axis + rank : axis);
    }

    /** This shape with dimension {@code axis} replaced. */
    public Shape with(int axis, int dim) {
        int[] copy = dims.clone();
        copy[axis < 0 ? axis + dims.length : axis] = dim;
        return of(copy);
    }

    /**
     * The shape that both broadcast to under NumPy's rules: aligned at the last dimension, where they differ one of them is 1.
     *
     * @throws IllegalArgumentException if they do not broadcast
     */
    public static Shape broadcast(Shape a, Shape b) {
        if (a.equals(b)) {
            return a;
        }
        int rank = Math.max(a.rank(), b.rank());
        int[] out = new int[rank];
        for (int i = 1; i <= rank; i++) {
            int da = i <= a.rank() ? a.dim(-i) : 1;
            int db = i <= b.rank() ? b.dim(-i) : 1;
            if (da != db && da != 1 && db != 1) {
                throw new IllegalArgumentException(
                        "shapes " + a + " and " + b + " do not broadcast: " + da + " against " + db);
            }
            out[rank - i] = da == 1 ? db : da;
        }
        return of(out);
    }

    private static int checkedSize(int[] dims) {
        long size = 1;
        boolean empty = false;
        for (int dim : dims) {
            if (dim < 0) {
                throw new IllegalArgumentException("negative dimension in " + Arrays.toString(dims));
            }
            empty |= dim == 0;
        }
        if (empty) {
            return 0;
        }
        for (int dim : dims) {
            size *= dim;
            if (size > Integer.MAX_VALUE) {
                throw new IllegalArgumentException(
                        "a tensor of " + Arrays.toString(dims) + " has more than 2^31-1 elements");
            }
        }
        return (int) size;
    }

    @Override
    public boolean equals(Object other) {
        return this == other || other instanceof Shape shape && Arrays.equals(dims, shape.dims);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(dims);
    }

    /** Such as {@code [1,3,224,224]}; {@code []} for a scalar. */
    @Override
    public String toString() {
        StringJoiner joiner = new StringJoiner(",", "[", "]");
        for (int dim : dims) {
            joiner.add(Integer.toString(dim));
        }
        return joiner.toString();
    }
}
