package org.lanewise.benchmarks;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * The file of measurements.
 *
 * @param machine where they were made
 * @param rows one per work and number of threads
 */
record Results(Machine machine, List<Row> rows) {
    private static final ObjectMapper JSON = new ObjectMapper().enable(SerializationFeature.INDENT_OUTPUT);

    /** Reads a file. */
    static Results read(Path file) throws IOException {
        return JSON.readValue(file.toFile(), Results.class);
    }

    /** What is in a file of this machine's, or nothing yet. */
    static Results readOrNew(Path file) throws IOException {
        Machine here = Machine.here();
        if (!Files.isRegularFile(file)) {
            return new Results(here, List.of());
        }
        Results results = read(file);
        if (!results.machine.sameAs(here)) {
            throw new IllegalArgumentException(
                    file + " has measurements of another machine: " + results.machine + ", this is " + here);
        }
        return new Results(here, results.rows);
    }

    /** With a row added, or put in the place of an older one of the same work. */
    Results with(Row row) {
        List<Row> changed = new ArrayList<>(rows);
        for (int i = 0; i < changed.size(); i++) {
            if (row.replaces(changed.get(i))) {
                changed.set(i, row);
                return new Results(machine, List.copyOf(changed));
            }
        }
        changed.add(row);
        return new Results(machine, List.copyOf(changed));
    }

    /** Writes the file. */
    void write(Path file) throws IOException {
        Files.writeString(file, JSON.writeValueAsString(this) + "\n");
    }
}
