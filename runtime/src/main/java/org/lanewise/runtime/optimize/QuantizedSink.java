package org.lanewise.runtime.optimize;

import java.util.ArrayList;
import java.util.List;
import org.lanewise.runtime.graph.GraphEditor;
import org.lanewise.runtime.graph.Node;
import org.lanewise.runtime.tensor.Tensor;

/** The part of {@link TransposeSink} that knows quantized operators: those that work on each byte, and {@code QAdd} and {@code QMul}. */
final class QuantizedSink {
    private static final int A = 0;
    private static final int B = 3;

    private QuantizedSink() {}

    static void visit(GraphEditor editor, Node node, Permutation moved) {
        switch (node.opType()) {
            case "QLookup" ->
                TransposeSink.replace(editor, node, moved, TransposeSink.withInput(editor, node, 0), node.attributes());
            case "QAdd", "QMul" -> sinkBinary(editor, node, moved);
            default -> {}
        }
    }

    private static void sinkBinary(GraphEditor editor, Node node, Permutation moved) {
        List<String> inputs = new ArrayList<>(node.inputs());
        for (int i : new int[] {A, B}) {
            Node producer = editor.producer(inputs.get(i));
            Tensor constant = editor.constant(inputs.get(i));
            if (producer != null && moved.equals(Permutation.of(producer))) {
                inputs.set(i, producer.input(0));
            } else if (constant != null && constant.shape().rank() <= moved.rank()) {
                inputs.set(
                        i,
                        constant.size() == 1
                                ? inputs.get(i)
                                : ElementwiseSink.reordered(editor, inputs.get(i), constant, moved));
            } else {
                return;
            }
        }
        TransposeSink.replace(editor, node, moved, inputs, node.attributes());
    }
}
