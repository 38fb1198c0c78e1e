package org.lanewise.quantization;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.lanewise.quantization.model.Scope;
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

    /** The nodes of a graph that read such tables. */
    static List<Node> find(Scope scope) {
        List<Node> found = new ArrayList<>();
        for (Node node : scope.editor().nodes()) {
            Scope home = node.is("Gather") ? scope.home(node.input(0)) : null;
            Initializer table = home == null ? null : home.editor().initializer(node.input(0));
            boolean fits = home != null
                    && table != null
                    && table.type() == DataType.FLOAT
                    && table.shape().rank() == 2
                    && table.shape().size() >= SMALLEST
                    && !home.editor().isOutput(node.input(0))
                    && home.readers(node.input(0)).stream().allMatch(reader -> readsRows(reader, node.input(0)));
            if (fits) {
                found.add(node);
            }
        }
        return found;
    }

    private static boolean readsRows(Node node, String table) {
        return node.is("Gather")
                && node.input(0).equals(table)
                && (node.intAttribute("axis", 0) == 0 || node.intAttribute("axis", 0) == -2);
    }

    /** The constants that a table becomes: integers and scales. */
    private static Map<String, Tensor> quantized(Tensor table) {
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
        Map<String, Tensor> constants = new LinkedHashMap<>();
        constants.put("_quantized", new ByteTensor(DataType.INT8, Shape.of(rows, columns), q, 0));
        constants.put("_scale", Tensor.of(scales, rows, 1));
        return constants;
    }

    /** Rewrites a node; returns the bytes of its new constants. */
    static long rewrite(Scope scope, Node node) {
        GraphEditor editor = scope.editor();
        String table = node.input(0);
        Shape shape = Objects.requireNonNull(scope.initializer(table)).shape();
        List<String> constants = scope.derive(table, "rows", () -> quantized(scope.constant(table)));
        String integers = constants.get(0);
        String steps = constants.get(1);
        String y = node.output(0);
        String indices = node.input(1);
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
        return shape.size() + 4L * shape.dim(0);
    }
}
