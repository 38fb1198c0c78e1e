package org.lanewise.quantization.prune;

import java.util.ArrayList;
import java.util.List;

/** Which weights become zero: those of the lowest scores that the pattern allows. A mask has an element for each weight of a matrix, true where it is to be zero. */
final class Masks {
    private Masks() {}

    /** What a weight counts for. */
    interface Score {
        /** Of the weight of value {@code w} in {@code column}: 0 or more. */
        double of(float w, int column);
    }

    /** The square of a weight: its magnitude decides. */
    static final Score MAGNITUDE = (w, column) -> (double) w * w;

    /**
     * Masks with {@code zeros} zeros together, one threshold over all matrices.
     *
     * @param zeros how many weights are to be zero; met up to half a unit of the pattern, and not looked at where the pattern says it itself
     */
    static List<boolean[]> of(List<WeightMatrix> matrices, SparsityPattern pattern, long zeros) {
        List<boolean[]> masks = new ArrayList<>();
        if (pattern.isFixed()) {
            for (WeightMatrix matrix : matrices) {
                boolean[] mask = new boolean[matrix.w().length];
                for (int row = 0; row < matrix.rows(); row++) {
                    for (int from = 0; from < matrix.columns(); ) {
                        int to = groupEnd(matrix, pattern, from);
                        choose(matrix, pattern, row, from, to, MAGNITUDE, mask);
                        from = to;
                    }
                }
                masks.add(mask);
            }
            return masks;
        }
        Threshold threshold = Threshold.of(
                action -> matrices.forEach(matrix -> units(matrix, pattern, 0, matrix.columns(), MAGNITUDE, action)),
                zeros);
        for (WeightMatrix matrix : matrices) {
            boolean[] mask = new boolean[matrix.w().length];
            take(matrix, pattern, 0, matrix.columns(), MAGNITUDE, threshold, mask);
            masks.add(mask);
        }
        return masks;
    }

    /** Marks the lowest {@code zeros} weights of the columns {@code from} to {@code to}; returns how many they are. */
    static long columns(
            WeightMatrix matrix, SparsityPattern pattern, int from, int to, long zeros, Score score, boolean[] mask) {
        Threshold threshold =
                Threshold.of(action -> units(matrix, pattern, from, to, score, action), Math.max(0, zeros));
        return take(matrix, pattern, from, to, score, threshold, mask);
    }

    private static void units(
            WeightMatrix matrix, SparsityPattern pattern, int from, int to, Score score, Threshold.Action action) {
        for (int top = 0; top < matrix.rows(); top += pattern.rows()) {
            int bottom = Math.min(matrix.rows(), top + pattern.rows());
            for (int column = from; column < to; column++) {
                action.accept(mean(matrix, top, bottom, column, score), bottom - top);
            }
        }
    }

    private static long take(
            WeightMatrix matrix,
            SparsityPattern pattern,
            int from,
            int to,
            Score score,
            Threshold threshold,
            boolean[] mask) {
        long taken = 0;
        for (int top = 0; top < matrix.rows(); top += pattern.rows()) {
            int bottom = Math.min(matrix.rows(), top + pattern.rows());
            for (int column = from; column < to; column++) {
                if (threshold.takes(mean(matrix, top, bottom, column, score), bottom - top)) {
                    for (int row = top; row < bottom; row++) {
                        mask[row * matrix.columns() + column] = true;
                    }
                    taken += bottom - top;
                }
            }
        }
        return taken;
    }

    private static float mean(WeightMatrix matrix, int top, int bottom, int column, Score score) {
        double sum = 0;
        for (int row = top; row < bottom; row++) {
            sum += score.of(matrix.w()[row * matrix.columns() + column], column);
        }
        return (float) (sum / (bottom - top));
    }

    /** The end of the group of columns that begins at {@code from}, for patterns that count within groups. */
    static int groupEnd(WeightMatrix matrix, SparsityPattern pattern, int from) {
        int runEnd = (from / matrix.run() + 1) * matrix.run();
        return Math.min(runEnd, from + pattern.of());
    }

    /** Marks all but the highest that the pattern keeps of the columns of a group. */
    static void choose(
            WeightMatrix matrix, SparsityPattern pattern, int row, int from, int to, Score score, boolean[] mask) {
        int at = row * matrix.columns();
        for (int zeros = pattern.zeros(to - from); zeros > 0; zeros--) {
            int lowest = -1;
            double least = Double.POSITIVE_INFINITY;
            for (int column = from; column < to; column++) {
                double own = score.of(matrix.w()[at + column], column);
                if (!mask[at + column] && (lowest < 0 || own < least)) {
                    lowest = column;
                    least = own;
                }
            }
            mask[at + lowest] = true;
        }
    }
}
