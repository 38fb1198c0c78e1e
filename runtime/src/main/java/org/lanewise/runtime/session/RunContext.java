package org.lanewise.runtime.session;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.lanewise.runtime.InferenceException;
import org.lanewise.runtime.RunException;
import org.lanewise.runtime.op.HalfPrecision;
import org.lanewise.runtime.schedule.RangeTask;
import org.lanewise.runtime.schedule.Scratch;
import org.lanewise.runtime.schedule.WorkerPool;
import org.lanewise.runtime.tensor.DataType;
import org.lanewise.runtime.tensor.OnnxValue;
import org.lanewise.runtime.tensor.OptionalValue;
import org.lanewise.runtime.tensor.SequenceValue;
import org.lanewise.runtime.tensor.Shape;
import org.lanewise.runtime.tensor.Tensor;
import org.lanewise.runtime.trace.RunListener;

/** Everything that belongs to one run: values, slabs, scratch. Used by one thread at a time and reused for later runs of the same shapes. */
final class RunContext {
    private final ExecutionPlan plan;
    private final ShapePlan shapePlan;
    private final WorkerPool pool;
    private final Scratch[] scratches;
    private final @Nullable OnnxValue[] values;
    private final @Nullable Tensor[] planned;
    private final StepContext[] contexts;
    private final int[][] releases;
    private final List<Object> slabs = new ArrayList<>();
    private final Map<SubgraphPlan, RunContext> bodies = new IdentityHashMap<>();
    private @Nullable RunListener listener;

    RunContext(ExecutionPlan plan, ShapePlan shapePlan, WorkerPool pool) {
        this(plan, shapePlan, pool, newScratches(pool.threads()));
    }

    private RunContext(ExecutionPlan plan, ShapePlan shapePlan, WorkerPool pool, Scratch[] scratches) {
        this.plan = plan;
        this.shapePlan = shapePlan;
        this.pool = pool;
        this.scratches = scratches;
        this.values = new OnnxValue[plan.slotCount()];
        this.planned = layOut(shapePlan.memory(), slabs);
        this.contexts = shapePlan.steps().stream()
                .map(step -> new StepContext(this, step))
                .toArray(StepContext[]::new);
        this.releases = shapePlan.steps().stream()
                .map(step -> plan.lastUses()[step.info().index()])
                .toArray(int[][]::new);
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
        return planned[slot];
    }

    int threads() {
        return pool.threads();
    }

    Scratch scratch() {
        return scratches[0];
    }

    void parallel(int count, RangeTask task) {
        pool.run(count, task, scratches);
    }

    /**
     * Runs the plan.
     *
     * @param inputs in the order of the graph's inputs
     * @param captured values of the enclosing graphs, in the order of the plan's captures
     * @return the outputs, which belong to the caller
     */
    List<OnnxValue> run(
            List<? extends OnnxValue> inputs, List<? extends OnnxValue> captured, @Nullable RunListener runListener) {
        return run(inputs, captured, runListener, true);
    }

    private List<OnnxValue> run(
            List<? extends OnnxValue> inputs,
            List<? extends OnnxValue> captured,
            @Nullable RunListener runListener,
            boolean main) {
        listener = runListener;
        System.arraycopy(plan.constants(), 0, values, 0, values.length);
        for (int slot = 0; slot < values.length; slot++) {
            Tensor known = shapePlan.known()[slot];
            if (known != null) {
                values[slot] = known;
            }
        }
        for (int i = 0; i < inputs.size(); i++) {
            values[plan.inputSlots()[i]] = inputs.get(i);
        }
        for (int i = 0; i < captured.size(); i++) {
            values[plan.captureSlots()[i]] = captured.get(i);
        }
        try {
            for (int i = 0; i < contexts.length; i++) {
                execute(i);
            }
            return main ? ownOutputs(inputs) : outputs(tensor -> isShared(tensor, List.of()));
        } finally {
            Arrays.fill(values, null);
            listener = null;
        }
    }

    /** Runs a subgraph of {@code step}; the outputs may share memory with the inputs and with values of this graph. */
    List<OnnxValue> runBody(Step step, SubgraphPlan body, List<OnnxValue> inputs) {
        List<OnnxValue> captured = new ArrayList<>(body.plan().captures().size());
        for (String name : body.plan().captures()) {
            OnnxValue value = values[plan.slot(name)];
            if (value == null) {
                throw new RunException(step.info().node().path() + ": captured value '" + name + "' is not there");
            }
            captured.add(value);
        }
        RunContext context = bodies.computeIfAbsent(
                body,
                key -> new RunContext(key.plan(), shapePlan.bodies().getOrDefault(key, key.shapes()), pool, scratches));
        return context.run(inputs, captured, listener, false);
    }

