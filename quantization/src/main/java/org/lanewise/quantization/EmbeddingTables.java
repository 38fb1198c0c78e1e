package org.lanewise.quantization;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.lanewise.runtime.graph.Attribute;
import org.lanewise.runtime.graph.GraphEditor;
import org.lanewise.runtime.graph.Initializer;
import org.lanewise.runtime.graph.Node;
import org.lanewise.runtime.tensor.ByteTensor;
import org.lanewise.runtime.tensor.DataType;
import org.lanewise.runtime.tensor.Shape;
import org.lanewise.runtime.tensor.Tensor;

/** Tables (V, D) of which {@code Gather} picks rows, as int8 with a scale a row: {@code Cast(Gather(q, i)) * Gather(s, i)}. In sentence encoders they are half of the model. */
final class EmbeddingTables {
    /** Smaller ones are not worth three more nodes. */
    private static final int SMALLEST = 1 << 14;

    private static final int LARGEST_VALUE = 127;

    private EmbeddingTables() {}

    /** The nodes that read such tables. */
    static List<Node> find(GraphEditor editor) {
        List<Node> found = new ArrayList<>();
        for (Node node : editor.nodes()) {
            Initializer table = node.is("Gather") ? editor.initializer(node.input(0)) : null;
            boolean fits = table != null
                    && table.type() == DataType.FLOAT
                    && table.shape().rank() == 2
                    && table.shape().size() >= SMALLEST
                    && (node.intAttribute("axis", 0) == 0 || node.intAttribute("axis", 0) == -2)
                    && editor.onlyConsumer(node.input(0)) != null;
            if (fits) {
                found.add(node);
            }
        }
        return found;
    }

    /** Rewrites a node; returns the bytes of its new constants. */
    static long rewrite(GraphEditor editor, Node node) {
        Tensor table = Objects.requireNonNull(editor.constant(node.input(0)));
        int rows = table.shape().dim(0);
        int columns = table.shape().dim(1);
        float[] values = table.toFloatArray();
        float[] scales = new float[rows];
        byte[] q = new byte[values.length];
        for (int row = 0; row < rows; row++) {
            float largest = 0;
            for (int i = row * columns; i < (row + 1) * columns; i++) {
                largest = Math.max(largest, Math.abs(values[i]));
            }
            scales[row] = Weights.scale(largest, 0, 1);
            for (int i = row * columns; i < (row + 1) * columns; i++) {
                q[i] = (byte) Math.clamp(Math.rint(values[i] / scales[row]), -LARGEST_VALUE, LARGEST_VALUE);
            }
        }
        String y = node.output(0);
        String indices = node.input(1);
        String integers = editor.addConstant(
                node.input(0) + "_quantized", new ByteTensor(DataType.INT8, Shape.of(rows, columns), q, 0));
        String steps = editor.addConstant(node.input(0) + "_scale", Tensor.of(scales, rows, 1));
        String row = editor.newName(y + "_integer");
        String floats = editor.newName(y + "_unscaled");
        String scale = editor.newName(y + "_scale");
        Map<String, Attribute> toFloat = Map.of("to", new Attribute.IntValue(DataType.FLOAT.code()));
        editor.replace(
                node,
                List.of(
                        new Node(
                                node.name(),
                                "",
                                "Gather",
                                node.opset(),
                                List.of(integers, indices),
                                List.of(row),
                                node.attributes()),
                        new Node(
                                node.name() + "_steps",
                                "",
                                "Gather",
                                node.opset(),
                                List.of(steps, indices),
                                List.of(scale),
                                node.attributes()),
                        new Node(
                                node.name() + "_cast",
                                "",
                                "Cast",
                                node.opset(),
                                List.of(row),
                                List.of(floats),
                                toFloat),
                        new Node(
                                node.name() + "_scale",
                                "",
                                "Mul",
                                node.opset(),
                                List.of(floats, scale),
                                List.of(y),
                                Map.of())),
                "its table is int8");
        return q.length + 4L * rows;
    }
}
