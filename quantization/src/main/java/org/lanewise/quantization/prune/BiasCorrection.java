package org.lanewise.quantization.prune;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.lanewise.quantization.model.Preparation;
import org.lanewise.quantization.model.WeightLayer;
import org.lanewise.runtime.graph.Graph;
import org.lanewise.runtime.graph.GraphEditor;
import org.lanewise.runtime.graph.Node;
import org.lanewise.runtime.tensor.Tensor;

/** Lets biases make up for what the means of outputs lost. Each layer gets a bias of its own. */
final class BiasCorrection {
    private final GraphEditor editor;

    BiasCorrection(Graph graph) {
        this.editor = new GraphEditor(graph);
    }

    /** Adds {@code lost}, one an output channel, to the bias of a layer; says what could not be done. */
    List<String> add(WeightLayer layer, double[] lost) {
        Node node = editor.producer(layer.node().output(0));
        if (node == null || node.is("MatMul")) {
            return List.of("bias not corrected, it has none: " + layer.node().path());
        }
        float[] bias = new float[lost.length];
        if (!node.input(2).isEmpty()) {
            @Nullable Tensor own = Preparation.vector(editor.constant(node.input(2)), lost.length, 2);
            if (own == null) {
                return List.of("bias not corrected, it is not one constant an output channel: " + node.path());
            }
            bias = own.toFloatArray();
        }
        for (int i = 0; i < bias.length; i++) {
            bias[i] += (float) lost[i];
        }
        List<String> inputs = new ArrayList<>(List.of(node.input(0), node.input(1)));
        inputs.add(editor.addConstant(node.output(0) + "_corrected_bias", Tensor.of(bias)));
        editor.replace(node, node.withInputs(inputs), "its bias makes up for pruned weights");
        return List.of();
    }

    Graph build() {
        return editor.build();
    }
}
