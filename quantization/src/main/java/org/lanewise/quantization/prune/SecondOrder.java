package org.lanewise.quantization.prune;

/**
 * Prunes the weights of a layer so that its outputs change least, the weights that stay making up for those that go.
 *
 * <p>With H the second moments of the layer's inputs, taking weight j of a row away costs {@code w[j]^2 / (H^-1)[j, j]} and changes the others by {@code -w[j] / (H^-1)[j, j] * (H^-1)[j, :]} (optimal brain surgeon). Columns are
 * passed over once, from the first to the last, each frozen as it is passed, so that all rows share the inverses of what is left of H: with {@code H^-1 = U^T U} the one for columns from j on has row
 * {@code U[j, j] * U[j, j:]} (SparseGPT). What goes is chosen for a block of columns when it is reached, with the weights as they are then. At the end each row's remaining weights are those of least error for its
 * zeros, {@code H[s, s] w[s] = (H w0)[s]}, where that takes few enough steps.
 *
 * <p>Sources: B. Hassibi and D. Stork, Second order derivatives for network pruning: optimal brain surgeon, NIPS 1992; E. Frantar and D. Alistarh, SparseGPT: Massive Language Models Can be Accurately Pruned in
 * One-Shot, ICML 2023, arXiv 2301.00774.
 */
final class SecondOrder {
    /** Columns whose zeros are chosen together; later columns hear of them at once. */
    private static final int BLOCK = 128;

    private final WeightMatrix matrix;
    private final SparsityPattern pattern;
    private final double[] u;
    private final boolean[] mask;
    private final double[] errors;

    private SecondOrder(WeightMatrix matrix, double[] u, SparsityPattern pattern) {
        this.matrix = matrix;
        this.pattern = pattern;
        this.u = u;
        this.mask = new boolean[matrix.w().length];
        this.errors = new double[BLOCK];
    }

    /**
     * Prunes {@code matrix} in place.
     *
     * @param u upper factor of the inverse of H
     * @param zeros how many weights are to be zero; met up to half a unit of the pattern, and not looked at where the pattern says it itself
     * @return which weights are zero now
     */
    static boolean[] prune(WeightMatrix matrix, double[] u, SparsityPattern pattern, long zeros) {
        SecondOrder run = new SecondOrder(matrix, u, pattern);
        long done = 0;
        int columns = matrix.columns();
        for (int from = 0; from < columns; ) {
            int to = run.blockEnd(from);
            if (!pattern.isFixed()) {
                long wanted = Math.round((double) zeros * to / columns) - done;
                done += Masks.columns(matrix, pattern, from, to, wanted, run::cost, run.mask);
            }
            for (int row = 0; row < matrix.rows(); row++) {
                run.passOver(row, from, to);
            }
            from = to;
        }
        matrix.clear(run.mask);
        return run.mask;
    }

    /** Blocks end where groups of columns do. */
    private int blockEnd(int from) {
        int end = Math.min(matrix.columns(), from + BLOCK);
        if (!pattern.isFixed() || end == matrix.columns()) {
            return end;
        }
        int to = from;
        while (Masks.groupEnd(matrix, pattern, to) <= end) {
            to = Masks.groupEnd(matrix, pattern, to);
        }
        return to;
    }

    private double cost(float w, int column) {
        double scaled = w / u[column * matrix.columns() + column];
        return scaled * scaled;
    }

    private void passOver(int row, int from, int to) {
        int columns = matrix.columns();
        int at = row * columns;
        float[] w = matrix.w();
        for (int column = from; column < to; column++) {
            if (pattern.isFixed() && column % matrix.run() % pattern.of() == 0) {
                int end = Masks.groupEnd(matrix, pattern, column);
                Masks.choose(matrix, pattern, row, column, end, this::cost, mask);
            }
            double error = mask[at + column] ? w[at + column] / u[column * columns + column] : 0;
            errors[column - from] = error;
            if (error != 0) {
                spread(error, column, column + 1, to, at);
            }
        }
        for (int column = from; column < to && to < columns; column++) {
            if (errors[column - from] != 0) {
                spread(errors[column - from], column, to, columns, at);
            }
        }
    }

    private void spread(double error, int column, int from, int to, int at) {
        float[] w = matrix.w();
        int u0 = column * matrix.columns();
        for (int j = from; j < to; j++) {
            w[at + j] -= (float) (error * u[u0 + j]);
        }
    }
}
