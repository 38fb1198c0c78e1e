package org.lanewise.runtime.tensor;

/** What flows along the edges of a graph at run time: a {@link Tensor}, a {@link SequenceValue} or an {@link OptionalValue}. */
public sealed interface OnnxValue permits Tensor, SequenceValue, OptionalValue {
    /** The type of this value, its shape wholly known. */
    ValueType valueType();
}
