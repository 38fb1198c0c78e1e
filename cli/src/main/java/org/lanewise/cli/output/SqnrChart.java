package org.lanewise.cli.output;

import java.util.List;
import java.util.Locale;
import org.lanewise.quantization.compare.ErrorJump;
import org.lanewise.quantization.compare.ErrorStatistics;
import org.lanewise.quantization.compare.LayerResult;

/** A bar for each layer, as high as its SQNR; a mark on it for the layer's own. */
final class SqnrChart {
    private static final int LEFT = 40;
    private static final int TOP = 12;
    private static final int HEIGHT = 220;
    private static final int BOTTOM = 24;
    private static final int WIDTH = 900;
    private static final int LEAST_STEP = 7;
    private static final int MOST_STEP = 48;
    private static final int GRID = 10;
    private static final int LEAST_TOP = 50;
    private static final int MOST_TOP = 120;

    private SqnrChart() {}

    /** The chart as an {@code svg} element, with the classes that the page has styles for. */
    static String of(ComparisonReport report) {
        List<LayerResult> layers = report.layers();
        double highest = layers.stream()
                .flatMap(layer -> java.util.stream.Stream.ofNullable(layer.isolated()))
                .mapToDouble(ErrorStatistics::sqnr)
                .filter(Double::isFinite)
                .max()
                .orElse(0);
        for (LayerResult layer : layers) {
            double sqnr = layer.error().sqnr();
            highest = Math.max(highest, Double.isFinite(sqnr) ? sqnr : 0);
        }
        int top = Math.clamp((int) Math.ceil(highest / GRID) * GRID, LEAST_TOP, MOST_TOP);
        int step = Math.clamp(WIDTH / Math.max(1, layers.size()), LEAST_STEP, MOST_STEP);
        int width = LEFT + step * layers.size() + 8;
        StringBuilder svg = new StringBuilder();
        svg.append("<svg role=\"img\" aria-label=\"SQNR of each layer in dB\" width=\"%d\" height=\"%d\">\n"
                .formatted(width, TOP + HEIGHT + BOTTOM));
        for (int db = 0; db <= top; db += top > LEAST_TOP + 2 * GRID ? 2 * GRID : GRID) {
            double y = y(db, top);
            svg.append(line("<line class=\"grid\" x1=\"%d\" x2=\"%d\" y1=\"%.1f\" y2=\"%.1f\"/>", LEFT, width, y, y));
            svg.append(line("<text x=\"%d\" y=\"%.1f\" text-anchor=\"end\">%d</text>", LEFT - 6, y + 4, db));
        }
        ErrorJump jump = report.jump();
        for (int i = 0; i < layers.size(); i++) {
            boolean marked = jump != null && jump.layer() == i;
            svg.append(bar(layers.get(i), LEFT + i * step, step, top, marked));
        }
        svg.append(line(
                "<text x=\"%d\" y=\"%d\">SQNR in dB of layers, in the order of the graph</text>",
                LEFT, TOP + HEIGHT + BOTTOM - 6));
        return svg.append("</svg>\n").toString();
    }

    private static String bar(LayerResult layer, int x, int step, int top, boolean jump) {
        double sqnr = layer.error().sqnr();
        double y = y(sqnr, top);
        String kind = jump ? "jump" : sqnr == Double.POSITIVE_INFINITY ? "exact" : "bar";
        ErrorStatistics own = layer.isolated();
        String title = layer.name() + ": " + decibels(sqnr) + (own == null ? "" : ", own " + decibels(own.sqnr()));
        String mark = own == null
                ? ""
                : line("<circle class=\"own\" cx=\"%.1f\" cy=\"%.1f\" r=\"2.5\"/>", x + step / 2.0, y(own.sqnr(), top));
        return line(
                        "<g><title>%s</title><rect class=\"%s\" x=\"%d\" y=\"%.1f\" width=\"%d\" height=\"%.1f\"/>",
                        ComparisonPage.escaped(title), kind, x + 1, y, step - 2, Math.max(1, TOP + HEIGHT - y))
                + mark
                + "</g>\n";
    }

    private static double y(double db, int top) {
        return TOP + HEIGHT * (1 - Math.clamp(db, 0, top) / top);
    }

    private static String line(String format, Object... values) {
        return String.format(Locale.ROOT, format, values) + "\n";
    }

    private static String decibels(double sqnr) {
        return ComparisonTable.decibels(sqnr) + (Double.isInfinite(sqnr) ? "" : " dB");
    }
}
