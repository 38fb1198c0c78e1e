package org.lanewise.benchmarks;

import java.util.Arrays;

/**
 * How long runs took, or any other numbers, in three of them.
 *
 * @param p10 what a tenth of them did not exceed
 * @param median the middle one
 * @param p90 what nine tenths did not exceed
 */
record Times(double p10, double median, double p90) {
    static Times of(double[] values) {
        double[] sorted = values.clone();
        Arrays.sort(sorted);
        return new Times(quantile(sorted, 0.1), quantile(sorted, 0.5), quantile(sorted, 0.9));
    }

    private static double quantile(double[] sorted, double fraction) {
        return sorted[(int) Math.min(sorted.length - 1, sorted.length * fraction)];
    }
}
