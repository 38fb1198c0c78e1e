package org.lanewise.loaders.onnx;

import org.lanewise.runtime.graph.ValueInfo;
import org.lanewise.runtime.tensor.DataType;
import org.lanewise.runtime.tensor.PartialShape;
import org.lanewise.runtime.tensor.ValueType;

/** Writes types of values: the reverse of {@link TypeProto}. */
final class TypeWriter {
    private TypeWriter() {}

    static ProtoWriter valueInfo(ValueInfo info) {
        ProtoWriter out = new ProtoWriter();
        out.string(1, info.name());
        if (info.type() != null) {
            out.message(2, type(info.type()));
        }
        out.optionalString(3, info.doc());
        return out;
    }

    static ProtoWriter type(ValueType type) {
        ProtoWriter out = new ProtoWriter();
        switch (type) {
            case ValueType.Of(DataType element, PartialShape shape) -> out.message(1, tensor(element, shape));
            case ValueType.SequenceOf(ValueType element) -> out.message(4, holder(element));
            case ValueType.OptionalOf(ValueType element) -> out.message(9, holder(element));
            case ValueType.MapOf(DataType key, DataType value) -> {
                ProtoWriter map = new ProtoWriter();
                map.int64(1, key.code());
                map.message(2, type(ValueType.tensor(value, PartialShape.unranked())));
                out.message(5, map);
            }
        }
        return out;
    }

    private static ProtoWriter holder(ValueType element) {
        ProtoWriter out = new ProtoWriter();
        out.message(1, type(element));
        return out;
    }

    private static ProtoWriter tensor(DataType type, PartialShape shape) {
        ProtoWriter out = new ProtoWriter();
        out.int64(1, type.code());
        if (shape.isRanked()) {
            ProtoWriter dims = new ProtoWriter();
            for (int axis = 0; axis < shape.rank(); axis++) {
                ProtoWriter dim = new ProtoWriter();
                String name = shape.name(axis);
                if (shape.dim(axis) >= 0) {
                    dim.int64(1, shape.dim(axis));
                } else if (name != null) {
                    dim.optionalString(2, name);
                }
                dims.message(1, dim);
            }
            out.message(2, dims);
        }
        return out;
    }
}
