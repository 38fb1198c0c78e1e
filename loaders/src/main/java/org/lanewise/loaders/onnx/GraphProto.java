package org.lanewise.loaders.onnx;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.lanewise.runtime.graph.Graph;
import org.lanewise.runtime.graph.Initializer;
import org.lanewise.runtime.graph.Node;
import org.lanewise.runtime.graph.ValueInfo;
import org.lanewise.runtime.tensor.ValueType;

/** Graphs in a file ({@code GraphProto}). Quantization annotations, which only describe, are passed over. */
final class GraphProto {
    private GraphProto() {}

    static Graph read(ProtoReader in, GraphContext context) {
        String name = "";
        List<ValueInfo> inputs = new ArrayList<>();
        List<ValueInfo> outputs = new ArrayList<>();
        List<Node> nodes = new ArrayList<>();
        Map<String, Initializer> initializers = new LinkedHashMap<>();
        Map<String, ValueType> valueTypes = new LinkedHashMap<>();
        while (in.next()) {
            switch (in.field()) {
                case 1 -> {
                    context.model().countNode(in);
                    nodes.add(NodeProto.read(in.message(), context));
                }
                case 2 -> name = in.name();
                case 5 -> {
                    TensorProto tensor = TensorProto.read(in.message());
                    put(in, initializers, tensor.name(), tensor.initializer());
                }
                case 11 -> inputs.add(named(in, TypeProto.readValueInfo(in.message())));
                case 12 -> outputs.add(named(in, TypeProto.readValueInfo(in.message())));
                case 13 -> {
                    ValueInfo info = TypeProto.readValueInfo(in.message());
                    if (info.type() != null) {
                        valueTypes.put(info.name(), info.type());
                    }
                }
                case 15 -> {
                    SparseTensorProto tensor = SparseTensorProto.read(in.message());
                    put(in, initializers, tensor.name(), tensor.initializer());
                }
                default -> in.skip();
            }
        }
        if (!context.model().overridable()) {
            inputs.removeIf(input -> initializers.containsKey(input.name()));
        }
        return Graph.of(name, inputs, outputs, nodes, initializers, valueTypes);
    }

    private static void put(
            ProtoReader in, Map<String, Initializer> initializers, String name, Initializer initializer) {
        if (name.isEmpty() || initializers.put(name, initializer) != null) {
            throw in.fail(
                    name.isEmpty() ? "an initializer without a name" : "initializer '" + name + "' is given twice");
        }
    }

    private static ValueInfo named(ProtoReader in, ValueInfo info) {
        if (info.name().isEmpty()) {
            throw in.fail("a graph input or output without a name");
        }
        return info;
    }
}
