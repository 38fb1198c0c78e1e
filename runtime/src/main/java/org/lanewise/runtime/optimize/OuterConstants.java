package org.lanewise.runtime.optimize;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.lanewise.runtime.graph.Graph;
import org.lanewise.runtime.graph.GraphEditor;
import org.lanewise.runtime.graph.Initializer;
import org.lanewise.runtime.graph.Node;
import org.lanewise.runtime.session.Inference;

/**
 * Gives subgraphs the constants of enclosing graphs that they use as constants of their own: other passes then see them there, and a run does not hand them
 * over. The elements are shared.
 */
public final class OuterConstants implements Pass {
    @Override
    public String name() {
        return "outer-constants";
    }

    @Override
    public void apply(GraphEditor editor, Inference types) {
        for (Node node : editor.nodes()) {
            Map<String, Initializer> constants = new LinkedHashMap<>();
            for (String captured : node.captures()) {
                Initializer constant = editor.initializer(captured);
                if (constant != null) {
                    constants.put(captured, constant);
                }
            }
            Node changed = constants.isEmpty() ? node : given(node, constants);
            if (changed != node) {
                editor.replace(node, changed, "its subgraphs get the constants " + constants.keySet());
            }
        }
    }

    private static Node given(Node node, Map<String, Initializer> constants) {
        return Subgraphs.map(node, (index, body) -> given(body, constants));
    }

    private static Graph given(Graph body, Map<String, Initializer> constants) {
        Map<String, Initializer> captured = new LinkedHashMap<>();
        for (String name : body.freeNames()) {
            @Nullable Initializer constant = constants.get(name);
            if (constant != null) {
                captured.put(name, constant);
            }
        }
        if (captured.isEmpty()) {
            return body;
        }
        List<Node> nodes = new ArrayList<>();
        for (Node node : body.nodes()) {
            nodes.add(node.captures().isEmpty() ? node : given(node, captured));
        }
        Graph without =
                Graph.of(body.name(), body.inputs(), body.outputs(), nodes, body.initializers(), body.valueTypes());
        Map<String, Initializer> all = new LinkedHashMap<>(body.initializers());
        captured.forEach((name, constant) -> {
            if (without.freeNames().contains(name)) {
                all.put(name, constant); // its own nodes use it, not only subgraphs further in
            }
        });
        return Graph.of(body.name(), body.inputs(), body.outputs(), nodes, all, body.valueTypes());
    }
}
