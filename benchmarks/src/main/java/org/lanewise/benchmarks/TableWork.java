package org.lanewise.benchmarks;

import java.io.IOException;
import java.util.function.Consumer;

/** Something to measure: a line of a table. */
sealed interface TableWork permits Work, Int8Work, SparseWork {
    /** What the table calls it. */
    String label();

    /** What {@link Workload#of} finds the model by that is measured. */
    String name();

    /** Makes what takes long to make and should not be made in the process that measures. */
    default void prepare(Consumer<String> progress) throws IOException {}

    /** Measures. {@code progress} is told what is being done. */
    TableRow measure(Measurement way, Consumer<String> progress) throws Exception;

    /** The row of a work that could not be measured. */
    TableRow skipped(int threads, String reason);
}
