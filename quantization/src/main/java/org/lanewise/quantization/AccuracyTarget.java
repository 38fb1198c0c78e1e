package org.lanewise.quantization;

/**
 * How close a quantized or pruned model must come to the model it is made from, on calibration data.
 *
 * @param metric what is measured
 * @param value at least this; at most, where it is a loss
 */
public record AccuracyTarget(Metric metric, double value) {
    /** What can be measured. */
    public enum Metric {
        /** Signal to quantization noise in decibels, {@code 10 log10(sum y^2 / sum (y - y')^2)}: the smallest of all outputs. */
        SQNR,
        /** Share, 0 to 1, of the rows of the first output whose largest element is at the same place. */
        AGREEMENT,
        /** Mean over the samples of the cosine between the outputs, -1 to 1: the smallest of all outputs. */
        COSINE,
        /** Percent of the labelled samples by which fewer are answered right than by the fp32 model (top-1, first output): at most. Needs {@link CalibrationData#labels()}. */
        ACCURACY_LOSS
    }

    /**
     * Checks the value.
     *
     * @throws IllegalArgumentException if it is not one the metric can have
     */
    public AccuracyTarget {
        boolean possible = switch (metric) {
            case SQNR -> Double.isFinite(value);
            case AGREEMENT -> value >= 0 && value <= 1;
            case COSINE -> value >= -1 && value <= 1;
            case ACCURACY_LOSS -> value >= 0 && value <= 100;
        };
        if (!possible) {
            throw new IllegalArgumentException(
                    switch (metric) {
                        case SQNR -> "a signal to noise ratio must be a number of decibels, got " + value;
                        case AGREEMENT -> "the agreement is a share from 0 to 1, got " + value;
                        case COSINE -> "a cosine is from -1 to 1, got " + value;
                        case ACCURACY_LOSS -> "the loss of accuracy is from 0 to 100 points, got " + value;
                    });
        }
    }
}
