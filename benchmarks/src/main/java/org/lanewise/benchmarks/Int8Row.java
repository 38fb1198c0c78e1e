package org.lanewise.benchmarks;

import com.fasterxml.jackson.annotation.JsonInclude;
import org.jspecify.annotations.Nullable;

/**
 * What was measured of a quantized model; times in microseconds.
 *
 * @param label what the table calls it
 * @param work the name of the quantized model
 * @param threads of each runtime
 * @param mode {@code interleaved} in one process or {@code alternating} between processes
 * @param int8 our times
 * @param fp32 those of the model that it was made from, without Winograd's algorithm where that is for the layer
 * @param winograd the same with it; null where it is not
 * @param ort those of ONNX Runtime for the quantized model, with the best of the options tried
 * @param ortOptions which those are
 * @param overFp32 fp32 time over int8 time, above 1 int8 is faster: the ratio of the medians, and the spread between rounds
 * @param overOrt ONNX Runtime's time over ours, the same
 * @param int8Bytes size of the quantized model's file
 * @param fp32Bytes and of the other one's
 * @param agreement signal to noise of our outputs, ONNX Runtime's being the signal, in decibels; at most 200
 * @param targetFp32 the wanted ratio to fp32
 * @param targetOrt the wanted ratio to ONNX Runtime
 * @param skipped why it was not measured; nothing else is known then
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
record Int8Row(
        String label,
        String work,
        int threads,
        @Nullable String mode,
        @Nullable Times int8,
        @Nullable Times fp32,
        @Nullable Times winograd,
        @Nullable Times ort,
        @Nullable String ortOptions,
        @Nullable Times overFp32,
        @Nullable Times overOrt,
        long int8Bytes,
        long fp32Bytes,
        double agreement,
        @Nullable Double targetFp32,
        @Nullable Double targetOrt,
        @Nullable String skipped)
        implements TableRow {
    /** Decibels below which outputs of the two runtimes are not of the same model: an error of a tenth. */
    private static final double LEAST_AGREEMENT = 20;

    static Int8Row skipped(Int8Work work, int threads, String reason) {
        return new Int8Row(
                work.label(),
                work.int8(),
                threads,
                null,
                null,
                null,
                null,
                null,
                null,
                null,
                null,
                0,
                0,
                0,
                work.overFp32(),
                work.overOrt(),
                reason);
    }

    /** Whether the outputs of the two runtimes are too far apart. */
    @Override
    public boolean failed() {
        return skipped == null && !(agreement >= LEAST_AGREEMENT);
    }

    /** Whether this is a measurement of the same as another. */
    boolean replaces(Int8Row other) {
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
