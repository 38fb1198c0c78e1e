package org.lanewise.quantization.prune;

import java.util.ArrayList;
import java.util.List;
import org.lanewise.quantization.model.WeightLayer;

/**
 * A tensor of weights with the layers that use it, in the order of the graph.
 *
 * @param uses layers; more than one where they share the weights
 * @param denseReason why it stays dense; empty if it is pruned
 * @param adapts whether its weights may change all the same, to make up for what layers before it lost
 */
record PrunableTensor(List<WeightLayer> uses, String denseReason, boolean adapts) {
    WeightLayer layer() {
        return uses.getFirst();
    }

    String name() {
        return layer().weights();
    }

    String nodeName() {
        return layer().node().name();
    }

    int size() {
        return layer().shape().size();
    }

    int groups() {
        return layer().group();
    }

    /** Inputs of an output channel. */
    int columns() {
        return size() / layer().outputs();
    }

    boolean isPruned() {
        return denseReason.isEmpty();
    }

    List<String> inputs() {
        return uses.stream().map(use -> use.node().input(0)).toList();
    }

    /** The matrix of each group. */
    List<WeightMatrix> matrices(float[] stored) {
        List<WeightMatrix> matrices = new ArrayList<>();
        for (int group = 0; group < groups(); group++) {
            matrices.add(WeightMatrix.of(layer(), stored, group));
        }
        return matrices;
    }

    /** How many weights a pattern that says it itself makes zero. */
    long fixedZeros(SparsityPattern pattern) {
        int run = layer().isConvolution() ? layer().inputs() / layer().group() : columns();
        return (long) layer().outputs() * (columns() / run) * pattern.zeros(run);
    }
}
