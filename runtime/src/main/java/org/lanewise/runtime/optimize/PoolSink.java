package org.lanewise.runtime.optimize;

import java.util.List;
import java.util.Map;
import org.lanewise.runtime.graph.GraphEditor;
import org.lanewise.runtime.graph.Node;
import org.lanewise.runtime.session.Inference;
import org.lanewise.runtime.tensor.DataType;
import org.lanewise.runtime.tensor.Tensor;

/** How {@link TransposeSink} moves a transpose through pooling: to operators that pool any dimensions, or channels last. */
final class PoolSink {
    private PoolSink() {}

    /** The mean over the spatial dimensions, wherever they are. */
    static void global(GraphEditor editor, Node node, Permutation moved) {
        long[] spatial = new long[moved.rank() - 2];
        for (int i = 0; i < spatial.length; i++) {
            spatial[i] = moved.source(i + 2);
        }
        String input = TransposeSink.withInput(editor, node, 0).getFirst();
        String axes = editor.addConstant(node.output(0) + "_axes", Tensor.of(spatial));
        TransposeSink.replace(
                editor,
                node,
                moved,
                output ->
                        Rewrites.onnx(node.name(), "ReduceMean", 18, List.of(input, axes), List.of(output), Map.of()));
    }

    /** Pooling has a channels-last operator of its own; the one with indices counts them channels first and stays, as does one of other types than float and, for MaxPool, bytes. */
    static void window(GraphEditor editor, Inference types, Node node, Permutation moved) {
        DataType type = types.elementType(node.input(0));
        boolean bytes = node.opType().equals("MaxPool") && (type == DataType.INT8 || type == DataType.UINT8);
        if (node.outputs().size() > 1 || type != DataType.FLOAT && !bytes) {
            return;
        }
        List<String> inputs = TransposeSink.withInput(editor, node, 0);
        TransposeSink.replace(
                editor,
                node,
                moved,
                output -> Rewrites.lanewise(node).withInputs(inputs).withOutputs(List.of(output)));
    }
}
