package org.lanewise.runtime.session;

import java.lang.foreign.Arena;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.lanewise.runtime.GraphException;
import org.lanewise.runtime.InferenceException;
import org.lanewise.runtime.ModelFormatException;
import org.lanewise.runtime.RunException;
import org.lanewise.runtime.graph.Attribute;
import org.lanewise.runtime.graph.Graph;
import org.lanewise.runtime.graph.Initializer;
import org.lanewise.runtime.graph.Model;
import org.lanewise.runtime.graph.ValueInfo;
import org.lanewise.runtime.schedule.WorkerPool;
import org.lanewise.runtime.tensor.DataType;
import org.lanewise.runtime.tensor.OnnxValue;
import org.lanewise.runtime.tensor.Shape;
import org.lanewise.runtime.tensor.Tensor;
import org.lanewise.runtime.trace.RunListener;

/**
 * A model ready to run. Immutable once built: any number of threads may call {@link #run} at the same time. Closing it ends its threads; a run that
 * is under way ends normally, one that comes later is refused.
 *
 * <pre>{@code
 * try (Session session = Session.open(Path.of("digits.onnx"))) {
 *     Map<String, Tensor> outputs = session.run(Map.of("image", Tensor.of(pixels, 1, 1, 28, 28)));
 *     float[] probabilities = outputs.get("probabilities").toFloatArray();
 * }
 * }</pre>
 */
public final class Session implements AutoCloseable {
    /** Shape plans kept; a model fed with ever new shapes must not grow without bound. */
    private static final int MAX_SHAPE_PLANS = 32;

    /** Working memory kept between runs, in sets of slabs: for every processor a run, and another of other shapes. */
    static final int MAX_IDLE = Math.max(8, 2 * Runtime.getRuntime().availableProcessors());

    private final Model model;
    private final ExecutionPlan plan;
    private final WorkerPool pool;
    private final boolean ownsPool;
    private final CopyOnWriteArrayList<ShapePlan> shapePlans = new CopyOnWriteArrayList<>();
    private final IdleContexts idle = new IdleContexts(MAX_IDLE);
    private final ModelInputs modelInputs;
    private final String[] outputNames;

    private volatile boolean closed;

    private Session(Model model, ExecutionPlan plan, SessionOptions options) {
        this.model = model;
        this.plan = plan;
        this.pool = options.pool();
        this.ownsPool = options.threads() > 0;
        this.modelInputs = new ModelInputs(model.graph());
        this.outputNames = outputs().stream().map(ValueInfo::name).toArray(String[]::new);
    }

    /**
     * Opens a model file.
     *
     * @throws InferenceException if it cannot be read, is malformed, or needs what is not supported
     */
    public static Session open(Path file) {
        return open(file, SessionOptions.DEFAULT);
    }

    /** Opens a model file. */
    public static Session open(Path file, SessionOptions options) {
        if (Files.isDirectory(file)) {
            throw new ModelFormatException(file + ": is a folder, expected a file");
        }
        ModelFormat format = ModelFormat.forFile(file.toString());
        try (Arena arena = Arena.ofConfined()) {
            Model model = withOutputs(format.read(file, arena));
            if (canLetGo(model.graph())) {
                return open(model, options);
            }
        }
        return open(format.read(file), options);
    }

    /** Opens an ONNX model in memory; {@code bytes} must not change while the session is open. */
    public static Session open(byte[] bytes, SessionOptions options) {
        return open(withOutputs(ModelFormat.forFile("model.onnx").read(bytes)), options);
    }

    /** The model, unless runs of it would give nothing; graphs that are made for a listener may have no outputs. */
    private static Model withOutputs(Model model) {
        if (model.graph().outputs().isEmpty()) {
            throw new GraphException(
                    "graph '" + model.graph().name() + "' has no outputs: there is nothing to compute");
        }
        return model;
    }

    /** Opens a model that is already read. */
    public static Session open(Model model, SessionOptions options) {
        try {
            return build(model, options);
        } catch (OutOfMemoryError | StackOverflowError e) {
            throw new GraphException("graph '" + model.graph().name() + "': " + InferenceException.reason(e), e);
        }
    }

    private static Session build(Model model, SessionOptions options) {
        Graph graph = model.graph();
        if (!graph.freeNames().isEmpty()) {
            throw new GraphException(
                    "graph '" + graph.name() + "' uses values that nothing defines: " + graph.freeNames());
        }
        // Types and shapes must fit before anything is rewritten, so that messages name the model's own nodes
        Inference.of(graph);
        if (options.optimize()) {
            graph = options.pipeline().run(graph, options.maxPasses()).graph();
        }
        boolean letGo = canLetGo(model.graph());
        ExecutionPlan plan = ExecutionPlan.build(graph, Inference.of(graph), 0);
        return letGo
                ? new Session(model.withGraph(inputsOnly(model.graph())), plan.withoutPacked(), options)
                : new Session(model, plan, options);
    }

