package org.lanewise.runtime.session;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.lanewise.runtime.InferenceException;
import org.lanewise.runtime.RunException;
import org.lanewise.runtime.op.HalfPrecision;
import org.lanewise.runtime.op.Views;
import org.lanewise.runtime.schedule.RangeTask;
import org.lanewise.runtime.schedule.Scratch;
import org.lanewise.runtime.schedule.WorkerPool;
import org.lanewise.runtime.tensor.DataType;
import org.lanewise.runtime.tensor.OnnxValue;
import org.lanewise.runtime.tensor.PartialShape;
import org.lanewise.runtime.tensor.Shape;
import org.lanewise.runtime.tensor.Tensor;
import org.lanewise.runtime.tensor.ValueType;
import org.lanewise.runtime.trace.RunListener;

/**
 * Everything that belongs to one run: values, slabs, scratch. Used by one thread at a time and reused for later runs of the same shapes.
 *
 * <p>A slot is fixed when it holds the same tensor in every run: constants, planned values, inputs and outputs that are small (copied in and out) or bound to
 * memory of the caller. Steps between fixed slots are recorded in their first run and repeated from then on.
 */
final class RunContext {
    /** Inputs and outputs of up to this many elements get a place in the context: copying them costs less than running their steps in full. */
    static final int STAGED = 4096;

    private final ExecutionPlan plan;
    private final ShapePlan shapePlan;
    private final WorkerPool pool;
    private final Scratch[] scratches;
    private final Slabs slabs;
    private final @Nullable OnnxValue[] values;
    private final boolean[] fixed;
    private final boolean[] moves;
    private final @Nullable Shape[] inputShapes;
    private final @Nullable DataType[] inputTypes;
    private final @Nullable Tensor[] staged;
    private final @Nullable OnnxValue[] fed;
    private final StepContext[] contexts;
    private final @Nullable Recording[] recordings;
    private final int[][] releases;
    private final Map<SubgraphPlan, RunContext> bodies = new IdentityHashMap<>();
    private int[] unfixed = new int[0];
    private boolean settled;
    private @Nullable RunListener listener;

    /** A context for the runs of a main graph. */
    RunContext(ExecutionPlan plan, ShapePlan shapePlan, WorkerPool pool) {
        this(plan, shapePlan, pool, newScratches(pool.threads()));
        for (int i = 0; i < staged.length; i++) {
            int slot = plan.inputSlots()[i];
            Shape shape = inputShapes[i];
            DataType type = inputTypes[i];
            if (shape != null && type != null && type != DataType.STRING && shape.size() <= STAGED) {
                Tensor place = slabs.stage(slot, type, shape);
                staged[i] = place;
                fix(slot, place);
            }
        }
        for (int slot : plan.outputSlots()) {
            Shape shape = shapePlan.memory().shapes()[slot];
            DataType type = shapePlan.memory().types()[slot];
            if (isComputed(slot) && slabs.planned(slot) == null && shape != null && type != null) {
                if (type != DataType.STRING && shape.size() <= STAGED) {
                    slabs.stage(slot, type, shape);
                }
            }
        }
    }

    private RunContext(ExecutionPlan plan, ShapePlan shapePlan, WorkerPool pool, Scratch[] scratches) {
        this.plan = plan;
        this.shapePlan = shapePlan;
        this.pool = pool;
        this.scratches = scratches;
        this.slabs = new Slabs(shapePlan.memory());
        this.values = Arrays.copyOf(plan.constants(), plan.slotCount(), OnnxValue[].class);
        this.fixed = new boolean[plan.slotCount()];
        this.moves = new boolean[plan.slotCount()];
        this.staged = new Tensor[plan.inputSlots().length];
        this.fed = new OnnxValue[staged.length];
        this.inputShapes = new Shape[staged.length];
        this.inputTypes = new DataType[staged.length];
        for (int i = 0; i < shapePlan.inputTypes().size(); i++) {
            if (shapePlan.inputTypes().get(i) instanceof ValueType.Of(DataType type, PartialShape shape)
                    && shape.isKnown()) {
                inputShapes[i] = shape.toShape();
                inputTypes[i] = type;
            }
        }
        Arrays.fill(fixed, true);
        for (int slot = 0; slot < values.length; slot++) {
            Tensor known = shapePlan.known()[slot];
            if (known != null) {
                values[slot] = known;
            }
        }
        for (Step step : shapePlan.steps()) {
            unfix(step.outputs());
        }
        unfix(plan.inputSlots());
        unfix(plan.captureSlots());
        this.contexts = shapePlan.steps().stream()
                .map(step -> new StepContext(this, step))
                .toArray(StepContext[]::new);
        this.recordings = new Recording[contexts.length];
        this.releases = new int[contexts.length][];
        findUnfixed();
    }

