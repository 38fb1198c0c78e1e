package org.lanewise.cli.output;

import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.lanewise.runtime.tensor.Shape;
import org.lanewise.runtime.tensor.Tensor;

/**
 * An output that gives each class a score.
 *
 * @param tensor the scores, (C) or (N, C)
 * @param labels the names of the C classes, or empty
 * @param probabilities whether the scores of each row are between 0 and 1 and sum to 1
 */
record ClassScores(Tensor tensor, List<String> labels, boolean probabilities) {
    private static final double SUM_TOLERANCE = 0.02;

    /**
     * A class with its score.
     *
     * @param index number of the class
     * @param label its name, or its number where it has none
     * @param score its score
     */
    record Ranked(int index, String label, double score) {}

    /**
     * The output as scores, or {@code null} if it does not look like that: a floating-point vector, or a matrix of a vector
     * a row, that has a label for each column or rows of probabilities.
     *
     * @param asked whether the user says that it is one, so that no sign of it is needed but the shape
     */
    static @Nullable ClassScores of(Tensor tensor, Labels labels, boolean asked) {
        Shape shape = tensor.shape();
        if (!tensor.type().isFloating()
                || shape.rank() < 1
                || shape.rank() > 2
                || shape.size() == 0
                || shape.dim(-1) < 2) {
            return null;
        }
        boolean labelled = labels.fits(shape.dim(-1));
        boolean probabilities = areProbabilities(tensor);
        return asked || labelled || probabilities
                ? new ClassScores(tensor, labelled ? labels.names() : List.of(), probabilities)
                : null;
    }

    private static boolean areProbabilities(Tensor tensor) {
        int classes = tensor.shape().dim(-1);
        for (int row = 0; row < tensor.size() / classes; row++) {
            double sum = 0;
            for (int i = row * classes; i < (row + 1) * classes; i++) {
                double value = tensor.getDouble(i);
                if (!(value >= 0 && value <= 1)) {
                    return false;
                }
                sum += value;
            }
            if (Math.abs(sum - 1) > SUM_TOLERANCE) {
                return false;
            }
        }
        return true;
    }

    int classes() {
        return tensor.shape().dim(-1);
    }

    int rows() {
        return tensor.size() / classes();
    }

    /** The {@code count} best classes of a row, the best first. */
    List<Ranked> top(int row, int count) {
        int start = row * classes();
        return IntStream.range(0, classes())
                .boxed()
                .sorted(Comparator.comparingDouble((Integer i) -> -tensor.getDouble(start + i)))
                .limit(count)
                .map(i -> new Ranked(
                        i, labels.isEmpty() ? Integer.toString(i) : labels.get(i), tensor.getDouble(start + i)))
                .toList();
    }
}
