package org.lanewise.loaders.onnx;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.lanewise.loaders.onnx.ModelScope.FunctionId;
import org.lanewise.runtime.GraphException;
import org.lanewise.runtime.graph.Attribute;
import org.lanewise.runtime.graph.Graph;
import org.lanewise.runtime.graph.Node;
import org.lanewise.runtime.graph.ValueInfo;

/**
 * A function of a model ({@code FunctionProto}): an operator given by a graph of others.
 *
 * @param id its name
 * @param attributes names of the attributes a call may give
 * @param defaults values of those that have one when the call does not give it
 * @param body the graph, which may refer to attributes
 */
record FunctionProto(FunctionId id, Set<String> attributes, Map<String, Attribute> defaults, Graph body) {
    /** The parts of a function that must be known before its nodes are read. */
    static final class Header {
        private final ProtoReader message;
        private final FunctionId id;
        private final Map<String, Integer> opsets = new LinkedHashMap<>();
        private final List<String> inputs = new ArrayList<>();
        private final List<String> outputs = new ArrayList<>();
        private final Set<String> attributes = new LinkedHashSet<>();

        Header(ProtoReader in) {
            message = in.again();
            String name = "";
            String domain = "";
            String overload = "";
            while (in.next()) {
                switch (in.field()) {
                    case 1 -> name = in.name();
                    case 4 -> inputs.add(in.name());
                    case 5 -> outputs.add(in.name());
                    case 6 -> attributes.add(in.name());
                    case 9 -> OpsetImports.read(in.message(), opsets);
                    case 10 -> domain = in.name();
                    case 13 -> overload = in.name();
                    default -> in.skip();
                }
            }
            if (name.isEmpty()) {
                throw in.source().fail(in.start(), "a function without a name");
            }
            id = new FunctionId(OpsetImports.domain(domain), name, overload);
            if (new HashSet<>(inputs).size() < inputs.size()) {
                throw in.source().fail(in.start(), "function " + id + " names an input twice");
            }
        }

        FunctionId id() {
            return id;
        }

        /** Reads the whole function. Operator sets it does not import itself are those of the model. */
        FunctionProto read(ModelScope model, Map<String, Integer> modelOpsets) {
            Map<String, Integer> allOpsets = new LinkedHashMap<>(modelOpsets);
            allOpsets.putAll(opsets);
            GraphContext context = new GraphContext(model, allOpsets, true);
            Map<String, Attribute> defaults = new LinkedHashMap<>();
            List<Node> nodes = new ArrayList<>();
            while (message.next()) {
                switch (message.field()) {
                    case 7 -> {
                        model.countNode(message);
                        nodes.add(NodeProto.read(message.message(), context));
                    }
                    case 11 -> {
                        AttributeProto attribute = AttributeProto.read(message.message(), context);
                        attributes.add(attribute.name());
                        defaults.put(attribute.name(), attribute.value());
                    }
                    default -> message.skip();
                }
            }
            Graph body = Graph.of("function " + id, infos(inputs), infos(outputs), nodes, Map.of(), Map.of());
            if (!body.freeNames().isEmpty()) {
                throw new GraphException("function " + id + " uses values that nothing defines: " + body.freeNames());
            }
            return new FunctionProto(id, attributes, defaults, body);
        }

        private static List<ValueInfo> infos(List<String> names) {
            return names.stream().map(name -> new ValueInfo(name, null)).toList();
        }
    }
}
