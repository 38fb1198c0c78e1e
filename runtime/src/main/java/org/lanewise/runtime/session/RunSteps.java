package org.lanewise.runtime.session;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.lanewise.runtime.InferenceException;
import org.lanewise.runtime.RunException;
import org.lanewise.runtime.op.HalfPrecision;
import org.lanewise.runtime.tensor.OnnxValue;
import org.lanewise.runtime.trace.RunListener;

/**
 * The steps of a {@link RunContext}, run one after the other. Steps between fixed slots are recorded in their first run and repeated from then on; a run that
 * is listened to is run in full.
 */
final class RunSteps {
    private final RunContext run;
    private final ExecutionPlan plan;
    private final Slots values;
    private final StepContext[] contexts;
    private final @Nullable Recording[] recordings;
    private final int[][] releases; // slots that are dropped after each step
    private boolean settled; // which slots are fixed is known

    RunSteps(RunContext run, ExecutionPlan plan, List<Step> steps, Slots values) {
        this.run = run;
        this.plan = plan;
        this.values = values;
        this.contexts = steps.stream().map(step -> new StepContext(run, step)).toArray(StepContext[]::new);
        this.recordings = new Recording[contexts.length];
        this.releases = new int[contexts.length][];
        findReleases();
    }

    /** Runs all steps. */
    void execute(@Nullable RunListener listener) {
        int i = 0;
        try {
            for (; i < contexts.length; i++) {
                Recording recording = recordings[i];
                if (recording != null && listener == null) {
                    recording.repeat(run);
                } else {
                    runInFull(i, listener);
                }
                values.drop(releases[i]);
            }
        } catch (InferenceException e) {
            throw e;
        } catch (RuntimeException | OutOfMemoryError | StackOverflowError e) {
            Step step = contexts[i].step();
            throw new RunException(
                    step.info().node().path() + ": " + InferenceException.reason(e) + "; inputs "
                            + describe(step.inputs()),
                    e);
        }
        if (!settled) {
            settled = true;
            values.findUnfixed();
            findReleases();
        }
    }

    private void runInFull(int i, @Nullable RunListener listener) {
        StepContext context = contexts[i];
        Step step = context.step();
        long start = listener == null ? 0 : System.nanoTime();
        Recording recording = settled ? null : Recording.of(run, step);
        context.record(recording);
        try {
            HalfPrecision.run(step.operator(), context);
        } finally {
            context.record(null);
        }
        if (!settled) {
            values.fixOutputs(step, recording != null);
            recordings[i] = recording != null && values.unfixed(step.outputs()).length == 0 ? recording : null;
        } else if (values.unfixMoved(step)) { // recordings read the planned place
            settled = false;
            Arrays.fill(recordings, null);
        }
        if (listener != null) {
            long end = System.nanoTime();
            listener.stepFinished(
                    step.info(), context.takeKernel(), start, end, valuesOf(step.inputs()), valuesOf(step.outputs()));
        }
    }

    private void findReleases() {
        for (int i = 0; i < contexts.length; i++) {
            releases[i] =
                    values.unfixed(plan.lastUses()[contexts[i].step().info().index()]);
        }
    }

    private List<@Nullable OnnxValue> valuesOf(int[] slots) {
        List<@Nullable OnnxValue> list = new ArrayList<>(slots.length);
        for (int slot : slots) {
            list.add(slot < 0 ? null : values.value(slot));
        }
        return list;
    }

    private String describe(int[] slots) {
        return valuesOf(slots).stream()
                .map(value -> value == null ? "-" : value.valueType().toString())
                .toList()
                .toString();
    }
}
