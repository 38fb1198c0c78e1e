package org.lanewise.quantization.compare;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The first layer where the error jumps. A layer gets the quality of the worst layer whose result it takes, held to at most {@value #GOOD} dB: what is better than that (an input without any error
 * above all) is better than 8 bits can keep. The layer jumps if its SQNR is at least {@value #DROP} dB below what it gets, which is an error of 3.2 times the size. The first is the first in the order of the
 * reference's graph; its error is its own, whatever the layers before it did.
 *
 * @param layer index of the layer
 * @param before the quality it gets, in dB
 * @param after its SQNR, in dB
 */
public record ErrorJump(int layer, double before, double after) {
    /** An SQNR in dB that a layer of 8 bits has if its scales fit. */
    public static final double GOOD = 40;

    /** How many dB make a jump. */
    public static final double DROP = 10;

    /** The first jump, {@code null} if there is none. */
    public static @Nullable ErrorJump first(List<LayerResult> layers) {
        for (int i = 0; i < layers.size(); i++) {
            LayerResult layer = layers.get(i);
            double before = GOOD;
            for (int input : layer.inputs()) {
                before = Math.min(before, layers.get(input).error().sqnr());
            }
            double after = layer.error().sqnr();
            if (before - after >= DROP) {
                return new ErrorJump(i, before, after);
            }
        }
        return null;
    }
}
