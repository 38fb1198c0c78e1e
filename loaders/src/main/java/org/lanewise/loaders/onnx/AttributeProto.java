package org.lanewise.loaders.onnx;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.lanewise.runtime.ModelFormatException;
import org.lanewise.runtime.UnsupportedModelException;
import org.lanewise.runtime.graph.Attribute;
import org.lanewise.runtime.graph.Graph;
import org.lanewise.runtime.tensor.Tensor;
import org.lanewise.runtime.tensor.ValueType;

/**
 * A node's attribute in a file ({@code AttributeProto}).
 *
 * @param name the attribute's name
 * @param value its value
 */
record AttributeProto(String name, Attribute value) {
    static final int FLOAT = 1;
    static final int INT = 2;
    static final int STRING = 3;
    static final int TENSOR = 4;
    static final int GRAPH = 5;
    static final int FLOATS = 6;
    static final int INTS = 7;
    static final int STRINGS = 8;
    static final int TENSORS = 9;
    static final int GRAPHS = 10;
    static final int SPARSE_TENSOR = 11;
    static final int SPARSE_TENSORS = 12;
    static final int TYPE_PROTO = 13;
    static final int TYPE_PROTOS = 14;

    static AttributeProto read(ProtoReader in, GraphContext context) {
        return new Parser(in, context).parse();
    }

    private static final class Parser {
        private final ProtoReader in;
        private final GraphContext context;
        private String name = "";
        private String reference = "";
        private int type;
        /** The type that the fields suggest: files of IR version 1 have no type field. */
        private int seenType;

        private float f;
        private long i;
        private String s = "";
        private final Longs floats = new Longs();
        private final Longs ints = new Longs();
        private final List<String> strings = new ArrayList<>();
        private @Nullable Tensor tensor;
        private final List<Tensor> tensors = new ArrayList<>();
        private @Nullable Graph graph;
        private final List<Graph> graphs = new ArrayList<>();
        private @Nullable ValueType valueType;
        private final List<ValueType> valueTypes = new ArrayList<>();

        Parser(ProtoReader in, GraphContext context) {
            this.in = in;
            this.context = context;
        }

        AttributeProto parse() {
            while (in.next()) {
                switch (in.field()) {
                    case 1 -> name = in.name();
                    case 20 -> type = in.int32();
                    case 21 -> reference = in.name();
                    default -> value(in.field());
                }
            }
            if (name.isEmpty()) {
                throw in.source().fail(in.start(), "an attribute without a name");
            }
            if (!reference.isEmpty()) {
                if (!context.inFunction()) {
                    throw fail("refers to an attribute of a function, outside a function");
                }
                return new AttributeProto(name, new Attribute.Reference(reference));
            }
            return new AttributeProto(name, value());
        }

        private void value(int field) {
            switch (field) {
                case 2 -> {
                    f = in.float32();
                    seenType = FLOAT;
                }
                case 3 -> {
                    i = in.int64();
                    seenType = INT;
                }
                case 4 -> {
                    s = in.string(Limits.TEXT_BYTES);
                    seenType = STRING;
                }
                case 7 -> {
                    in.fixed32s(floats::add);
                    seenType = FLOATS;
                }
                case 8 -> {
                    in.varints(ints::add);
                    seenType = INTS;
                }
                case 9 -> {
                    strings.add(in.string(Limits.TEXT_BYTES));
                    seenType = STRINGS;
                }
                default -> messageValue(field);
            }
        }

        private void messageValue(int field) {
            switch (field) {
                case 5 -> {
                    tensor = TensorProto.read(in.message()).tensor();
                    seenType = TENSOR;
                }
                case 6 -> {
                    graph = GraphProto.read(in.message(), context);
                    seenType = GRAPH;
                }
                case 10 -> {
                    tensors.add(TensorProto.read(in.message()).tensor());
                    seenType = TENSORS;
                }
                case 11 -> {
                    graphs.add(GraphProto.read(in.message(), context));
                    seenType = GRAPHS;
                }
                case 14 -> {
                    valueType = type(in.message());
                    seenType = TYPE_PROTO;
                }
                case 15 -> {
                    valueTypes.add(type(in.message()));
                    seenType = TYPE_PROTOS;
                }
                case 22 -> {
                    tensor = SparseTensorProto.read(in.message()).tensor();
                    seenType = SPARSE_TENSOR;
                }
                case 23 -> {
                    tensors.add(SparseTensorProto.read(in.message()).tensor());
                    seenType = SPARSE_TENSORS;
                }
                default -> in.skip();
            }
        }

        private ValueType type(ProtoReader message) {
            ValueType read = TypeProto.read(message);
            if (read == null) {
                throw message.source()
                        .fail(message.start(), "attribute '" + name + "': a type that does not say what it is");
            }
            return read;
        }

        private Attribute value() {
            return switch (type == 0 ? seenType : type) {
                case FLOAT -> new Attribute.FloatValue(f);
                case INT -> new Attribute.IntValue(i);
                case STRING -> new Attribute.StringValue(s);
                case FLOATS -> new Attribute.FloatsValue(floats.toFloats());
                case INTS -> new Attribute.IntsValue(ints.toArray());
                case STRINGS -> new Attribute.StringsValue(List.copyOf(strings));
                case TENSOR, SPARSE_TENSOR -> new Attribute.TensorValue(present(tensor, "tensor"));
                case TENSORS, SPARSE_TENSORS -> new Attribute.TensorsValue(List.copyOf(tensors));
                case GRAPH -> new Attribute.GraphValue(present(graph, "graph"));
                case GRAPHS -> new Attribute.GraphsValue(List.copyOf(graphs));
                case TYPE_PROTO -> new Attribute.TypeValue(present(valueType, "type"));
                case TYPE_PROTOS -> new Attribute.TypesValue(List.copyOf(valueTypes));
                case 0 -> throw fail("has no value");
                default ->
                    throw new UnsupportedModelException(
                            in.source().name() + ": attribute '" + name + "' has the unknown type " + type);
            };
        }

        private <T> T present(@Nullable T value, String what) {
            if (value == null) {
                throw fail("says it is a " + what + " but has none");
            }
            return value;
        }

        private ModelFormatException fail(String reason) {
            return in.source().fail(in.start(), "attribute '" + name + "' " + reason);
        }
    }
}
