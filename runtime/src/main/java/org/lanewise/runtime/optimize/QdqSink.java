package org.lanewise.runtime.optimize;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.lanewise.runtime.graph.GraphEditor;
import org.lanewise.runtime.graph.Node;
import org.lanewise.runtime.session.Inference;

/**
 * Moves {@code DequantizeLinear} below operators that only choose or move elements, where a quantized operator follows: they move bytes then, and the quantization behind them meets the
 * dequantization.
 */
public final class QdqSink implements Pass {
    /** Operators whose first input alone gives the elements of their output; for {@code MaxPool} because a larger byte stands for a larger value. */
    private static final Set<String> MOVES = Set.of(
            "DepthToSpace",
            "Expand",
            "Flatten",
            "Gather",
            "Identity",
            "MaxPool",
            "Reshape",
            "Resize",
            "Slice",
            "SpaceToDepth",
            "Squeeze",
            "Tile",
            "Transpose",
            "Unsqueeze");

    private static final Set<String> PRODUCTS = Set.of("Conv", "Gemm", "MatMul");
    private static final Set<String> COMPUTES =
            Set.of("Add", "AveragePool", "Concat", "GlobalAveragePool", "Mul", "ReduceMean", "Sub");

    @Override
    public String name() {
        return "qdq-sink";
    }

    @Override
    public void apply(GraphEditor editor, Inference types) {
        editor.forEach(node -> {
            if (moves(node) && node.outputs().size() == 1 && leadsToBytes(editor, node.output(0), 8)) {
                sink(editor, types, node);
            }
        });
    }

    private static boolean moves(Node node) {
        return node.domain().isEmpty()
                && (MOVES.contains(node.opType()) || node.opType().equals("Concat"))
                && (!node.opType().equals("Resize")
                        || node.stringAttribute("mode", "nearest").equals("nearest")
                                && !node.stringAttribute("coordinate_transformation_mode", "half_pixel")
                                        .equals("tf_crop_and_resize"));
    }

    /** Whether all that use {@code value} can use bytes instead, now or after other passes. */
    private static boolean leadsToBytes(GraphEditor editor, String value, int depth) {
        if (depth == 0 || editor.isOutput(value) || editor.consumers(value).isEmpty()) {
            return false;
        }
        return editor.consumers(value).stream().allMatch(user -> takesBytes(editor, value, user, depth));
    }

    private static boolean takesBytes(GraphEditor editor, String value, Node user, int depth) {
        if (Qdq.quantized(editor, user) != null) {
            return true;
        }
        if (!user.domain().isEmpty()
                || user.captures().contains(value)
                || user.outputs().size() != 1) {
            return false;
        }
        if (PRODUCTS.contains(user.opType())) {
            return user.input(0).equals(value) && isDequantized(editor, user.input(1));
        }
        if (COMPUTES.contains(user.opType()) && Qdq.end(editor, user.output(0)) != null) {
            return user.opType().equals("ReduceMean")
                    || user.inputs().stream().allMatch(input -> input.equals(value) || isDequantized(editor, input));
        }
        return moves(user) && leadsToBytes(editor, user.output(0), depth - 1);
    }

    private static boolean isDequantized(GraphEditor editor, String value) {
        Node producer = editor.producer(value);
        return producer != null && producer.is("DequantizeLinear");
    }

    private static void sink(GraphEditor editor, Inference types, Node node) {
        int sources = node.is("Concat") ? node.inputs().size() : 1;
        List<String> inputs = new ArrayList<>(node.inputs());
        Qdq.@Nullable Bytes first = null;
        for (int i = 0; i < sources; i++) {
            Qdq.Bytes bytes = Qdq.dequantized(editor, types, node.input(i));
            if (bytes == null || editor.isConstant(bytes.value()) || first != null && !first.agrees(bytes)) {
                return; // different scales are what QdqConcat is for
            }
            first = bytes;
            inputs.set(i, bytes.value());
        }
        if (first == null) {
            return;
        }
        String moved = editor.newName(node.output(0) + "_bytes");
        Node onBytes = node.withInputs(inputs).withOutputs(List.of(moved));
        Node dequantize = first.node()
                .withInputs(List.of(moved, first.scale(), first.zero()))
                .withOutputs(node.outputs());
        editor.fuse(node, List.of(onBytes, dequantize), "moves bytes, dequantized behind it");
    }
}
