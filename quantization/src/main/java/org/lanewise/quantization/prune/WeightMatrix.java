package org.lanewise.quantization.prune;

import org.lanewise.quantization.model.WeightLayer;
import org.lanewise.runtime.tensor.Shape;

/**
 * The weights of a layer, or of one group of a grouped convolution, as a matrix (output channels, inputs). Inputs of a convolution are in the order (tap, input channel).
 *
 * @param w the weights, row by row; changed in place
 * @param rows output channels
 * @param columns inputs
 * @param run neighbouring columns that belong together: input channels at a tap, or all inputs
 */
record WeightMatrix(float[] w, int rows, int columns, int run) {
    /** Those of {@code group} in {@code stored}, which has the layout of the layer's tensor. */
    static WeightMatrix of(WeightLayer layer, float[] stored, int group) {
        int rows = layer.outputs() / layer.group();
        int columns = stored.length / layer.outputs();
        int run = layer.isConvolution() ? layer.inputs() / layer.group() : columns;
        WeightMatrix matrix = new WeightMatrix(new float[rows * columns], rows, columns, run);
        for (int i = 0; i < matrix.w.length; i++) {
            matrix.w[i] = stored[matrix.place(layer, group, i)];
        }
        return matrix;
    }

    /** Writes them back. */
    void store(WeightLayer layer, float[] stored, int group) {
        for (int i = 0; i < w.length; i++) {
            stored[place(layer, group, i)] = w[i];
        }
    }

    /** Where element {@code i} is in the tensor. */
    private int place(WeightLayer layer, int group, int i) {
        int row = i / columns;
        int column = i % columns;
        Shape shape = layer.shape();
        if (layer.isConvolution()) {
            int taps = shape.sizeBetween(2, shape.rank());
            return ((group * rows + row) * run + column % run) * taps + column / run;
        }
        return layer.axis() == 0 ? row * columns + column : column * rows + row;
    }

    /** Sets weights to zero. */
    void clear(boolean[] pruned) {
        for (int i = 0; i < w.length; i++) {
            if (pruned[i]) {
                w[i] = 0;
            }
        }
    }

    /** How many are zero. */
    long zeros() {
        long zeros = 0;
        for (float value : w) {
            zeros += value == 0 ? 1 : 0;
        }
        return zeros;
    }

    /** A copy. */
    WeightMatrix copy() {
        return new WeightMatrix(w.clone(), rows, columns, run);
    }
}
