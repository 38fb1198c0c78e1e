package org.lanewise.loaders.onnx;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.lanewise.runtime.graph.Attribute;
import org.lanewise.runtime.graph.Node;

/** Nodes in a file ({@code NodeProto}). */
final class NodeProto {
    private NodeProto() {}

    static Node read(ProtoReader in, GraphContext context) {
        String name = "";
        String domain = "";
        String opType = "";
        String overload = "";
        List<String> inputs = new ArrayList<>();
        List<String> outputs = new ArrayList<>();
        Map<String, Attribute> attributes = new LinkedHashMap<>();
        while (in.next()) {
            switch (in.field()) {
                case 1 -> inputs.add(in.name());
                case 2 -> outputs.add(in.name());
                case 3 -> name = in.name();
                case 4 -> opType = in.name();
                case 5 -> {
                    AttributeProto attribute = AttributeProto.read(in.message(), context);
                    if (attributes.put(attribute.name(), attribute.value()) != null) {
                        throw in.fail("attribute '" + attribute.name() + "' is given twice");
                    }
                }
                case 7 -> domain = in.name();
                case 8 -> overload = in.name();
                default -> in.skip();
            }
        }
        if (opType.isEmpty()) {
            throw in.source().fail(in.start(), "node '" + name + "' names no operator");
        }
        domain = OpsetImports.domain(domain);
        String label = name.isEmpty() && !outputs.isEmpty() ? "-> " + outputs.getFirst() : name;
        Node node = new Node(name, domain, opType, context.opset(domain, opType, label), inputs, outputs, attributes);
        context.model().overload(node, overload);
        return node;
    }
}
