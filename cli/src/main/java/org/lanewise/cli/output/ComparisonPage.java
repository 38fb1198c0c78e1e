package org.lanewise.cli.output;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.lanewise.cli.output.ComparisonReport.Latency;
import org.lanewise.cli.output.ComparisonReport.ModelFile;
import org.lanewise.cli.output.ComparisonReport.Spread;
import org.lanewise.quantization.compare.ErrorJump;
import org.lanewise.quantization.compare.ErrorStatistics;
import org.lanewise.quantization.compare.LayerResult;
import org.lanewise.quantization.compare.LayerWeights;
import org.lanewise.quantization.compare.OutputStatistics;

/** A comparison as a page for reading: one file, without scripts and without anything from elsewhere, light or dark as the reader's system is. */
public final class ComparisonPage {
    private static final String STYLE = """
        :root { color-scheme: light dark; --ink: #1b1f24; --soft: #5d6671; --paper: #fff; --line: #d9dee4;
          --bar: #3b6ea8; --jump: #c2410c; --exact: #9db4cd; --own: #1b1f24; }
        @media (prefers-color-scheme: dark) { :root { --ink: #e4e7eb; --soft: #9aa4b0; --paper: #15181c;
          --line: #333a42; --bar: #6ea3dd; --jump: #fb923c; --exact: #3d5570; --own: #fff; } }
        body { font: 15px/1.5 system-ui, sans-serif; color: var(--ink); background: var(--paper);
          max-width: 70rem; margin: 2rem auto; padding: 0 1rem; }
        h1 { font-size: 1.4rem; overflow-wrap: anywhere; } h2 { font-size: 1.1rem; margin-top: 2rem; }
        .wide { overflow-x: auto; }
        table { border-collapse: collapse; font-variant-numeric: tabular-nums; }
        th, td { padding: .2rem .7rem; border-bottom: 1px solid var(--line); text-align: right; white-space: nowrap; }
        th { color: var(--soft); font-weight: 600; } th:first-child, td:first-child, .text { text-align: left; }
        @media (max-width: 40rem) { body { font-size: 14px; margin: 1rem auto; }
          th, td { padding: .2rem .35rem; white-space: normal; } }
        tr.jump td { color: var(--jump); font-weight: 600; }
        p, li { max-width: 46rem; overflow-wrap: anywhere; } .soft { color: var(--soft); }
        svg text { fill: var(--soft); font-size: 11px; } .grid { stroke: var(--line); }
        .bar { fill: var(--bar); } .jump { fill: var(--jump); } .exact { fill: var(--exact); }
        .own { fill: var(--paper); stroke: var(--own); stroke-width: 1.5; }
        """;

    private final ComparisonReport report;
    private final StringBuilder page = new StringBuilder();
    private List<String> names = List.of();
    private final List<List<String>> rows = new ArrayList<>();
    private int markedRow = -1;

    private ComparisonPage(ComparisonReport report) {
        this.report = report;
    }

    /** The page. */
    public static String of(ComparisonReport report) {
        return new ComparisonPage(report).write();
    }

    private String write() {
        String title = escaped(report.candidate().name() + " compared with "
                + report.reference().name());
        page.append("<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n")
                .append("<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n<title>")
                .append(title)
                .append("</title>\n<style>\n")
                .append(STYLE)
                .append("</style>\n</head>\n<body>\n<h1>")
                .append(title)
                .append("</h1>\n");
        outputs();
        files();
        if (!report.layers().isEmpty()) {
            layers();
            weights();
        }
        list("Layers of the reference without a partner", report.unmatchedReference());
        list("Layers of the candidate without a partner", report.unmatchedCandidate());
        list("Layers in bodies of If, Loop and Scan, not compared", report.inBodies());
        return page.append("</body>\n</html>\n").toString();
    }

    private void outputs() {
        heading("Outputs");
        paragraph("On " + report.samples() + " samples.");
        for (OutputStatistics output : report.outputs()) {
            open("output " + output.name(), "reference", "candidate");
            if (output.labelled() > 0) {
                accuracy("top-1 accuracy", output.top1Accuracy());
                accuracy("top-5 accuracy", output.top5Accuracy());
            }
            if (output.isRanked()) {
                row("same best class", "", ComparisonTable.percent(output.top1Agreement(), 2));
                row("reference's best in best five", "", ComparisonTable.percent(output.top5Agreement(), 2));
            }
            row("cosine, mean", "", fixed(output.meanCosine(), 6));
            row("cosine, least", "", fixed(output.leastCosine(), 6));
            row("SQNR, dB", "", ComparisonTable.decibels(output.error().sqnr()));
            row("greatest error", "", ComparisonTable.number(output.error().maxError()));
            row("mean error", "", ComparisonTable.number(output.error().meanError()));
            close();
        }
    }

    private void accuracy(String name, double[] shares) {
        row(name, ComparisonTable.percent(shares[0], 2), ComparisonTable.percent(shares[1], 2));
    }

    private void files() {
        ModelFile a = report.reference();
        ModelFile b = report.candidate();
        heading("Size and speed");
        open("", "reference", "candidate", "");
        row("bytes", grouped(a.bytes()), grouped(b.bytes()), times((double) b.bytes() / a.bytes()));
        if (!report.layers().isEmpty()) {
            row(
                    "zeros in weights",
                    ComparisonTable.percent(report.referenceZeros(), 1),
                    ComparisonTable.percent(report.candidateZeros(), 1),
                    "");
        }
        row(
                "bytes, gzip",
                grouped(a.gzipBytes()),
                grouped(b.gzipBytes()),
                times((double) b.gzipBytes() / a.gzipBytes()));
        for (Latency latency : report.latencies()) {
            row(
                    "microseconds, " + latency.threads() + (latency.threads() == 1 ? " thread" : " threads"),
                    spread(latency.reference()),
                    spread(latency.candidate()),
                    times(latency.speedUp()) + " as fast");
        }
        close();
        if (!report.latencies().isEmpty()) {
            paragraph("Times: median, and in parentheses what a tenth and nine tenths of the turns did not exceed; both"
                    + " models in turns in one process.");
        }
    }

