package org.lanewise.benchmarks;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A line of the table of sparse models.
 *
 * @param label what the table calls it
 * @param name what {@link Workload#of} finds it by
 * @param overDense the wanted ratio of the time of the same weights run dense to that with sparse ones; null where there is none
 * @param overOrt the wanted ratio of ONNX Runtime's time to ours
 */
record SparseWork(
        String label,
        String name,
        @Nullable Double overDense,
        @Nullable Double overOrt) implements TableWork {
    /** The works of the table. */
    static List<SparseWork> standard() {
        InputStream in = SparseWork.class.getResourceAsStream("sparseworks.txt");
        if (in == null) {
            throw new IllegalStateException("sparseworks.txt is missing");
        }
        try (BufferedReader reader = new BufferedReader(new InputStreamReader(in, StandardCharsets.UTF_8))) {
            return reader.lines()
                    .filter(line -> !line.isBlank() && !line.startsWith("#"))
                    .map(SparseWork::parse)
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** A work by its label or name; any other model will do as well. */
    static SparseWork of(String name) {
        return standard().stream()
                .filter(work -> work.label.equals(name) || work.name.equals(name))
                .findFirst()
                .orElseGet(() -> new SparseWork(name, name, null, null));
    }

    @Override
    public SparseRow measure(Measurement way, Consumer<String> progress) throws Exception {
        return new SparseMeasurement(way).of(this, progress);
    }

    @Override
    public SparseRow skipped(int threads, String reason) {
        return SparseRow.skipped(this, threads, reason);
    }

    private static SparseWork parse(String line) {
        String[] fields = line.split("\\s*\\|\\s*", -1);
        if (fields.length != 4) {
            throw new IllegalStateException("sparseworks.txt: '" + line + "': expected 4 fields");
        }
        return new SparseWork(fields[0], fields[1], target(fields[2]), target(fields[3].strip()));
    }

    private static @Nullable Double target(String field) {
        return field.equals("-") ? null : Double.valueOf(field);
    }
}
