package org.lanewise.quantization.compare;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What was found of a pair of layers.
 *
 * @param name of the reference's layer
 * @param candidateName of the candidate's
 * @param operator what it does
 * @param inputs indices of the layers whose results come in, in the list of all results; layers without a partner are looked through
 * @param quantized whether the candidate's result is quantized with constant scale and zero point, so that {@code range} is there
 * @param error the error that has come together up to here
 * @param isolated the error of this layer alone, fed with the reference's values; {@code null} if that was not asked for
 * @param rangeUsed the share of the quantizer's range that occurs, NaN where there is none
 * @param clippedShare the share of values at an end of that range that the reference's value lies beyond by more than half a step, NaN where there is none
 * @param referenceWeights the reference's weights, if it has any
 * @param candidateWeights the candidate's
 * @param sums the bound of the candidate's integer sums, {@code null} if it makes none
 */
public record LayerResult(
        String name,
        String candidateName,
        String operator,
        List<Integer> inputs,
        boolean quantized,
        ErrorStatistics error,
        @Nullable ErrorStatistics isolated,
        double rangeUsed,
        double clippedShare,
        @Nullable LayerWeights referenceWeights,
        @Nullable LayerWeights candidateWeights,
        @Nullable SumBound sums) {
    /** Copies the list. */
    public LayerResult {
        inputs = List.copyOf(inputs);
    }
}
