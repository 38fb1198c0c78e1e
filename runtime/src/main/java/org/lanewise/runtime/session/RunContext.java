package org.lanewise.runtime.session;

import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.lanewise.runtime.RunException;
import org.lanewise.runtime.schedule.RangeTask;
import org.lanewise.runtime.schedule.Scratch;
import org.lanewise.runtime.schedule.WorkerPool;
import org.lanewise.runtime.tensor.OnnxValue;
import org.lanewise.runtime.tensor.Tensor;
import org.lanewise.runtime.trace.RunListener;

/**
 * Everything that belongs to one run: values and their memory ({@link Slots}), inputs and outputs on their way in and out ({@link RunInputs}, {@link RunOutputs}),
 * the steps ({@link RunSteps}), scratch. Used by one thread at a time and reused for later runs of the same shapes.
 */
final class RunContext {
    /** Inputs and outputs of up to this many elements get a place in the context: copying them costs less than running their steps in full. */
    static final int STAGED = 4096;

    private final ExecutionPlan plan;
    private final ShapePlan shapePlan;
    private final WorkerPool pool;
    private final Scratch[] scratches;
    private final Slots values;
    private final RunInputs inputs;
    private final RunOutputs outputs;
    private final RunSteps steps;
    private final Map<SubgraphPlan, RunContext> bodies = new IdentityHashMap<>();
    private @Nullable RunListener listener;

    /** A context for the runs of a main graph. */
    RunContext(ExecutionPlan plan, ShapePlan shapePlan, WorkerPool pool) {
        this(plan, shapePlan, pool, newScratches(pool.threads()));
        inputs.stage();
        outputs.stage();
    }

    private RunContext(ExecutionPlan plan, ShapePlan shapePlan, WorkerPool pool, Scratch[] scratches) {
        this.plan = plan;
        this.shapePlan = shapePlan;
        this.pool = pool;
        this.scratches = scratches;
        this.values = new Slots(plan, shapePlan);
        this.inputs = new RunInputs(plan, shapePlan, values);
        this.outputs = new RunOutputs(plan, shapePlan, values, inputs);
        this.steps = new RunSteps(this, plan, shapePlan.steps(), values);
    }

    /** A context whose runs read these inputs, in the graph's order, and write these outputs, where given. */
    static RunContext bound(
            ExecutionPlan plan, ShapePlan shapePlan, WorkerPool pool, Tensor[] inputs, @Nullable Tensor[] outputs) {
        RunContext context = new RunContext(plan, shapePlan, pool, newScratches(pool.threads()));
        context.inputs.bind(inputs);
        context.outputs.bind(outputs);
        return context;
    }

    private static Scratch[] newScratches(int threads) {
        Scratch[] scratches = new Scratch[threads];
        for (int i = 0; i < threads; i++) {
            scratches[i] = new Scratch();
        }
        return scratches;
    }

    ShapePlan shapePlan() {
        return shapePlan;
    }

    /** Whether a run on these inputs of the main graph is one of this context's. */
    boolean accepts(ModelInputs model, Map<String, ? extends OnnxValue> given) {
        return inputs.accept(model, given);
    }

    /** Sets input {@code i} of the main graph for the next run. */
    void feed(int i, OnnxValue value) {
        inputs.feed(i, value);
    }

    /** Runs the graph on what was fed or bound; the outputs are there until {@link #finish}, which must follow in any case. */
    void run(@Nullable RunListener runListener) {
        listener = runListener;
        steps.execute(runListener);
    }

    /** Drops what must not live longer than a run. */
    void finish() {
        listener = null;
        values.dropUnfixed();
        inputs.clear();
    }

    /** Output {@code i} of the main graph, which belongs to the caller: it shares no memory with what is used again, inputs, or outputs before it. */
    OnnxValue output(int i) {
        return outputs.owned(i);
    }

    /** Output {@code i} where it is. */
    OnnxValue computed(int i) {
        return outputs.computed(i);
    }

    @Nullable
    OnnxValue value(int slot) {
        return values.value(slot);
    }

    void set(int slot, OnnxValue value) {
        values.set(slot, value);
    }

    @Nullable
    Tensor planned(int slot) {
        return values.slabs().planned(slot);
    }

    boolean isFixed(int slot) {
        return values.isFixed(slot);
    }

    /** Whether the slot's elements are known before any run. */
    boolean isConstant(int slot) {
        return values.isConstant(slot);
    }

    boolean isShapeKnown(int slot) {
        return slot >= 0 && shapePlan.memory().shapes()[slot] != null;
    }

    /** The value, copied where it lies in a slab: what lives longer than the step that the planner knows of must not stay there. */
    OnnxValue detached(OnnxValue value) {
        Slabs slabs = values.slabs();
        return slabs.isEmpty() ? value : Copies.of(value, slabs::contain);
    }

    int threads() {
        return pool.threads();
    }

    Scratch scratch() {
        return scratches[0];
    }

    void parallel(int count, long nanos, RangeTask task) {
        pool.run(count, nanos, task, scratches);
    }

    /** Runs a subgraph of {@code step}; the outputs may share memory with the inputs and with values of this graph. */
    List<OnnxValue> runBody(Step step, SubgraphPlan body, List<OnnxValue> given) {
        RunContext context = bodies.computeIfAbsent(
                body,
                key -> new RunContext(key.plan(), shapePlan.bodies().getOrDefault(key, key.shapes()), pool, scratches));
        ExecutionPlan inner = body.plan();
        for (int i = 0; i < inner.captures().size(); i++) {
            String name = inner.captures().get(i);
            OnnxValue value = values.value(plan.slot(name));
            if (value == null) {
                throw new RunException(step.info().node().path() + ": captured value '" + name + "' is not there");
            }
            context.values.set(inner.captureSlots()[i], value);
        }
        for (int i = 0; i < given.size(); i++) {
            context.values.set(inner.inputSlots()[i], given.get(i));
        }
        try {
            context.run(listener);
            return context.outputs.kept();
        } finally {
            context.finish();
        }
    }
}
