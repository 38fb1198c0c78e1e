package org.lanewise.benchmarks;

import java.util.List;

/** The tables there are. */
enum TableKind {
    /** Models as they are. */
    MODELS,
    /** Quantized models against those they were made from. */
    INT8,
    /** Models with zeros, run sparse and dense. */
    SPARSE;

    /** The options that choose it. */
    List<String> options() {
        return switch (this) {
            case MODELS -> List.of();
            case INT8 -> List.of("--int8");
            case SPARSE -> List.of("--sparse");
        };
    }

    /** The works of this name or label, or all of the standard table. */
    List<? extends TableWork> works(List<String> names) {
        return names.isEmpty() ? standard() : names.stream().map(this::work).toList();
    }

    private List<? extends TableWork> standard() {
        return switch (this) {
            case MODELS -> Work.standard();
            case INT8 -> Int8Work.standard();
            case SPARSE -> SparseWork.standard();
        };
    }

    private TableWork work(String name) {
        return switch (this) {
            case MODELS -> Work.of(name);
            case INT8 -> Int8Work.of(name);
            case SPARSE -> SparseWork.of(name);
        };
    }

    String heading() {
        return switch (this) {
            case MODELS -> Table.heading();
            case INT8 -> Table.int8Heading();
            case SPARSE -> Table.sparseHeading();
        };
    }

    /** What there is of it. */
    List<? extends TableRow> rows(Results results) {
        return switch (this) {
            case MODELS -> results.rows();
            case INT8 -> results.int8();
            case SPARSE -> results.sparse();
        };
    }
}
