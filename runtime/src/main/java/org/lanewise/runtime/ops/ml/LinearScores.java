package org.lanewise.runtime.ops.ml;

import org.lanewise.runtime.op.NodeSpec;
import org.lanewise.runtime.op.OpContext;
import org.lanewise.runtime.tensor.Elements;
import org.lanewise.runtime.tensor.Tensor;

/**
 * Scores of rows by linear functions: {@code score[k] = sum over c of x[c] coefficients[k, c] + intercepts[k]}, summed in double.
 *
 * @param coefficients (K, C), row after row
 * @param intercepts K of them, or one for all
 * @param count K
 */
record LinearScores(float[] coefficients, float[] intercepts, int count) {
    static LinearScores create(NodeSpec spec, int count) {
        float[] coefficients = spec.floatsAttribute("coefficients");
        float[] intercepts = spec.floatsAttribute("intercepts");
        if (coefficients == null || coefficients.length == 0 || coefficients.length % count != 0) {
            throw spec.refuse("coefficients has " + (coefficients == null ? 0 : coefficients.length)
                    + " values, expected a multiple of " + count);
        }
        if (intercepts != null && intercepts.length != 0 && intercepts.length != count) {
            throw spec.refuse("intercepts has " + intercepts.length + " values, expected " + count);
        }
        return new LinearScores(
                coefficients, intercepts == null || intercepts.length == 0 ? new float[count] : intercepts, count);
    }

    /** C. */
    int features() {
        return coefficients.length / count;
    }

    /** Hands the scores of every row of {@code x} to {@code finish}, in an array with room for {@code room} scores. */
    void run(OpContext context, Tensor x, int room, TreeScores.RowFinish finish) {
        int width = features();
        int rows = Rows.count(x.shape(), width);
        context.parallel(rows, (long) width * count, (from, to, scratch) -> {
            double[] values = scratch.doubles(width + room);
            for (int row = from; row < to; row++) {
                Elements.read(x, row * width, 1, values, width);
                for (int k = 0; k < count; k++) {
                    double sum = intercepts[k];
                    for (int c = 0; c < width; c++) {
                        sum += values[c] * coefficients[k * width + c];
                    }
                    values[width + k] = sum;
                }
                finish.finish(values, width, row);
            }
        });
    }
}
