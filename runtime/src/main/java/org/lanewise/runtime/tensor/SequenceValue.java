package org.lanewise.runtime.tensor;

import java.util.List;

/**
 * A sequence of values of one type.
 *
 * @param elementType the type of the elements, which an empty sequence has too; shapes may differ between elements
 * @param elements the elements in order
 */
public record SequenceValue(ValueType elementType, List<OnnxValue> elements) implements OnnxValue {
    /** Copies the list. */
    public SequenceValue {
        elements = List.copyOf(elements);
    }

    @Override
    public ValueType valueType() {
        return new ValueType.SequenceOf(elementType);
    }
}
