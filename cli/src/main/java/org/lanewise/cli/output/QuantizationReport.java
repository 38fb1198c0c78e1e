package org.lanewise.cli.output;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.lanewise.quantization.LayerReport;
import org.lanewise.quantization.QuantizationResult;
import org.lanewise.quantization.Range;

/**
 * What {@code lanewise quantize} did.
 *
 * @param model the fp32 model as the user named it
 * @param output the file that was written
 * @param bytesBefore bytes of the fp32 model's file
 * @param bytesAfter bytes of the file that was written
 * @param result what was done
 */
public record QuantizationReport(
        String model, Path output, long bytesBefore, long bytesAfter, QuantizationResult result) {
    /** So many layers in fp32 for one reason get a line each. */
    private static final int SINGLE = 3;

    /** So many of more are named. */
    private static final int NAMED = 8;

    /** For people; with every layer if {@code verbose}, else with those that were left in fp32. */
    public List<String> lines(boolean verbose) {
        List<String> lines = new ArrayList<>();
        lines.add(String.format(
                Locale.ROOT,
                "%s -> %s: %d of %d layers quantized, %,d -> %,d bytes (%.0f %%)",
                model,
                output,
                result.quantized(),
                result.layers().size(),
                bytesBefore,
                bytesAfter,
                100.0 * bytesAfter / bytesBefore));
        lines.add(result.method());
        lines.addAll(result.notes());
        if (verbose) {
            table(lines);
        } else {
            left(lines);
        }
        return lines;
    }

    /** Layers in fp32, those of one operator for one reason together where they are many. */
    private void left(List<String> lines) {
        Map<String, List<LayerReport>> alike = new LinkedHashMap<>();
        result.layers().stream()
                .filter(layer -> !layer.isQuantized())
                .forEach(layer -> alike.computeIfAbsent(
                                layer.operator() + " " + layer.fp32Reason(), key -> new ArrayList<>())
                        .add(layer));
        for (List<LayerReport> layers : alike.values()) {
            LayerReport first = layers.getFirst();
            if (layers.size() <= SINGLE) {
                layers.forEach(layer ->
                        lines.add("fp32: " + layer.operator() + " '" + layer.name() + "', " + layer.fp32Reason()));
                continue;
            }
            String names = layers.stream()
                    .limit(NAMED)
                    .map(layer -> "'" + layer.name() + "'")
                    .collect(Collectors.joining(", "));
            int more = layers.size() - NAMED;
            lines.add("fp32: " + layers.size() + " " + first.operator() + ", " + first.fp32Reason() + ": " + names
                    + (more > 0 ? " and " + more + " more (--verbose)" : ""));
        }
    }

    private void table(List<String> lines) {
        int width = Math.max(
                5,
                result.layers().stream()
                        .mapToInt(layer -> layer.name().length())
                        .max()
                        .orElse(0));
        String row = "%-" + width + "s  %-17s %10s %10s  %-22s %-22s %s";
        lines.add("");
        lines.add(String.format(row, "layer", "operator", "bytes", "now", "input", "output", "dB alone")
                .stripTrailing());
        for (LayerReport layer : result.layers()) {
            String last = Double.isNaN(layer.sqnr()) ? "" : String.format(Locale.ROOT, "%.1f", layer.sqnr());
            lines.add(String.format(
                            Locale.ROOT,
                            row,
                            layer.name(),
                            layer.operator(),
                            String.format(Locale.ROOT, "%,d", layer.bytesBefore()),
                            String.format(Locale.ROOT, "%,d", layer.bytesAfter()),
                            text(layer.input()),
                            text(layer.output()),
                            layer.isQuantized() ? last : (last + " fp32: " + layer.fp32Reason()).strip())
                    .stripTrailing());
        }
    }

    private static String text(@Nullable Range range) {
        return range == null ? "fp32" : String.format(Locale.ROOT, "%.4g..%.4g", range.low(), range.high());
    }

    /** For programs. */
    public Map<String, Object> json() {
        Map<String, Object> object = new LinkedHashMap<>();
        object.put("model", model);
        object.put("output", output.toString());
        object.put("method", result.method());
        object.put("bytes_before", bytesBefore);
        object.put("bytes_after", bytesAfter);
        object.put("constant_bytes_before", result.bytesBefore());
        object.put("constant_bytes_after", result.bytesAfter());
        object.put("quantized", result.quantized());
        object.put("notes", result.notes());
        object.put(
                "layers", result.layers().stream().map(QuantizationReport::json).toList());
        return object;
    }

    private static Map<String, Object> json(LayerReport layer) {
        Map<String, Object> object = new LinkedHashMap<>();
        object.put("name", layer.name());
        object.put("operator", layer.operator());
        object.put("quantized", layer.isQuantized());
        if (!layer.isQuantized()) {
            object.put("reason", layer.fp32Reason());
        }
        object.put("bytes_before", layer.bytesBefore());
        object.put("bytes_after", layer.bytesAfter());
        put(object, "input", layer.input());
        put(object, "output", layer.output());
        if (!Double.isNaN(layer.sqnr())) {
            object.put("sqnr_alone_db", Double.isInfinite(layer.sqnr()) ? "infinite" : (Object) layer.sqnr());
        }
        return object;
    }

    private static void put(Map<String, Object> object, String name, @Nullable Range range) {
        if (range != null) {
            object.put(name, List.of(range.low(), range.high()));
        }
    }
}
