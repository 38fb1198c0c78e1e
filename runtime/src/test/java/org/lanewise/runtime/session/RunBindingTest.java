package org.lanewise.runtime.session;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.lanewise.runtime.RunException;
import org.lanewise.runtime.graph.Graph;
import org.lanewise.runtime.graph.Initializer;
import org.lanewise.runtime.graph.Model;
import org.lanewise.runtime.graph.Node;
import org.lanewise.runtime.graph.ValueInfo;
import org.lanewise.runtime.tensor.DataType;
import org.lanewise.runtime.tensor.FloatTensor;
import org.lanewise.runtime.tensor.PartialShape;
import org.lanewise.runtime.tensor.Tensor;
import org.lanewise.runtime.tensor.ValueType;
import org.lanewise.runtime.trace.RunListener;

/** Runs on bound memory, and runs that repeat recorded tasks. */
class RunBindingTest {
    private static ValueInfo info(String name, long... dims) {
        return new ValueInfo(name, ValueType.tensor(DataType.FLOAT, PartialShape.of(dims)));
    }

    private static Node node(String opType, List<String> inputs, String... outputs) {
        return new Node("", "", opType, 21, inputs, List.of(outputs), Map.of());
    }

    private static Session open(List<ValueInfo> inputs, List<String> outputs, Node... nodes) {
        Graph graph = Graph.of(
                "g",
                inputs,
                outputs.stream().map(name -> new ValueInfo(name, null)).toList(),
                List.of(nodes),
                Map.of("two", Initializer.of(Tensor.scalar(2f))),
                Map.of());
        return Session.open(
                new Model(graph, 10, Map.of("", 21), "", "", Map.of()),
                SessionOptions.DEFAULT.raw().withThreads(1));
    }

    private static Session doubled() {
        return open(
                List.of(info("x", -1)),
                List.of("y"),
                node("Neg", List.of("x"), "n"),
                node("Abs", List.of("n"), "a"),
                node("Mul", List.of("a", "two"), "y"));
    }

    /** Outputs that are views of one value, which is an output in its turn or read once more behind them. */
    @ParameterizedTest
    @ValueSource(ints = {6, RunContext.STAGED + 2})
    void outputsMayBeViewsOfAValue(int size) {
        try (Session session = open(
                List.of(info("x", size)),
                List.of("flat", "again", "more"),
                node("Neg", List.of("x"), "n"),
                node("Identity", List.of("n"), "flat"),
                node("Identity", List.of("flat"), "again"),
                node("Mul", List.of("n", "two"), "more"))) {
            FloatTensor x = Tensor.of(new float[size], size);
            RunBinding binding = session.bind(Map.of("x", x));
            for (int run = 0; run < 3; run++) {
                float[] negated = new float[size];
                float[] doubled = new float[size];
                for (int i = 0; i < size; i++) {
                    negated[i] = 7 * run - i - 0.5f;
                    x.array()[i] = -negated[i];
                    doubled[i] = 2 * negated[i];
                }
                binding.run();
                assertArrayEquals(negated, binding.output("flat").toFloatArray());
                assertArrayEquals(negated, binding.output("again").toFloatArray());
                assertArrayEquals(doubled, binding.output("more").toFloatArray());
                binding.output("again").copyFrom(0, Tensor.of(new float[size]), 0, size);
                assertArrayEquals(negated, binding.output("flat").toFloatArray(), "outputs share no memory");
            }
        }
    }

    /** Sizes on both sides of what is copied in and out of a context. */
    @ParameterizedTest
    @ValueSource(ints = {0, 1, 3, RunContext.STAGED, RunContext.STAGED + 1})
    void everyRunSeesTheInputAsItIs(int size) {
        try (Session session = doubled()) {
            FloatTensor x = Tensor.of(new float[size], size);
            RunBinding binding = session.bind(Map.of("x", x));
            FloatTensor y = (FloatTensor) binding.output("y");
            for (int run = 0; run < 4; run++) {
                float[] expected = new float[size];
                for (int i = 0; i < size; i++) {
                    x.array()[i] = i - 7 * run;
                    expected[i] = 2 * Math.abs(i - 7 * run);
                }
                binding.run();
                assertSame(y, binding.output("y"));
                assertArrayEquals(expected, y.toFloatArray());
                assertArrayEquals(expected, session.run(Map.of("x", x)).get("y").toFloatArray());
            }
        }
    }

    @Test
    void outputsOfRunsStayAsTheyWere() {
        try (Session session = doubled()) {
            Tensor first = session.run(Map.of("x", Tensor.of(new float[] {1}))).get("y");
            Tensor second = session.run(Map.of("x", Tensor.of(new float[] {2}))).get("y");
            assertArrayEquals(new float[] {2}, first.toFloatArray());
            assertArrayEquals(new float[] {4}, second.toFloatArray());
        }
    }

