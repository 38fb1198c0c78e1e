package org.lanewise.cli.output;

import java.util.List;
import org.lanewise.cli.measure.ZeroPattern;

/**
 * What zeros gain in a layer, measured and predicted.
 *
 * @param kind of layer
 * @param shape its sizes
 * @param denseKernel what computes it with dense weights
 * @param denseNanos how long that takes
 * @param predictedDense how long the cost model says it takes
 * @param points what there is with zeros: first those with zeros anywhere, in the order of their number
 */
public record SparseCurve(
        String kind, String shape, String denseKernel, double denseNanos, double predictedDense, List<Point> points) {
    /** How much faster sparse has to be expected to be, as {@code SparseMatrix} of the runtime has it. */
    private static final double LEAST_GAIN = 1.1;

    /**
     * A sparse run.
     *
     * @param pattern of the zeros
     * @param kernel what computes it
     * @param nanos how long it takes
     * @param predicted how long the cost model says
     */
    public record Point(ZeroPattern pattern, String kernel, double nanos, double predicted) {}

    /** Copies the list. */
    public SparseCurve {
        points = List.copyOf(points);
    }

    /** Dense time over sparse time. */
    public double gain(Point point) {
        return denseNanos / point.nanos;
    }

    /** The same as the cost model has it, which is what a session chooses by. */
    public double predictedGain(Point point) {
        return predictedDense / point.predicted;
    }

    /** The points with zeros anywhere. */
    public List<Point> anywhere() {
        return points.stream().filter(point -> point.pattern.isAnywhere()).toList();
    }

    /**
     * The share of zeros from which on sparse is faster, between two points interpolated; the first point's share if it is so at all of them, NaN if at none.
     *
     * @param predicted by the cost model, else as measured
     */
    public double breakEven(boolean predicted) {
        List<Point> line = anywhere();
        double even = Double.NaN;
        for (int i = line.size() - 1; i >= 0; i--) {
            double slower = relative(line.get(i), predicted);
            if (slower < 1) {
                even = line.get(i).pattern.zeros();
                continue;
            }
            if (i + 1 < line.size()) {
                double from = line.get(i).pattern.zeros();
                double to = line.get(i + 1).pattern.zeros();
                even = from + (to - from) * (slower - 1) / (slower - relative(line.get(i + 1), predicted));
            }
            return even;
        }
        return even;
    }

    private double relative(Point point, boolean predicted) {
        return 1 / (predicted ? predictedGain(point) : gain(point));
    }

    /** Whether a session would choose sparse: it does what it expects to be faster by {@value #LEAST_GAIN}. */
    public boolean isChosen(Point point) {
        return predictedGain(point) >= LEAST_GAIN;
    }

    /** What the choice loses against the faster of both: 0.1 if the run takes 10 % longer. */
    public double loss(Point point) {
        double gain = gain(point);
        return Math.max(0, isChosen(point) ? 1 / gain - 1 : gain - 1);
    }

    /** How far off predicted gains are: the largest of all, 0.1 if one is a tenth too high or too low. */
    public double error() {
        return points.stream()
                .mapToDouble(point -> Math.abs(predictedGain(point) / gain(point) - 1))
                .max()
                .orElse(0);
    }

    /** The largest loss. */
    public double loss() {
        return points.stream().mapToDouble(this::loss).max().orElse(0);
    }
}
