package org.lanewise.runtime.optimize;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.lanewise.runtime.graph.GraphEditor;
import org.lanewise.runtime.graph.Node;
import org.lanewise.runtime.session.Inference;
import org.lanewise.runtime.tensor.Tensor;

/** Lets {@code Add}, {@code Sub} and {@code Mul} of two dequantized values, quantized behind, run on bytes: {@code org.lanewise.QAdd} and {@code org.lanewise.QMul}. */
public final class QdqElementwise implements Pass {
    @Override
    public String name() {
        return "qdq-elementwise";
    }

    @Override
    public void apply(GraphEditor editor, Inference types) {
        editor.forEach(node -> {
            boolean sum = node.is("Add") || node.is("Sub");
            if ((sum || node.is("Mul")) && node.opset() >= 7) {
                fuse(editor, types, node, sum ? "QAdd" : "QMul");
            }
        });
    }

    private static void fuse(GraphEditor editor, Inference types, Node node, String opType) {
        Qdq.Bytes a = Qdq.dequantized(editor, types, node.input(0));
        Qdq.Bytes b = Qdq.dequantized(editor, types, node.input(1));
        Qdq.End end = Qdq.end(editor, node.output(0));
        if (a == null || b == null) {
            if ((a != null || b != null) && end != null) {
                editor.refuse(node, "only one of its inputs is quantized, with one scale, to 8 bits");
            }
            return;
        }
        if (end == null) {
            editor.refuse(node, "its result is not quantized, or also used in fp32");
            return;
        }
        List<String> inputs = new ArrayList<>(QuantizedNodes.of(a));
        inputs.addAll(QuantizedNodes.of(b));
        if (node.is("Sub")) {
            inputs.set(4, editor.addConstant(b.scale() + "_negative", Tensor.scalar(-b.scaleValue())));
        }
        Node last = end.bytes().node();
        Node fused = QuantizedNodes.node(node, opType, inputs, end, last.output(0), Map.of());
        editor.fuse(node, last, List.of(fused), "runs on bytes");
    }
}
