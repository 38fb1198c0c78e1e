package org.lanewise.quantization.prune;

/**
 * What became of a layer.
 *
 * @param name its node's name; of several that share their weights that of the first
 * @param operator its operator
 * @param denseReason why it stayed dense; empty if it is pruned
 * @param weights how many it has, biases left out
 * @param zerosBefore how many of them were zero before
 * @param zerosAfter and after
 * @param sqnr signal to noise of the layer's own output on calibration data in dB, {@code 10 log10(sum y^2 / sum (y - y')^2)} for its dense and pruned weights on the same inputs, biases left out; NaN where it was not measured
 */
public record PrunedLayer(
        String name,
        String operator,
        String denseReason,
        long weights,
        long zerosBefore,
        long zerosAfter,
        double sqnr) {
    /** Whether it is pruned. */
    public boolean isPruned() {
        return denseReason.isEmpty();
    }
}
