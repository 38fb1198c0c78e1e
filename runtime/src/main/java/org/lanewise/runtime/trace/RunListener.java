package org.lanewise.runtime.trace;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.lanewise.runtime.tensor.OnnxValue;

/** Watches a run, step by step, on the thread that runs it. Values belong to the run: copy what is to be kept. */
public interface RunListener {
    /** The run starts. */
    default void runStarted() {}

    /**
     * A step is done.
     *
     * @param step which
     * @param kernel what the operator said did the work, or {@code null}
     * @param startNanos {@link System#nanoTime()} before
     * @param endNanos and after
     * @param inputs its inputs, {@code null} where absent
     * @param outputs its outputs, {@code null} where absent
     */
    default void stepFinished(
            StepInfo step,
            @Nullable String kernel,
            long startNanos,
            long endNanos,
            List<@Nullable OnnxValue> inputs,
            List<@Nullable OnnxValue> outputs) {}

    /** The run is over. */
    default void runFinished() {}
}
