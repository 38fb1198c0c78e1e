package org.lanewise.loaders.onnx;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.lanewise.runtime.UnsupportedModelException;
import org.lanewise.runtime.tensor.OnnxValue;
import org.lanewise.runtime.tensor.OptionalValue;
import org.lanewise.runtime.tensor.PartialShape;
import org.lanewise.runtime.tensor.SequenceValue;
import org.lanewise.runtime.tensor.Tensor;
import org.lanewise.runtime.tensor.ValueType;

/** Values in files: {@code TensorProto}, {@code SequenceProto}, {@code OptionalProto}. The latter two have the same layout. */
final class ValueProto {
    private ValueProto() {}

    /** A value of this type, from which it follows which message it is. */
    static OnnxValue read(ProtoReader in, ValueType type) {
        return switch (type) {
            case ValueType.Of ignored -> TensorProto.read(in).tensor();
            case ValueType.SequenceOf(ValueType element) -> sequence(in, element);
            case ValueType.OptionalOf(ValueType element) -> optional(in, element);
        };
    }

    private static SequenceValue sequence(ProtoReader in, @Nullable ValueType declared) {
        List<OnnxValue> values = elements(in, declared);
        return new SequenceValue(elementType(in, declared, values), values);
    }

    private static OptionalValue optional(ProtoReader in, @Nullable ValueType declared) {
        List<OnnxValue> values = elements(in, declared);
        if (values.size() > 1) {
            throw in.source().fail(in.start(), "an optional with " + values.size() + " values");
        }
        return new OptionalValue(elementType(in, declared, values), values.isEmpty() ? null : values.getFirst());
    }

    private static List<OnnxValue> elements(ProtoReader in, @Nullable ValueType declared) {
        ValueType inner = switch (declared) {
            case ValueType.SequenceOf(ValueType element) -> element;
            case ValueType.OptionalOf(ValueType element) -> element;
            case null, default -> null;
        };
        List<OnnxValue> values = new ArrayList<>();
        while (in.next()) {
            switch (in.field()) {
                case 3 -> values.add(TensorProto.read(in.message()).tensor());
                case 4 -> values.add(SparseTensorProto.read(in.message()).tensor());
                case 5 -> values.add(sequence(in.message(), inner));
                case 6 ->
                    throw new UnsupportedModelException(
                            in.source().name() + ": at byte " + in.start() + ": a map is not supported");
                case 7 -> values.add(optional(in.message(), inner));
                default -> in.skip();
            }
        }
        return values;
    }

    private static ValueType elementType(ProtoReader in, @Nullable ValueType declared, List<OnnxValue> values) {
        if (declared != null) {
            return declared;
        }
        if (values.isEmpty()) {
            throw in.source().fail(in.start(), "an empty value of unknown type");
        }
        return values.getFirst() instanceof Tensor tensor
                ? ValueType.tensor(tensor.type(), PartialShape.unranked())
                : values.getFirst().valueType();
    }
}
