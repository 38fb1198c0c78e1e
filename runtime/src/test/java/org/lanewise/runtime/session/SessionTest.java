package org.lanewise.runtime.session;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
<<<<<<< HEAD
=======
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
>>>>>>> review
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
<<<<<<< HEAD
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.lanewise.runtime.GraphException;
=======
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.lanewise.runtime.GraphException;
import org.lanewise.runtime.InferenceException;
>>>>>>> review
import org.lanewise.runtime.RunException;
import org.lanewise.runtime.graph.Attribute;
import org.lanewise.runtime.graph.Graph;
import org.lanewise.runtime.graph.Initializer;
import org.lanewise.runtime.graph.Model;
import org.lanewise.runtime.graph.Node;
import org.lanewise.runtime.graph.ValueInfo;
<<<<<<< HEAD
import org.lanewise.runtime.tensor.DataType;
import org.lanewise.runtime.tensor.OnnxValue;
import org.lanewise.runtime.tensor.PartialShape;
import org.lanewise.runtime.tensor.Shape;
import org.lanewise.runtime.tensor.Tensor;
import org.lanewise.runtime.tensor.ValueType;
import org.lanewise.runtime.trace.RunListener;
import org.lanewise.runtime.trace.StepInfo;

/** A session over its life: many shapes, who owns which memory, what a failed run leaves behind. */
class SessionTest {
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
=======
import org.lanewise.runtime.optimize.Pipeline;
import org.lanewise.runtime.tensor.DataType;
import org.lanewise.runtime.tensor.PartialShape;
import org.lanewise.runtime.tensor.SequenceValue;
import org.lanewise.runtime.tensor.Tensor;
import org.lanewise.runtime.tensor.ValueType;

/** What a session promises whatever the graph: whose memory is whose, what a closed one says, and bounds on time and memory. */
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class SessionTest {
    private static Node node(String opType, List<String> inputs, String output) {
        return new Node(output, "", opType, 17, inputs, List.of(output), Map.of());
    }

    private static ValueInfo info(String name, long... dims) {
        return new ValueInfo(name, ValueType.tensor(DataType.FLOAT, PartialShape.of(dims)));
    }

    private static Session open(
            List<ValueInfo> inputs, List<String> outputs, List<Node> nodes, Map<String, Tensor> constants, boolean raw) {
        SessionOptions options = SessionOptions.DEFAULT.withThreads(1);
        return Session.open(model(inputs, outputs, nodes, constants), raw ? options.raw() : options);
    }

    private static Model model(
            List<ValueInfo> inputs, List<String> outputs, List<Node> nodes, Map<String, Tensor> constants) {
        Map<String, Initializer> initializers = new LinkedHashMap<>();
        constants.forEach((name, tensor) -> initializers.put(name, Initializer.of(tensor)));
        List<ValueInfo> infos =
                outputs.stream().map(name -> new ValueInfo(name, null)).toList();
        return new Model(
                Graph.of("g", inputs, infos, nodes, initializers, Map.of()), 8, Map.of("", 17), "", "", Map.of());
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void outputsShareNoMemory(boolean raw) {
        List<Node> nodes = List.of(
                node("Identity", List.of("x"), "same"),
                node("Exp", List.of("x"), "a"),
                node("Identity", List.of("a"), "b"),
                node("Reshape", List.of("a", "flat"), "c"),
                node("SequenceConstruct", List.of("a", "a", "w"), "s"));
        Tensor w = Tensor.of(new float[] {7});
        Map<String, Tensor> constants = Map.of("flat", Tensor.of(new long[] {4}), "w", w);
        Tensor x = Tensor.of(new float[] {0, 0, 0, 0}, 2, 2);
        List<String> names = List.of("same", "a", "b", "c", "s", "w", "x");
        try (Session session = open(List.of(info("x", 2, 2)), names, nodes, constants, raw)) {
            List<Tensor> tensors = new ArrayList<>(List.of(x, w));
            session.run(Map.of("x", x), null).values().forEach(value -> {
                if (value instanceof SequenceValue sequence) {
                    sequence.elements().forEach(element -> tensors.add((Tensor) element));
                } else {
                    tensors.add((Tensor) value);
                }
            });
            assertEquals(11, tensors.size());
            for (int i = 0; i < tensors.size(); i++) {
                for (int j = 0; j < i; j++) {
                    assertNotSame(tensors.get(j).storage(), tensors.get(i).storage(), j + " and " + i);
                }
            }
            assertArrayEquals(new float[] {1, 1, 1, 1}, tensors.get(5).toFloatArray());
>>>>>>> review
        }
    }

    @Test
<<<<<<< HEAD
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
=======
    void aClosedSessionSaysSo() {
        Session session = open(List.of(info("x", 1)), List.of("y"), List.of(node("Exp", List.of("x"), "y")), Map.of(), true);
        session.close();
        session.close();
        RunException e = assertThrows(RunException.class, () -> session.run(Map.of("x", Tensor.of(new float[] {1}))));
        assertEquals("the session of graph 'g' is closed", e.getMessage());
    }

    @Test
    void activationsThatFitNoSlabAreStillPlanned() {
        long side = 30_000; // 9e8 elements each, three alive at once
        List<Node> nodes = List.of(
                node("MatMul", List.of("x", "x"), "a"),
                node("MatMul", List.of("a", "x"), "b"),
                node("MatMul", List.of("a", "b"), "c"),
                node("ReduceSum", List.of("c"), "y"));
        Graph graph = model(List.of(info("x", side, side)), List.of("y"), nodes, Map.of()).graph();
        ExecutionPlan plan = ExecutionPlan.build(graph, Inference.of(graph), 0);
        MemoryPlan memory = ShapePlan.of(plan, List.of(info("x", side, side).type())).memory();
        assertEquals(2 * side * side * 4, memory.bytes(), "two in the slab, the third allocated");
    }

    @Test
    void aValueTooLargeForATensorFailsInItsNode() {
        List<Node> nodes = List.of(node("MatMul", List.of("x", "y"), "a"), node("ReduceMax", List.of("a"), "b"));
        try (Session session =
                open(List.of(info("x", -1, 1), info("y", 1, -1)), List.of("b"), nodes, Map.of(), true)) {
            Map<String, Tensor> inputs = new HashMap<>();
            inputs.put("x", Tensor.of(new float[1 << 17], 1 << 17, 1));
            inputs.put("y", Tensor.of(new float[1 << 17], 1, 1 << 17));
            RunException e = assertThrows(RunException.class, () -> session.run(inputs));
            assertTrue(e.getMessage().startsWith("MatMul 'a': a tensor of [131072, 131072] has more than"), e.getMessage());
        }
    }

    @Test
    void runningOutOfMemoryNamesTheNode() {
        Node fill = new Node("fill", "", "ConstantOfShape", 9, List.of("shape"), List.of("a"), Map.of());
        ValueInfo shape = new ValueInfo("shape", ValueType.tensor(DataType.INT64, PartialShape.of(1)));
        try (Session session =
                open(List.of(shape), List.of("b"), List.of(fill, node("Abs", List.of("a"), "b")), Map.of(), true)) {
            Map<String, Tensor> inputs = Map.of("shape", Tensor.of(new long[] {Integer.MAX_VALUE}));
            RunException e = assertThrows(RunException.class, () -> session.run(inputs));
            assertTrue(e.getMessage().startsWith("ConstantOfShape 'fill': "), e.getMessage());
            assertInstanceOf(OutOfMemoryError.class, e.getCause());
        }
    }

    @Test
    void foldingAChainDoesNotBlowUpTheModel() {
        List<Node> nodes = new ArrayList<>();
        for (int i = 0; i < 5; i++) {
            nodes.add(node("Tile", List.of("v" + i, "four"), "v" + (i + 1)));
        }
        nodes.add(node("Add", List.of("v5", "x"), "y"));
        Map<String, Tensor> constants =
                Map.of("v0", Tensor.of(new float[1 << 16]), "four", Tensor.of(new long[] {4}));
        Graph graph = Pipeline.standard()
                .run(model(List.of(info("x", 1)), List.of("y"), nodes, constants).graph(), 2)
                .graph();
        long elements = graph.initializers().values().stream()
                .mapToLong(constant -> constant.shape().size())
                .sum();
        assertTrue(elements <= 1 << 21, "a model of 65537 elements has " + elements + " after folding");
    }

    @Test
    void manyValuesKnownAheadTakeBoundedMemory() {
        List<Node> nodes = new ArrayList<>();
        List<String> names = new ArrayList<>();
        for (int i = 0; i < 4000; i++) {
            nodes.add(node("ConstantOfShape", List.of("size"), "v" + i));
            names.add("v" + i);
        }
        nodes.add(node("Sum", names, "y"));
        Graph graph =
                model(List.of(), List.of("y"), nodes, Map.of("size", Tensor.of(new long[] {4096}))).graph();
        Inference inference = Inference.of(graph);
        long elements = names.stream()
                .map(inference::known)
                .mapToLong(known -> known == null ? 0 : known.size())
                .sum();
        assertTrue(elements > 0 && elements <= (1 << 22) + 4096, "known: " + elements);
    }

    /** A loop whose body is such a loop, and so on; what each carries grows, so each is inferred twice for every inference around it. */
    private static Node nestedLoop(int depth) {
        List<Node> nodes = new ArrayList<>();
        nodes.add(node("Concat", List.of("c" + depth, "c" + depth), "grown" + depth)
                .withAttributes(Map.of("axis", new Attribute.IntValue(0))));
        if (depth > 0) {
            nodes.add(nestedLoop(depth - 1));
        }
        Graph body = Graph.of(
                "body" + depth,
                List.of(
                        new ValueInfo("i" + depth, null),
                        new ValueInfo("cond" + depth, null),
                        new ValueInfo("c" + depth, null)),
                List.of(new ValueInfo("cond" + depth, null), new ValueInfo("grown" + depth, null)),
                nodes,
                Map.of(),
                Map.of());
        return new Node(
                "loop" + depth,
                "",
                "Loop",
                17,
                List.of("trips", "", "start"),
                List.of("out" + depth),
                Map.of("body", new Attribute.GraphValue(body)));
    }

    @Test
    void loopsWithinLoopsAreInferredInBoundedTime() {
        Map<String, Tensor> constants =
                Map.of("trips", Tensor.scalar(1L), "start", Tensor.of(new float[] {1}));
        List<Node> shallow = List.of(nestedLoop(4));
        try (Session session = open(List.of(), List.of("out4"), shallow, constants, true)) {
            assertArrayEquals(new float[] {1, 1}, session.run(Map.of()).get("out4").toFloatArray());
        }
        List<Node> deep = List.of(nestedLoop(60));
        GraphException e =
                assertThrows(GraphException.class, () -> open(List.of(), List.of("out60"), deep, constants, true));
        assertTrue(e.getMessage().contains("nested too deep"), e.getMessage());
    }

    @Test
    void manyShapesKeepBoundedMemory() {
        try (Session session =
                open(List.of(info("x", -1)), List.of("y"), List.of(node("Exp", List.of("x"), "e"), node("Log", List.of("e"), "y")), Map.of(), true)) {
            for (int size = 1; size < 200; size++) {
                session.run(Map.of("x", Tensor.of(new float[size])));
            }
            assertTrue(session.idleContexts() <= Session.MAX_IDLE, "idle: " + session.idleContexts());
        }
    }

    @Test
    void aHugeGraphIsPlannedSoon() {
        List<Node> nodes = new ArrayList<>();
        int count = 60_000;
        for (int i = 0; i < count; i++) {
            nodes.add(node("MatMul", List.of(i == 0 ? "x" : "v" + (i - 1), "x"), "v" + i));
        }
        try (Session session =
                open(List.of(info("x", 1, 1)), List.of("v" + (count - 1)), nodes, Map.of(), true)) {
            Map<String, Tensor> inputs = Map.of("x", Tensor.of(new float[] {1}, 1, 1));
            assertEquals(1, session.run(inputs).values().iterator().next().getDouble(0));
        } catch (InferenceException e) {
            throw new AssertionError(e);
        }
>>>>>>> review
    }
}