    /** A context whose runs read these inputs, in the graph's order, and write these outputs, where given. */
    static RunContext bound(
            ExecutionPlan plan, ShapePlan shapePlan, WorkerPool pool, Tensor[] inputs, @Nullable Tensor[] outputs) {
        RunContext context = new RunContext(plan, shapePlan, pool, newScratches(pool.threads()));
        for (int i = 0; i < inputs.length; i++) {
            context.fix(plan.inputSlots()[i], inputs[i]);
        }
        for (int i = 0; i < outputs.length; i++) {
            Tensor output = outputs[i];
            int slot = plan.outputSlots()[i];
            if (output != null && context.isComputed(slot)) {
                context.slabs.lend(slot, output);
                context.lendToSource(slot, output);
            }
        }
        return context;
    }

    /** Where an output is a view of a value that has no place of its own, that value is made in the caller's memory, too. */
    private void lendToSource(int output, Tensor place) {
        int slot = output;
        for (StepContext context : Arrays.asList(contexts).reversed()) {
            Step step = context.step();
            if (step.outputs()[0] == slot && step.operator() instanceof Views) {
                slot = step.inputs()[0];
            }
        }
        if (slot == output || slot < 0 || !isComputed(slot) || slabs.planned(slot) != null) {
            return;
        }
        Shape shape = shapePlan.memory().shapes()[slot];
        DataType type = shapePlan.memory().types()[slot];
        if (shape != null && type == place.type() && shape.size() == place.size()) {
            slabs.lend(slot, place.reshape(shape));
        }
    }

    private void unfix(int[] slots) {
        for (int slot : slots) {
            if (slot >= 0) {
                fixed[slot] = false;
            }
        }
    }

    private void fix(int slot, Tensor tensor) {
        values[slot] = tensor;
        fixed[slot] = true;
    }

    /** Whether a step of this context makes the slot's value. */
    private boolean isComputed(int slot) {
        for (StepContext context : contexts) {
            for (int output : context.step().outputs()) {
                if (output == slot) {
                    return true;
                }
            }
        }
        return false;
    }

    ShapePlan shapePlan() {
        return shapePlan;
    }

    @Nullable
    OnnxValue value(int slot) {
        return values[slot];
    }

    void set(int slot, OnnxValue value) {
        values[slot] = value;
    }

    @Nullable
    Tensor planned(int slot) {
        return slabs.planned(slot);
    }

    boolean isFixed(int slot) {
        return fixed[slot];
    }

    /** Whether the slot's elements are known before any run. */
    boolean isConstant(int slot) {
        return fixed[slot] && slabs.planned(slot) == null && !isInput(slot) && !isComputed(slot);
    }

    private boolean isInput(int slot) {
        for (int input : plan.inputSlots()) {
            if (input == slot) {
                return true;
            }
        }
        return false;
    }