    /** Whether the plan alone holds what runs need. Subgraphs read constants of the graphs around them when they are planned for new shapes. */
    private static boolean canLetGo(Graph graph) {
        return graph.nodes().stream()
                .allMatch(node -> node.captures().isEmpty()
                        && node.attributes().values().stream()
                                .noneMatch(attribute -> attribute instanceof Attribute.GraphValue));
    }

    /** The graph without the elements of constants, but for the defaults of inputs. */
    private static Graph inputsOnly(Graph graph) {
        Map<String, Initializer> kept = new LinkedHashMap<>();
        graph.initializers()
                .forEach((name, constant) ->
                        kept.put(name, graph.isInput(name) ? Initializer.of(constant.tensor()) : constant.letGo()));
        return graph.withInitializers(kept);
    }

    /** The model as it was read; the elements of its constants may have been {@linkplain Initializer#letGo let go}. */
    public Model model() {
        return model;
    }

    /** The graph that runs, after the passes; the elements of packed constants may have been let go. */
    public Graph graph() {
        return plan.graph();
    }

    /** The model's inputs that must be given: those without a default. */
    public List<ValueInfo> inputs() {
        Graph graph = model.graph();
        return graph.inputs().stream()
                .filter(input -> !graph.initializers().containsKey(input.name()))
                .toList();
    }

    /** The model's outputs. */
    public List<ValueInfo> outputs() {
        return model.graph().outputs();
    }

    /**
     * Runs the model on tensors. What it allocates in the steady state is the map and the outputs in it; {@link #bind} allocates nothing.
     *
     * @param inputs by name; each must fit the type and shape the model declares
     * @return the outputs by name, in the model's order; they belong to the caller
     * @throws RunException if an input is missing, unknown or does not fit, a node fails, memory runs out, or the session is closed
     */
    public Map<String, Tensor> run(Map<String, ? extends OnnxValue> inputs) {
        RunContext context = start(inputs);
        try {
            context.run(null);
            Map<String, Tensor> outputs = LinkedHashMap.newLinkedHashMap(outputNames.length);
            for (int i = 0; i < outputNames.length; i++) {
                OnnxValue value = context.output(i);
                if (!(value instanceof Tensor tensor)) {
                    throw new RunException("output '" + outputNames[i] + "' is " + value.valueType()
                            + ", not a tensor: use run(inputs, null), which gives values of any kind");
                }
                outputs.put(outputNames[i], tensor);
            }
            return outputs;
        } finally {
            release(context);
        }
    }

    /** Runs the model on values of any kind, watched by {@code listener} unless it is {@code null}. */
    public Map<String, OnnxValue> run(Map<String, ? extends OnnxValue> inputs, @Nullable RunListener listener) {
        RunContext context = start(inputs);
        try {
            if (listener != null) {
                listener.runStarted();
            }
            context.run(listener);
            Map<String, OnnxValue> outputs = LinkedHashMap.newLinkedHashMap(outputNames.length);
            for (int i = 0; i < outputNames.length; i++) {
                outputs.put(outputNames[i], context.output(i));
            }
            return outputs;
        } finally {
            release(context);
            if (listener != null) {
                listener.runFinished();
            }
        }
    }

    /**
     * Binds the session to input tensors, for runs that allocate nothing: see {@link RunBinding}. Outputs whose shape follows from the inputs' shapes get their memory
     * now.
     *
     * @param inputs by name, those with a default too where the default is not to be used
     * @throws RunException if an input is missing, unknown or does not fit, or the session is closed
     */
    public RunBinding bind(Map<String, ? extends Tensor> inputs) {
        return bind(inputs, Map.of());
    }

    /**
     * Binds the session to input and output tensors.
     *
     * @param outputs by name, of the type and shape that the output will have; their memory must be apart from that of the inputs and of each other, but for a cache that an operator continues in place ({@code GroupQueryAttention}): there present may be the very tensor that past is
     * @throws RunException if an input or output is missing, unknown or does not fit, memory is shared that must be apart, or the session is closed
     */
    public RunBinding bind(Map<String, ? extends Tensor> inputs, Map<String, ? extends Tensor> outputs) {
        refuseClosed();
        List<OnnxValue> ordered = InputCheck.inOrder(model.graph(), inputs);
        for (String name : outputs.keySet()) {
            if (!List.of(outputNames).contains(name)) {
                throw new RunException("unknown output '" + name + "': the model has " + outputs());
            }
        }
        @Nullable Tensor[] places = new Tensor[outputNames.length];
        RunContext context = newContext(ordered, shapes -> {
            for (int i = 0; i < places.length; i++) {
                places[i] = place(shapes.memory(), i, outputs.get(outputNames[i]));
            }
            Tensor[] tensors = ordered.stream().map(Tensor.class::cast).toArray(Tensor[]::new);
            new SharedMemory(plan, shapes).check(tensors, places);
            return RunContext.bound(plan, shapes, pool, tensors, places);
        });
        return new RunBinding(this, context, outputs(), places);
    }

