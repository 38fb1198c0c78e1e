package org.lanewise.loaders.onnx;

import java.lang.foreign.MemorySegment;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.lanewise.loaders.onnx.ProtoReader.Span;
import org.lanewise.runtime.ModelFormatException;
import org.lanewise.runtime.UnsupportedModelException;
import org.lanewise.runtime.graph.Initializer;
import org.lanewise.runtime.tensor.DataType;
import org.lanewise.runtime.tensor.Shape;
import org.lanewise.runtime.tensor.Tensor;

/**
 * A tensor in a file ({@code TensorProto}): checked when read, its elements left where they are until {@link #tensor} copies them out.
 *
 * @param source the file
 * @param name the tensor's name, may be empty
 * @param type element type
 * @param shape shape
 * @param message where the tensor lies in the file
 * @param raw the elements as {@code raw_data} or in an external file, or {@code null} when they are in a typed field
 */
record TensorProto(
        ProtoSource source,
        String name,
        DataType type,
        Shape shape,
        Span message,
        @Nullable MemorySegment raw) {

    /** Reads and checks one message. */
    static TensorProto read(ProtoReader in) {
        return new Parser(in).parse();
    }

    /** The elements, copied out of the file. */
    Tensor tensor() {
        Tensor tensor = Tensor.allocate(type, shape);
        if (raw != null) {
            RawData.decode(raw, tensor);
        } else {
            TypedData.decode(new ProtoReader(source, message.offset(), message.end(), 0), tensor);
        }
        return tensor;
    }

    /** A constant that reads the file when asked. */
    Initializer initializer() {
        return Initializer.lazy(type, shape, this::tensor);
    }

    private static final class Parser {
        private final ProtoReader in;
        private final Longs dims = new Longs();
        private final Map<String, String> external = new LinkedHashMap<>();
        private String name = "";
        private int typeCode;
        private boolean isExternal;
        private @Nullable Span raw;
        /** The typed field that holds elements, or 0. */
        private int typedField;

        Parser(ProtoReader in) {
            this.in = in;
        }

        TensorProto parse() {
            while (in.next()) {
                switch (in.field()) {
                    case 1 -> in.varints(dims::add);
                    case 2 -> typeCode = in.int32();
                    case 3 ->
                        throw new UnsupportedModelException(in.source().name() + ": at byte " + in.start()
                                + ": a tensor split into segments is not supported");
                    case 4, 5, 6, 7, 10, 11 -> typedField = typedField(in.field());
                    case 8 -> name = in.name();
                    case 9 -> raw = in.span();
                    case 13 -> StringEntry.read(in.message()).putInto(external);
                    case 14 -> isExternal = in.int32() == 1;
                    default -> in.skip();
                }
            }
            DataType type = type();
            Shape shape = shape();
            return new TensorProto(in.source(), name, type, shape, in.whole(), data(type, shape));
        }

        private int typedField(int field) {
            if (typedField != 0 && typedField != field) {
                throw in.fail("a tensor with elements in the fields " + typedField + " and " + field);
            }
            in.skip();
            return field;
        }

        private DataType type() {
            DataType type = DataType.ofCode(typeCode);
            if (type == null) {
                throw fail(typeCode == 0 ? "no element type" : "unknown element type " + typeCode);
            }
            if (type == DataType.COMPLEX64 || type == DataType.COMPLEX128) {
                throw new UnsupportedModelException(in.source().name() + ": tensor '" + name + "': element type "
                        + type.onnxName() + " is not supported");
            }
            return type;
        }

        private Shape shape() {
            if (dims.size() > Limits.DIMS) {
                throw fail(dims.size() + " dimensions, the limit is " + Limits.DIMS);
            }
            try {
                return Shape.of(dims.toArray());
            } catch (IllegalArgumentException e) {
                throw in.source().fail(in.start(), "tensor '" + name + "': " + e.getMessage(), e);
            }
        }

        private @Nullable MemorySegment data(DataType type, Shape shape) {
            if (isExternal) {
                if (type == DataType.STRING || raw != null || typedField != 0) {
                    throw fail(
                            type == DataType.STRING
                                    ? "strings cannot be external data"
                                    : "external data, and elements in the file too");
                }
                return ExternalData.segment(in.source(), name, external, type.serializedBytes(shape.size()));
            }
            if (raw != null && (raw.length() > 0 || typedField == 0)) {
                long expected = type.serializedBytes(shape.size());
                if (typedField != 0 || type == DataType.STRING) {
                    throw fail(
                            type == DataType.STRING
                                    ? "strings in raw_data"
                                    : "elements both in raw_data and in field " + typedField);
                }
                if (raw.length() != expected) {
                    throw fail("raw_data has " + raw.length() + " bytes, " + type.onnxName() + shape + " needs "
                            + expected);
                }
                return in.source().bytes().asSlice(raw.offset(), raw.length());
            }
            TypedData.check(
                    new ProtoReader(in.source(), in.whole().offset(), in.whole().end(), 0),
                    typedField,
                    type,
                    shape,
                    name);
            return null;
        }

        private ModelFormatException fail(String reason) {
            return in.source().fail(in.start(), "tensor '" + name + "': " + reason);
        }
    }
}
