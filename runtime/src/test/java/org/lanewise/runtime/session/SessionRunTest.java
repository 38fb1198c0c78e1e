package org.lanewise.runtime.session;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.lanewise.runtime.GraphException;
import org.lanewise.runtime.RunException;
import org.lanewise.runtime.graph.Attribute;
import org.lanewise.runtime.graph.Graph;
import org.lanewise.runtime.graph.Initializer;
import org.lanewise.runtime.graph.Model;
import org.lanewise.runtime.graph.Node;
import org.lanewise.runtime.graph.ValueInfo;
import org.lanewise.runtime.tensor.DataType;
import org.lanewise.runtime.tensor.OnnxValue;
import org.lanewise.runtime.tensor.PartialShape;
import org.lanewise.runtime.tensor.Shape;
import org.lanewise.runtime.tensor.Tensor;
import org.lanewise.runtime.tensor.ValueType;
import org.lanewise.runtime.trace.RunListener;
import org.lanewise.runtime.trace.StepInfo;

/** A session over its life: many shapes, who owns which memory, what a failed run leaves behind. */
class SessionRunTest {
    private static final SessionOptions RAW = SessionOptions.DEFAULT.raw().withThreads(1);

    private static ValueInfo info(String name, DataType type, long... dims) {
        return new ValueInfo(name, ValueType.tensor(type, PartialShape.of(dims)));
    }

    private static Node node(String opType, List<String> inputs, String... outputs) {
        return new Node("", "", opType, 21, inputs, List.of(outputs), Map.of());
    }

    private static Model model(
            List<ValueInfo> inputs, List<String> outputs, Map<String, Initializer> constants, Node... nodes) {
        Graph graph = Graph.of(
                "g",
                inputs,
                outputs.stream().map(name -> new ValueInfo(name, null)).toList(),
                List.of(nodes),
                constants,
                Map.of());
        return new Model(graph, 10, Map.of("", 21), "", "", Map.of());
    }

    private static float[] run(Session session, String output, Map<String, Tensor> inputs) {
        return session.run(inputs).get(output).toFloatArray();
    }

    @Test
    void moreShapesThanPlansAreKept() {
        Model model = model(
                List.of(info("x", DataType.FLOAT, -1)),
                List.of("y"),
                Map.of(),
                node("Neg", List.of("x"), "a"),
                node("Exp", List.of("a"), "b"),
                node("ReduceSum", List.of("b"), "y"));
        try (Session session = Session.open(model, RAW)) {
            for (int round = 0; round < 2; round++) {
                for (int size = 0; size < 80; size++) {
                    Tensor zeros = Tensor.of(new float[size], size);
                    assertArrayEquals(new float[] {size}, run(session, "y", Map.of("x", zeros)), 1e-4f);
                }
            }
        }
    }

    @Test
    void outputsBelongToTheCaller() {
        Model model = model(
                List.of(info("x", DataType.FLOAT, 3)),
                List.of("y", "z", "k"),
                Map.of("k", Initializer.of(Tensor.of(new float[] {7}))),
                node("Neg", List.of("x"), "y"),
                node("Identity", List.of("x"), "z"));
        try (Session session = Session.open(model, RAW)) {
            float[] given = {1, 2, 3};
            Map<String, Tensor> first = session.run(Map.of("x", Tensor.of(given)));
            Map<String, Tensor> second = session.run(Map.of("x", Tensor.of(new float[] {4, 5, 6})));
            assertArrayEquals(new float[] {-1, -2, -3}, first.get("y").toFloatArray());
            assertNotSame(first.get("y").storage(), second.get("y").storage());
            // What the caller does to an output must reach neither an input nor the model's constants
            ((float[]) first.get("z").storage())[first.get("z").offset()] = 99;
            assertEquals(1, given[0]);
            ((float[]) first.get("k").storage())[first.get("k").offset()] = 99;
            assertArrayEquals(new float[] {7}, run(session, "k", Map.of("x", Tensor.of(given))));
        }
    }

    @Test
    void anInputThatIsAPartOfAnArray() {
        Model model =
                model(List.of(info("x", DataType.FLOAT, -1)), List.of("y"), Map.of(), node("Neg", List.of("x"), "y"));
        try (Session session = Session.open(model, RAW)) {
            Tensor part = Tensor.of(new float[] {1, 2, 3, 4, 5}).slice(2, Shape.of(2));
            assertArrayEquals(new float[] {-3, -4}, run(session, "y", Map.of("x", part)));
        }
    }

    @Test
    void aFailedRunLeavesTheSessionUsable() {
        Model model = model(
                List.of(info("x", DataType.FLOAT, -1), info("i", DataType.INT64, -1)),
                List.of("y"),
                Map.of(),
                node("Gather", List.of("x", "i"), "y"));
        try (Session session = Session.open(model, RAW)) {
            Tensor x = Tensor.of(new float[] {1, 2});
            Map<String, Tensor> beyond = Map.of("x", x, "i", Tensor.of(new long[] {2}));
            String message =
                    assertThrows(RunException.class, () -> session.run(beyond)).getMessage();
            assertTrue(message.startsWith("Gather '-> y': "), message);
            assertTrue(message.endsWith("inputs [float[2], int64[1]]"), message);
            assertArrayEquals(new float[] {2}, run(session, "y", Map.of("x", x, "i", Tensor.of(new long[] {-1}))));
        }
    }

