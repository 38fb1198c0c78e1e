package org.lanewise.quantization.prune;

import org.jspecify.annotations.Nullable;
import org.lanewise.quantization.model.WeightLayer;
import org.lanewise.runtime.graph.GraphEditor;
import org.lanewise.runtime.graph.Node;
import org.lanewise.runtime.session.Inference;
import org.lanewise.runtime.tensor.FloatTensor;

/**
 * What the outputs of a layer have drifted by because layers before it are pruned, as far as the layer's own weights can bring it back: {@code G = sum of e x^T} over rows x and the errors e there.
 */
final class Drift {
    private final int rows;
    private final int columns;
    private final double[] products;
    private final double[] sums;
    private long count;

    /** Of a group with so many output channels. */
    Drift(int rows, int columns) {
        this.rows = rows;
        this.columns = columns;
        this.products = new double[rows * columns];
        this.sums = new double[rows];
    }

    /**
     * Adds a row.
     *
     * @param x its K values from {@code from} on
     * @param dense what the outputs should be, the first of them at {@code at}, the others {@code step} apart
     * @param now what they are
     */
    void add(float[] x, int from, FloatTensor dense, FloatTensor now, int at, int step) {
        for (int row = 0; row < rows; row++) {
            int place = at + row * step;
            double error = (double) dense.array()[dense.offset() + place] - now.array()[now.offset() + place];
            sums[row] += error;
            int line = row * columns;
            for (int column = 0; column < columns; column++) {
                products[line + column] += error * x[from + column];
            }
        }
        count++;
    }

    /** The mean error of each output channel. */
    double[] means() {
        double[] means = sums.clone();
        for (int row = 0; row < rows; row++) {
            means[row] /= Math.max(1, count);
        }
        return means;
    }

    /** {@code matrix} with the weights that bring outputs back to where they should be: {@code W + G H^-1}. */
    WeightMatrix corrected(WeightMatrix matrix, double[] factor) {
        WeightMatrix result = matrix.copy();
        double[] middle = new double[columns];
        for (int row = 0; row < rows; row++) {
            for (int m = 0; m < columns; m++) {
                double sum = 0;
                for (int j = m; j < columns; j++) {
                    sum += factor[m * columns + j] * products[row * columns + j];
                }
                middle[m] = sum;
            }
            double[] change = new double[columns];
            for (int m = 0; m < columns; m++) {
                for (int j = m; j < columns; j++) {
                    change[j] += middle[m] * factor[m * columns + j];
                }
            }
            for (int j = 0; j < columns; j++) {
                result.w()[row * columns + j] += (float) change[j];
            }
        }
        return result;
    }

    /** The value that a layer is to keep: the sum it is added to, where there is one, so that it makes up for what the other summand lost, too; else its output. */
    static String target(GraphEditor editor, Inference types, WeightLayer layer) {
        String output = layer.node().output(0);
        @Nullable Node add = editor.onlyConsumer(output);
        if (add == null || !add.is("Add") || editor.isOutput(output)) {
            return output;
        }
        String other = add.input(add.input(0).equals(output) ? 1 : 0);
        boolean alike = !other.equals(output)
                && !editor.isConstant(other)
                && types.shape(other).isRanked()
                && types.shape(other).equals(types.shape(output));
        return alike ? add.output(0) : output;
    }
}
