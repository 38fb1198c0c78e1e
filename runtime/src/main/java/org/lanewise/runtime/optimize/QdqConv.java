package org.lanewise.runtime.optimize;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.lanewise.runtime.graph.GraphEditor;
import org.lanewise.runtime.graph.Node;
import org.lanewise.runtime.session.Inference;
import org.lanewise.runtime.tensor.PartialShape;
import org.lanewise.runtime.tensor.Shape;
import org.lanewise.runtime.tensor.Tensor;

/**
 * Lets a {@code Conv} of a dequantized value with dequantized constant weights run on bytes, as {@code org.lanewise.QConv} with its channels last, and end in bytes where a quantization
 * follows, else in fp32.
 */
public final class QdqConv implements Pass {
    private static final int BIAS = 8;

    @Override
    public String name() {
        return "qdq-conv";
    }

    @Override
    public void apply(GraphEditor editor, Inference types) {
        editor.forEach(node -> {
            if (node.is("Conv")) {
                Qdq.Bytes x = Qdq.dequantized(editor, types, node.input(0));
                String refusal = x == null ? null : fuse(editor, types, node, x);
                if (refusal != null) {
                    editor.refuse(node, refusal);
                } else if (x == null && Qdq.refusal(editor, node.input(1), 0) == null) {
                    editor.refuse(node, "its weights are quantized, its input is not, with one scale, to 8 bits");
                }
            }
        });
    }

    /** Fuses, or says why not. */
    private static @Nullable String fuse(GraphEditor editor, Inference types, Node conv, Qdq.Bytes x) {
        String refusal = Qdq.refusal(editor, conv.input(1), 0);
        Qdq.Weights w = Qdq.weights(editor, conv.input(1), 0);
        if (w == null) {
            return refusal;
        }
        PartialShape weights = types.shape(w.value());
        if (weights.rank() != 3 && weights.rank() != 4) {
            return "it has " + (weights.rank() - 2) + " spatial axes, expected 1 or 2";
        }
        Tensor bias = editor.constant(conv.input(2));
        if (!conv.input(2).isEmpty() && !QuantizedNodes.isVector(bias, (int) weights.dim(0))) {
            return "its bias is not constant";
        }
        Qdq.@Nullable End end = Qdq.activatedEnd(editor, conv.output(0));
        Node last = end == null ? conv : end.bytes().node();
        List<String> inputs = List.of(x.value(), x.scale(), x.zero(), w.value(), w.scale(), zero(editor, w));
        Node fused = QuantizedNodes.node(conv, "QConv", inputs, end, last.output(0), conv.attributes());
        fused = QuantizedNodes.withInput(fused, BIAS, conv.input(2));
        editor.fuse(
                conv,
                last,
                QuantizedNodes.channelsLast(editor, fused, weights.rank()),
                end == null ? "runs on bytes, ends in fp32" : "runs on bytes, ends in bytes");
        return null;
    }

    /** The zero points, made up where the model leaves them out. */
    static String zero(GraphEditor editor, Qdq.Weights w) {
        Tensor bytes = editor.constant(w.value());
        return !w.zero().isEmpty() || bytes == null
                ? w.zero()
                : editor.addConstant(w.value() + "_zero", Tensor.allocate(bytes.type(), Shape.scalar()));
    }
}
