package org.lanewise.quantization.prune;

import java.util.Arrays;
import org.lanewise.quantization.model.Cholesky;

/** The remaining weights of least error for the zeros that were chosen: {@code C[s, s] w[s] = (C w0)[s]} for each row, C being its {@link Curvature}, s the columns that stay and w0 the dense weights. */
final class Refit {
    /** Multiplications; layers that need more stay as they are. */
    private static final double MOST_STEPS = 3e10;

    private final WeightMatrix dense;
    private final int columns;

    private Refit(WeightMatrix dense) {
        this.dense = dense;
        this.columns = dense.columns();
    }

    /**
     * Sets the weights of {@code pruned} that stay, unless that takes too long.
     *
     * @param curvature what changes of weights cost
     * @param mask which weights are zero
     */
    static void apply(WeightMatrix pruned, WeightMatrix dense, Curvature curvature, boolean[] mask) {
        Refit refit = new Refit(dense);
        int[][] kept = new int[dense.rows()][];
        double steps = 0;
        for (int row = 0; row < kept.length; row++) {
            kept[row] = refit.kept(mask, row);
            double n = kept[row].length;
            steps += n * n * n / 6 + n * refit.columns;
        }
        if (steps <= MOST_STEPS) {
            for (int row = 0; row < kept.length; row++) {
                refit.solve(pruned, row, kept[row], curvature.of(row));
            }
        }
    }

    private int[] kept(boolean[] mask, int row) {
        int[] kept = new int[columns];
        int count = 0;
        for (int column = 0; column < columns; column++) {
            if (!mask[row * columns + column]) {
                kept[count++] = column;
            }
        }
        return Arrays.copyOf(kept, count);
    }

    private void solve(WeightMatrix pruned, int row, int[] kept, double[] h) {
        int n = kept.length;
        double[] a = new double[n * n];
        double[] b = new double[n];
        for (int i = 0; i < n; i++) {
            int from = kept[i] * columns;
            for (int column = 0; column < columns; column++) {
                b[i] += h[from + column] * dense.w()[row * columns + column];
            }
            for (int j = 0; j <= i; j++) {
                a[i * n + j] = h[from + kept[j]];
            }
        }
        Cholesky.solve(a, n, b);
        for (int i = 0; i < n; i++) {
            pruned.w()[row * columns + kept[i]] = (float) b[i];
        }
    }
}
