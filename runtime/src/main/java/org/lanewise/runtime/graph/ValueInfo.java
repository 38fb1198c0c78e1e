package org.lanewise.runtime.graph;

import org.jspecify.annotations.Nullable;
import org.lanewise.runtime.tensor.ValueType;

/**
 * The name of a value and what the model says of its type ({@code ValueInfoProto}).
 *
 * @param name the value's name
 * @param type its type, or {@code null} where the model does not say
 * @param doc free text of the model's author, may be empty
 */
public record ValueInfo(String name, @Nullable ValueType type, String doc) {
    /** Without documentation. */
    public ValueInfo(String name, @Nullable ValueType type) {
        this(name, type, "");
    }

    /** Such as {@code image: float[batch,1,28,28]}. */
    @Override
    public String toString() {
        return name + ": " + (type == null ? "?" : type);
    }
}
