package org.lanewise.quantization;

/** How the range of a value is chosen from what calibration saw of it. */
public enum CalibrationMethod {
    /** From the smallest to the largest. Clips nothing; an outlier costs all other values resolution. */
    MIN_MAX,
    /** Leaves out a share of the values at the ends, see {@link StaticOptions#percentile}. */
    PERCENTILE,
    /**
     * Loses the least information: the range for which the Kullback-Leibler divergence between the distribution and what 8 bits leave of it is smallest. Source: S. Migacz, 8-bit inference with
     * TensorRT, GTC 2017.
     */
    ENTROPY,
    /** The smallest mean squared error, of rounding and clipping together. */
    MSE
}
