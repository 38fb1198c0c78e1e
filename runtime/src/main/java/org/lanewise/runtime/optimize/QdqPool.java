package org.lanewise.runtime.optimize;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.lanewise.runtime.graph.Attribute;
import org.lanewise.runtime.graph.GraphEditor;
import org.lanewise.runtime.graph.Node;
import org.lanewise.runtime.session.Inference;
import org.lanewise.runtime.tensor.Tensor;

/**
 * Lets {@code AveragePool}, {@code GlobalAveragePool} and {@code ReduceMean} over height and width of a dequantized image, quantized behind, run on bytes with their channels last:
 * {@code org.lanewise.QAveragePool} and {@code org.lanewise.QGlobalAveragePool}.
 */
public final class QdqPool implements Pass {
    @Override
    public String name() {
        return "qdq-pool";
    }

    @Override
    public void apply(GraphEditor editor, Inference types) {
        editor.forEach(node -> {
            String opType = opType(editor, node);
            Qdq.Bytes x = opType == null ? null : Qdq.dequantized(editor, types, node.input(0));
            if (opType != null && x != null) {
                String refusal = fuse(editor, types, node, x, opType);
                if (refusal != null) {
                    editor.refuse(node, refusal);
                }
            }
        });
    }

    private static @Nullable String opType(GraphEditor editor, Node node) {
        if (node.is("AveragePool")) {
            return "QAveragePool";
        }
        boolean mean = node.is("ReduceMean") && node.intAttribute("keepdims", 1) == 1 && isSpatial(editor, node);
        return mean || node.is("GlobalAveragePool") ? "QGlobalAveragePool" : null;
    }

    private static boolean isSpatial(GraphEditor editor, Node node) {
        Tensor given = editor.constant(node.input(1));
        long[] axes = given == null ? node.intsAttribute("axes") : given.toLongArray();
        if (axes == null) {
            return false;
        }
        long[] sorted = Arrays.stream(axes)
                .map(axis -> axis < 0 ? axis + 4 : axis)
                .sorted()
                .toArray();
        return Arrays.equals(sorted, new long[] {2, 3});
    }

    private static @Nullable String fuse(GraphEditor editor, Inference types, Node node, Qdq.Bytes x, String opType) {
        if (types.shape(node.input(0)).rank() != 4) {
            return "its input is not known to be (N, C, H, W)";
        }
        Qdq.End end = Qdq.end(editor, node.output(0));
        if (end == null) {
            return "its result is not quantized, or also used in fp32";
        }
        Map<String, Attribute> attributes = node.is("AveragePool") ? node.attributes() : Map.of();
        Node last = end.bytes().node();
        Node pool = QuantizedNodes.node(
                node, opType, new ArrayList<>(QuantizedNodes.of(x)), end, last.output(0), attributes);
        editor.fuse(node, last, QuantizedNodes.channelsLast(editor, pool, 4), "runs on bytes");
        return null;
    }
}