    @Test
    void aListenerSeesEveryStepOfARepeatedRun() {
        try (Session session = doubled()) {
            Map<String, Tensor> inputs = Map.of("x", Tensor.of(new float[] {-3}));
            for (int run = 0; run < 3; run++) {
                session.run(inputs);
                StringBuilder seen = new StringBuilder();
                RunListener listener = new RunListener() {
                    @Override
                    public void stepFinished(
                            org.lanewise.runtime.trace.StepInfo step,
                            @org.jspecify.annotations.Nullable String kernel,
                            long start,
                            long end,
                            List<org.lanewise.runtime.tensor.@org.jspecify.annotations.Nullable OnnxValue> in,
                            List<org.lanewise.runtime.tensor.@org.jspecify.annotations.Nullable OnnxValue> out) {
                        seen.append(step.node().opType())
                                .append(((Tensor) java.util.Objects.requireNonNull(out.getFirst())).getDouble(0))
                                .append(' ');
                    }
                };
                session.run(inputs, listener);
                assertEquals("Neg3.0 Abs3.0 Mul6.0 ", seen.toString());
            }
        }
    }

    @Test
    void aConstantIsReadAheadAndAnInputIsNot() {
        try (Session session = open(
                List.of(info("x", 2), info("low", new long[0])),
                List.of("a", "b"),
                node("Clip", List.of("x", "low"), "a"),
                node("Clip", List.of("x", "two"), "b"))) {
            FloatTensor x = Tensor.of(new float[] {1, 5});
            FloatTensor low = Tensor.scalar(3f);
            RunBinding binding = session.bind(Map.of("x", x, "low", low));
            binding.run();
            assertArrayEquals(new float[] {3, 5}, binding.output("a").toFloatArray());
            low.array()[0] = 4;
            binding.run();
            assertArrayEquals(new float[] {4, 5}, binding.output("a").toFloatArray());
            assertArrayEquals(new float[] {2, 5}, binding.output("b").toFloatArray());
        }
    }

    @Test
    void givenOutputsAreWrittenTo() {
        try (Session session = open(List.of(info("x", 2)), List.of("x", "y"), node("Neg", List.of("x"), "y"))) {
            FloatTensor y = new FloatTensor(DataType.FLOAT, org.lanewise.runtime.tensor.Shape.of(2), new float[5], 3);
            RunBinding binding = session.bind(Map.of("x", Tensor.of(new float[] {1, 2})), Map.of("y", y));
            binding.run();
            assertArrayEquals(new float[] {0, 0, 0, -1, -2}, y.array());
            assertArrayEquals(new float[] {1, 2}, binding.output("x").toFloatArray());
        }
    }

    @Test
    void outputsOfShapesOnlyTheRunKnowsAreNew() {
        try (Session session = open(
                List.of(info("x", 3)),
                List.of("y"),
                node("NonZero", List.of("x"), "i"),
                node("Neg", List.of("i"), "y"))) {
            FloatTensor x = Tensor.of(new float[] {0, 1, 1});
            RunBinding binding = session.bind(Map.of("x", x));
            assertThrows(RunException.class, () -> binding.output("y"));
            binding.run();
            assertEquals("int64[1,2]", binding.output("y").toString());
            x.array()[0] = 1;
            binding.run();
            assertArrayEquals(new long[] {0, -1, -2}, binding.output("y").toLongArray());
        }
    }

    @Test
    void outputsThatAreNoTensorsAreLeftOut() {
        try (Session session = open(
                List.of(info("x", -1)),
                List.of("s", "y"),
                node("SequenceConstruct", List.of("x"), "s"),
                node("Neg", List.of("x"), "y"))) {
            RunBinding binding = session.bind(Map.of("x", Tensor.of(new float[] {3})));
            binding.run();
            assertArrayEquals(new float[] {-3}, binding.output("y").toFloatArray());
            assertThrows(RunException.class, () -> binding.output("s"));
        }
    }

    @Test
    void whatDoesNotFitIsRefused() {
        try (Session session = doubled()) {
            Map<String, Tensor> inputs = Map.of("x", Tensor.of(new float[2]));
            assertEquals(
                    "output 'y' is float[2], it cannot be bound to float[3]",
                    assertThrows(RunException.class, () -> session.bind(inputs, Map.of("y", Tensor.of(new float[3]))))
                            .getMessage());
            assertThrows(RunException.class, () -> session.bind(inputs, Map.of("z", Tensor.of(new float[2]))));
            assertThrows(RunException.class, () -> session.bind(Map.of()));
            RunBinding binding = session.bind(inputs);
            assertThrows(RunException.class, () -> binding.output("z"));
            session.close();
            assertThrows(RunException.class, binding::run);
        }
    }
}
