package org.lanewise.cli.output;

import java.io.PrintWriter;
import java.util.List;
import java.util.Locale;
import org.lanewise.cli.output.SparseCurve.Point;
import org.lanewise.kernels.Simd;

/** Curves of zeros as lines of text. */
public final class SparseTable {
    /** Losses below are those of measuring. */
    public static final double NOTICED_LOSS = 0.05;

    private static final double[] SHARES = {0.7, 0.8, 0.9, 0.95};
    private static final String SUMMARY = "%-16s %10s %10s %7s %7s %7s %7s %7s %7s%n";

    private SparseTable() {}

    /** Prints a curve. */
    public static void print(SparseCurve curve, PrintWriter out) {
        out.printf(
                Locale.ROOT,
                "%s, %s%ndense: %.1f us, predicted %.1f, %s%n",
                curve.kind(),
                curve.shape(),
                curve.denseNanos() / 1e3,
                curve.predictedDense() / 1e3,
                curve.denseKernel());
        out.printf(
                "%10s %10s %10s %7s %10s %7s  %s%n",
                "zeros", "us", "predicted", "gain", "predicted", "error", "kernel");
        for (Point point : curve.points()) {
            double gain = curve.gain(point);
            double predicted = curve.predictedGain(point);
            out.printf(
                    Locale.ROOT,
                    "%10s %10.1f %10.1f %7.2f %10.2f %+5.0f %%  %s%s%n",
                    zeros(point),
                    point.nanos() / 1e3,
                    point.predicted() / 1e3,
                    gain,
                    predicted,
                    100 * (predicted / gain - 1),
                    point.kernel(),
                    curve.loss(point) > NOTICED_LOSS
                            ? String.format(Locale.ROOT, ", choice loses %.0f %%", 100 * curve.loss(point))
                            : "");
        }
        out.println();
    }

    /** Prints what follows from all curves. */
    public static void summary(List<SparseCurve> curves, PrintWriter out) {
        gains(curves, out);
        hint(curves).forEach(out::println);
    }

    /** The table of break-evens and gains. */
    static void gains(List<SparseCurve> curves, PrintWriter out) {
        out.printf(
                "%d-bit vectors, one thread; gain: time of dense weights over time of those with zeros; error: largest"
                        + " of predicted gains; loss: largest by choosing from them%n",
                Simd.BITS);
        out.printf(SUMMARY, "", "break-even", "predicted", "70 %", "80 %", "90 %", "95 %", "error", "loss");
        for (SparseCurve curve : curves) {
            String[] gains = new String[SHARES.length];
            for (int i = 0; i < gains.length; i++) {
                gains[i] = gain(curve, SHARES[i]);
            }
            out.printf(
                    SUMMARY,
                    curve.kind(),
                    share(curve, false),
                    share(curve, true),
                    gains[0],
                    gains[1],
                    gains[2],
                    gains[3],
                    String.format(Locale.ROOT, "%.0f %%", 100 * curve.error()),
                    String.format(Locale.ROOT, "%.0f %%", 100 * curve.loss()));
        }
    }

    /** What to do where the cost model is wrong. */
    static List<String> hint(List<SparseCurve> curves) {
        List<SparseCurve> wrong =
                curves.stream().filter(curve -> curve.loss() > NOTICED_LOSS).toList();
        if (wrong.isEmpty()) {
            return List.of("the choice between dense and sparse is right wherever it matters by 5 %");
        }
        String kinds = String.join(", ", wrong.stream().map(SparseCurve::kind).toList());
        boolean slower = wrong.stream()
                .anyMatch(curve -> curve.points().stream()
                        .anyMatch(point -> curve.isChosen(point) && curve.loss(point) > NOTICED_LOSS));
        return List.of(
                "the cost model is wrong here for: " + kinds + " (measure again when the machine is quiet)",
                slower
                        ? "sparse is chosen where dense is faster: for a model with few zeros try --no-sparse, or"
                                + " SessionOptions.withSparseWeights(false)"
                        : "dense is chosen where sparse would be faster; nothing is lost against a model without"
                                + " zeros");
    }

    static String zeros(Point point) {
        String name = point.pattern().name();
        return name.contains(":")
                ? name
                : String.format(Locale.ROOT, "%.0f %%", 100 * point.pattern().zeros())
                        + (name.isEmpty() ? "" : " " + name);
    }

    /** The break-even. */
    static String share(SparseCurve curve, boolean predicted) {
        double even = curve.breakEven(predicted);
        if (Double.isNaN(even)) {
            return "none";
        }
        boolean first = even == curve.anywhere().getFirst().pattern().zeros();
        return String.format(Locale.ROOT, "%s%.0f %%", first ? "<= " : "", 100 * even);
    }

    private static String gain(SparseCurve curve, double zeros) {
        return curve.anywhere().stream()
                .filter(point -> point.pattern().zeros() == zeros)
                .map(point -> String.format(Locale.ROOT, "%.2f", curve.gain(point)))
                .findFirst()
                .orElse("-");
    }
}
