package org.lanewise.runtime.optimize;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.LongStream;
import org.lanewise.runtime.graph.Attribute;
import org.lanewise.runtime.graph.GraphEditor;
import org.lanewise.runtime.graph.Node;
import org.lanewise.runtime.tensor.Tensor;

/** How {@link TransposeSink} moves a transpose through operators that name dimensions, by an axis or by a value for each: the names are those of the dimensions before it. */
final class AxisSink {
    private AxisSink() {}

    static void concat(GraphEditor editor, Node node, Permutation moved) {
        List<String> inputs = new ArrayList<>();
        for (String input : node.inputs()) {
            Node producer = editor.producer(input);
            if (producer == null || !moved.equals(Permutation.of(producer))) {
                return;
            }
            inputs.add(producer.input(0));
        }
        long axis = node.intAttribute("axis", 1);
        TransposeSink.replace(
                editor, node, moved, inputs, with(node, "axis", new Attribute.IntValue(moved.source(axis))));
    }

    static void reduction(GraphEditor editor, Node node, Permutation moved) {
        Tensor given = editor.constant(node.input(1));
        long[] axes = given != null ? given.toLongArray() : node.intsAttribute("axes");
        boolean unknownAxes = !node.input(1).isEmpty() && given == null;
        if (axes == null || axes.length == 0 || unknownAxes || node.intAttribute("keepdims", 1) != 1) {
            return;
        }
        long[] sources = moved.sources(axes);
        List<String> inputs = TransposeSink.withInput(editor, node, 0);
        Map<String, Attribute> attributes = node.attributes();
        if (given != null) {
            inputs.set(1, editor.addConstant(node.input(1) + "_transposed", Tensor.of(sources)));
        } else {
            attributes = with(node, "axes", new Attribute.IntsValue(sources));
        }
        TransposeSink.replace(editor, node, moved, inputs, attributes);
    }

    static void pad(GraphEditor editor, Node node, Permutation moved) {
        Tensor pads = editor.constant(node.input(1));
        if (node.opset() < 11 || pads == null || !node.input(3).isEmpty() || pads.size() != 2 * moved.rank()) {
            return;
        }
        int rank = moved.rank();
        long[] all = pads.toLongArray();
        long[] moving = new long[2 * rank];
        System.arraycopy(moved.reorder(Arrays.copyOf(all, rank)), 0, moving, 0, rank);
        System.arraycopy(moved.reorder(Arrays.copyOfRange(all, rank, 2 * rank)), 0, moving, rank, rank);
        List<String> inputs = TransposeSink.withInput(editor, node, 0);
        inputs.set(1, editor.addConstant(node.input(1) + "_transposed", Tensor.of(moving)));
        TransposeSink.replace(editor, node, moved, inputs, node.attributes());
    }

    static void slice(GraphEditor editor, Node node, Permutation moved) {
        Tensor starts = editor.constant(node.input(1));
        Tensor given = editor.constant(node.input(3));
        if (editor.producer(node.input(0)) != TransposeSink.firstTranspose(editor, node)) {
            return;
        }
        long[] axes;
        if (given != null) {
            axes = given.toLongArray();
        } else if (starts != null && node.input(3).isEmpty()) {
            axes = LongStream.range(0, starts.size()).toArray();
        } else {
            return;
        }
        List<String> inputs = TransposeSink.withInput(editor, node, 0);
        while (inputs.size() < 4) {
            inputs.add("");
        }
        inputs.set(3, editor.addConstant(node.output(0) + "_axes", Tensor.of(moved.sources(axes))));
        TransposeSink.replace(editor, node, moved, inputs, node.attributes());
    }

    static void softmax(GraphEditor editor, Node node, Permutation moved) {
        long axis = node.intAttribute("axis", -1);
        TransposeSink.replace(
                editor,
                node,
                moved,
                TransposeSink.withInput(editor, node, 0),
                with(node, "axis", new Attribute.IntValue(moved.source(axis))));
    }

    static void resize(GraphEditor editor, Node node, Permutation moved) {
        List<String> inputs = TransposeSink.withInput(editor, node, 0);
        boolean usesRoi = node.stringAttribute("coordinate_transformation_mode", "half_pixel")
                .equals("tf_crop_and_resize");
        if (usesRoi || node.intsAttribute("axes") != null) {
            return;
        }
        for (int i = 2; i < inputs.size(); i++) {
            if (inputs.get(i).isEmpty()) {
                continue;
            }
            Tensor values = editor.constant(inputs.get(i));
            if (values == null || values.size() != 0 && values.size() != moved.rank()) {
                return;
            }
            if (values.size() > 0) {
                Tensor moving = Constants.reorder(values, moved);
                inputs.set(i, editor.addConstant(inputs.get(i) + "_transposed", moving));
            }
        }
        TransposeSink.replace(editor, node, moved, inputs, node.attributes());
    }

    private static Map<String, Attribute> with(Node node, String name, Attribute value) {
        Map<String, Attribute> attributes = new HashMap<>(node.attributes());
        attributes.put(name, value);
        return attributes;
    }
}
