package org.lanewise.quantization;

import java.util.List;
import org.lanewise.runtime.graph.Model;

/**
 * A quantized model and what was done.
 *
 * @param model the quantized model; the one given stays as it was
 * @param method what was done, in words
 * @param layers every layer that could be quantized, in the order of the graph
 * @param notes what else is worth knowing, a sentence each
 * @param bytesBefore bytes of all constants before
 * @param bytesAfter and after
 */
public record QuantizationResult(
        Model model, String method, List<LayerReport> layers, List<String> notes, long bytesBefore, long bytesAfter) {
    /** Copies the lists. */
    public QuantizationResult {
        layers = List.copyOf(layers);
        notes = List.copyOf(notes);
    }

    /** How many layers are quantized. */
    public long quantized() {
        return layers.stream().filter(LayerReport::isQuantized).count();
    }
}
