package org.lanewise.quantization.compare;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.lanewise.runtime.graph.Graph;
import org.lanewise.runtime.graph.Node;
import org.lanewise.runtime.graph.ValueInfo;
import org.lanewise.runtime.session.Inference;

/** Copies of graphs in which inner values can be seen and replaced. */
final class Taps {
    private static final String REPLACED = "/given";

    private Taps() {}

    /** The graph with these values as further outputs. */
    static Graph withOutputs(Graph graph, Inference types, Collection<String> values) {
        List<ValueInfo> outputs = new ArrayList<>(graph.outputs());
        values.stream()
                .distinct()
                .filter(value -> !graph.isOutput(value))
                .forEach(value -> outputs.add(new ValueInfo(value, types.type(value))));
        return Graph.of(graph.name(), graph.inputs(), outputs, graph.nodes(), graph.initializers(), graph.valueTypes());
    }

    /**
     * A graph in which values are cut.
     *
     * @param graph the graph
     * @param inputs the new inputs by the names of the values that they stand for
     */
    record Cut(Graph graph, Map<String, String> inputs) {}

    /**
     * The graph with values replaced, where they are used, by inputs of their own. They are still computed, and each quantizer still gets the computed value.
     *
     * @param layers whose results are replaced: codes and the value before them
     */
    static Cut cut(GraphIndex index, Collection<Layer> layers) {
        Graph graph = index.graph();
        Map<String, String> replaced = new LinkedHashMap<>();
        Map<String, String> quantizers = new HashMap<>();
        for (Layer layer : layers) {
            String codes = layer.tap();
            if (!codes.equals(layer.value())) {
                quantizers.put(layer.value(), codes);
            }
            for (String value : List.of(layer.value(), codes)) {
                boolean used = index.consumers(value).stream()
                        .anyMatch(node -> value.equals(codes) || !node.outputs().contains(codes));
                if (used && !index.isCaptured(value)) {
                    replaced.put(value, value + REPLACED);
                }
            }
        }
        List<Node> nodes = new ArrayList<>();
        for (Node node : graph.nodes()) {
            List<String> inputs = new ArrayList<>();
            for (String input : node.inputs()) {
                boolean own = quantizers.containsKey(input) && node.outputs().contains(quantizers.get(input));
                inputs.add(own ? input : replaced.getOrDefault(input, input));
            }
            nodes.add(node.withInputs(inputs));
        }
        List<ValueInfo> inputs = new ArrayList<>(graph.inputs());
        replaced.forEach(
                (value, input) -> inputs.add(new ValueInfo(input, index.types().type(value))));
        return new Cut(
                Graph.of(graph.name(), inputs, graph.outputs(), nodes, graph.initializers(), graph.valueTypes()),
                replaced);
    }
}
