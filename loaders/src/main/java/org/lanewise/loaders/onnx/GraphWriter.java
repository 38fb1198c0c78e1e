package org.lanewise.loaders.onnx;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.lanewise.runtime.GraphException;
import org.lanewise.runtime.graph.Attribute;
import org.lanewise.runtime.graph.Graph;
import org.lanewise.runtime.graph.Initializer;
import org.lanewise.runtime.graph.Node;
import org.lanewise.runtime.graph.ValueInfo;
import org.lanewise.runtime.tensor.DataType;
import org.lanewise.runtime.tensor.StringTensor;
import org.lanewise.runtime.tensor.Tensor;
import org.lanewise.runtime.tensor.ValueType;

/** Writes graphs, nodes, attributes and tensors: the reverse of {@link GraphProto} and what it reads. */
final class GraphWriter {
    /** Where large initializers go instead of the message, or {@code null} to keep them in it. */
    private final @Nullable ExternalDataWriter external;

    /** Whether constants with many zeros are written without them. */
    private final boolean sparse;

    GraphWriter(@Nullable ExternalDataWriter external, boolean sparse) {
        this.external = external;
        this.sparse = sparse;
    }

    ProtoWriter graph(Graph graph) {
        ProtoWriter out = new ProtoWriter();
        graph.nodes().forEach(node -> out.message(1, node(node)));
        // A graph must have a name, says the checker of ONNX
        out.string(2, graph.name().isEmpty() ? "graph" : graph.name());
        graph.initializers().forEach((name, tensor) -> {
            // What a caller may override is written as every reader knows it
            SparseForm form = sparse && !graph.isInput(name) ? SparseForm.of(tensor) : null;
            if (form == null) {
                out.message(5, tensor(name, tensor, external));
            } else {
                out.message(15, sparse(name, form));
            }
        });
        graph.inputs().forEach(input -> out.message(11, TypeWriter.valueInfo(input)));
        graph.outputs().forEach(output -> out.message(12, TypeWriter.valueInfo(output)));
        graph.valueTypes().forEach((name, type) -> out.message(13, TypeWriter.valueInfo(new ValueInfo(name, type))));
        return out;
    }

    private ProtoWriter node(Node node) {
        ProtoWriter out = new ProtoWriter();
        node.inputs().forEach(input -> out.string(1, input));
        node.outputs().forEach(output -> out.string(2, output));
        out.optionalString(3, node.name());
        out.string(4, node.opType());
        for (Map.Entry<String, Attribute> entry : node.attributes().entrySet()) {
            ProtoWriter attribute = new ProtoWriter();
            attribute.string(1, entry.getKey());
            attribute.int64(20, value(attribute, entry.getValue(), node));
            out.message(5, attribute);
        }
        out.optionalString(7, node.domain());
        return out;
    }

    /** Writes the value and returns the code of its type. */
    private int value(ProtoWriter out, Attribute attribute, Node node) {
        return switch (attribute) {
            case Attribute.FloatValue(float value) -> {
                out.float32(2, value);
                yield AttributeProto.FLOAT;
            }
            case Attribute.IntValue(long value) -> {
                out.int64(3, value);
                yield AttributeProto.INT;
            }
            case Attribute.StringValue(String value) -> {
                out.string(4, value);
                yield AttributeProto.STRING;
            }
            case Attribute.TensorValue(Tensor value) -> {
                out.message(5, tensor("", Initializer.of(value), null));
                yield AttributeProto.TENSOR;
            }
            case Attribute.GraphValue(Graph value) -> {
                out.message(6, graph(value));
                yield AttributeProto.GRAPH;
            }
            case Attribute.TypeValue(ValueType value) -> {
                out.message(14, TypeWriter.type(value));
                yield AttributeProto.TYPE_PROTO;
            }
            case Attribute.Reference(String name) ->
                throw new GraphException(
                        node.path() + ": refers to attribute '" + name + "' of a function, outside a function");
            default -> list(out, attribute);
        };
    }

    private int list(ProtoWriter out, Attribute attribute) {
        return switch (attribute) {
            case Attribute.FloatsValue(float[] values) -> {
                for (float value : values) {
                    out.float32(7, value);
                }
                yield AttributeProto.FLOATS;
            }
            case Attribute.IntsValue(long[] values) -> {
                for (long value : values) {
                    out.int64(8, value);
                }
                yield AttributeProto.INTS;
            }
            case Attribute.StringsValue(List<String> values) -> {
                values.forEach(value -> out.string(9, value));
                yield AttributeProto.STRINGS;
            }
            case Attribute.TensorsValue(List<Tensor> values) -> {
                values.forEach(value -> out.message(10, tensor("", Initializer.of(value), null)));
                yield AttributeProto.TENSORS;
            }
            case Attribute.GraphsValue(List<Graph> values) -> {
                values.forEach(value -> out.message(11, graph(value)));
                yield AttributeProto.GRAPHS;
            }
            case Attribute.TypesValue(List<ValueType> values) -> {
                values.forEach(value -> out.message(15, TypeWriter.type(value)));
                yield AttributeProto.TYPE_PROTOS;
            }
            default -> throw new IllegalArgumentException(attribute + " is not a list");
        };
    }

    /** A tensor, its elements in the message unless {@code external} takes them. */
    static ProtoWriter tensor(String name, Initializer tensor, @Nullable ExternalDataWriter external) {
        ProtoWriter out = new ProtoWriter();
        for (int dim : tensor.shape().toArray()) {
            out.int64(1, dim);
        }
        out.int64(2, tensor.type().code());
        out.optionalString(8, name);
        if (tensor.type() == DataType.STRING) {
            StringTensor strings = (StringTensor) tensor.tensor();
            for (int i = 0; i < strings.size(); i++) {
                out.string(6, strings.get(i));
            }
        } else if (external != null && external.takes(tensor)) {
            external.add(tensor).forEach((key, value) -> out.message(13, entry(key, value)));
            out.int64(14, 1);
        } else {
            out.elements(9, tensor);
        }
        return out;
    }

    private static ProtoWriter sparse(String name, SparseForm form) {
        ProtoWriter out = new ProtoWriter();
        out.message(1, tensor(name, form.values(), null));
        out.message(2, tensor("", form.indices(), null));
        for (int dim : form.shape().toArray()) {
            out.int64(3, dim);
        }
        return out;
    }

    static ProtoWriter entry(String key, String value) {
        ProtoWriter out = new ProtoWriter();
        out.string(1, key);
        out.string(2, value);
        return out;
    }
}