    @Test
    void aDefaultIsUsedUntilAnInputReplacesIt() {
        Model model = model(
                List.of(info("x", DataType.FLOAT, 2), info("w", DataType.FLOAT, 2)),
                List.of("y"),
                Map.of("w", Initializer.of(Tensor.of(new float[] {10, 20}))),
                node("Mul", List.of("x", "w"), "y"));
        try (Session session = Session.open(model, SessionOptions.DEFAULT)) {
            assertEquals(
                    List.of("x"), session.inputs().stream().map(ValueInfo::name).toList());
            Tensor x = Tensor.of(new float[] {1, 2});
            assertArrayEquals(new float[] {10, 40}, run(session, "y", Map.of("x", x)));
            assertArrayEquals(new float[] {3, 8}, run(session, "y", Map.of("x", x, "w", Tensor.of(new float[] {3, 4
            }))));
            assertArrayEquals(new float[] {10, 40}, run(session, "y", Map.of("x", x)));
        }
    }

    @Test
    void aListenerThatFailsLeavesTheSessionUsable() {
        Model model =
                model(List.of(info("x", DataType.FLOAT, 1)), List.of("y"), Map.of(), node("Neg", List.of("x"), "y"));
        RunListener failing = new RunListener() {
            @Override
            public void stepFinished(
                    StepInfo step,
                    @Nullable String kernel,
                    long startNanos,
                    long endNanos,
                    List<@Nullable OnnxValue> inputs,
                    List<@Nullable OnnxValue> outputs) {
                throw new IllegalStateException("no more");
            }
        };
        try (Session session = Session.open(model, RAW)) {
            Map<String, Tensor> inputs = Map.of("x", Tensor.of(new float[] {1}));
            assertThrows(RuntimeException.class, () -> session.run(inputs, failing));
            assertArrayEquals(new float[] {-1}, run(session, "y", inputs));
        }
    }

    /** A branch adds a value of the main graph, and one of its own inputs' shape, to a constant. */
    private static Model branching() {
        Graph then = Graph.of(
                "then",
                List.of(),
                List.of(new ValueInfo("t", null)),
                List.of(node("Add", List.of("a", "a"), "t")),
                Map.of(),
                Map.of());
        Graph otherwise = Graph.of(
                "else",
                List.of(),
                List.of(new ValueInfo("e", null)),
                List.of(node("Concat", List.of("a", "k"), "e")).stream()
                        .map(concat -> concat.withAttributes(Map.of("axis", new Attribute.IntValue(0))))
                        .toList(),
                Map.of("k", Initializer.of(Tensor.of(new float[] {5}))),
                Map.of());
        Map<String, Attribute> branches = new LinkedHashMap<>();
        branches.put("then_branch", new Attribute.GraphValue(then));
        branches.put("else_branch", new Attribute.GraphValue(otherwise));
        Node choice = new Node("choice", "", "If", 21, List.of("c"), List.of("r"), branches);
        return model(
                List.of(info("x", DataType.FLOAT, -1), info("c", DataType.BOOL)),
                List.of("y"),
                Map.of(),
                node("Neg", List.of("x"), "a"),
                choice,
                node("Abs", List.of("r"), "y"));
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void branchesCaptureAndGiveDifferentShapes(boolean optimize) {
        try (Session session = Session.open(branching(), optimize ? SessionOptions.DEFAULT : RAW)) {
            for (int size = 1; size < 4; size++) {
                float[] ones = new float[size];
                java.util.Arrays.fill(ones, 1);
                for (boolean condition : new boolean[] {true, false, true}) {
                    Tensor c = Tensor.of(new boolean[] {condition}).reshape(Shape.scalar());
                    float[] got = run(session, "y", Map.of("x", Tensor.of(ones), "c", c));
                    List<Float> expected = new ArrayList<>();
                    for (int i = 0; i < size; i++) {
                        expected.add(condition ? 2f : 1f);
                    }
                    if (!condition) {
                        expected.add(5f);
                    }
                    List<Float> values = new ArrayList<>();
                    for (float value : got) {
                        values.add(value);
                    }
                    assertEquals(expected, values);
                }
            }
        }
    }

    @Test
    void aValueThatNothingDefinesIsRefused() {
        Model model = model(
                List.of(info("x", DataType.FLOAT, 1)), List.of("y"), Map.of(), node("Add", List.of("x", "ghost"), "y"));
        assertEquals(
                "graph 'g' uses values that nothing defines: [ghost]",
                assertThrows(GraphException.class, () -> Session.open(model, RAW))
                        .getMessage());
    }

    @Test
    void shapesThatDoNotFitAreRefusedAtLoadWithTheNode() {
        Model model = model(
                List.of(info("x", DataType.FLOAT, 2, 3)),
                List.of("y"),
                Map.of("w", Initializer.of(Tensor.of(new float[8], 4, 2))),
                new Node("fc", "", "MatMul", 13, List.of("x", "w"), List.of("y"), Map.of()));
        String message = assertThrows(GraphException.class, () -> Session.open(model, SessionOptions.DEFAULT))
                .getMessage();
        assertTrue(message.startsWith("MatMul 'fc': "), message);
        assertTrue(message.contains("3") && message.contains("4"), message);
    }
}