    boolean isShapeKnown(int slot) {
        return slot >= 0 && shapePlan.memory().shapes()[slot] != null;
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

    /** Whether a run on these inputs of the main graph is one of this context's. */
    boolean accepts(ModelInputs inputs, Map<String, ? extends OnnxValue> given) {
        for (int i = 0; i < inputShapes.length; i++) {
            OnnxValue value = inputs.value(i, given);
            Shape shape = inputShapes[i];
            boolean same = value instanceof Tensor tensor && shape != null
                    ? tensor.type() == inputTypes[i] && tensor.shape().equals(shape)
                    : value != null
                            && value.valueType().equals(shapePlan.inputTypes().get(i));
            if (!same) {
                return false;
            }
        }
        return inputs.coverAllOf(given);
    }

    /** Sets input {@code i} of the main graph for the next run. */
    void feed(int i, OnnxValue value) {
        Tensor place = staged[i];
        if (place != null) {
            place.copyFrom(0, (Tensor) value, 0, place.size());
        } else {
            fed[i] = value;
            values[plan.inputSlots()[i]] = value;
        }
    }

    /** Runs the main graph on what was fed or bound; the outputs are there until {@link #finish}, which must follow in any case. */
    void run(@Nullable RunListener runListener) {
        listener = runListener;
        execute();
    }

    /** Drops what must not live longer than a run. */
    void finish() {
        listener = null;
        drop(unfixed);
        Arrays.fill(fed, null);
    }

    /** Output {@code i} of the main graph, which belongs to the caller: it shares no memory with what is used again, inputs, or outputs before it. */
    OnnxValue output(int i) {
        OnnxValue value = computed(i);
        if (value instanceof Tensor tensor && tensor == slabs.planned(plan.outputSlots()[i])) {
            return slabs.contain(tensor) ? tensor.copy() : tensor;
        }
        return Copies.of(value, tensor -> isShared(tensor, i));
    }

    /** Output {@code i} where it is. */
    OnnxValue computed(int i) {
        OnnxValue value = values[plan.outputSlots()[i]];
        if (value == null) {
            throw new RunException("output '" + plan.graph().outputs().get(i).name() + "' was not computed");
        }
        return value;
    }

    /** The value, copied where it lies in a slab: what lives longer than the step that the planner knows of must not stay there. */
    OnnxValue detached(OnnxValue value) {
        return slabs.isEmpty() ? value : Copies.of(value, slabs::contain);
    }

    /** Runs a subgraph of {@code step}; the outputs may share memory with the inputs and with values of this graph. */
    List<OnnxValue> runBody(Step step, SubgraphPlan body, List<OnnxValue> inputs) {
        RunContext context = bodies.computeIfAbsent(
                body,
                key -> new RunContext(key.plan(), shapePlan.bodies().getOrDefault(key, key.shapes()), pool, scratches));
        ExecutionPlan inner = body.plan();
        for (int i = 0; i < inner.captures().size(); i++) {
            String name = inner.captures().get(i);
            OnnxValue value = values[plan.slot(name)];
            if (value == null) {
                throw new RunException(step.info().node().path() + ": captured value '" + name + "' is not there");
            }
            context.values[inner.captureSlots()[i]] = value;
        }
        for (int i = 0; i < inputs.size(); i++) {
            context.values[inner.inputSlots()[i]] = inputs.get(i);
        }
        try {
            context.run(listener);
            List<OnnxValue> outputs = new ArrayList<>(inner.outputSlots().length);
            for (int i = 0; i < inner.outputSlots().length; i++) {
                outputs.add(Copies.of(context.computed(i), context::isReused));
            }
            return outputs;
        } finally {
            context.finish();
        }
    }

    private void execute() {
        int i = 0;
        try {
            for (; i < contexts.length; i++) {
                Recording recording = recordings[i];
                if (recording != null && listener == null) {
                    recording.repeat(this);
                } else {
                    runInFull(i);
                }
                drop(releases[i]);
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
            findUnfixed();
        }
    }

    private void runInFull(int i) {
        StepContext context = contexts[i];
        Step step = context.step();
        RunListener watching = listener;
        long start = watching == null ? 0 : System.nanoTime();
        Recording recording = settled ? null : Recording.of(this, step);
        context.record(recording);
        try {
            HalfPrecision.run(step.operator(), context);
        } finally {
            context.record(null);
        }
        if (settled) {
            checkOutputs(step);
        } else {
            fixOutputs(step, recording != null);
            recordings[i] = recording;
        }
        if (watching != null) {
            long end = System.nanoTime();
            watching.stepFinished(
                    step.info(), context.takeKernel(), start, end, valuesOf(step.inputs()), valuesOf(step.outputs()));
        }
    }

    private void drop(int[] slots) {
        for (int slot : slots) {
            if (!fixed[slot]) {
                values[slot] = null;
            }
        }
    }

    private void fixOutputs(Step step, boolean recorded) {
        boolean isView = recorded && step.operator() instanceof Views;
        for (int slot : step.outputs()) {
            if (slot >= 0 && !moves[slot] && values[slot] != null) {
                fixed[slot] = isView || values[slot] == slabs.planned(slot);
            }
        }
    }

    /** An operator that at times puts its output elsewhere than planned makes the recordings void: they read the planned place. */
    private void checkOutputs(Step step) {
        for (int slot : step.outputs()) {
            if (slot >= 0
                    && fixed[slot]
                    && values[slot] != slabs.planned(slot)
                    && !(step.operator() instanceof Views)) {
                moves[slot] = true;
                fixed[slot] = false;
                settled = false;
                Arrays.fill(recordings, null);
            }
        }
    }

    private void findUnfixed() {
        unfixed = IntStream.range(0, fixed.length).filter(slot -> !fixed[slot]).toArray();
        for (int i = 0; i < contexts.length; i++) {
            releases[i] = Arrays.stream(
                            plan.lastUses()[contexts[i].step().info().index()])
                    .filter(slot -> !fixed[slot])
                    .toArray();
        }
    }

    private List<@Nullable OnnxValue> valuesOf(int[] slots) {
        List<@Nullable OnnxValue> list = new ArrayList<>(slots.length);
        for (int slot : slots) {
            list.add(slot < 0 ? null : values[slot]);
        }
        return list;
    }

    private String describe(int[] slots) {
        return valuesOf(slots).stream()
                .map(value -> value == null ? "-" : value.valueType().toString())
                .toList()
                .toString();
    }

    /** Whether others than the caller see the memory of output {@code i}: inputs are not the caller's to change, and outputs are apart. */
    private boolean isShared(Tensor tensor, int i) {
        for (int input = 0; input < fed.length; input++) {
            OnnxValue given = fed[input] != null ? fed[input] : values[plan.inputSlots()[input]];
            if (given != null && Copies.contains(given, tensor.storage())) {
                return true;
            }
        }
        for (int earlier = 0; earlier < i; earlier++) {
            if (Copies.contains(computed(earlier), tensor.storage())) {
                return true;
            }
        }
        return isReused(tensor);
    }

    /** Whether later runs use the tensor's memory: slabs and constants. */
    private boolean isReused(Tensor tensor) {
        Object array = tensor.storage();
        return slabs.contain(tensor) || isAmong(plan.constants(), array) || isAmong(shapePlan.known(), array);
    }

    private static boolean isAmong(@Nullable Tensor[] tensors, Object array) {
        for (Tensor tensor : tensors) {
            if (tensor != null && tensor.storage() == array) {
                return true;
            }
        }
        return false;
    }

    private static Scratch[] newScratches(int threads) {
        Scratch[] scratches = new Scratch[threads];
        for (int i = 0; i < threads; i++) {
            scratches[i] = new Scratch();
        }
        return scratches;
    }
}