    private void layers() {
        heading("Layers");
        ErrorJump jump = report.jump();
        paragraph(report.layers().size() + " pairs of layers, compared on " + report.layerSamples() + " samples. "
                + (jump == null
                        ? "There is no layer where the error jumps."
                        : "The error jumps first at "
                                + report.layers().get(jump.layer()).name() + ": from "
                                + ComparisonTable.decibels(jump.before()) + " to "
                                + ComparisonTable.decibels(jump.after()) + " dB."));
        if (report.isUnrelated()) {
            paragraph(ComparisonReport.UNRELATED);
        }
        page.append("<div class=\"wide\">\n").append(SqnrChart.of(report)).append("</div>\n");
        boolean isolated = report.hasIsolated();
        paragraph("Bars: signal to noise in dB of what has come together up to the layer, higher is better; 6 dB are a"
                + " factor of two in the error."
                + (isolated ? " Rings: the layer's own error, fed with the reference's values." : ""));
        if (!report.saturation().isEmpty()) {
            paragraph("S" + report.saturation().substring(1) + ".");
        }
        open("layer", "operator", "SQNR dB", "own dB", "cosine", "max error", "mean error", "range used", "clipped");
        for (int i = 0; i < report.layers().size(); i++) {
            LayerResult layer = report.layers().get(i);
            ErrorStatistics own = layer.isolated();
            row(
                    jump != null && jump.layer() == i,
                    layer.name(),
                    layer.operator(),
                    ComparisonTable.decibels(layer.error().sqnr()),
                    own == null ? "-" : ComparisonTable.decibels(own.sqnr()),
                    fixed(layer.error().cosine(), 5),
                    ComparisonTable.number(layer.error().maxError()),
                    ComparisonTable.number(layer.error().meanError()),
                    ComparisonTable.percent(layer.rangeUsed(), 0),
                    ComparisonTable.percent(layer.clippedShare(), 2));
        }
        close();
    }

    private void weights() {
        heading("Weights");
        open("layer", "reference", "bytes", "zeros", "candidate", "bytes", "zeros", "bits of sums");
        for (LayerResult layer : report.layers()) {
            LayerWeights a = layer.referenceWeights();
            LayerWeights b = layer.candidateWeights();
            if (a != null || b != null) {
                var sums = layer.sums();
                row(
                        layer.name(),
                        a == null ? "-" : a.type().onnxName(),
                        a == null ? "-" : grouped(a.bytes()),
                        zeros(a),
                        b == null ? "-" : b.type().onnxName(),
                        b == null ? "-" : grouped(b.bytes()),
                        zeros(b),
                        sums == null ? "-" : fixed(sums.bits(), 1));
            }
        }
        close();
    }

    private static String zeros(@Nullable LayerWeights weights) {
        return weights == null ? "-" : ComparisonTable.percent(ComparisonReport.zeroShare(weights), 1);
    }

    private void list(String title, List<String> names) {
        if (!names.isEmpty()) {
            heading(title);
            page.append("<ul>\n");
            names.forEach(name -> page.append("<li>").append(escaped(name)).append("</li>\n"));
            page.append("</ul>\n");
        }
    }

    private void heading(String text) {
        page.append("<h2>").append(escaped(text)).append("</h2>\n");
    }

    private void paragraph(String text) {
        page.append("<p>").append(escaped(text)).append("</p>\n");
    }

    private void open(String... columns) {
        names = List.of(columns);
        rows.clear();
        markedRow = -1;
    }

    private void row(String... cells) {
        row(false, cells);
    }

    private void row(boolean marked, String... cells) {
        markedRow = marked ? rows.size() : markedRow;
        rows.add(List.of(cells));
    }

    /** Writes the table, without columns that say nothing. */
    private void close() {
        List<Integer> columns = IntStream.range(0, names.size())
                .filter(i -> i == 0
                        || rows.stream()
                                .anyMatch(row ->
                                        !row.get(i).isEmpty() && !row.get(i).equals("-")))
                .boxed()
                .toList();
        page.append("<div class=\"wide\"><table>\n<tr>");
        columns.forEach(i -> cell("th", i, names.get(i)));
        page.append("</tr>\n");
        for (int r = 0; r < rows.size(); r++) {
            List<String> row = rows.get(r);
            page.append(r == markedRow ? "<tr class=\"jump\">" : "<tr>");
            columns.forEach(i -> cell("td", i, row.get(i)));
            page.append("</tr>\n");
        }
        page.append("</table></div>\n");
    }

    private void cell(String element, int column, String text) {
        page.append('<').append(element).append(names.get(column).equals("operator") ? " class=\"text\">" : ">");
        page.append(escaped(text)).append("</").append(element).append('>');
    }

    private static String grouped(long number) {
        return String.format(Locale.ROOT, "%,d", number);
    }

    private static String spread(Spread spread) {
        return String.format(Locale.ROOT, "%.1f (%.1f to %.1f)", spread.median(), spread.low(), spread.high());
    }

    private static String times(double ratio) {
        return fixed(ratio, 2) + "x";
    }

    private static String fixed(double value, int digits) {
        return String.format(Locale.ROOT, "%." + digits + "f", value);
    }

    /** Text as it may stand in an element or an attribute. */
    static String escaped(String text) {
        return text.replace("&", "&amp;")
                .replace("<", "&lt;")
                .replace(">", "&gt;")
                .replace("\"", "&quot;");
    }
}
