package org.lanewise.runtime.tensor;

/** The static type of a value in a graph ({@code TypeProto}): a tensor, a sequence, an optional or a map. */
public sealed interface ValueType permits ValueType.Of, ValueType.SequenceOf, ValueType.OptionalOf, ValueType.MapOf {
    /** A tensor of this element type and, as far as known, shape. */
    record Of(DataType type, PartialShape shape) implements ValueType {
        @Override
        public String toString() {
            return type.onnxName() + shape;
        }
    }

    /** A sequence whose elements all have one type. */
    record SequenceOf(ValueType element) implements ValueType {
        @Override
        public String toString() {
            return "seq(" + element + ")";
        }
    }

    /** A value that may be absent. */
    record OptionalOf(ValueType element) implements ValueType {
        @Override
        public String toString() {
            return "optional(" + element + ")";
        }
    }

    /** A map from keys to values, both elements of tensors. */
    record MapOf(DataType key, DataType value) implements ValueType {
        @Override
        public String toString() {
            return "map(" + key.onnxName() + "," + value.onnxName() + ")";
        }
    }

    /** A tensor type. */
    static ValueType tensor(DataType type, PartialShape shape) {
        return new Of(type, shape);
    }
}
