package org.lanewise.benchmarks;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A line of the table.
 *
 * @param label what the table calls it
 * @param name what {@link Workload#of} finds it by
 * @param targets the wanted ratios at 1 thread, 2 threads and so on; null where there is none
 */
record Work(String label, String name, List<@Nullable Double> targets) implements TableWork {
    /** The works of the standard table. */
    static List<Work> standard() {
        InputStream in = Work.class.getResourceAsStream("works.txt");
        if (in == null) {
            throw new IllegalStateException("works.txt is missing");
        }
        try (BufferedReader reader = new BufferedReader(new InputStreamReader(in, StandardCharsets.UTF_8))) {
            return reader.lines()
                    .filter(line -> !line.isBlank() && !line.startsWith("#"))
                    .map(Work::parse)
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** A work by name, with the label and targets of the standard table if it is there; its label will do as well. */
    static Work of(String name) {
        return standard().stream()
                .filter(work -> work.name.equals(name) || work.label.equals(name))
                .findFirst()
                .orElseGet(() -> new Work(name, name, List.of()));
    }

    /** The wanted ratio, or null. */
    @Nullable
    Double target(int threads) {
        return threads <= targets.size() ? targets.get(threads - 1) : null;
    }

    @Override
    public Row measure(Measurement way, Consumer<String> progress) throws Exception {
        return way.of(this, progress);
    }

    @Override
    public Row skipped(int threads, String reason) {
        return Row.skipped(this, threads, reason);
    }

    private static Work parse(String line) {
        String[] fields = line.split("\\s*\\|\\s*", -1);
        if (fields.length != 4) {
            throw new IllegalStateException("works.txt: '" + line + "': expected 4 fields");
        }
        List<@Nullable Double> targets = new ArrayList<>();
        targets.add(target(fields[2].strip()));
        targets.add(target(fields[3].strip()));
        return new Work(fields[0], fields[1], targets);
    }

    private static @Nullable Double target(String field) {
        return field.equals("-") ? null : Double.valueOf(field);
    }
}
