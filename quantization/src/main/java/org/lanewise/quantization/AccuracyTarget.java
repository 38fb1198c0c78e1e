package org.lanewise.quantization;

/**
 * How close the outputs of a quantized model must come to those of the fp32 model on calibration data.
 *
 * @param metric what is measured
 * @param value at least this
 */
public record AccuracyTarget(Metric metric, double value) {
    /** What can be measured. */
    public enum Metric {
        /** Signal to quantization noise in decibels, {@code 10 log10(sum y^2 / sum (y - y')^2)}: the smallest of all outputs. */
        SQNR,
        /** Share, 0 to 1, of the rows of the first output whose largest element is at the same place. */
        AGREEMENT,
        /** Mean over the samples of the cosine between the outputs, -1 to 1: the smallest of all outputs. */
        COSINE
    }
}
