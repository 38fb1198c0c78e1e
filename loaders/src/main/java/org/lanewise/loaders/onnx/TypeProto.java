package org.lanewise.loaders.onnx;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.lanewise.runtime.UnsupportedModelException;
import org.lanewise.runtime.graph.ValueInfo;
import org.lanewise.runtime.tensor.DataType;
import org.lanewise.runtime.tensor.PartialShape;
import org.lanewise.runtime.tensor.ValueType;

/** Types of values ({@code TypeProto}, {@code ValueInfoProto}). */
final class TypeProto {
    private TypeProto() {}

    /** A named value; its type is {@code null} where the model does not say. */
    static ValueInfo readValueInfo(ProtoReader in) {
        String name = "";
        String doc = "";
        ProtoReader type = null;
        while (in.next()) {
            switch (in.field()) {
                case 1 -> name = in.name();
                case 2 -> type = in.message();
                case 3 -> doc = in.text();
                default -> in.skip();
            }
        }
        try {
            return new ValueInfo(name, type == null ? null : read(type), doc);
        } catch (UnsupportedModelException e) {
            throw new UnsupportedModelException(e.getMessage() + " (value '" + name + "')");
        }
    }

    /**
     * A type, or {@code null} where the model leaves it open.
     *
     * @throws UnsupportedModelException for maps of anything but single elements, sparse tensors and opaque types
     */
    static @Nullable ValueType read(ProtoReader in) {
        ValueType type = null;
        while (in.next()) {
            switch (in.field()) {
                case 1 -> type = tensor(in.message());
                case 4 -> {
                    ValueType element = element(in.message());
                    type = element == null ? null : new ValueType.SequenceOf(element);
                }
                case 9 -> {
                    ValueType element = element(in.message());
                    type = element == null ? null : new ValueType.OptionalOf(element);
                }
                case 5 -> type = map(in.message());
                case 7 -> throw unsupported(in, "an opaque type");
                case 8 -> throw unsupported(in, "a sparse tensor");
                default -> in.skip();
            }
        }
        return type;
    }

    private static UnsupportedModelException unsupported(ProtoReader in, String what) {
        return new UnsupportedModelException(
                in.source().name() + ": at byte " + in.start() + ": a value that is " + what + " is not supported");
    }

    private static @Nullable ValueType map(ProtoReader in) {
        int key = 0;
        ValueType value = null;
        long start = in.start();
        while (in.next()) {
            switch (in.field()) {
                case 1 -> key = in.int32();
                case 2 -> {
                    start = in.start();
                    value = read(in.message());
                }
                default -> in.skip();
            }
        }
        DataType keys = DataType.ofCode(key);
        if (key == 0 || value == null) {
            return null;
        }
        if (keys == null || keys != DataType.STRING && !keys.isInteger()) {
            throw in.source().fail(start, "a map with keys of element type " + key + ", expected integers or strings");
        }
        if (value instanceof ValueType.Of(DataType type, PartialShape shape)
                && !(shape.isKnown() && shape.size() != 1)) {
            return new ValueType.MapOf(keys, type);
        }
        throw new UnsupportedModelException(
                in.source().name() + ": at byte " + start + ": a map to " + value + " is not supported");
    }

    private static @Nullable ValueType element(ProtoReader in) {
        ValueType type = null;
        while (in.next()) {
            if (in.field() == 1) {
                type = read(in.message());
            } else {
                in.skip();
            }
        }
        return type;
    }

    private static @Nullable ValueType tensor(ProtoReader in) {
        int code = 0;
        PartialShape shape = PartialShape.unranked();
        while (in.next()) {
            switch (in.field()) {
                case 1 -> code = in.int32();
                case 2 -> shape = shape(in.message());
                default -> in.skip();
            }
        }
        if (code == 0) {
            return null;
        }
        DataType type = DataType.ofCode(code);
        if (type == null) {
            throw in.source().fail(in.start(), "unknown element type " + code);
        }
        return ValueType.tensor(type, shape);
    }

    private static PartialShape shape(ProtoReader in) {
        Longs dims = new Longs();
        List<@Nullable String> names = new ArrayList<>();
        while (in.next()) {
            if (in.field() != 1) {
                in.skip();
                continue;
            }
            if (dims.size() == Limits.DIMS) {
                throw in.fail("a shape of more than " + Limits.DIMS + " dimensions");
            }
            dimension(in.message(), dims, names);
        }
        return PartialShape.of(dims.toArray(), names.toArray(new String[0]));
    }

    private static void dimension(ProtoReader in, Longs dims, List<@Nullable String> names) {
        long dim = PartialShape.UNKNOWN;
        String name = null;
        while (in.next()) {
            switch (in.field()) {
                case 1 -> dim = in.int64();
                case 2 -> name = in.name();
                default -> in.skip();
            }
        }
        dims.add(dim);
        names.add(name);
    }
}
