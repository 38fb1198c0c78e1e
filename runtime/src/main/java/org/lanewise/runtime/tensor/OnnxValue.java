package org.lanewise.runtime.tensor;

/** What flows along the edges of a graph at run time: a {@link Tensor}, a {@link SequenceValue}, an {@link OptionalValue} or a {@link MapValue}. */
public sealed interface OnnxValue permits Tensor, SequenceValue, OptionalValue, MapValue {
    /** The type of this value, its shape wholly known. */
    ValueType valueType();
}
