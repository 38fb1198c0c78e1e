package org.lanewise.quantization.compare;

import org.lanewise.runtime.tensor.Shape;
import org.lanewise.runtime.tensor.Tensor;

/**
 * How an output of the candidate compares with the reference's, gathered input by input.
 *
 * <p>An output with scores, (C) or (N, C) but for axes of size 1, is ranked row by row; of equal scores the one of the lower class comes first. Top-1 agreement is the share of rows whose best class
 * is the same in both models, top-5 agreement the share in which the reference's best class is among the candidate's five best. Accuracies take the label instead of the reference's class.
 */
public final class OutputStatistics {
    private static final int FIVE = 5;

    private final String name;
    private final ErrorStatistics error = new ErrorStatistics();
    private double cosineSum;
    private double leastCosine = 1;
    private long tensors;
    private boolean scores = true;
    private int classes;
    private long rows;
    private long sameBest;
    private long inBestFive;
    private long labelled;
    private final long[] right = new long[2];
    private final long[] rightInFive = new long[2];

    /** For an output of this name. */
    public OutputStatistics(String name) {
        this.name = name;
    }

    /**
     * Adds the output for one input.
     *
     * @param labels the right class of each row, none if they are not known
     * @throws IllegalArgumentException if the shapes differ, or a label is none of the classes
     */
    public void add(Tensor reference, Tensor candidate, int... labels) {
        if (!reference.shape().equals(candidate.shape())) {
            throw new IllegalArgumentException("output '" + name + "' of the reference is " + reference
                    + ", of the candidate " + candidate + ": only models with equal outputs can be compared");
        }
        float[] expected = reference.toFloatArray();
        float[] got = candidate.toFloatArray();
        error.add(expected, got);
        ErrorStatistics own = new ErrorStatistics();
        own.add(expected, got);
        cosineSum += own.cosine();
        leastCosine = Math.min(leastCosine, own.cosine());
        tensors++;
        int found = classes(reference.shape());
        scores &= found > 1 && reference.type().isFloating() && (tensors == 1 || found == classes);
        classes = found;
        if (scores) {
            rank(expected, got, labels);
        }
    }

    private void rank(float[] expected, float[] got, int[] labels) {
        int count = expected.length / classes;
        if (labels.length != 0 && labels.length != count) {
            throw new IllegalArgumentException(
                    "output '" + name + "' has " + count + " rows, but there are " + labels.length + " labels");
        }
        for (int row = 0; row < count; row++) {
            int start = row * classes;
            int best = best(expected, start);
            int place = place(got, start, best);
            rows++;
            sameBest += place == 0 ? 1 : 0;
            inBestFive += place < FIVE ? 1 : 0;
            if (labels.length > 0) {
                count(expected, got, start, labels[row]);
            }
        }
    }

    private void count(float[] expected, float[] got, int start, int label) {
        if (label < 0 || label >= classes) {
            throw new IllegalArgumentException("label " + label + ": output '" + name + "' has " + classes
                    + " classes, expected 0 to " + (classes - 1));
        }
        labelled++;
        float[][] both = {expected, got};
        for (int model = 0; model < 2; model++) {
            int place = place(both[model], start, label);
            right[model] += place == 0 ? 1 : 0;
            rightInFive[model] += place < FIVE ? 1 : 0;
        }
    }

    private int best(float[] values, int start) {
        int best = 0;
        for (int i = 1; i < classes; i++) {
            best = values[start + i] > values[start + best] ? i : best;
        }
        return best;
    }

    /** How many classes come before this one. */
    private int place(float[] values, int start, int label) {
        int place = 0;
        float own = values[start + label];
        for (int i = 0; i < classes; i++) {
            float other = values[start + i];
            place += other > own || other == own && i < label || Float.isNaN(own) && i != label ? 1 : 0;
        }
        return place;
    }

    /** The classes of an output of this shape, 0 if it has no such form. */
    private static int classes(Shape shape) {
        int classes = shape.rank() == 1 ? shape.dim(0) : 1;
        for (int axis = 1; axis < shape.rank(); axis++) {
            if (shape.dim(axis) != 1 && classes != 1) {
                return 0;
            }
            classes *= shape.dim(axis);
        }
        return classes;
    }

    /** The output's name. */
    public String name() {
        return name;
    }

    /** The error over everything. */
    public ErrorStatistics error() {
        return error;
    }

    /** The mean over all inputs of the cosine between both outputs. */
    public double meanCosine() {
        return tensors == 0 ? 1 : cosineSum / tensors;
    }

    /** The least of these cosines. */
    public double leastCosine() {
        return leastCosine;
    }

    /** Whether the output has scores, so that it is ranked. */
    public boolean isRanked() {
        return scores && rows > 0;
    }

    /** Classes of a ranked output. */
    public int classCount() {
        return classes;
    }

    /** Rows that were ranked. */
    public long rows() {
        return rows;
    }

    /** Rows with a label. */
    public long labelled() {
        return labelled;
    }

    /** Share of rows with the same best class. */
    public double top1Agreement() {
        return share(sameBest, rows);
    }

    /** Share of rows in which the reference's best class is among the candidate's five best. */
    public double top5Agreement() {
        return share(inBestFive, rows);
    }

    /** Share of labelled rows whose best class is the label: of the reference, of the candidate. */
    public double[] top1Accuracy() {
        return new double[] {share(right[0], labelled), share(right[1], labelled)};
    }

    /** Share of labelled rows whose label is among the five best classes: of the reference, of the candidate. */
    public double[] top5Accuracy() {
        return new double[] {share(rightInFive[0], labelled), share(rightInFive[1], labelled)};
    }

    private static double share(long part, long of) {
        return of == 0 ? Double.NaN : (double) part / of;
    }
}
