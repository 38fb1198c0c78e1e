package org.lanewise.benchmarks;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * The file of measurements.
 *
 * @param machine where they were made
 * @param rows one per work and number of threads
 * @param int8 the same for quantized models
 * @param sparse the same for models with zeros
 */
record Results(Machine machine, List<Row> rows, List<Int8Row> int8, List<SparseRow> sparse) {
    private static final ObjectMapper JSON = new ObjectMapper().enable(SerializationFeature.INDENT_OUTPUT);

    /** A file may lack any of them. */
    Results(Machine machine, @Nullable List<Row> rows, @Nullable List<Int8Row> int8, @Nullable List<SparseRow> sparse) {
        this.machine = machine;
        this.rows = rows == null ? List.of() : List.copyOf(rows);
        this.int8 = int8 == null ? List.of() : List.copyOf(int8);
        this.sparse = sparse == null ? List.of() : List.copyOf(sparse);
    }

    /** No measurements yet. */
    static Results none(Machine machine) {
        return new Results(machine, null, null, null);
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
        return new Results(here, results.rows, results.int8, results.sparse);
    }

    /** With a row added, or put in the place of an older one of the same work. */
    Results with(Row row) {
        return new Results(machine, replaced(rows, row, row::replaces), int8, sparse);
    }

    /** The same for a quantized model. */
    Results with(Int8Row row) {
        return new Results(machine, rows, replaced(int8, row, row::replaces), sparse);
    }

    /** The same for a model with zeros. */
    Results with(SparseRow row) {
        return new Results(machine, rows, int8, replaced(sparse, row, row::replaces));
    }

    private static <T> List<T> replaced(List<T> rows, T row, Predicate<T> isOld) {
        List<T> changed = new ArrayList<>(rows);
        for (int i = 0; i < changed.size(); i++) {
            if (isOld.test(changed.get(i))) {
                changed.set(i, row);
                return changed;
            }
        }
        changed.add(row);
        return changed;
    }

    /** Writes the file. */
    void write(Path file) throws IOException {
        Files.writeString(file, JSON.writeValueAsString(this) + "\n");
    }
}