    /** Where output {@code i} is to go, {@code null} when that is not known before the run. */
    private @Nullable Tensor place(MemoryPlan memory, int i, @Nullable Tensor given) {
        int slot = plan.outputSlots()[i];
        DataType type = memory.types()[slot];
        Shape shape = memory.shapes()[slot];
        if (type == null || shape == null || type == DataType.STRING) {
            return given;
        }
        if (given == null) {
            return Tensor.allocate(type, shape);
        }
        if (given.type() != type || !given.shape().equals(shape)) {
            throw new RunException("output '" + outputNames[i] + "' is " + type.onnxName() + shape
                    + ", it cannot be bound to " + given);
        }
        return given;
    }

    void refuseClosed() {
        if (closed) {
            throw new RunException("the session of graph '" + model.graph().name() + "' is closed");
        }
    }

    /**
     * Inputs that mean nothing but fit the model: numbers from 0 to 1, integers that are 1. To be given to {@link #warmUp}.
     *
     * @param shapes shapes of inputs by name; of those not in it, dimensions that the model leaves open are 1
     * @throws RunException if an input is no tensor or has no shape, or a name is not an input's
     */
    public Map<String, OnnxValue> sampleInputs(Map<String, Shape> shapes) {
        return SampleInputs.of(inputs(), shapes);
    }

    /**
     * Runs again and again, so that the virtual machine compiles what runs use before the first request comes. Shapes are planned and working
     * memory is made for these inputs, so they should have the shapes of the requests to come. Up to a third of the time goes to kernels that may be chosen by other values than these.
     *
     * @param inputs as of a request, or {@link #sampleInputs}
     * @param length for how long; it runs at least once, and a run that is under way ends
     * @return how many runs there were
     */
    public long warmUp(Map<String, ? extends OnnxValue> inputs, Duration length) {
        long start = System.nanoTime();
        long runs = 0;
        KernelWarmUp others = KernelWarmUp.of(plan);
        do {
            run(inputs, null);
            runs++;
            if (others != null) {
                others.run(start, length.toNanos());
            }
        } while (System.nanoTime() - start < length.toNanos());
        return runs;
    }

    /** Bytes of working memory that one run keeps between runs, with the input shapes that came up last; 0 before the first run. */
    public long bytesPerRun() {
        return shapePlans.isEmpty() ? 0 : shapePlans.getLast().memory().bytes();
    }

    /** Threads a run uses, the caller included. */
    public int threads() {
        return pool.threads();
    }

    @Override
    public void close() {
        closed = true;
        idle.removeIf(context -> true);
        if (ownsPool) {
            pool.close();
        }
    }

    /** Contexts that wait for their next run. */
    int idleContexts() {
        return idle.size();
    }

    /** A context with the inputs in it. */
    private RunContext start(Map<String, ? extends OnnxValue> inputs) {
        refuseClosed();
        RunContext context = idle.take(modelInputs, inputs);
        if (context == null) {
            List<OnnxValue> ordered = InputCheck.inOrder(model.graph(), inputs);
            context = newContext(ordered, shapes -> new RunContext(plan, shapes, pool));
        }
        for (int i = 0; i < modelInputs.count(); i++) {
            context.feed(i, Objects.requireNonNull(modelInputs.value(i, inputs)));
        }
        return context;
    }

    private RunContext newContext(List<OnnxValue> inputs, Function<ShapePlan, RunContext> maker) {
        ShapePlan shapes = shapePlan(inputs.toArray(OnnxValue[]::new));
        try {
            return maker.apply(shapes);
        } catch (OutOfMemoryError e) {
            idle.removeIf(context -> true);
            throw new RunException(
                    "no memory for the " + shapes.memory().bytes() + " bytes that a run on " + inputs + " works in: "
                            + e.getMessage(),
                    e);
        }
    }

    private void release(RunContext context) {
        context.finish();
        if (!closed) {
            idle.give(context);
        }
    }

    private ShapePlan shapePlan(OnnxValue[] inputs) {
        for (ShapePlan candidate : shapePlans) {
            if (candidate.matches(inputs)) {
                return candidate;
            }
        }
        ShapePlan made = ShapePlan.of(
                plan, Arrays.stream(inputs).map(OnnxValue::valueType).toList());
        shapePlans.add(made);
        if (shapePlans.size() > MAX_SHAPE_PLANS) {
            ShapePlan oldest = shapePlans.removeFirst();
            idle.removeIf(context -> context.shapePlan() == oldest);
        }
        return made;
    }
}
