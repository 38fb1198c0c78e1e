package org.lanewise.runtime.tensor;

import org.jspecify.annotations.Nullable;

/**
 * A value that may be absent.
 *
 * @param elementType the type of the value if there is one
 * @param value the value, or {@code null} when absent
 */
public record OptionalValue(ValueType elementType, @Nullable OnnxValue value) implements OnnxValue {
    @Override
    public ValueType valueType() {
        return new ValueType.OptionalOf(elementType);
    }
}
