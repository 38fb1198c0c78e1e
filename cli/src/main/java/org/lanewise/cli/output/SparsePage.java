package org.lanewise.cli.output;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.lanewise.cli.output.SparseCurve.Point;

/** Curves of zeros as a page: what they gain over the share of zeros, and the table. */
public final class SparsePage {
    private static final int LEFT = 40;
    private static final int TOP = 12;
    private static final int WIDTH = 640;
    private static final int HEIGHT = 320;
    private static final int BOTTOM = 40;
    private static final int LEGEND = 150;
    private static final int LEAST_TOP = 2;
    private static final int MOST_TOP = 16;

    private SparsePage() {}

    /** The page. */
    public static String of(List<SparseCurve> curves) {
        StringWriter table = new StringWriter();
        PrintWriter out = new PrintWriter(table);
        curves.forEach(curve -> SparseTable.print(curve, out));
        SparseTable.gains(curves, out);
        out.flush();
        return """
                <!doctype html>
                <html lang="en">
                <head>
                <meta charset="utf-8">
                <meta name="viewport" content="width=device-width, initial-scale=1">
                <title>What zeros gain</title>
                <style>
                :root { color-scheme: light dark; --ink: #1b1f24; --soft: #5d6671; --paper: #fff; --line: #d9dee4;
                  --c0: #3b6ea8; --c1: #c2410c; --c2: #3f8f4f; --c3: #8a4fa8; }
                @media (prefers-color-scheme: dark) { :root { --ink: #e4e7eb; --soft: #9aa4b0; --paper: #15181c;
                  --line: #333a42; --c0: #6ea3dd; --c1: #fb923c; --c2: #74c485; --c3: #c08fdc; } }
                body { font: 15px/1.5 system-ui, sans-serif; color: var(--ink); background: var(--paper);
                  max-width: 60rem; margin: 2rem auto; padding: 0 1rem; }
                h1 { font-size: 1.4rem; } pre { overflow-x: auto; line-height: 1.35; font-size: 14px; } p { max-width: 46rem; }
                .wide { overflow-x: auto; } svg { max-width: 52rem; min-width: 36rem; }
                svg text { fill: var(--soft); font-size: 11px; } .grid { stroke: var(--line); }
                .dense { stroke: var(--ink); } polyline { fill: none; stroke-width: 2; } .predicted { stroke-dasharray: 4 4; }
                .c0 { stroke: var(--c0); } .c1 { stroke: var(--c1); } .c2 { stroke: var(--c2); } .c3 { stroke: var(--c3); }
                </style>
                </head>
                <body>
                <h1>What zeros gain</h1>
                <p>Time of dense weights over time of those with zeros anywhere, one thread, by the share of zeros. Above the
                line at 1 zeros pay. Dashed: what the cost model expects, by which a session chooses.</p>
                """ + "<div class=\"wide\">\n" + chart(curves) + "</div>\n<pre>\n"
                + ComparisonPage.escaped(table.toString()) + "</pre>\n" + hints(curves) + "</body>\n</html>\n";
    }

    private static String hints(List<SparseCurve> curves) {
        StringBuilder hints = new StringBuilder();
        for (String hint : SparseTable.hint(curves)) {
            hints.append("<p>")
                    .append(ComparisonPage.escaped(hint.substring(0, 1).toUpperCase(Locale.ROOT) + hint.substring(1)))
                    .append(".</p>\n");
        }
        return hints.toString();
    }

    private static String chart(List<SparseCurve> curves) {
        double most = 0;
        for (SparseCurve curve : curves) {
            for (Point point : curve.anywhere()) {
                most = Math.max(most, Math.max(curve.gain(point), curve.predictedGain(point)));
            }
        }
        int top = Math.clamp((int) Math.ceil(most), LEAST_TOP, MOST_TOP);
        List<Double> shares = curves.stream()
                .flatMap(curve -> curve.anywhere().stream())
                .map(point -> point.pattern().zeros())
                .distinct()
                .sorted()
                .toList();
        double first = shares.getFirst();
        StringBuilder svg = new StringBuilder();
        svg.append(line(
                "<svg role=\"img\" aria-label=\"Gain by the share of zeros\" viewBox=\"0 0 %d %d\">",
                LEFT + WIDTH + LEGEND, TOP + HEIGHT + BOTTOM));
        for (int gain = 0; gain <= top; gain++) {
            double y = y(gain, top);
            String style = gain == 1 ? "dense" : "grid";
            svg.append(line(
                    "<line class=\"%s\" x1=\"%d\" x2=\"%d\" y1=\"%.1f\" y2=\"%.1f\"/>",
                    style, LEFT, LEFT + WIDTH, y, y));
            svg.append(line("<text x=\"%d\" y=\"%.1f\" text-anchor=\"end\">%d</text>", LEFT - 6, y + 4, gain));
        }
        for (double share : shares) {
            svg.append(line(
                    "<text x=\"%.1f\" y=\"%d\" text-anchor=\"middle\">%.0f %%</text>",
                    x(share, first), TOP + HEIGHT + 16, 100 * share));
        }
        svg.append(line("<text x=\"%d\" y=\"%d\">gain over the share of zeros</text>", LEFT, TOP + HEIGHT + 34));
        for (int i = 0; i < curves.size(); i++) {
            svg.append(curve(curves.get(i), "c" + i % 4, first, top));
            int y = TOP + 12 + 18 * i;
            svg.append(line(
                    "<line class=\"c%d\" stroke-width=\"2\" x1=\"%d\" x2=\"%d\" y1=\"%d\" y2=\"%d\"/>",
                    i % 4, LEFT + WIDTH + 12, LEFT + WIDTH + 32, y - 4, y - 4));
            svg.append(line(
                    "<text x=\"%d\" y=\"%d\">%s</text>",
                    LEFT + WIDTH + 38, y, ComparisonPage.escaped(curves.get(i).kind())));
        }
        return svg.append("</svg>\n").toString();
    }

    private static String curve(SparseCurve curve, String style, double first, int top) {
        List<String> measured = new ArrayList<>();
        List<String> predicted = new ArrayList<>();
        for (Point point : curve.anywhere()) {
            double x = x(point.pattern().zeros(), first);
            measured.add(String.format(Locale.ROOT, "%.1f,%.1f", x, y(curve.gain(point), top)));
            predicted.add(String.format(Locale.ROOT, "%.1f,%.1f", x, y(curve.predictedGain(point), top)));
        }
        return line("<polyline class=\"%s\" points=\"%s\"/>", style, String.join(" ", measured))
                + line("<polyline class=\"%s predicted\" points=\"%s\"/>", style, String.join(" ", predicted));
    }

    private static double x(double share, double first) {
        return LEFT + WIDTH * (share - first) / (1 - first);
    }

    private static double y(double gain, int top) {
        return TOP + HEIGHT * (1 - Math.clamp(gain, 0, top) / top);
    }

    private static String line(String format, Object... values) {
        return String.format(Locale.ROOT, format, values) + "\n";
    }
}
