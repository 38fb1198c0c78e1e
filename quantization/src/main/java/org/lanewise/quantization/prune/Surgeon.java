package org.lanewise.quantization.prune;

import java.util.Arrays;

/**
 * The order in which weights are best taken away from the output channels that share a pattern, one input after the other, each time the one whose absence costs least when all that stay make up for it (optimal brain surgeon, exactly).
 *
 * <p>Taking input j away costs {@code sum over rows of w[j]^2 / (H^-1)[j, j]}; it changes rows by {@code -w[j] / (H^-1)[j, j] * (H^-1)[j, :]} and H^-1 by {@code -(H^-1)[:, j] (H^-1)[j, :] / (H^-1)[j, j]}.
 *
 * <p>Source: E. Frantar and D. Alistarh, Optimal Brain Compression, NeurIPS 2022, arXiv 2208.11580.
 */
final class Surgeon {
    /** Multiplications; layers that need more are passed over once, see {@link SecondOrder}. */
    private static final double MOST_STEPS = 1.5e10;

    /** Rows may lose this many times as much as the average. */
    private static final double UNEVEN = 1.5;

    private final WeightMatrix matrix;
    private final SparsityPattern pattern;
    private final int columns;
    private final Curvature curvature;

    private Order[] orders = new Order[0];
    private int length = -1;

    /** For {@code matrix}, whose weights cost what {@code curvature} says. */
    Surgeon(WeightMatrix matrix, SparsityPattern pattern, Curvature curvature) {
        this.matrix = matrix;
        this.pattern = pattern;
        this.columns = matrix.columns();
        this.curvature = curvature;
    }

    /** Inputs in the order in which rows lose them, and what each costs: never less than one before it. */
    private record Order(int rows, int[] inputs, float[] costs) {}

    /** Inputs that a group of rows loses at most. */
    private static int longest(WeightMatrix matrix, SparsityPattern pattern, long zeros) {
        if (pattern.isFixed()) {
            return matrix.columns() / matrix.run() * pattern.zeros(matrix.run());
        }
        double share = (double) zeros / matrix.w().length;
        return (int) Math.min(matrix.columns(), Math.ceil(UNEVEN * share * matrix.columns()) + 1);
    }

    /** Whether there is time for it. */
    static boolean isAffordable(WeightMatrix matrix, SparsityPattern pattern, long zeros) {
        double groups = Math.ceilDiv(matrix.rows(), pattern.rows());
        double steps = groups * longest(matrix, pattern, zeros) * matrix.columns() * matrix.columns();
        return steps <= MOST_STEPS;
    }

    /**
     * Which weights are to be zero.
     *
     * @param zeros how many; met up to half a unit of the pattern, and not looked at where the pattern says it itself
     */
    boolean[] mask(long zeros) {
        find(longest(matrix, pattern, zeros));
        boolean[] mask = new boolean[matrix.w().length];
        if (pattern.isFixed()) {
            for (int i = 0; i < orders.length; i++) {
                mark(mask, i, orders[i].inputs.length, orders[i]);
            }
            return mask;
        }
        Threshold threshold = Threshold.of(this::forEachCost, zeros);
        for (int i = 0; i < orders.length; i++) {
            int count = 0;
            while (count < orders[i].costs.length && threshold.takes(orders[i].costs[count], orders[i].rows)) {
                count++;
            }
            mark(mask, i, count, orders[i]);
        }
        return mask;
    }

    private void mark(boolean[] mask, int group, int count, Order order) {
        for (int i = 0; i < count; i++) {
            for (int row = group * pattern.rows(); row < group * pattern.rows() + order.rows; row++) {
                mask[row * columns + order.inputs[i]] = true;
            }
        }
    }

    private void find(int most) {
        if (most > length) {
            length = most;
            orders = new Order[Math.ceilDiv(matrix.rows(), pattern.rows())];
            for (int i = 0; i < orders.length; i++) {
                orders[i] = order(i * pattern.rows(), most);
            }
        }
    }

    private void forEachCost(Threshold.Action action) {
        for (Order order : orders) {
            for (float cost : order.costs) {
                action.accept(cost, order.rows);
            }
        }
    }

    /** What weights cost in the order in which they go, up to {@code share} of each row's: those of a group of rows after each other, never less than the one before. */
    Threshold.Units costs(double share) {
        find((int) (share * columns));
        return this::forEachCost;
    }

    private Order order(int top, int most) {
        int rows = Math.min(pattern.rows(), matrix.rows() - top);
        double[] w = new double[rows * columns];
        for (int row = 0; row < rows; row++) {
            double scale = Math.sqrt(curvature.scale(top + row));
            for (int i = row * columns; i < (row + 1) * columns; i++) {
                w[i] = matrix.w()[top * columns + i] * scale;
            }
        }
        double[] left = curvature.inverse(top, top + rows);
        boolean[] gone = new boolean[columns];
        int[] lost = new int[columns];
        int[] inputs = new int[most];
        float[] costs = new float[most];
        for (int step = 0; step < most; step++) {
            int best = -1;
            double least = Double.POSITIVE_INFINITY;
            for (int j = 0; j < columns; j++) {
                if (!gone[j] && mayGo(j, lost)) {
                    double cost = cost(w, rows, j) / left[j * columns + j];
                    if (best < 0 || cost < least) {
                        best = j;
                        least = cost;
                    }
                }
            }
            inputs[step] = best;
            costs[step] = Math.max((float) (least / rows), step == 0 ? 0 : costs[step - 1]);
            gone[best] = true;
            if (pattern.isFixed()) {
                lost[groupStart(best)]++;
            }
            remove(w, rows, left, best, gone);
        }
        return new Order(rows, inputs, costs);
    }

    private int groupStart(int column) {
        int inRun = column % matrix.run();
        return column - inRun % pattern.of();
    }

    private boolean mayGo(int column, int[] lost) {
        if (!pattern.isFixed()) {
            return true;
        }
        int start = groupStart(column);
        return lost[start] < pattern.zeros(Masks.groupEnd(matrix, pattern, start) - start);
    }

    private double cost(double[] w, int rows, int column) {
        double sum = 0;
        for (int row = 0; row < rows; row++) {
            double value = w[row * columns + column];
            sum += value * value;
        }
        return sum;
    }

    /** Takes input {@code j} away; rows and columns of inputs that are gone are not kept up. */
    private void remove(double[] w, int rows, double[] left, int j, boolean[] gone) {
        double[] line = Arrays.copyOfRange(left, j * columns, (j + 1) * columns);
        double pivot = line[j];
        for (int row = 0; row < rows; row++) {
            subtract(w, row * columns, line, w[row * columns + j] / pivot);
        }
        for (int i = 0; i < columns; i++) {
            if (!gone[i] && line[i] != 0) {
                subtract(left, i * columns, line, line[i] / pivot);
            }
        }
    }

    private static void subtract(double[] a, int at, double[] line, double factor) {
        for (int i = 0; i < line.length; i++) {
            a[at + i] -= factor * line[i];
        }
    }
}
