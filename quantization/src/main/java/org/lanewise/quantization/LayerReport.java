package org.lanewise.quantization;

import org.jspecify.annotations.Nullable;
import org.lanewise.quantization.model.LeftLayer;

/**
 * What became of a layer.
 *
 * @param name its node's name
 * @param operator its operator
 * @param fp32Reason why it was left in fp32; empty if it is quantized
 * @param bytesBefore bytes of its weights before
 * @param bytesAfter and after, scales included
 * @param input the range of its input; {@code null} where it is not known ahead
 * @param output the range of its result, the activation behind it included; {@code null} where it is not quantized
 * @param sqnr signal to noise of the model's outputs in dB with this layer alone quantized; NaN where it was not measured
 */
public record LayerReport(
        String name,
        String operator,
        String fp32Reason,
        long bytesBefore,
        long bytesAfter,
        @Nullable Range input,
        @Nullable Range output,
        double sqnr) {
    /** A layer that was passed over. */
    static LayerReport of(LeftLayer layer, String reason) {
        return new LayerReport(
                layer.node().name(),
                layer.node().opType(),
                reason,
                layer.bytes(),
                layer.bytes(),
                null,
                null,
                Double.NaN);
    }

    /** Whether it computes on integers or keeps its weights as such. */
    public boolean isQuantized() {
        return fp32Reason.isEmpty();
    }
}
