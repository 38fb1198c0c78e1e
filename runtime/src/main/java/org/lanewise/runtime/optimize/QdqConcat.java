package org.lanewise.runtime.optimize;

import java.util.ArrayList;
import java.util.List;
import org.lanewise.runtime.graph.GraphEditor;
import org.lanewise.runtime.graph.Node;
import org.lanewise.runtime.session.Inference;
import org.lanewise.runtime.tensor.DataType;
import org.lanewise.runtime.tensor.Shape;
import org.lanewise.runtime.tensor.Tensor;

/** Lets a {@code Concat} of dequantized values, quantized behind, run on bytes: those of another scale than the result's go through a table first. */
public final class QdqConcat implements Pass {
    private static final int BYTES = 256;

    @Override
    public String name() {
        return "qdq-concat";
    }

    @Override
    public void apply(GraphEditor editor, Inference types) {
        editor.forEach(node -> {
            Qdq.End end = node.is("Concat") ? Qdq.end(editor, node.output(0)) : null;
            if (end != null) {
                fuse(editor, types, node, end);
            }
        });
    }

    private static void fuse(GraphEditor editor, Inference types, Node node, Qdq.End end) {
        List<Qdq.Bytes> sources = new ArrayList<>();
        for (String input : node.inputs()) {
            Qdq.Bytes bytes = Qdq.dequantized(editor, types, input);
            if (bytes == null) {
                if (node.inputs().stream().anyMatch(other -> Qdq.dequantized(editor, types, other) != null)) {
                    editor.refuse(node, "not all of its inputs are quantized, with one scale, to 8 bits");
                }
                return;
            }
            sources.add(bytes);
        }
        List<String> inputs = new ArrayList<>();
        List<Node> nodes = new ArrayList<>();
        for (Qdq.Bytes source : sources) {
            if (source.agrees(end.bytes()) && end.low() == source.lowest() && end.high() == source.highest()) {
                inputs.add(source.value());
                continue;
            }
            String table = editor.addConstant(source.value() + "_table", table(source, end));
            String output = editor.newName(source.value() + "_rescaled");
            nodes.add(QdqTables.lookup(source.node(), source.value(), table, output));
            inputs.add(output);
        }
        Node last = end.bytes().node();
        nodes.add(node.withInputs(inputs).withOutputs(last.outputs()));
        editor.fuse(node, last, nodes, "runs on bytes");
    }

    /** What {@code source}'s bytes are under the scale and within the range of {@code end}. */
    private static Tensor table(Qdq.Bytes source, Qdq.End end) {
        byte[] table = new byte[BYTES];
        for (int i = 0; i < BYTES; i++) {
            int value = source.type() == DataType.UINT8 ? i : (byte) i;
            float real = (value - source.zeroValue()) * source.scaleValue();
            table[i] = (byte) Math.clamp(end.bytes().quantized(real), end.low(), end.high());
        }
        return Tensor.wrap(end.bytes().type(), Shape.of(BYTES), table, 0);
    }
}
