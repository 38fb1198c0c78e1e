package org.lanewise.runtime.optimize;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.lanewise.runtime.graph.GraphEditor;
import org.lanewise.runtime.graph.Node;
import org.lanewise.runtime.session.Inference;
import org.lanewise.runtime.tensor.Shape;
import org.lanewise.runtime.tensor.Tensor;

/**
 * Lets a {@code MatMul} or {@code Gemm} of a dequantized value with a dequantized constant matrix run on bytes, as {@code org.lanewise.QMatMul}, a constant {@code Add} behind it included. It ends in bytes
 * where a quantization follows, else in fp32.
 */
public final class QdqMatMul implements Pass {
    private static final int BIAS = 8;

    @Override
    public String name() {
        return "qdq-matmul";
    }

    @Override
    public void apply(GraphEditor editor, Inference types) {
        editor.forEach(node -> {
            if (node.is("MatMul") || node.is("Gemm")) {
                int columns = node.is("Gemm") && node.intAttribute("transB", 0) != 0 ? 0 : 1;
                Qdq.Bytes a = Qdq.dequantized(editor, types, node.input(0));
                String refusal = a == null ? null : fuse(editor, types, node, a, columns);
                if (refusal != null) {
                    editor.refuse(node, refusal);
                } else if (a == null && Qdq.refusal(editor, node.input(1), columns) == null) {
                    editor.refuse(node, "its weights are quantized, its input is not, with one scale, to 8 bits");
                }
            }
        });
    }

    /** Fuses, or says why not. */
    private static @Nullable String fuse(GraphEditor editor, Inference types, Node node, Qdq.Bytes a, int columns) {
        String refusal = Qdq.refusal(editor, node.input(1), columns);
        Qdq.Weights w = Qdq.weights(editor, node.input(1), columns);
        Tensor b = w == null ? null : editor.constant(w.value());
        if (w == null || b == null) {
            return refusal;
        }
        if (b.shape().rank() != 2 || types.shape(node.input(0)).rank() < 2) {
            return "it is no product with one matrix";
        }
        if (node.intAttribute("transA", 0) != 0
                || node.floatAttribute("alpha", 1) != 1
                || node.floatAttribute("beta", 1) != 1) {
            return "its A is transposed, or its alpha or beta is not 1";
        }
        int n = b.shape().dim(columns);
        String bias = node.input(2);
        if (!bias.isEmpty() && !QuantizedNodes.isVector(editor.constant(bias), n)) {
            return "its C is not a constant vector of columns";
        }
        Node last = node;
        Node add = editor.onlyConsumer(node.output(0));
        if (bias.isEmpty() && add != null && add.is("Add") && add.opset() >= 7) {
            String other = Rewrites.other(add, node.output(0));
            if (QuantizedNodes.isVector(editor.constant(other), n)
                    && Rewrites.keepsRank(types, node.output(0), add.output(0))) {
                bias = other;
                last = add;
            }
        }
        Qdq.@Nullable End end = Qdq.activatedEnd(editor, last.output(0));
        last = end == null ? last : end.bytes().node();
        String matrix = columns == 1 ? w.value() : transposed(editor, w.value(), b);
        List<String> inputs = List.of(a.value(), a.scale(), a.zero(), matrix, w.scale(), QdqConv.zero(editor, w));
        Node fused = QuantizedNodes.node(node, "QMatMul", inputs, end, last.output(0), Map.of());
        if (!bias.isEmpty()) {
            fused = QuantizedNodes.withInput(fused, BIAS, vector(editor, bias, n));
        }
        editor.fuse(
                node,
                last,
                List.of(fused),
                end == null ? "runs on bytes, ends in fp32" : "runs on bytes, ends in bytes");
        return null;
    }

    static String transposed(GraphEditor editor, String name, Tensor matrix) {
        return editor.addConstant(name + "_transposed", Constants.transpose(matrix, new Permutation(List.of(1, 0))));
    }

    private static String vector(GraphEditor editor, String name, int n) {
        Tensor constant = editor.constant(name);
        return constant == null || constant.shape().rank() == 1
                ? name
                : editor.addConstant(name + "_vector", constant.reshape(Shape.of(n)));
    }
}
