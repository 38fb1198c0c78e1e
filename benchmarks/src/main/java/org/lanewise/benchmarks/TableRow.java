package org.lanewise.benchmarks;

/** What was measured of a work, or why it was not. */
sealed interface TableRow permits Row, Int8Row, SparseRow {
    /** A line of text. */
    String line();

    /** Whether outputs are too far apart. */
    boolean failed();

    /** Results with this row, in the place of an older one of the same work. */
    Results addedTo(Results results);
}
