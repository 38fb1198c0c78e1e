package org.lanewise.runtime.session;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;
import org.lanewise.runtime.op.ComputesInFloat;
import org.lanewise.runtime.op.Operator;
import org.lanewise.runtime.op.Repeatable;
import org.lanewise.runtime.op.Views;
import org.lanewise.runtime.schedule.RangeTask;
import org.lanewise.runtime.tensor.DataType;
import org.lanewise.runtime.tensor.OnnxValue;
import org.lanewise.runtime.tensor.Tensor;

/**
 * The tasks that a step handed out, to be repeated in later runs: see {@link Repeatable}. A step qualifies when its inputs and outputs are the same tensors in
 * every run of a {@link RunContext}. Of a view only the result is kept: there is nothing to do again.
 */
final class Recording {
    private @Nullable RangeTask[] tasks = new RangeTask[1];
    private int[] counts = new int[1];
    private long[] nanos = new long[1]; // 0 for a task that is not split
    private int size;

    /** A recording for a step, or {@code null} for one that must run in full every time. Called when the steps before it have run once. */
    static @Nullable Recording of(RunContext run, Step step) {
        Operator operator = step.operator();
        for (int i = 0; i < step.inputs().length; i++) {
            int slot = step.inputs()[i];
            if (slot < 0) {
                continue;
            }
            OnnxValue value = run.value(slot);
            boolean readsAhead = operator instanceof Repeatable repeatable && repeatable.readsAhead(i);
            if (!run.isFixed(slot)
                    || readsAhead && !run.isConstant(slot)
                    || value != null && (!(value instanceof Tensor tensor) || convertsAround(operator, tensor))) {
                return null;
            }
        }
        if (operator instanceof Views) {
            return step.outputs().length == 1 && run.isShapeKnown(step.outputs()[0]) ? new Recording() : null;
        }
        for (int slot : step.outputs()) {
            if (slot >= 0 && run.planned(slot) == null) {
                return null;
            }
        }
        return operator instanceof Repeatable ? new Recording() : null;
    }

    private static boolean convertsAround(Operator operator, Tensor tensor) {
        return operator instanceof ComputesInFloat
                && (tensor.type() == DataType.FLOAT16 || tensor.type() == DataType.BFLOAT16);
    }

    /** Notes a task; {@code cost} is its estimated time, 0 if it is not to be split. */
    void add(int count, long cost, RangeTask task) {
        if (size == tasks.length) {
            tasks = Arrays.copyOf(tasks, 2 * size);
            counts = Arrays.copyOf(counts, 2 * size);
            nanos = Arrays.copyOf(nanos, 2 * size);
        }
        tasks[size] = task;
        counts[size] = count;
        nanos[size++] = cost;
    }

    /** Does the step's work again; its outputs are in their slots since the first time. */
    void repeat(RunContext run) {
        for (int i = 0; i < size; i++) {
            RangeTask task = tasks[i];
            if (task != null && nanos[i] > 0) {
                run.parallel(counts[i], nanos[i], task);
            } else if (task != null) {
                task.run(0, counts[i], run.scratch());
            }
        }
    }
}
