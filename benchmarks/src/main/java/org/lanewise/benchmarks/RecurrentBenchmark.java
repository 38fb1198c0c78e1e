package org.lanewise.benchmarks;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.lanewise.runtime.graph.Attribute;
import org.lanewise.runtime.graph.Graph;
import org.lanewise.runtime.graph.Initializer;
import org.lanewise.runtime.graph.Model;
import org.lanewise.runtime.graph.Node;
import org.lanewise.runtime.graph.ValueInfo;
import org.lanewise.runtime.session.Session;
import org.lanewise.runtime.session.SessionOptions;
import org.lanewise.runtime.tensor.DataType;
import org.lanewise.runtime.tensor.PartialShape;
import org.lanewise.runtime.tensor.Tensor;
import org.lanewise.runtime.tensor.ValueType;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/** One recurrent layer of constant weights in a session of one thread: 50 steps of inputs of half the hidden size. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Fork(
        value = 3,
        jvmArgsAppend = {"--add-modules", "jdk.incubator.vector"})
@Warmup(iterations = 5, time = 1)
@Measurement(iterations = 5, time = 1)
public class RecurrentBenchmark {
    private static final int STEPS = 50;
    private static final int OPSET = 14;

    /** Operator, units and sequences at once. */
    @Param({"LSTM:256x1", "LSTM:256x8", "LSTM:512x1", "LSTM:512x8", "GRU:256x1", "GRU:256x8", "LSTM:64x1"})
    public String layer = "";

    private Map<String, Tensor> inputs = Map.of();
    private @Nullable Session session;

    /** Makes the layer, and checks the first value of its first step against the formula. */
    @Setup
    public void setUp() {
        String op = layer.substring(0, layer.indexOf(':'));
        String[] sizes = layer.substring(layer.indexOf(':') + 1).split("x", -1);
        int hidden = Integer.parseInt(sizes[0]);
        int batch = Integer.parseInt(sizes[1]);
        int gates = op.equals("LSTM") ? 4 : 3;
        int width = hidden / 2;
        Random random = new Random(1);
        Tensor x = noise(random, 1, STEPS, batch, width);
        Tensor w = noise(random, 1 / Math.sqrt(width), 1, gates * hidden, width);
        Tensor r = noise(random, 1 / Math.sqrt(hidden), 1, gates * hidden, hidden);
        inputs = Map.of("x", x);
        Graph graph = Graph.of(
                op,
                List.of(new ValueInfo("x", ValueType.tensor(DataType.FLOAT, PartialShape.of(STEPS, batch, width)))),
                List.of(new ValueInfo("y", null)),
                List.of(new Node(
                        op,
                        "",
                        op,
                        OPSET,
                        List.of("x", "w", "r"),
                        List.of("y"),
                        Map.of("hidden_size", new Attribute.IntValue(hidden)))),
                Map.of("w", Initializer.of(w), "r", Initializer.of(r)),
                Map.of());
        session = Session.open(
                new Model(graph, 8, Map.of("", OPSET), "", "", Map.of()), SessionOptions.DEFAULT.withThreads(1));
        List<Double> sums = new ArrayList<>();
        for (int gate = 0; gate < gates; gate++) {
            double sum = 0;
            for (int i = 0; i < width; i++) {
                sum += x.getDouble(i) * w.getDouble(gate * hidden * width + i);
            }
            sums.add(sum);
        }
        double expected = gates == 4
                ? sigmoid(sums.get(1)) * Math.tanh(sigmoid(sums.get(0)) * Math.tanh(sums.get(3)))
                : (1 - sigmoid(sums.get(0))) * Math.tanh(sums.get(2));
        double got = Objects.requireNonNull(run().get("y"), "output y").getDouble(0);
        if (Math.abs(got - expected) > 1e-5) {
            throw new IllegalStateException("the layer is wrong: " + got + ", expected " + expected);
        }
    }

    /** Ends the session. */
    @TearDown
    public void close() {
        if (session != null) {
            session.close();
        }
    }

    /** One run of the layer. */
    @Benchmark
    public Map<String, Tensor> run() {
        if (session == null) {
            throw new IllegalStateException("not set up");
        }
        return session.run(inputs);
    }

    private static double sigmoid(double x) {
        return 1 / (1 + Math.exp(-x));
    }

    private static Tensor noise(Random random, double scale, int... dims) {
        int size = 1;
        for (int dim : dims) {
            size *= dim;
        }
        float[] values = new float[size];
        for (int i = 0; i < size; i++) {
            values[i] = (float) (scale * random.nextGaussian());
        }
        return Tensor.of(values, dims);
    }
}