    private void execute(int i) {
        Step step = shapePlan.steps().get(i);
        StepContext context = contexts[i];
        RunListener watching = listener;
        long start = watching == null ? 0 : System.nanoTime();
        try {
            HalfPrecision.run(step.operator(), context);
        } catch (InferenceException e) {
            throw e;
        } catch (RuntimeException | OutOfMemoryError | StackOverflowError e) {
            throw new RunException(
                    step.info().node().path() + ": " + InferenceException.reason(e) + "; inputs "
                            + describe(step.inputs()),
                    e);
        }
        if (watching != null) {
            long end = System.nanoTime();
            watching.stepFinished(
                    step.info(), context.takeKernel(), start, end, valuesOf(step.inputs()), valuesOf(step.outputs()));
        }
        for (int slot : releases[i]) {
            values[slot] = null;
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

    /** The outputs; they share no memory with {@code inputs}, with constants, with slabs or with each other. */
    private List<OnnxValue> ownOutputs(List<? extends OnnxValue> inputs) {
        Map<Object, Tensor> taken = new IdentityHashMap<>();
        return outputs(tensor -> isShared(tensor, inputs) || taken.putIfAbsent(tensor.storage(), tensor) != null);
    }

    private List<OnnxValue> outputs(Predicate<Tensor> isShared) {
        List<OnnxValue> outputs = new ArrayList<>(plan.outputSlots().length);
        for (int slot : plan.outputSlots()) {
            OnnxValue value = values[slot];
            if (value == null) {
                throw new RunException(
                        "output '" + plan.graph().outputs().get(outputs.size()).name() + "' was not computed");
            }
            outputs.add(copied(value, isShared));
        }
        return outputs;
    }

    /** The value, copied where it lies in a slab: what lives longer than the step that the planner knows of must not stay there. */
    OnnxValue detached(OnnxValue value) {
        return slabs.isEmpty() ? value : copied(value, this::isInSlab);
    }

    private static OnnxValue copied(OnnxValue value, Predicate<Tensor> where) {
        return switch (value) {
            case Tensor tensor -> where.test(tensor) ? tensor.copy() : tensor;
            case SequenceValue(var type, List<OnnxValue> elements) ->
                new SequenceValue(
                        type,
                        elements.stream().map(element -> copied(element, where)).toList());
            case OptionalValue(var type, var content) ->
                content == null ? value : new OptionalValue(type, copied(content, where));
        };
    }

    /** Whether others see the tensor's memory: slabs are reused, constants stay, inputs are not the caller's to change. */
    private boolean isShared(Tensor tensor, List<? extends OnnxValue> inputs) {
        Object array = tensor.storage();
        return isInSlab(tensor)
                || isAmong(plan.constants(), array)
                || isAmong(shapePlan.known(), array)
                || inputs.stream().anyMatch(input -> contains(input, array));
    }

    private boolean isInSlab(Tensor tensor) {
        for (Object slab : slabs) {
            if (slab == tensor.storage()) {
                return true;
            }
        }
        return false;
    }

    private static boolean isAmong(@Nullable Tensor[] tensors, Object array) {
        for (Tensor tensor : tensors) {
            if (tensor != null && tensor.storage() == array) {
                return true;
            }
        }
        return false;
    }

    private static boolean contains(OnnxValue value, Object array) {
        return switch (value) {
            case Tensor tensor -> tensor.storage() == array;
            case SequenceValue(var type, List<OnnxValue> elements) ->
                elements.stream().anyMatch(element -> contains(element, array));
            case OptionalValue(var type, var content) -> content != null && contains(content, array);
        };
    }

    private static @Nullable Tensor[] layOut(MemoryPlan memory, List<Object> made) {
        Map<DataType.Storage, Object> slabs = new EnumMap<>(DataType.Storage.class);
        memory.slabSizes().forEach((storage, size) -> slabs.put(storage, newSlab(storage, size)));
        made.addAll(slabs.values());
        Tensor[] tensors = new Tensor[memory.offsets().length];
        for (int slot = 0; slot < tensors.length; slot++) {
            int offset = memory.offsets()[slot];
            DataType type = memory.types()[slot];
            Shape shape = memory.shapes()[slot];
            Object slab = type == null ? null : slabs.get(type.storage());
            if (offset >= 0 && type != null && shape != null && slab != null) {
                tensors[slot] = Tensor.wrap(type, shape, slab, offset);
            }
        }
        return tensors;
    }

    private static Object newSlab(DataType.Storage storage, int size) {
        return switch (storage) {
            case FLOAT -> new float[size];
            case DOUBLE -> new double[size];
            case BYTE -> new byte[size];
            case SHORT -> new short[size];
            case INT -> new int[size];
            case LONG -> new long[size];
            case STRING -> throw new IllegalArgumentException("strings have no slab");
        };
    }

    private static Scratch[] newScratches(int threads) {
        Scratch[] scratches = new Scratch[threads];
        for (int i = 0; i < threads; i++) {
            scratches[i] = new Scratch();
        }
        return scratches;
    }
}
