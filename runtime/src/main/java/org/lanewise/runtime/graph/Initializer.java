package org.lanewise.runtime.graph;

import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.lanewise.runtime.tensor.DataType;
import org.lanewise.runtime.tensor.Shape;
import org.lanewise.runtime.tensor.Tensor;

/**
 * A constant of a graph, usually weights. Its elements may still lie in a mapped file: {@link #tensor()} copies them out at each call, so that
 * weights which are packed at once and not needed again never stay in memory twice.
 */
public final class Initializer {
    private final DataType type;
    private final Shape shape;
    private final @Nullable Supplier<Tensor> source;

    private Initializer(DataType type, Shape shape, @Nullable Supplier<Tensor> source) {
        this.type = type;
        this.shape = shape;
        this.source = source;
    }

    /** A constant in memory. */
    public static Initializer of(Tensor tensor) {
        return new Initializer(tensor.type(), tensor.shape(), () -> tensor);
    }

    /** A constant read when asked for; {@code source} must give the same tensor each time. */
    public static Initializer lazy(DataType type, Shape shape, Supplier<Tensor> source) {
        return new Initializer(type, shape, source);
    }

    /** What is left of this constant when nobody needs its elements any more: type and shape. */
    public Initializer letGo() {
        return new Initializer(type, shape, null);
    }

    /** Whether the elements are there, see {@link #letGo}. */
    public boolean isKept() {
        return source != null;
    }

    /** Element type. */
    public DataType type() {
        return type;
    }

    /** Shape. */
    public Shape shape() {
        return shape;
    }

    /**
     * The elements; must not be changed. May read the file again at each call.
     *
     * @throws IllegalStateException if they were {@linkplain #letGo let go}
     */
    public Tensor tensor() {
        if (source == null) {
            throw new IllegalStateException(
                    "the elements of " + type.onnxName() + shape + " were let go: the session keeps them packed");
        }
        return source.get();
    }

    /** Bytes of the elements as serialized. */
    public long bytes() {
        return type.serializedBytes(shape.size());
    }
}
