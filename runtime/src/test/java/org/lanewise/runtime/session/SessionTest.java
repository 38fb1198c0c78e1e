package org.lanewise.runtime.session;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.lanewise.kernels.Alignment;
import org.lanewise.runtime.GraphException;
import org.lanewise.runtime.InferenceException;
import org.lanewise.runtime.RunException;
import org.lanewise.runtime.graph.Attribute;
import org.lanewise.runtime.graph.Graph;
import org.lanewise.runtime.graph.Initializer;
import org.lanewise.runtime.graph.Model;
import org.lanewise.runtime.graph.Node;
import org.lanewise.runtime.graph.ValueInfo;
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
            List<ValueInfo> inputs,
            List<String> outputs,
            List<Node> nodes,
            Map<String, Tensor> constants,
            boolean raw) {
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
        }
    }

    @Test
    void aClosedSessionSaysSo() {
        Session session =
                open(List.of(info("x", 1)), List.of("y"), List.of(node("Exp", List.of("x"), "y")), Map.of(), true);
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
        Graph graph = model(List.of(info("x", side, side)), List.of("y"), nodes, Map.of())
                .graph();
        ExecutionPlan plan = ExecutionPlan.build(graph, Inference.of(graph), 0);
        MemoryPlan memory =
                ShapePlan.of(plan, List.of(info("x", side, side).type())).memory();
        long gap = Alignment.FIRST_FLOAT * 4L; // the first buffer begins where a cache line may
        assertEquals(2 * side * side * 4 + gap, memory.bytes(), "two in the slab, the third allocated");
    }

    @Test
    void aValueTooLargeForATensorFailsInItsNode() {
        List<Node> nodes = List.of(node("MatMul", List.of("x", "y"), "a"), node("ReduceMax", List.of("a"), "b"));
        try (Session session = open(List.of(info("x", -1, 1), info("y", 1, -1)), List.of("b"), nodes, Map.of(), true)) {
            Map<String, Tensor> inputs = new HashMap<>();
            inputs.put("x", Tensor.of(new float[1 << 17], 1 << 17, 1));
            inputs.put("y", Tensor.of(new float[1 << 17], 1, 1 << 17));
            RunException e = assertThrows(RunException.class, () -> session.run(inputs));
            assertTrue(
                    e.getMessage().startsWith("MatMul 'a': a tensor of [131072, 131072] has more than"),
                    e.getMessage());
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
        Map<String, Tensor> constants = Map.of("v0", Tensor.of(new float[1 << 16]), "four", Tensor.of(new long[] {4}));
        Graph graph = Pipeline.standard()
                .run(
                        model(List.of(info("x", 1)), List.of("y"), nodes, constants)
                                .graph(),
                        2)
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
        Graph graph = model(List.of(), List.of("y"), nodes, Map.of("size", Tensor.of(new long[] {4096})))
                .graph();
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
        Map<String, Tensor> constants = Map.of("trips", Tensor.scalar(1L), "start", Tensor.of(new float[] {1}));
        List<Node> shallow = List.of(nestedLoop(4));
        try (Session session = open(List.of(), List.of("out4"), shallow, constants, true)) {
            assertArrayEquals(
                    new float[] {1, 1}, session.run(Map.of()).get("out4").toFloatArray());
        }
        List<Node> deep = List.of(nestedLoop(60));
        GraphException e =
                assertThrows(GraphException.class, () -> open(List.of(), List.of("out60"), deep, constants, true));
        assertTrue(e.getMessage().contains("nested too deep"), e.getMessage());
    }

    @Test
    void manyShapesKeepBoundedMemory() {
        try (Session session = open(
                List.of(info("x", -1)),
                List.of("y"),
                List.of(node("Exp", List.of("x"), "e"), node("Log", List.of("e"), "y")),
                Map.of(),
                true)) {
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
        try (Session session = open(List.of(info("x", 1, 1)), List.of("v" + (count - 1)), nodes, Map.of(), true)) {
            Map<String, Tensor> inputs = Map.of("x", Tensor.of(new float[] {1}, 1, 1));
            assertEquals(1, session.run(inputs).values().iterator().next().getDouble(0));
        } catch (InferenceException e) {
            throw new AssertionError(e);
        }
    }
}
