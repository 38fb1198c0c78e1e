package org.lanewise.runtime.tensor;

import java.util.Arrays;
import java.util.StringJoiner;
import org.jspecify.annotations.Nullable;

/**
 * What is known of a shape before a run: nothing (rank unknown), the rank, or some or all dimensions. A dimension that is not known is
 * {@value #UNKNOWN} and may carry the name the model gave it ({@code dim_param}), such as {@code batch}.
 */
public final class PartialShape {
    /** A dimension that is not known. */
    public static final long UNKNOWN = -1;

    /** More than any model has; a rank may come from a dimension of a model file. */
    private static final int MAX_RANK = 255;

    private static final PartialShape UNRANKED = new PartialShape(null, null);

    private final long @Nullable [] dims;
    private final @Nullable String @Nullable [] names;

    private PartialShape(long @Nullable [] dims, @Nullable String @Nullable [] names) {
        this.dims = dims;
        this.names = names;
    }

    /** A shape of which not even the rank is known. */
    public static PartialShape unranked() {
        return UNRANKED;
    }

    /**
     * A shape of this rank with no dimension known.
     *
     * @throws IllegalArgumentException if no tensor has that rank
     */
    public static PartialShape ofRank(int rank) {
        if (rank < 0 || rank > MAX_RANK) {
            throw new IllegalArgumentException("a tensor of rank " + rank + ", expected 0 to " + MAX_RANK);
        }
        long[] dims = new long[rank];
        Arrays.fill(dims, UNKNOWN);
        return new PartialShape(dims, null);
    }

    /** A shape with these dimensions, {@value #UNKNOWN} (or any negative number) where not known. */
    public static PartialShape of(long... dims) {
        long[] copy = dims.clone();
        for (int i = 0; i < copy.length; i++) {
            copy[i] = Math.max(UNKNOWN, copy[i]);
        }
        return new PartialShape(copy, null);
    }

    /** A shape with these dimensions and, where a dimension is not known, perhaps its name. */
    public static PartialShape of(long[] dims, @Nullable String[] names) {
        return new PartialShape(of(dims).dims, names.clone());
    }

    /** A shape that is wholly known. */
    public static PartialShape of(Shape shape) {
        return new PartialShape(shape.toLongArray(), null);
    }

    /** Whether the rank is known. */
    public boolean isRanked() {
        return dims != null;
    }

    /** Whether every dimension is known. */
    public boolean isKnown() {
        if (dims == null) {
            return false;
        }
        for (long dim : dims) {
            if (dim < 0) {
                return false;
            }
        }
        return true;
    }

    /** The rank, or -1 when it is not known. */
    public int rank() {
        return dims == null ? -1 : dims.length;
    }

    /** Dimension {@code axis} (negative: from the end), {@value #UNKNOWN} when it or the rank is not known. */
    public long dim(int axis) {
        return dims == null ? UNKNOWN : dims[axis < 0 ? axis + dims.length : axis];
    }

    /** The dimensions; {@value #UNKNOWN} where not known. The rank must be known. */
    public long[] toArray() {
        return requireDims().clone();
    }

    /** The model's name for dimension {@code axis}, or {@code null}. */
    public @Nullable String name(int axis) {
        return names == null ? null : names[axis];
    }

    /** The shape, all of whose dimensions must be known. */
    public Shape toShape() {
        return Shape.of(requireDims());
    }

    /** This shape with dimension {@code axis} replaced; the rank must be known. */
    public PartialShape with(int axis, long dim) {
        long[] copy = requireDims().clone();
        copy[axis < 0 ? axis + copy.length : axis] = dim;
        return new PartialShape(copy, null);
    }

    /** Number of elements, or {@value #UNKNOWN}; {@link Long#MAX_VALUE} where it does not fit a {@code long}. */
    public long size() {
        if (!isKnown()) {
            return UNKNOWN;
        }
        long size = 1;
        for (long dim : requireDims()) {
            if (dim == 0) {
                return 0;
            }
            size = Math.multiplyHigh(size, dim) == 0 && size * dim >= 0 ? size * dim : Long.MAX_VALUE;
        }
        return size;
    }

    /** Whether {@link #toShape} succeeds: every dimension is known and a tensor can have that many elements. */
    public boolean isTensor() {
        if (!isKnown() || size() > Integer.MAX_VALUE) {
            return false;
        }
        for (long dim : requireDims()) {
            if (dim > Integer.MAX_VALUE) {
                return false;
            }
        }
        return true;
    }

    /** Whether a tensor of this concrete shape fits: same rank, same dimensions where known. */
    public boolean accepts(Shape shape) {
        if (dims == null) {
            return true;
        }
        if (dims.length != shape.rank()) {
            return false;
        }
        for (int i = 0; i < dims.length; i++) {
            if (dims[i] >= 0 && dims[i] != shape.dim(i)) {
                return false;
            }
        }
        return true;
    }

    /** What both agree on or either knows: used where a model states a shape and inference finds one. */
    public PartialShape merge(PartialShape other) {
        if (dims == null) {
            return other;
        }
        if (other.dims == null || other.dims.length != dims.length) {
            return this;
        }
        long[] merged = dims.clone();
        for (int i = 0; i < merged.length; i++) {
            merged[i] = merged[i] >= 0 ? merged[i] : other.dims[i];
        }
        return new PartialShape(merged, names != null ? names : other.names);
    }

    /**
     * The shape that both broadcast to, as far as it is known.
     *
     * @throws IllegalArgumentException if known dimensions do not broadcast
     */
    public static PartialShape broadcast(PartialShape a, PartialShape b) {
        if (a.dims == null || b.dims == null) {
            return UNRANKED;
        }
        int rank = Math.max(a.dims.length, b.dims.length);
        long[] out = new long[rank];
        for (int i = 1; i <= rank; i++) {
            long da = i <= a.dims.length ? a.dim(-i) : 1;
            long db = i <= b.dims.length ? b.dim(-i) : 1;
            if (da >= 0 && db >= 0 && da != db && da != 1 && db != 1) {
                throw new IllegalArgumentException(
                        "shapes " + a + " and " + b + " do not broadcast: " + da + " against " + db);
            }
            out[rank - i] = da == 1 ? db : db == 1 ? da : Math.max(da, db);
        }
        return new PartialShape(out, null);
    }

    private long[] requireDims() {
        if (dims == null) {
            throw new IllegalStateException("the rank is not known");
        }
        return dims;
    }

    @Override
    public boolean equals(Object other) {
        return this == other || other instanceof PartialShape shape && Arrays.equals(dims, shape.dims);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(dims);
    }

    /** Such as {@code [batch,3,?,224]}; {@code [...]} when the rank is not known. */
    @Override
    public String toString() {
        if (dims == null) {
            return "[...]";
        }
        StringJoiner joiner = new StringJoiner(",", "[", "]");
        for (int i = 0; i < dims.length; i++) {
            String name = name(i);
            joiner.add(dims[i] >= 0 ? Long.toString(dims[i]) : name != null && !name.isEmpty() ? name : "?");
        }
        return joiner.toString();
    }
}
