package org.lanewise.benchmarks;

import com.fasterxml.jackson.annotation.JsonInclude;
import org.jspecify.annotations.Nullable;

/**
 * What was measured of a model with zeros among its weights; times in microseconds.
 *
 * @param label what the table calls it
 * @param work the name that measures it again
 * @param threads of each runtime
 * @param mode {@code interleaved} in one process or {@code alternating} between processes
 * @param zeros the part of the weights of products and convolutions that is zero
 * @param sparse our times, each layer dense or sparse as the session chooses
 * @param dense our times with every layer dense
 * @param ort those of ONNX Runtime, with the best of the options tried
 * @param ortOptions which those are
 * @param overDense dense time over sparse time, above 1 sparse is faster: the ratio of the medians, and the spread between rounds
 * @param overOrt ONNX Runtime's time over ours, the same
 * @param kernels what computed the product, or how many of the products were sparse
 * @param maxDifference the largest difference of our outputs from ONNX Runtime's
 * @param maxDifferenceDense the same from those of our dense run
 * @param withinTolerance whether all of both are within rtol 1e-3, atol 1e-4
 * @param targetDense the wanted ratio to dense
 * @param targetOrt the wanted ratio to ONNX Runtime
 * @param skipped why it was not measured; nothing else is known then
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
record SparseRow(
        String label,
        String work,
        int threads,
        @Nullable String mode,
        double zeros,
        @Nullable Times sparse,
        @Nullable Times dense,
        @Nullable Times ort,
        @Nullable String ortOptions,
        @Nullable Times overDense,
        @Nullable Times overOrt,
        @Nullable String kernels,
        @Nullable Double maxDifference,
        @Nullable Double maxDifferenceDense,
        @Nullable Boolean withinTolerance,
        @Nullable Double targetDense,
        @Nullable Double targetOrt,
        @Nullable String skipped)
        implements TableRow {
    static SparseRow skipped(SparseWork work, int threads, String reason) {
        return new SparseRow(
                work.label(),
                work.name(),
                threads,
                null,
                0,
                null,
                null,
                null,
                null,
                null,
                null,
                null,
                null,
                null,
                null,
                work.overDense(),
                work.overOrt(),
                reason);
    }

    @Override
    public String line() {
        return Table.line(this);
    }

    /** Whether outputs differ by more than is allowed. */
    @Override
    public boolean failed() {
        return Boolean.FALSE.equals(withinTolerance);
    }

    /** Whether this is a measurement of the same as another. */
    boolean replaces(SparseRow other) {
        return work.equals(other.work) && threads == other.threads;
    }

    @Override
    public Results addedTo(Results results) {
        return results.with(this);
    }
}
