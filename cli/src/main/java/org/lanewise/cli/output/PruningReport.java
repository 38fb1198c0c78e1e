package org.lanewise.cli.output;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.lanewise.cli.output.ComparisonReport.ModelFile;
import org.lanewise.quantization.prune.LayerSensitivity;
import org.lanewise.quantization.prune.PrunedLayer;
import org.lanewise.quantization.prune.PruningResult;

/**
 * What {@code lanewise prune} did.
 *
 * @param model the dense model as the user named it
 * @param output the file that was written
 * @param before the dense model's file
 * @param after the file that was written
 * @param result what was done
 */
public record PruningReport(String model, Path output, ModelFile before, ModelFile after, PruningResult result) {
    /** For people. */
    public List<String> lines() {
        List<String> lines = new ArrayList<>();
        lines.add(String.format(
                Locale.ROOT,
                "%s -> %s: %d of %d layers pruned, %.1f %% of their weights are zero, %.1f %% of all",
                model,
                output,
                result.pruned(),
                result.layers().size(),
                100 * result.prunedSparsity(),
                100 * result.sparsity()));
        lines.add(String.format(
                Locale.ROOT,
                "%,d -> %,d bytes, by gzip %,d -> %,d",
                before.bytes(),
                after.bytes(),
                before.gzipBytes(),
                after.gzipBytes()));
        lines.add(result.method());
        lines.addAll(result.notes());
        lines.add("");
        int width = width(result.layers().stream().map(PrunedLayer::name).toList());
        String row = "%-" + width + "s  %-8s %11s %11s %11s %7s %9s  %s";
        lines.add(String.format(row, "layer", "operator", "weights", "zeros", "now", "share", "SQNR dB", "")
                .stripTrailing());
        for (PrunedLayer layer : result.layers()) {
            lines.add(String.format(
                            Locale.ROOT,
                            row,
                            layer.name(),
                            layer.operator(),
                            String.format(Locale.ROOT, "%,d", layer.weights()),
                            String.format(Locale.ROOT, "%,d", layer.zerosBefore()),
                            String.format(Locale.ROOT, "%,d", layer.zerosAfter()),
                            String.format(Locale.ROOT, "%.1f%%", 100.0 * layer.zerosAfter() / layer.weights()),
                            layer.isPruned() ? decibels(layer.sqnr()) : "",
                            layer.isPruned() ? "" : "dense: " + layer.denseReason())
                    .stripTrailing());
        }
        return lines;
    }

    private static int width(List<String> names) {
        return Math.max(5, names.stream().mapToInt(String::length).max().orElse(0));
    }

    private static String decibels(double value) {
        return Double.isNaN(value) ? "" : ComparisonTable.decibels(value);
    }

    /** What pruning each layer alone does, for people; no line if that is not known. */
    public static List<String> lines(List<LayerSensitivity> layers) {
        List<String> lines = new ArrayList<>();
        if (layers.isEmpty()) {
            return lines;
        }
        boolean labelled = layers.stream()
                .flatMap(layer -> layer.points().stream())
                .anyMatch(point -> !Double.isNaN(point.lostPoints()));
        int width = width(layers.stream().map(LayerSensitivity::name).toList());
        lines.add("each layer pruned alone: SQNR in dB and cosine of the outputs, share of the same best class"
                + (labelled ? ", points of accuracy lost" : ""));
        lines.add(("%-" + width + "s  %11s %7s %8s %9s %8s%s")
                .formatted("layer", "weights", "zeros", "SQNR dB", "cosine", "same", labelled ? "     lost" : ""));
        for (LayerSensitivity layer : layers) {
            for (LayerSensitivity.Point point : layer.points()) {
                lines.add(String.format(
                        Locale.ROOT,
                        "%-" + width + "s  %,11d %6.1f%% %8s %9.5f %7.2f%%%s",
                        layer.name(),
                        layer.weights(),
                        100 * point.share(),
                        ComparisonTable.decibels(point.sqnr()),
                        point.cosine(),
                        100 * point.agreement(),
                        labelled ? String.format(Locale.ROOT, "%9.2f", point.lostPoints()) : ""));
            }
        }
        lines.add("");
        return lines;
    }

    /** For programs. */
    public Map<String, Object> json() {
        Map<String, Object> object = new LinkedHashMap<>();
        object.put("model", model);
        object.put("output", output.toString());
        object.put("method", result.method());
        object.put("bytes_before", before.bytes());
        object.put("bytes_after", after.bytes());
        object.put("gzip_bytes_before", before.gzipBytes());
        object.put("gzip_bytes_after", after.gzipBytes());
        object.put("pruned", result.pruned());
        object.put("sparsity_pruned", result.prunedSparsity());
        object.put("sparsity", result.sparsity());
        object.put("notes", result.notes());
        object.put("layers", result.layers().stream().map(PruningReport::json).toList());
        return object;
    }

    private static Map<String, Object> json(PrunedLayer layer) {
        Map<String, Object> object = new LinkedHashMap<>();
        object.put("name", layer.name());
        object.put("operator", layer.operator());
        object.put("pruned", layer.isPruned());
        if (!layer.isPruned()) {
            object.put("reason", layer.denseReason());
        }
        object.put("weights", layer.weights());
        object.put("zeros_before", layer.zerosBefore());
        object.put("zeros_after", layer.zerosAfter());
        object.put("sqnr_db", finite(layer.sqnr()));
        return object;
    }

    /** What pruning each layer alone does, for programs. */
    public static List<Map<String, Object>> json(List<LayerSensitivity> layers) {
        List<Map<String, Object>> list = new ArrayList<>();
        for (LayerSensitivity layer : layers) {
            Map<String, Object> object = new LinkedHashMap<>();
            object.put("name", layer.name());
            object.put("operator", layer.operator());
            object.put("weights", layer.weights());
            object.put(
                    "points", layer.points().stream().map(PruningReport::json).toList());
            list.add(object);
        }
        return list;
    }

    private static Map<String, Object> json(LayerSensitivity.Point point) {
        Map<String, Object> object = new LinkedHashMap<>();
        object.put("share", point.share());
        object.put("zeros", point.zeros());
        object.put("sqnr_db", finite(point.sqnr()));
        object.put("cosine", finite(point.cosine()));
        object.put("top1_agreement", point.agreement());
        object.put("lost_points", finite(point.lostPoints()));
        return object;
    }

    private static @Nullable Double finite(double value) {
        return Double.isFinite(value) ? value : null;
    }
}
