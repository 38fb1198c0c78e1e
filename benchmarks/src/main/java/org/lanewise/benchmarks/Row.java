package org.lanewise.benchmarks;

import com.fasterxml.jackson.annotation.JsonInclude;
import org.jspecify.annotations.Nullable;

/**
 * What was measured of one work; times in microseconds.
 *
 * @param label what the table calls it
 * @param work the name that measures it again
 * @param threads of each runtime
 * @param mode {@code interleaved} in one process or {@code alternating} between processes
 * @param lanewise our times
 * @param ortDefault ONNX Runtime's with its default session options
 * @param ortTuned with the best of the options tried, the default ones among them
 * @param ortOptions which those are
 * @param ratio tuned ONNX Runtime's time over ours, above 1 we are ahead: the ratio of the medians, and the spread between rounds
 * @param ratioDefault the same, of medians, for the default options
 * @param maxDifference the largest difference of two outputs
 * @param withinTolerance whether all are within rtol 1e-3, atol 1e-4
 * @param target the wanted ratio
 * @param skipped why it was not measured; nothing else is known then
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
record Row(
        String label,
        String work,
        int threads,
        @Nullable String mode,
        @Nullable Times lanewise,
        @Nullable Times ortDefault,
        @Nullable Times ortTuned,
        @Nullable String ortOptions,
        @Nullable Times ratio,
        @Nullable Double ratioDefault,
        @Nullable Double maxDifference,
        @Nullable Boolean withinTolerance,
        @Nullable Double target,
        @Nullable String skipped)
        implements TableRow {
    static Row skipped(Work work, int threads, String reason) {
        return new Row(
                work.label(),
                work.name(),
                threads,
                null,
                null,
                null,
                null,
                null,
                null,
                null,
                null,
                null,
                work.target(threads),
                reason);
    }

    /** Whether the outputs of the two runtimes differ by more than is allowed. */
    @Override
    public boolean failed() {
        return Boolean.FALSE.equals(withinTolerance);
    }

    /** Whether this is a measurement of the same as another. */
    boolean replaces(Row other) {
        return work.equals(other.work) && threads == other.threads;
    }

    @Override
    public String line() {
        return Table.line(this);
    }

    @Override
    public Results addedTo(Results results) {
        return results.with(this);
    }
}
