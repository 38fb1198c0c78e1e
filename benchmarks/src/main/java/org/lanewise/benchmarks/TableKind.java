package org.lanewise.benchmarks;

import java.util.List;
import java.util.function.Function;
import java.util.function.Supplier;

/** The tables there are. */
enum TableKind {
    /** Models as they are. */
    MODELS(List.of(), Work::standard, Work::of, Table::heading, Results::rows),
    /** Quantized models against those they were made from. */
    INT8(List.of("--int8"), Int8Work::standard, Int8Work::of, Table::int8Heading, Results::int8),
    /** Models with zeros, run sparse and dense. */
    SPARSE(List.of("--sparse"), SparseWork::standard, SparseWork::of, Table::sparseHeading, Results::sparse);

    private final List<String> options;
    private final Supplier<List<? extends TableWork>> standard;
    private final Function<String, TableWork> byName;
    private final Supplier<String> heading;
    private final Function<Results, List<? extends TableRow>> rows;

    TableKind(
            List<String> options,
            Supplier<List<? extends TableWork>> standard,
            Function<String, TableWork> byName,
            Supplier<String> heading,
            Function<Results, List<? extends TableRow>> rows) {
        this.options = options;
        this.standard = standard;
        this.byName = byName;
        this.heading = heading;
        this.rows = rows;
    }

    /** The options that choose it. */
    List<String> options() {
        return options;
    }

    /** The works of this name or label, or all of the standard table. */
    List<? extends TableWork> works(List<String> names) {
        return names.isEmpty() ? standard.get() : names.stream().map(byName).toList();
    }

    String heading() {
        return heading.get();
    }

    /** What there is of it. */
    List<? extends TableRow> rows(Results results) {
        return rows.apply(results);
    }
}
