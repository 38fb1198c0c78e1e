package org.lanewise.cli.output;

import org.lanewise.runtime.tensor.Tensor;

/**
 * A tensor of numbers in a few of them. NaN is left out, but counted.
 *
 * @param min the smallest element
 * @param max the largest
 * @param mean their mean
 * @param nans how many are not a number
 */
record Statistics(double min, double max, double mean, int nans) {
    static Statistics of(Tensor tensor) {
        double min = Double.POSITIVE_INFINITY;
        double max = Double.NEGATIVE_INFINITY;
        double sum = 0;
        int nans = 0;
        for (int i = 0; i < tensor.size(); i++) {
            double value = tensor.getDouble(i);
            if (Double.isNaN(value)) {
                nans++;
            } else {
                min = Math.min(min, value);
                max = Math.max(max, value);
                sum += value;
            }
        }
        return new Statistics(min, max, sum / (tensor.size() - nans), nans);
    }
}
