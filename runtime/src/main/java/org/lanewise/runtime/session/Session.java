package org.lanewise.runtime.session;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentLinkedDeque;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;
import org.lanewise.runtime.GraphException;
import org.lanewise.runtime.InferenceException;
import org.lanewise.runtime.RunException;
import org.lanewise.runtime.graph.Graph;
import org.lanewise.runtime.graph.Model;
import org.lanewise.runtime.graph.ValueInfo;
import org.lanewise.runtime.schedule.WorkerPool;
import org.lanewise.runtime.tensor.OnnxValue;
import org.lanewise.runtime.tensor.Tensor;
import org.lanewise.runtime.trace.RunListener;

/**
 * A model ready to run. Immutable once built: any number of threads may call {@link #run} at the same time. Closing it ends its threads; a run that
 * is under way ends normally, one that comes later is refused.
 *
 * <pre>{@code
 * try (Session session = Session.open(Path.of("digits.onnx"))) {
 *     Map<String, Tensor> outputs = session.run(Map.of("image", Tensor.of(pixels, 1, 1, 28, 28)));
 *     float[] scores = outputs.get("scores").toFloatArray();
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
    /** Contexts nobody uses, the one used last in front. */
    private final ConcurrentLinkedDeque<RunContext> idle = new ConcurrentLinkedDeque<>();

    private volatile boolean closed;

    private Session(Model model, ExecutionPlan plan, SessionOptions options) {
        this.model = model;
        this.plan = plan;
        this.pool = options.pool();
        this.ownsPool = options.threads() > 0;
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
        return open(ModelFormat.forFile(file.toString()).read(file), options);
    }

    /** Opens an ONNX model in memory; {@code bytes} must not change while the session is open. */
    public static Session open(byte[] bytes, SessionOptions options) {
        return open(ModelFormat.forFile("model.onnx").read(bytes), options);
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
        return new Session(model, ExecutionPlan.build(graph, Inference.of(graph), 0), options);
    }

    /** The model as it was read. */
    public Model model() {
        return model;
    }

    /** The graph that runs, after the passes. */
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
     * Runs the model on tensors.
     *
     * @param inputs by name; each must fit the type and shape the model declares
     * @return the outputs by name, in the model's order; they belong to the caller
     * @throws RunException if an input is missing, unknown or does not fit, a node fails, memory runs out, or the session is closed
     */
    public Map<String, Tensor> run(Map<String, ? extends OnnxValue> inputs) {
        Map<String, Tensor> outputs = new LinkedHashMap<>();
        run(inputs, null).forEach((name, value) -> {
            if (!(value instanceof Tensor tensor)) {
                throw new RunException(
                        "output '" + name + "' is " + value.valueType() + ", not a tensor: use run(inputs, listener)");
            }
            outputs.put(name, tensor);
        });
        return outputs;
    }

    /** Runs the model on values of any kind, watched by {@code listener} unless it is {@code null}. */
    public Map<String, OnnxValue> run(Map<String, ? extends OnnxValue> inputs, @Nullable RunListener listener) {
        if (closed) {
            throw new RunException("the session of graph '" + model.graph().name() + "' is closed");
        }
        List<OnnxValue> ordered = InputCheck.inOrder(model.graph(), inputs);
        RunContext context = acquire(ordered);
        try {
            if (listener != null) {
                listener.runStarted();
            }
            List<OnnxValue> values = context.run(ordered, List.of(), listener);
            Map<String, OnnxValue> outputs = new LinkedHashMap<>();
            for (int i = 0; i < values.size(); i++) {
                outputs.put(outputs().get(i).name(), values.get(i));
            }
            return outputs;
        } finally {
            release(context);
            if (listener != null) {
                listener.runFinished();
            }
        }
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
        idle.clear();
        if (ownsPool) {
            pool.close();
        }
    }

    /** Contexts that wait for their next run. */
    int idleContexts() {
        return idle.size();
    }

    private RunContext acquire(List<OnnxValue> inputs) {
        OnnxValue[] values = inputs.toArray(OnnxValue[]::new);
        for (RunContext context : idle) {
            if (context.shapePlan().matches(values) && idle.remove(context)) {
                return context;
            }
        }
        ShapePlan shapes = shapePlan(values);
        try {
            return new RunContext(plan, shapes, pool);
        } catch (OutOfMemoryError e) {
            idle.clear();
            throw new RunException(
                    "no memory for the " + shapes.memory().bytes() + " bytes that a run on " + inputs + " works in: "
                            + e.getMessage(),
                    e);
        }
    }

    private void release(RunContext context) {
        if (!closed) {
            idle.push(context);
        }
        // Counting walks the whole deque, which is short.
        while (idle.size() > MAX_IDLE) {
            idle.pollLast();
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
