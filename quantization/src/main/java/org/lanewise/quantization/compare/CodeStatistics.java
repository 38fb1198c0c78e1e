package org.lanewise.quantization.compare;

import org.lanewise.runtime.tensor.Tensor;

/** How a quantizer's range is used, gathered code by code. */
final class CodeStatistics {
    private static final double HALF_STEP = 0.5;

    private final Quantizer quantizer;
    private int lowest = Integer.MAX_VALUE;
    private int highest = Integer.MIN_VALUE;
    private long count;
    private long clipped;

    CodeStatistics(Quantizer quantizer) {
        this.quantizer = quantizer;
    }

    /** Adds the codes of a tensor and the reference's values at their places. */
    void add(float[] reference, Tensor codes) {
        for (int i = 0; i < reference.length; i++) {
            int code = (int) codes.getLong(i);
            lowest = Math.min(lowest, code);
            highest = Math.max(highest, code);
            if (code == quantizer.lowest() || code == quantizer.highest()) {
                int channel = quantizer.channel(codes.shape(), i);
                double wanted = (double) reference[i] / quantizer.scales()[channel]
                        + quantizer.zeroPoints()[channel];
                boolean beyond = code == quantizer.lowest() ? wanted < code - HALF_STEP : wanted > code + HALF_STEP;
                clipped += beyond ? 1 : 0;
            }
        }
        count += reference.length;
    }

    /** The share of the range that occurs: codes from the least to the greatest that came up, of all there are. */
    double rangeUsed() {
        return count == 0 ? 0 : (highest - lowest + 1.0) / (quantizer.highest() - quantizer.lowest() + 1.0);
    }

    /** The share of values at an end of the range whose reference lies more than half a step beyond it. */
    double clippedShare() {
        return count == 0 ? 0 : (double) clipped / count;
    }
}
