package org.lanewise.runtime.ops.control;

import java.util.Collection;
import org.jspecify.annotations.Nullable;
import org.lanewise.runtime.ops.shape.Axes;
import org.lanewise.runtime.tensor.DataType;
import org.lanewise.runtime.tensor.OnnxValue;
import org.lanewise.runtime.tensor.PartialShape;
import org.lanewise.runtime.tensor.ValueType;

/** The type that covers several values: the same kind and element type, dimensions known only where all agree. */
public final class CommonType {
    private CommonType() {}

    /**
     * The type that covers both; an optional covers what it may hold.
     *
     * @throws IllegalArgumentException if none does
     */
    public static ValueType of(ValueType a, ValueType b) {
        return switch (a) {
            case ValueType.Of(DataType type, PartialShape shape)
            when b instanceof ValueType.Of(DataType other, PartialShape otherShape) && type == other ->
                ValueType.tensor(type, Axes.common(shape, otherShape));
            case ValueType.SequenceOf(ValueType element)
            when b instanceof ValueType.SequenceOf(ValueType other) -> new ValueType.SequenceOf(of(element, other));
            case ValueType.OptionalOf(ValueType element) ->
                new ValueType.OptionalOf(of(element, b instanceof ValueType.OptionalOf(ValueType other) ? other : b));
            case ValueType plain
            when b instanceof ValueType.OptionalOf(ValueType other) -> new ValueType.OptionalOf(of(plain, other));
            case ValueType.MapOf map when map.equals(b) -> map;
            default -> throw new IllegalArgumentException("types " + a + " and " + b + " do not fit together");
        };
    }

    /** The type that covers the values, {@code fallback} when there are none. */
    public static ValueType of(Collection<? extends OnnxValue> values, @Nullable ValueType fallback) {
        ValueType common = null;
        for (OnnxValue value : values) {
            common = common == null ? value.valueType() : of(common, value.valueType());
        }
        if (common != null) {
            return common;
        } else if (fallback != null) {
            return fallback;
        }
        throw new IllegalArgumentException("no value to take the type from");
    }
}
