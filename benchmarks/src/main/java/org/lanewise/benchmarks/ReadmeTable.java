package org.lanewise.benchmarks;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The table of speeds in the README, between two markers. */
final class ReadmeTable {
    private static final String START = "<!-- speed: written by benchmarks/compare --readme FILE -->";
    private static final String END = "<!-- /speed -->";

    private ReadmeTable() {}

    /** Replaces what is between the markers. */
    static void write(Path readme, Results results) throws IOException {
        String text = Files.readString(readme);
        int start = text.indexOf(START);
        int end = text.indexOf(END);
        if (start < 0 || end < start) {
            throw new IOException(readme + " has no lines '" + START + "' and '" + END + "'");
        }
        Files.writeString(
                readme, text.substring(0, start + START.length()) + "\n\n" + of(results) + "\n" + text.substring(end));
    }

    static String of(Results results) {
        Machine machine = results.machine();
        StringBuilder text = new StringBuilder();
        text.append("Medians in microseconds, Lanewise and ONNX Runtime ").append(machine.onnxRuntime());
        text.append(" (Java binding, the fastest of the session options tried) in turns, the same file and inputs,\n");
        text.append("on ")
                .append(machine.cpu())
                .append(", ")
                .append(machine.vectorBits())
                .append("-bit vectors, ");
        text.append("Java ").append(machine.java()).append(", ").append(machine.date());
        text.append(". Ratio above 1: Lanewise is faster.\n`benchmarks/compare` measures it again.\n\n");
        text.append(
                "| work | 1 thread: Lanewise | ONNX Runtime | ratio | 2 threads: Lanewise | ONNX Runtime | ratio |\n");
        text.append("|---|---|---|---|---|---|---|\n");
        Set<String> works = new LinkedHashSet<>();
        Work.standard().forEach(work -> works.add(work.name()));
        results.rows().forEach(row -> works.add(row.work()));
        for (String work : works) {
            List<String> cells = new ArrayList<>();
            String label = work;
            boolean measured = false;
            for (int threads = 1; threads <= 2; threads++) {
                Row row = row(results, work, threads);
                label = row == null ? label : row.label();
                measured |= row != null;
                cells.addAll(cells(row));
            }
            if (measured) {
                text.append("| ")
                        .append(label)
                        .append(" | ")
                        .append(String.join(" | ", cells))
                        .append(" |\n");
            }
        }
        return text.toString();
    }

    private static @Nullable Row row(Results results, String work, int threads) {
        return results.rows().stream()
                .filter(row -> row.work().equals(work) && row.threads() == threads && row.skipped() == null)
                .findFirst()
                .orElse(null);
    }

    private static List<String> cells(@Nullable Row row) {
        if (row == null || row.lanewise() == null || row.ortTuned() == null || row.ratio() == null) {
            return List.of("", "", "");
        }
        return List.of(
                micros(row.lanewise().median()),
                micros(row.ortTuned().median()),
                String.format(Locale.ROOT, "%.2f", row.ratio().median()));
    }

    private static String micros(double value) {
        return value < 100 ? Table.number(value) : String.format(Locale.ROOT, "%,.0f", value);
    }
}
