package org.lanewise.runtime.session;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.lanewise.runtime.op.OpContext;
import org.lanewise.runtime.op.Views;
import org.lanewise.runtime.schedule.RangeTask;
import org.lanewise.runtime.schedule.Scratch;
import org.lanewise.runtime.tensor.DataType;
import org.lanewise.runtime.tensor.OnnxValue;
import org.lanewise.runtime.tensor.Shape;
import org.lanewise.runtime.tensor.Tensor;
import org.lanewise.runtime.tensor.ValueType;

/** What one step sees of a run. */
final class StepContext implements OpContext {
    /** Work estimated below this many nanoseconds is not worth sharing with a thread that waits for it: docs/kernels-measured.md. */
    private static final long PARALLEL_MIN_NANOS = 20_000;

    private final RunContext run;
    private final Step step;
    private @Nullable String kernel;
    private @Nullable Recording recording;

    StepContext(RunContext run, Step step) {
        this.run = run;
        this.step = step;
    }

    @Nullable
    String takeKernel() {
        String name = kernel;
        kernel = null;
        return name;
    }

    Step step() {
        return step;
    }

    /** Notes the tasks of the next run, unless it is {@code null}. */
    void record(@Nullable Recording next) {
        recording = next;
    }

    @Override
    public int inputCount() {
        return step.inputs().length;
    }

    @Override
    public boolean hasInput(int i) {
        return i < step.inputs().length && step.inputs()[i] >= 0;
    }

    @Override
    public boolean isKept(int i) {
        return hasInput(i) && run.value(step.inputs()[i]) != null;
    }

    @Override
    public int outputCount() {
        return step.outputs().length;
    }

    @Override
    public boolean hasOutput(int i) {
        return i < step.outputs().length && step.outputs()[i] >= 0;
    }

    @Override
    public OnnxValue value(int i) {
        if (!hasInput(i)) {
            throw new IllegalArgumentException("required input " + i + " is absent");
        }
        OnnxValue value = run.value(step.inputs()[i]);
        if (value == null) {
            throw new IllegalStateException("input " + i + " was packed or dropped before its last use");
        }
        return value;
    }

    @Override
    public Tensor input(int i) {
        if (value(i) instanceof Tensor tensor) {
            return tensor;
        }
        throw new IllegalArgumentException("input " + i + " is " + value(i).valueType() + ", expected a tensor");
    }

    @Override
    public @Nullable Tensor optionalInput(int i) {
        return hasInput(i) ? input(i) : null;
    }

    @Override
    public Tensor output(int i, DataType type, Shape shape) {
        if (!hasOutput(i)) {
            return Tensor.allocate(type, shape);
        }
        int slot = step.outputs()[i];
        Tensor planned = run.planned(slot);
        Tensor tensor =
                planned != null && planned.type() == type && planned.shape().equals(shape)
                        ? planned
                        : Tensor.allocate(type, shape);
        run.set(slot, tensor);
        return tensor;
    }

    @Override
    public void output(int i, OnnxValue value) {
        if (hasOutput(i)) {
            run.set(step.outputs()[i], step.operator() instanceof Views ? value : run.detached(value));
        }
    }

    @Override
    public @Nullable Object packed() {
        return step.packed();
    }

    @Override
    public void parallel(int count, long cost, RangeTask task) {
        if (count <= 0) {
            return;
        }
        long nanos = cost * count;
        boolean splits = run.threads() > 1 && count > 1 && nanos >= PARALLEL_MIN_NANOS;
        Recording noting = recording;
        if (noting != null) {
            noting.add(count, splits ? nanos : 0, task);
            recording = null; // what the task itself hands out comes again with it
        }
        if (splits) {
            run.parallel(count, nanos, task);
        } else {
            task.run(0, count, run.scratch());
        }
        recording = noting;
    }

    @Override
    public Scratch scratch() {
        return run.scratch();
    }

    @Override
    public int threads() {
        return run.threads();
    }

    @Override
    public void kernel(String name) {
        kernel = name;
    }

    private SubgraphPlan body(int subgraph) {
        SubgraphPlan body = step.bodies().get(subgraph);
        if (body == null) {
            throw new IllegalStateException("subgraph " + subgraph + " was found never to run");
        }
        return body;
    }

    @Override
    public List<ValueType> subgraphOutputTypes(int subgraph) {
        return body(subgraph).outputTypes();
    }

    @Override
    public List<OnnxValue> runSubgraph(int subgraph, List<OnnxValue> inputs) {
        return run.runBody(step, body(subgraph), inputs);
    }
}
