package org.lanewise.runtime.optimize;

import java.util.List;
import org.lanewise.runtime.graph.GraphEditor;
import org.lanewise.runtime.graph.Node;
import org.lanewise.runtime.session.Inference;

/** Removes nodes whose outputs nobody uses. */
public final class DeadNodes implements Pass {
    @Override
    public String name() {
        return "dead-nodes";
    }

    @Override
    public void apply(GraphEditor editor, Inference types) {
        List<Node> nodes = editor.nodes();
        // Last to first: a node whose users have just gone is dead too.
        for (Node node : nodes.reversed()) {
            boolean used = node.outputs().stream()
                    .anyMatch(output -> !output.isEmpty()
                            && (editor.isOutput(output)
                                    || !editor.consumers(output).isEmpty()));
            if (!used) {
                editor.remove(node, "nobody uses its outputs");
            }
        }
    }
}
