package org.lanewise.quantization.prune;

import java.util.List;
import org.lanewise.runtime.graph.Model;

/**
 * A pruned model and what was done.
 *
 * @param model the pruned model; the one given stays as it was
 * @param method what was done, in words
 * @param layers every layer that could be pruned, in the order of the graph
 * @param notes what else is worth knowing, a sentence each
 * @param sensitivities what the search for a target found out about each layer; empty without
 */
public record PruningResult(
        Model model,
        String method,
        List<PrunedLayer> layers,
        List<String> notes,
        List<LayerSensitivity> sensitivities) {
    /** Copies the lists. */
    public PruningResult {
        layers = List.copyOf(layers);
        notes = List.copyOf(notes);
        sensitivities = List.copyOf(sensitivities);
    }

    /** How many layers are pruned. */
    public long pruned() {
        return layers.stream().filter(PrunedLayer::isPruned).count();
    }

    /** Share of zeros of the layers that are pruned, 0 if none is. */
    public double prunedSparsity() {
        return share(layers.stream().filter(PrunedLayer::isPruned).toList());
    }

    /** Share of zeros of all {@link #layers}. */
    public double sparsity() {
        return share(layers);
    }

    private static double share(List<PrunedLayer> layers) {
        long weights = layers.stream().mapToLong(PrunedLayer::weights).sum();
        long zeros = layers.stream().mapToLong(PrunedLayer::zerosAfter).sum();
        return weights == 0 ? 0 : (double) zeros / weights;
    }
}
