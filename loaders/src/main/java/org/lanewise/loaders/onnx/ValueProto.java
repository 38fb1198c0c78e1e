package org.lanewise.loaders.onnx;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.lanewise.runtime.UnsupportedModelException;
import org.lanewise.runtime.tensor.DataType;
import org.lanewise.runtime.tensor.MapValue;
import org.lanewise.runtime.tensor.OnnxValue;
import org.lanewise.runtime.tensor.OptionalValue;
import org.lanewise.runtime.tensor.PartialShape;
import org.lanewise.runtime.tensor.SequenceValue;
import org.lanewise.runtime.tensor.Shape;
import org.lanewise.runtime.tensor.Tensor;
import org.lanewise.runtime.tensor.ValueType;

/** Values in files: {@code TensorProto}, {@code SequenceProto}, {@code OptionalProto}, {@code MapProto}. Sequences and optionals have the same layout. */
final class ValueProto {
    private ValueProto() {}

    /** A value of this type, from which it follows which message it is. */
    static OnnxValue read(ProtoReader in, ValueType type) {
        return switch (type) {
            case ValueType.Of ignored -> TensorProto.read(in).tensor();
            case ValueType.SequenceOf(ValueType element) -> sequence(in, element);
            case ValueType.OptionalOf(ValueType element) -> optional(in, element);
            case ValueType.MapOf map -> map(in);
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
                case 6 -> values.add(map(in.message()));
                case 7 -> values.add(optional(in.message(), inner));
                default -> in.skip();
            }
        }
        return values;
    }

    /** {@code MapProto}: keys in a list of their own, values in a sequence of tensors that hold as many elements together. */
    private static MapValue map(ProtoReader in) {
        Longs integers = new Longs();
        List<String> strings = new ArrayList<>();
        int code = 0;
        List<OnnxValue> parts = List.of();
        while (in.next()) {
            switch (in.field()) {
                case 2 -> code = in.int32();
                case 3 -> in.varints(integers::add);
                case 4 -> strings.add(in.text());
                case 5 -> parts = elements(in.message(), null);
                default -> in.skip();
            }
        }
        DataType type = DataType.ofCode(code);
        Tensor keys =
                type == DataType.STRING ? Tensor.of(strings.toArray(new String[0])) : Tensor.of(integers.toArray());
        if (type != DataType.STRING && type != DataType.INT64) {
            throw new UnsupportedModelException(in.source().name() + ": at byte " + in.start()
                    + ": a map with keys of element type " + code + " is not supported");
        }
        try {
            return new MapValue(keys, joined(parts));
        } catch (IllegalArgumentException e) {
            throw in.source().fail(in.start(), String.valueOf(e.getMessage()), e);
        }
    }

    private static Tensor joined(List<OnnxValue> parts) {
        int size = 0;
        for (OnnxValue part : parts) {
            if (!(part instanceof Tensor tensor) || tensor.type() != ((Tensor) parts.getFirst()).type()) {
                throw new IllegalArgumentException(
                        "the values of a map are " + parts + ", expected tensors of one type");
            }
            size = Math.addExact(size, tensor.size());
        }
        Tensor all =
                Tensor.allocate(parts.isEmpty() ? DataType.FLOAT : ((Tensor) parts.getFirst()).type(), Shape.of(size));
        int at = 0;
        for (OnnxValue part : parts) {
            Tensor tensor = (Tensor) part;
            all.copyFrom(at, tensor, 0, tensor.size());
            at += tensor.size();
        }
        return all;
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
