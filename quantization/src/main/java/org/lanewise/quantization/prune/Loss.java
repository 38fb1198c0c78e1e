package org.lanewise.quantization.prune;

import org.lanewise.quantization.model.Hessian;

/** What a layer's outputs lose by pruning, from the moments of its inputs. */
final class Loss {
    private final double[] means;
    private double signal;
    private double noise;

    /** Of a layer of so many output channels. */
    Loss(int outputs) {
        this.means = new double[outputs];
    }

    /** Adds a group's. */
    void add(WeightMatrix dense, WeightMatrix pruned, LayerInputs layer, int group) {
        Hessian hessian = layer.hessian(group);
        Drift drift = layer.drift(group);
        double[] drifted = drift == null ? new double[dense.rows()] : drift.means();
        int columns = dense.columns();
        double[] inputs = hessian.means();
        double[] before = new double[columns];
        double[] change = new double[columns];
        for (int row = 0; row < dense.rows(); row++) {
            means[group * dense.rows() + row] = drifted[row];
            for (int column = 0; column < columns; column++) {
                before[column] = dense.w()[row * columns + column];
                change[column] = before[column] - pruned.w()[row * columns + column];
                means[group * dense.rows() + row] += change[column] * inputs[column];
            }
            signal += hessian.square(before);
            noise += hessian.square(change);
        }
    }

    /** By how much the mean of each output channel fell. */
    double[] means() {
        return means;
    }

    /** Signal to noise in dB; infinite where nothing is lost. */
    double sqnr() {
        return noise <= 0 ? Double.POSITIVE_INFINITY : 10 * Math.log10(signal / noise);
    }
}
