package org.lanewise.cli.output;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.lanewise.cli.output.ComparisonReport.Latency;
import org.lanewise.cli.output.ComparisonReport.ModelFile;
import org.lanewise.cli.output.ComparisonReport.Spread;
import org.lanewise.quantization.compare.ErrorJump;
import org.lanewise.quantization.compare.LayerResult;
import org.lanewise.quantization.compare.LayerWeights;
import org.lanewise.quantization.compare.OutputStatistics;

/**
 * A comparison as lines of text; the names take what the width leaves.
 *
 * @param report what was found
 * @param width columns of the terminal, at least 80
 */
public record ComparisonTable(ComparisonReport report, int width) {
    private static final int LEAST_WIDTH = 80;
    private static final int MOST_NAME = 60;
    private static final int NUMBER = 9;
    private static final int SHARE = 8;

    /** So many layers in bodies are named. */
    private static final int NAMED = 8;

    /** Widens what is too narrow. */
    public ComparisonTable {
        width = Math.max(LEAST_WIDTH, width);
    }

    /** All lines. */
    public List<String> lines() {
        List<String> lines = new ArrayList<>();
        if (!report.layers().isEmpty()) {
            errors(lines);
            lines.add("");
            weights(lines);
            lines.add("");
        }
        notes(lines);
        report.outputs().forEach(output -> lines.addAll(output(output)));
        lines.add("");
        lines.addAll(files());
        return lines;
    }

    private void errors(List<String> lines) {
        boolean isolated = report.hasIsolated();
        int name = Math.min(MOST_NAME, width - 3 * NUMBER - (isolated ? 4 : 3) * SHARE - 1);
        lines.add(left("layer", name)
                + right("SQNR dB", SHARE)
                + (isolated ? right("own dB", SHARE) : "")
                + right("cosine", NUMBER)
                + right("max err", NUMBER)
                + right("mean err", NUMBER)
                + right("range", SHARE)
                + right("clipped", SHARE));
        for (LayerResult layer : report.layers()) {
            var own = layer.isolated();
            lines.add((left(layer.name(), name)
                            + right(decibels(layer.error().sqnr()), SHARE)
                            + (own == null ? "" : right(decibels(own.sqnr()), SHARE))
                            + right(
                                    String.format(
                                            Locale.ROOT, "%.5f", layer.error().cosine()),
                                    NUMBER)
                            + right(number(layer.error().maxError()), NUMBER)
                            + right(number(layer.error().meanError()), NUMBER)
                            + right(percent(layer.rangeUsed(), 0), SHARE)
                            + right(percent(layer.clippedShare(), 2), SHARE))
                    .stripTrailing());
        }
    }

    private void weights(List<String> lines) {
        int name = Math.min(MOST_NAME, width - 4 * NUMBER - 2 * SHARE - 1);
        lines.add(left("weights", name)
                + right("type", NUMBER)
                + right("bytes", NUMBER)
                + right("zeros", SHARE)
                + right("type", NUMBER)
                + right("bytes", NUMBER)
                + right("zeros", SHARE));
        for (LayerResult layer : report.layers()) {
            if (layer.referenceWeights() != null || layer.candidateWeights() != null) {
                lines.add(left(layer.name(), name)
                        + weights(layer.referenceWeights())
                        + weights(layer.candidateWeights()));
            }
        }
    }

    private static String weights(@Nullable LayerWeights weights) {
        return weights == null
                ? right("-", NUMBER) + right("-", NUMBER) + right("-", SHARE)
                : right(weights.type().onnxName(), NUMBER)
                        + right(Long.toString(weights.bytes()), NUMBER)
                        + right(percent(ComparisonReport.zeroShare(weights), 1), SHARE);
    }

    private static String counted(int count, String what) {
        return count + " " + what + (count == 1 ? "" : "s");
    }

    private void notes(List<String> lines) {
        ErrorJump jump = report.jump();
        if (!report.layers().isEmpty()) {
            lines.add(counted(report.layers().size(), "layer") + " compared on "
                    + counted(report.layerSamples(), "sample"));
            lines.add(
                    jump == null
                            ? "no layer where the error jumps"
                            : "error jumps first at "
                                    + report.layers().get(jump.layer()).name() + ": from " + decibels(jump.before())
                                    + " to " + decibels(jump.after()) + " dB");
        }
        if (report.isUnrelated()) {
            lines.add(ComparisonReport.UNRELATED);
        }
        if (!report.saturation().isEmpty()) {
            lines.add(report.saturation());
        }
        unmatched(lines, "reference", report.unmatchedReference());
        unmatched(lines, "candidate", report.unmatchedCandidate());
        bodies(lines);
    }

    private void bodies(List<String> lines) {
        if (!report.inBodies().isEmpty()) {
            lines.add(report.bodies());
            report.inBodies().stream().limit(NAMED).forEach(name -> lines.add("  " + name));
            if (report.inBodies().size() > NAMED) {
                lines.add("  and " + (report.inBodies().size() - NAMED) + " more (--json, --html)");
            }
        }
    }

