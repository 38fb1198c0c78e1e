package org.lanewise.runtime.optimize;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.lanewise.runtime.graph.Graph;
import org.lanewise.runtime.graph.GraphEditor;
import org.lanewise.runtime.graph.Node;
import org.lanewise.runtime.session.Inference;
import org.lanewise.runtime.tensor.Tensor;

/** Puts the branch that a constant condition takes in the place of its {@code If}. */
public final class IfInlining implements Pass {
    @Override
    public String name() {
        return "if-inlining";
    }

    @Override
    public void apply(GraphEditor editor, Inference types) {
        for (Node node : editor.nodes()) {
            Tensor condition = node.is("If") ? types.constant(node.input(0)) : null;
            if (condition != null && condition.size() == 1) {
                boolean taken = condition.getLong(0) != 0;
                inline(editor, node, Subgraphs.of(node).get(taken ? 0 : 1), taken);
            }
        }
    }

    private static void inline(GraphEditor editor, Node node, Graph branch, boolean taken) {
        Map<String, String> names = new HashMap<>();
        for (int i = 0; i < node.outputs().size(); i++) {
            String result = branch.outputs().get(i).name();
            boolean computed =
                    branch.nodes().stream().anyMatch(inner -> inner.outputs().contains(result));
            if (computed && !node.output(i).isEmpty()) {
                names.putIfAbsent(result, node.output(i));
            }
        }
        Set<String> reserved = Renaming.innerNames(branch);
        if (names.values().stream().anyMatch(reserved::contains)) {
            return; // a graph further in hides the name of an output
        }
        branch.initializers().forEach((name, constant) -> {
            String unused = fresh(editor, name, reserved);
            names.put(name, unused);
            editor.define(unused, constant);
        });
        for (Node inner : branch.nodes()) {
            for (String output : inner.outputs()) {
                if (!output.isEmpty() && !names.containsKey(output)) {
                    names.put(output, fresh(editor, output, reserved));
                }
            }
        }
        Renaming renaming = new Renaming(names);
        List<Node> nodes = new ArrayList<>();
        branch.nodes().forEach(inner -> nodes.add(renaming.apply(inner)));
        for (int i = 0; i < node.outputs().size(); i++) {
            String result = renaming.apply(branch.outputs().get(i).name());
            if (!node.output(i).isEmpty() && !result.equals(node.output(i))) {
                nodes.add(Rewrites.onnx(
                        node.name() + "_output_" + i,
                        "Identity",
                        node.opset(),
                        List.of(result),
                        List.of(node.output(i)),
                        Map.of()));
            }
        }
        editor.replace(node, nodes, "its condition is always " + taken);
    }

    private static String fresh(GraphEditor editor, String hint, Set<String> reserved) {
        String name = editor.newName(hint);
        while (reserved.contains(name)) {
            name = editor.newName(hint);
        }
        return name;
    }
}
