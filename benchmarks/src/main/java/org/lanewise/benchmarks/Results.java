package org.lanewise.benchmarks;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The file of measurements.
 *
 * @param machine where they were made
 * @param rows one per work and number of threads
 * @param int8 the same for quantized models
 */
record Results(Machine machine, List<Row> rows, List<Int8Row> int8) {
    private static final ObjectMapper JSON = new ObjectMapper().enable(SerializationFeature.INDENT_OUTPUT);

    /** A file may lack either. */
    Results(Machine machine, @Nullable List<Row> rows, @Nullable List<Int8Row> int8) {
        this.machine = machine;
        this.rows = rows == null ? List.of() : List.copyOf(rows);
        this.int8 = int8 == null ? List.of() : List.copyOf(int8);
    }

    /** No measurements yet. */
    static Results none(Machine machine) {
        return new Results(machine, null, null);
    }

    /** Reads a file. */
    static Results read(Path file) throws IOException {
        return JSON.readValue(file.toFile(), Results.class);
    }

    /** What is in a file of this machine's, or nothing yet. */
    static Results readOrNew(Path file) throws IOException {
        Machine here = Machine.here();
        if (!Files.isRegularFile(file)) {
            return none(here);
        }
        Results results = read(file);
        if (!results.machine.sameAs(here)) {
            throw new IllegalArgumentException(
                    file + " has measurements of another machine: " + results.machine + ", this is " + here);
        }
        return new Results(here, results.rows, results.int8);
    }

    /** With a row added, or put in the place of an older one of the same work. */
    Results with(Row row) {
        List<Row> changed = new ArrayList<>(rows);
        for (int i = 0; i < changed.size(); i++) {
            if (row.replaces(changed.get(i))) {
                changed.set(i, row);
                return new Results(machine, changed, int8);
            }
        }
        changed.add(row);
        return new Results(machine, changed, int8);
    }

    /** The same for a quantized model. */
    Results with(Int8Row row) {
        List<Int8Row> changed = new ArrayList<>(int8);
        for (int i = 0; i < changed.size(); i++) {
            if (row.replaces(changed.get(i))) {
                changed.set(i, row);
                return new Results(machine, rows, changed);
            }
        }
        changed.add(row);
        return new Results(machine, rows, changed);
    }

    /** Writes the file. */
    void write(Path file) throws IOException {
        Files.writeString(file, JSON.writeValueAsString(this) + "\n");
    }
}