    private static void unmatched(List<String> lines, String model, List<String> names) {
        if (!names.isEmpty()) {
            lines.add("layers of the " + model + " without a partner:");
            names.forEach(name -> lines.add("  " + name));
        }
    }

    private List<String> output(OutputStatistics output) {
        List<String> lines = new ArrayList<>();
        lines.add("");
        lines.add("output " + output.name() + ", " + report.samples() + " samples");
        lines.add(String.format(
                Locale.ROOT, "  cosine          mean %.6f, least %.6f", output.meanCosine(), output.leastCosine()));
        double sqnr = output.error().sqnr();
        lines.add("  error           SQNR %s, max %s, mean %s"
                .formatted(
                        decibels(sqnr) + (Double.isInfinite(sqnr) ? "" : " dB"),
                        number(output.error().maxError()),
                        number(output.error().meanError())));
        if (output.isRanked()) {
            lines.add("  same best class %s, in best five %s, of %d rows"
                    .formatted(percent(output.top1Agreement(), 2), percent(output.top5Agreement(), 2), output.rows()));
        }
        if (output.labelled() > 0) {
            lines.add(accuracy("top-1 accuracy", output.top1Accuracy()));
            lines.add(accuracy("top-5 accuracy", output.top5Accuracy()));
        }
        return lines;
    }

    private static String accuracy(String name, double[] shares) {
        return String.format(
                Locale.ROOT,
                "  %-15s %s -> %s (%+.2f points)",
                name,
                percent(shares[0], 2),
                percent(shares[1], 2),
                100 * (shares[1] - shares[0]));
    }

    private List<String> files() {
        List<String> lines = new ArrayList<>();
        ModelFile a = report.reference();
        ModelFile b = report.candidate();
        lines.add(row("", "reference", "candidate", ""));
        lines.add(row("bytes", Long.toString(a.bytes()), Long.toString(b.bytes()), times(a.bytes(), b.bytes())));
        lines.add(row(
                "bytes, gzip",
                Long.toString(a.gzipBytes()),
                Long.toString(b.gzipBytes()),
                times(a.gzipBytes(), b.gzipBytes())));
        if (!report.layers().isEmpty()) {
            lines.add(row(
                    "zeros in weights", percent(report.referenceZeros(), 1), percent(report.candidateZeros(), 1), ""));
        }
        for (Latency latency : report.latencies()) {
            lines.add(row(
                    "us, " + latency.threads() + (latency.threads() == 1 ? " thread" : " threads"),
                    spread(latency.reference()),
                    spread(latency.candidate()),
                    String.format(Locale.ROOT, "%.2fx", latency.speedUp())));
        }
        return lines;
    }

    private static String row(String name, String a, String b, String ratio) {
        return "%-16s%24s%26s%9s".formatted(name, a, b, ratio).stripTrailing();
    }

    private static String times(long a, long b) {
        return String.format(Locale.ROOT, "%.2fx", (double) b / a);
    }

    private static String spread(Spread spread) {
        return String.format(Locale.ROOT, "%.1f (%.1f-%.1f)", spread.median(), spread.low(), spread.high());
    }

    /** A number of decibels; {@code exact} without any error. */
    static String decibels(double sqnr) {
        return sqnr == Double.POSITIVE_INFINITY
                ? "exact"
                : sqnr == Double.NEGATIVE_INFINITY ? "lost" : String.format(Locale.ROOT, "%.1f", sqnr);
    }

    /** A number in four digits. */
    static String number(double value) {
        double size = Math.abs(value);
        return value == 0
                ? "0"
                : size >= 1e-3 && size < 1e4
                        ? String.format(Locale.ROOT, size >= 100 ? "%.1f" : size >= 1 ? "%.3f" : "%.5f", value)
                        : String.format(Locale.ROOT, "%.1e", value);
    }

    /** A share in percent, {@code -} where there is none. */
    static String percent(double share, int digits) {
        return Double.isNaN(share) ? "-" : String.format(Locale.ROOT, "%." + digits + "f%%", 100 * share);
    }

    private static String right(String text, int width) {
        return " ".repeat(Math.max(1, width - text.length())) + text;
    }

    private static String left(String name, int width) {
        String text = shortened(name, width - 1);
        return text + " ".repeat(width - text.length());
    }

    /**
     * A name in at most {@code width} characters. Of a path, with slashes or dots, the front parts become their first letter and their number, as many as it takes; else the middle goes,
     * because names differ at their end.
     */
    static String shortened(String name, int width) {
        String separator = name.contains("/") ? "/" : ".";
        String[] parts = name.split(Pattern.quote(separator), -1);
        String text = name;
        for (int i = 0; i < parts.length - 1 && text.length() > width; i++) {
            if (!parts[i].matches("\\d+")) {
                parts[i] = parts[i].replaceFirst("^(.)[^.]*?((\\.\\d+)?)$", "$1$2");
            }
            text = String.join(separator, parts);
        }
        if (text.length() <= width) {
            return text;
        }
        int tail = width * 2 / 3;
        return text.substring(0, width - tail - 2) + ".." + text.substring(text.length() - tail);
    }
}
