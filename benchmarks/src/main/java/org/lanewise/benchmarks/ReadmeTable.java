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

/** The tables of speeds in the README, each between two markers. */
final class ReadmeTable {
    private static final String START = "<!-- speed: written by benchmarks/compare --readme FILE -->";
    private static final String END = "<!-- /speed -->";

    private static final String INT8_START = "<!-- int8: written by benchmarks/compare --readme FILE -->";
    private static final String INT8_END = "<!-- /int8 -->";

    private static final String SPARSE_START = "<!-- sparse: written by benchmarks/compare --readme FILE -->";
    private static final String SPARSE_END = "<!-- /sparse -->";

    private ReadmeTable() {}

    /** Replaces what is between the markers of the tables that there are results for. */
    static void write(Path readme, Results results) throws IOException {
        String text = Files.readString(readme);
        if (!results.rows().isEmpty()) {
            text = replaced(readme, text, START, END, of(results));
        }
        if (!results.int8().isEmpty()) {
            text = replaced(readme, text, INT8_START, INT8_END, int8(results));
        }
        if (!results.sparse().isEmpty()) {
            text = replaced(readme, text, SPARSE_START, SPARSE_END, sparse(results));
        }
        Files.writeString(readme, text);
    }

    private static String replaced(Path readme, String text, String from, String to, String table) throws IOException {
        int start = text.indexOf(from);
        int end = text.indexOf(to);
        if (start < 0 || end < start) {
            throw new IOException(readme + " has no lines '" + from + "' and '" + to + "'");
        }
        return text.substring(0, start + from.length()) + "\n\n" + table + "\n" + text.substring(end);
    }

    /** The table of quantized models, one thread. */
    private static String int8(Results results) {
        Machine machine = results.machine();
        StringBuilder text = new StringBuilder();
        text.append("Medians in microseconds, one thread, in turns in one process: a quantized model, the fp32 model it"
                + " was made from, and the quantized one in ONNX Runtime ");
        text.append(machine.onnxRuntime()).append(" (the fastest of the session options tried),\non ");
        text.append(machine.cpu()).append(", ").append(machine.vectorBits()).append("-bit vectors, Java ");
        text.append(machine.java()).append(", ").append(machine.date()).append(".\n");
        text.append("Ratios above 1: Lanewise's int8 is faster. Layers take and give bytes where there is a second"
                + " quantizer, as in the middle of a network; their fp32 form runs without Winograd's algorithm,"
                + " with it in brackets.\n");
        text.append("`benchmarks/compare --int8` measures it again.\n\n");
        text.append("| work | int8 | fp32 | fp32 / int8 | ONNX Runtime, int8 | ONNX Runtime / Lanewise | file, of fp32"
                + " |\n");
        text.append("|---|---|---|---|---|---|---|\n");
        Set<String> works = new LinkedHashSet<>();
        Int8Work.standard().forEach(work -> works.add(work.int8()));
        results.int8().forEach(row -> works.add(row.work()));
        for (String work : works) {
            results.int8().stream()
                    .filter(row -> row.work().equals(work) && row.threads() == 1 && row.skipped() == null)
                    .forEach(row -> text.append(int8Line(row)));
        }
        return text.toString();
    }

    private static String int8Line(Int8Row row) {
        if (row.int8() == null || row.fp32() == null || row.ort() == null) {
            return "";
        }
        if (row.overFp32() == null || row.overOrt() == null) {
            return "";
        }
        String winograd =
                row.winograd() == null ? "" : " (" + micros(row.winograd().median()) + ")";
        return String.format(
                Locale.ROOT,
                "| %s | %s | %s%s | %.2f | %s | %.2f | %.0f %% |\n",
                row.label(),
                micros(row.int8().median()),
                micros(row.fp32().median()),
                winograd,
                row.overFp32().median(),
                micros(row.ort().median()),
                row.overOrt().median(),
                100.0 * row.int8Bytes() / row.fp32Bytes());
    }

    /** The table of models with zeros, one thread. */
    private static String sparse(Results results) {
        Machine machine = results.machine();
        StringBuilder text = new StringBuilder();
        text.append(
                "Medians in microseconds, one thread, in turns in one process: weights with zeros in Lanewise, the same"
                        + " model in Lanewise with every layer dense, and in ONNX Runtime ");
        text.append(machine.onnxRuntime()).append(" (the fastest of the session options tried),\non ");
        text.append(machine.cpu()).append(", ").append(machine.vectorBits()).append("-bit vectors, Java ");
        text.append(machine.java()).append(", ").append(machine.date()).append(".\n");
        text.append("Ratios above 1: the sparse run is faster. Zeros are at seeded random places, in trained models"
            + " where the smallest weights were; x4 and x16: so many output channels have theirs at the same inputs."
            + " Dense 3x3 convolutions use Winograd's algorithm.\n");
        text.append("`benchmarks/compare --sparse` measures it again.\n\n");
        text.append("| work | zeros | sparse | dense | dense / sparse | ONNX Runtime | ONNX Runtime / sparse | kernel"
                + " |\n");
        text.append("|---|---|---|---|---|---|---|---|\n");
        Set<String> works = new LinkedHashSet<>();
        SparseWork.standard().forEach(work -> works.add(work.name()));
        results.sparse().forEach(row -> works.add(row.work()));
        for (String work : works) {
            results.sparse().stream()
                    .filter(row -> row.work().equals(work) && row.threads() == 1 && row.skipped() == null)
                    .forEach(row -> text.append(sparseLine(row)));
        }
        return text.toString();
    }

    private static String sparseLine(SparseRow row) {
        if (row.sparse() == null || row.dense() == null || row.ort() == null) {
            return "";
        }
        if (row.overDense() == null || row.overOrt() == null) {
            return "";
        }
        return String.format(
                Locale.ROOT,
                "| %s | %.0f %% | %s | %s | %.2f | %s | %.2f | %s |\n",
                row.label(),
                100 * row.zeros(),
                micros(row.sparse().median()),
                micros(row.dense().median()),
                row.overDense().median(),
                micros(row.ort().median()),
                row.overOrt().median(),
                row.kernels());
    }

    static String of(Results results) {
        Machine machine = results.machine();
        StringBuilder text = new StringBuilder();
        text.append("Medians in microseconds, Lanewise and ONNX Runtime ").append(machine.onnxRuntime());
        text.append(
                " (Java binding, the fastest of the session options tried) in turns, the same file, inputs and reused"
                        + " outputs,\n");
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
