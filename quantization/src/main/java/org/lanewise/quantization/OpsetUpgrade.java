package org.lanewise.quantization;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.lanewise.runtime.graph.Attribute;
import org.lanewise.runtime.graph.Graph;
import org.lanewise.runtime.graph.GraphEditor;
import org.lanewise.runtime.graph.Model;
import org.lanewise.runtime.graph.Node;
import org.lanewise.runtime.session.Inference;
import org.lanewise.runtime.tensor.Tensor;

/**
 * Brings nodes of the ONNX operator set to a newer version: what quantized operators need, the others have to follow, because a file has one version. Nodes that mean the same stay as they are.
 * Source: the change log of the ONNX operators.
 */
final class OpsetUpgrade {
    private final GraphEditor editor;
    private final Inference types;
    private final int target;

    private OpsetUpgrade(GraphEditor editor, Inference types, int target) {
        this.editor = editor;
        this.types = types;
        this.target = target;
    }

    /** {@code model} under version {@code target} at least. */
    static Model apply(Model model, int target) {
        if (model.opsets().getOrDefault("", 0) >= target) {
            return model;
        }
        Graph graph = model.graph();
        GraphEditor editor = new GraphEditor(graph);
        OpsetUpgrade upgrade = new OpsetUpgrade(editor, Inference.of(graph), target);
        for (Node node : editor.nodes()) {
            Node changed = node.domain().isEmpty() ? upgrade.convert(node) : null;
            if (changed != null) {
                editor.replace(node, changed, "brought to opset " + target);
            }
        }
        Map<String, Integer> opsets = new LinkedHashMap<>(model.opsets());
        opsets.put("", target);
        return new Model(editor.build(), model.irVersion(), opsets, model.producer(), model.doc(), model.metadata());
    }

    private @Nullable Node convert(Node node) {
        return switch (node.opType()) {
            case "Softmax", "LogSoftmax", "Hardmax" -> crosses(node, 13) ? softmax(node) : null;
            case "Squeeze", "Unsqueeze", "ReduceSum" -> crosses(node, 13) ? attributeToInput(node, "axes") : null;
            case "ReduceL1",
                    "ReduceL2",
                    "ReduceLogSum",
                    "ReduceLogSumExp",
                    "ReduceMax",
                    "ReduceMean",
                    "ReduceMin",
                    "ReduceProd",
                    "ReduceSumSquare" -> crosses(node, 18) ? attributeToInput(node, "axes") : null;
            case "Split" -> split(node);
            case "GridSample" -> crosses(node, 20) ? gridSample(node) : null;
            case "Dropout" -> crosses(node, 12) ? restamp(node, Map.of(), node.inputs()) : null;
            case "BatchNormalization" ->
                crosses(node, 14) && node.opset() >= 9 && node.outputs().size() == 1
                        ? restamp(node, node.attributes(), node.inputs())
                        : null;
            case "Resize" ->
                crosses(node, 13)
                                && node.opset() >= 11
                                && !node.stringAttribute("coordinate_transformation_mode", "")
                                        .equals("tf_half_pixel_for_nn")
                        ? restamp(node, node.attributes(), node.inputs())
                        : null;
            default -> null;
        };
    }

    private boolean crosses(Node node, int version) {
        return node.opset() < version && target >= version;
    }

    /** Up to opset 12 all axes from {@code axis} on are one; the same where the others of them have one element. */
    private @Nullable Node softmax(Node node) {
        int rank = types.shape(node.input(0)).rank();
        if (rank <= 0) {
            return null;
        }
        long axis = node.intAttribute("axis", 1);
        axis = axis < 0 ? axis + rank : axis;
        for (int i = (int) axis + 1; i < rank; i++) {
            if (types.shape(node.input(0)).dim(i) != 1) {
                return null;
            }
        }
        return restamp(node, Map.of("axis", new Attribute.IntValue(axis)), node.inputs());
    }

    private Node attributeToInput(Node node, String name) {
        Map<String, Attribute> attributes = new LinkedHashMap<>(node.attributes());
        attributes.remove(name);
        List<String> inputs = new ArrayList<>(node.inputs());
        long[] values = node.intsAttribute(name);
        if (values != null) {
            inputs.add(editor.addConstant(node.output(0) + "_" + name, Tensor.of(values)));
        }
        return restamp(node, attributes, inputs);
    }

    private @Nullable Node split(Node node) {
        Node current = crosses(node, 13) && node.opset() >= 2 ? attributeToInput(node, "split") : node;
        if (crosses(node, 18)) {
            boolean equalParts = current.input(1).isEmpty();
            Map<String, Attribute> attributes = new LinkedHashMap<>(current.attributes());
            if (equalParts) {
                attributes.put(
                        "num_outputs", new Attribute.IntValue(node.outputs().size()));
            }
            current = restamp(current, attributes, equalParts ? List.of(current.input(0)) : current.inputs());
        }
        return current == node ? null : current;
    }

    /** Since opset 20 its modes are named as those of {@code Resize}. */
    private Node gridSample(Node node) {
        String mode = node.stringAttribute("mode", "bilinear");
        Map<String, Attribute> attributes = new LinkedHashMap<>(node.attributes());
        attributes.put("mode", new Attribute.StringValue(mode.startsWith("bi") ? mode.substring(2) : mode));
        return restamp(node, attributes, node.inputs());
    }

    private Node restamp(Node node, Map<String, Attribute> attributes, List<String> inputs) {
        return new Node(node.name(), "", node.opType(), target, inputs, node.outputs(), attributes);
    }
}
