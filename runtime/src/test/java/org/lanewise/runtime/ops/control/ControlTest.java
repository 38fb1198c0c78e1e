package org.lanewise.runtime.ops.control;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.lanewise.runtime.InferenceException;
import org.lanewise.runtime.graph.Attribute;
import org.lanewise.runtime.graph.Graph;
import org.lanewise.runtime.graph.Initializer;
import org.lanewise.runtime.graph.Model;
import org.lanewise.runtime.graph.Node;
import org.lanewise.runtime.graph.ValueInfo;
import org.lanewise.runtime.session.Session;
import org.lanewise.runtime.session.SessionOptions;
import org.lanewise.runtime.tensor.DataType;
import org.lanewise.runtime.tensor.OnnxValue;
import org.lanewise.runtime.tensor.PartialShape;
import org.lanewise.runtime.tensor.SequenceValue;
import org.lanewise.runtime.tensor.Shape;
import org.lanewise.runtime.tensor.Tensor;
import org.lanewise.runtime.tensor.ValueType;

class ControlTest {
    private static final int OPSET = 16;

    private static ValueInfo floats(String name, long... dims) {
        return new ValueInfo(name, ValueType.tensor(DataType.FLOAT, PartialShape.of(dims)));
    }

    private static ValueInfo info(String name, @Nullable ValueType type) {
        return new ValueInfo(name, type);
    }

    private static ValueInfo scalar(String name, DataType type) {
        return info(name, ValueType.tensor(type, PartialShape.of()));
    }

    private static Node node(String op, String inputs, String outputs, Object... attributes) {
        return node(OPSET, op, inputs, outputs, attributes);
    }

    private static Node node(int opset, String op, String inputs, String outputs, Object... attributes) {
        Map<String, Attribute> map = new HashMap<>();
        for (int i = 0; i < attributes.length; i += 2) {
            map.put(
                    (String) attributes[i],
                    switch (attributes[i + 1]) {
                        case Graph graph -> new Attribute.GraphValue(graph);
                        case Integer value -> new Attribute.IntValue(value);
                        case long[] values -> new Attribute.IntsValue(values);
                        case Tensor tensor -> new Attribute.TensorValue(tensor);
                        case Object other -> throw new AssertionError(other);
                    });
        }
        return new Node("", "", op, opset, names(inputs), names(outputs), map);
    }

    private static List<String> names(String text) {
        return text.isEmpty()
                ? List.of()
                : Arrays.stream(text.split(","))
                        .map(name -> name.equals("-") ? "" : name)
                        .toList();
    }

    private static Graph graph(List<ValueInfo> inputs, List<ValueInfo> outputs, Node... nodes) {
        return Graph.of("g", inputs, outputs, List.of(nodes), Map.of(), Map.of());
    }

    private static Map<String, OnnxValue> run(Graph graph, Map<String, OnnxValue> inputs) {
        Model model = new Model(graph, 8, Map.of("", OPSET), "", "", Map.of());
        Map<String, OnnxValue> first = null;
        for (SessionOptions options : List.of(SessionOptions.DEFAULT.raw(), SessionOptions.DEFAULT)) {
            try (Session session = Session.open(model, options)) {
                Map<String, OnnxValue> result = session.run(inputs, null);
                Map<String, OnnxValue> again = session.run(inputs, null);
                result.forEach((name, value) -> assertSame(value, again.get(name)));
                if (first != null) {
                    first.forEach((name, value) -> assertSame(value, result.get(name)));
                }
                first = result;
            }
        }
        return first == null ? Map.of() : first;
    }

    private static void assertSame(OnnxValue expected, @Nullable OnnxValue got) {
        if (expected instanceof Tensor a && got instanceof Tensor b) {
            assertEquals(a.shape(), b.shape());
            assertArrayEquals(a.toFloatArray(), b.toFloatArray());
            assertNotSame(a.storage(), b.storage());
        } else if (expected instanceof SequenceValue a && got instanceof SequenceValue b) {
            assertEquals(a.elements().size(), b.elements().size());
            for (int i = 0; i < a.elements().size(); i++) {
                assertSame(a.elements().get(i), b.elements().get(i));
            }
        }
    }

    private static float[] values(Map<String, OnnxValue> outputs, String name) {
        return ((Tensor) outputs.get(name)).toFloatArray();
    }

    private static Tensor bool(boolean value) {
        return Tensor.of(new boolean[] {value}).reshape(Shape.scalar());
    }

    @Test
    void branchesSeeOuterValuesAndMayReturnThem() {
        Graph same = graph(List.of(), List.of(info("doubled", null)));
        Graph other = graph(List.of(), List.of(info("t", null)), node("Mul", "doubled,doubled", "t"));
        Graph main = graph(
                List.of(floats("x", 3), scalar("c", DataType.BOOL)),
                List.of(info("z", null), info("late", null)),
                node("Add", "x,x", "doubled"),
                node("If", "c", "y", "then_branch", same, "else_branch", other),
                node("Mul", "x,x", "a"), // would be laid over doubled if the branch's output still lived there
                node("Mul", "a,a", "late"),
                node("Add", "y,x", "z"));
        Tensor x = Tensor.of(new float[] {1, 2, 3});
        Map<String, OnnxValue> out = run(main, Map.of("x", x, "c", bool(true)));
        assertArrayEquals(new float[] {3, 6, 9}, values(out, "z"));
        out = run(main, Map.of("x", x, "c", bool(false)));
        assertArrayEquals(new float[] {5, 18, 39}, values(out, "z"));
    }

    @Test
    void neverRunsTheBranchThatAConstantConditionExcludes() {
        Graph fits = graph(List.of(), List.of(info("t", null)), node("Add", "x,x", "t"));
        Graph unfit = graph(List.of(), List.of(info("t", null)), node("Concat", "x", "t", "axis", 7));
        Graph main = graph(
                List.of(floats("x", 2)),
                List.of(info("y", null)),
                node("Constant", "", "c", "value", bool(true)),
                node("If", "c", "y", "then_branch", fits, "else_branch", unfit));
        assertArrayEquals(new float[] {2, 4}, values(run(main, Map.of("x", Tensor.of(new float[] {1, 2}))), "y"));
    }

    /** Adds the captured x to the carried value and stacks the result. */
    private static Graph adding() {
        return graph(
                List.of(scalar("i", DataType.INT64), scalar("go", DataType.BOOL), info("v", null)),
                List.of(info("go2", null), info("v2", null), info("s", null)),
                node("Identity", "go", "go2"),
                node("Add", "v,x", "v2"),
                node("Identity", "v2", "s"));
    }

    private static Graph loop(String inputs) {
        return graph(
                List.of(floats("x", 2), scalar("m", DataType.INT64), scalar("c", DataType.BOOL)),
                List.of(info("last", null), info("stack", null)),
                node("Mul", "x,x", "start"),
                node("Loop", inputs, "last,stack", "body", adding()));
    }

    private static final Tensor X = Tensor.of(new float[] {1, 2});

    @Test
    void loopsByCountAndStacks() {
        Map<String, OnnxValue> out = run(loop("m,-,start"), Map.of("x", X, "m", Tensor.scalar(3L), "c", bool(true)));
        assertArrayEquals(new float[] {4, 10}, values(out, "last"));
        assertEquals(Shape.of(3, 2), ((Tensor) out.get("stack")).shape());
        assertArrayEquals(new float[] {2, 6, 3, 8, 4, 10}, values(out, "stack"));
    }

    @Test
    void loopsNotAtAll() {
        Map<String, OnnxValue> out = run(loop("m,c,start"), Map.of("x", X, "m", Tensor.scalar(3L), "c", bool(false)));
        assertArrayEquals(new float[] {1, 4}, values(out, "last"));
        assertEquals(Shape.of(0, 2), ((Tensor) out.get("stack")).shape());
        out = run(loop("m,-,start"), Map.of("x", X, "m", Tensor.scalar(-1L), "c", bool(true)));
        assertEquals(Shape.of(0, 2), ((Tensor) out.get("stack")).shape());
    }

    @Test
    void carriesValuesThatGrow() {
        Graph body = graph(
                List.of(scalar("i", DataType.INT64), scalar("go", DataType.BOOL), floats("v", 1)),
                List.of(info("go2", null), info("v2", null)),
                node("Concat", "v,x", "v2", "axis", 0),
                node("Size", "v2", "n"),
                node("Less", "n,m", "go2"));
        Graph main = graph(
                List.of(floats("x", 2), scalar("m", DataType.INT64)),
                List.of(info("last", null)),
                node("Loop", "-,-,x", "last", "body", body));
        Map<String, OnnxValue> out = run(main, Map.of("x", X, "m", Tensor.scalar(5L)));
        assertArrayEquals(new float[] {1, 2, 1, 2, 1, 2}, values(out, "last"));
    }

    @Test
    void collectsSequencesInNestedLoops() {
        Graph inner = graph(
                List.of(scalar("j", DataType.INT64), scalar("go", DataType.BOOL), info("q", null)),
                List.of(info("go2", null), info("q2", null)),
                node("Identity", "go", "go2"),
                node("SequenceInsert", "q,sum", "q2"));
        Graph outer = graph(
                List.of(scalar("i", DataType.INT64), scalar("go", DataType.BOOL), info("s", null), info("v", null)),
                List.of(info("go2", null), info("s2", null), info("sum", null)),
                node("Identity", "go", "go2"),
                node("Add", "v,x", "sum"),
                node("Loop", "m,-,s", "s2", "body", inner));
        Graph main = graph(
                List.of(floats("x", 2), scalar("m", DataType.INT64)),
                List.of(info("all", null), info("last", null)),
                node("SequenceEmpty", "", "none"),
                node("Mul", "x,x", "start"),
                node("Loop", "m,-,none,start", "all,last", "body", outer));
        Map<String, OnnxValue> out = run(main, Map.of("x", X, "m", Tensor.scalar(2L)));
        List<OnnxValue> elements = ((SequenceValue) out.get("all")).elements();
        assertEquals(4, elements.size());
        assertArrayEquals(new float[] {2, 6}, ((Tensor) elements.get(1)).toFloatArray());
        assertArrayEquals(new float[] {3, 8}, ((Tensor) elements.get(2)).toFloatArray());
        assertArrayEquals(new float[] {3, 8}, values(out, "last"));
    }

    @Test
    void sequencesKeepTheirElementsWhenMemoryIsReused() {
        Graph main = graph(
                List.of(floats("x", 2)),
                List.of(info("q", null), info("y", null)),
                node("Add", "x,x", "a"),
                node("SequenceConstruct", "a", "q"),
                node("Mul", "x,x", "b"),
                node("Mul", "b,b", "c"),
                node("Mul", "c,c", "d"),
                node("Add", "d,d", "y"));
        Map<String, OnnxValue> out = run(main, Map.of("x", X));
        assertArrayEquals(
                new float[] {2, 4},
                ((Tensor) ((SequenceValue) out.get("q")).elements().getFirst()).toFloatArray());
    }

    @Test
    void canBeInterrupted() {
        Graph body = graph(
                List.of(scalar("i", DataType.INT64), scalar("go", DataType.BOOL), info("v", null)),
                List.of(info("go2", null), info("v2", null)),
                node("Identity", "go", "go2"),
                node("Identity", "v", "v2"));
        Graph main = graph(
                List.of(scalar("c", DataType.BOOL), floats("x", 1)),
                List.of(info("y", null)),
                node("Loop", "-,c,x", "y", "body", body));
        Model model = new Model(main, 8, Map.of("", OPSET), "", "", Map.of());
        try (Session session = Session.open(model, SessionOptions.DEFAULT.raw())) {
            Thread.currentThread().interrupt();
            InferenceException e = assertThrows(
                    InferenceException.class,
                    () -> session.run(Map.of("c", bool(true), "x", Tensor.of(new float[1])), null));
            assertTrue(e.getMessage().contains("interrupted in iteration 0"), e::getMessage);
        } finally {
            assertTrue(Thread.interrupted());
        }
    }

    /** The running sum of the columns of a matrix, and every element doubled. */
    private static Graph scanBody() {
        return graph(
                List.of(info("state", null), info("element", null)),
                List.of(info("next", null), info("doubled", null)),
                node("Add", "state,element", "next"),
                node("Add", "element,element", "doubled"));
    }

    @Test
    void scansAnyAxisInAnyDirection() {
        Node scan = node(
                "Scan",
                "init,x",
                "last,stack",
                "body",
                scanBody(),
                "num_scan_inputs",
                1,
                "scan_input_axes",
                new long[] {-1},
                "scan_input_directions",
                new long[] {1},
                "scan_output_axes",
                new long[] {1},
                "scan_output_directions",
                new long[] {1});
        Graph main = graph(
                List.of(floats("init", 2), floats("x", 2, -1)), List.of(info("last", null), info("stack", null)), scan);
        Map<String, OnnxValue> out = run(
                main,
                Map.of("init", Tensor.of(new float[] {10, 20}), "x", Tensor.of(new float[] {1, 2, 3, 4, 5, 6}, 2, 3)));
        assertArrayEquals(new float[] {16, 35}, values(out, "last"));
        assertArrayEquals(new float[] {2, 4, 6, 8, 10, 12}, values(out, "stack"));
        out = run(main, Map.of("init", Tensor.of(new float[] {10, 20}), "x", Tensor.of(new float[0], 2, 0)));
        assertArrayEquals(new float[] {10, 20}, values(out, "last"));
        assertEquals(Shape.of(2, 0), ((Tensor) out.get("stack")).shape());
    }

    @Test
    void scansBatchesInOpset8() {
        Graph body = graph(
                List.of(info("state", null), info("element", null)),
                List.of(info("next", null), info("doubled", null)),
                node(8, "Add", "state,element", "next"),
                node(8, "Add", "element,element", "doubled"));
        Graph main = graph(
                List.of(
                        info("lengths", ValueType.tensor(DataType.INT64, PartialShape.of(2))),
                        floats("init", 2, 1),
                        floats("x", 2, 3, 1)),
                List.of(info("last", null), info("stack", null)),
                node(
                        8,
                        "Scan",
                        "lengths,init,x",
                        "last,stack",
                        "body",
                        body,
                        "num_scan_inputs",
                        1,
                        "directions",
                        new long[] {1}));
        Map<String, OnnxValue> out = run(
                main,
                Map.of(
                        "lengths",
                        Tensor.of(new long[] {3, 2}),
                        "init",
                        Tensor.of(new float[] {0, 100}, 2, 1),
                        "x",
                        Tensor.of(new float[] {1, 2, 3, 4, 5, 6}, 2, 3, 1)));
        assertArrayEquals(new float[] {6, 109}, values(out, "last"));
        assertArrayEquals(new float[] {6, 4, 2, 10, 8, 0}, values(out, "stack"));
    }

    @Test
    void mapsSequences() {
        Graph body =
                graph(List.of(info("a", null), info("b", null)), List.of(info("sum", null)), node("Add", "a,b", "sum"));
        Node map = new Node(
                "",
                "",
                "SequenceMap",
                17,
                List.of("q", "x"),
                List.of("r"),
                Map.of("body", new Attribute.GraphValue(body)));
        Graph main = Graph.of(
                "g",
                List.of(floats("x", 2)),
                List.of(info("r", null)),
                List.of(node("SequenceConstruct", "x,one", "q"), map),
                Map.of("one", Initializer.of(Tensor.of(new float[] {1}))),
                Map.of());
        List<OnnxValue> elements = ((SequenceValue) run(main, Map.of("x", X)).get("r")).elements();
        assertArrayEquals(new float[] {2, 4}, ((Tensor) elements.get(0)).toFloatArray());
        assertArrayEquals(new float[] {2, 3}, ((Tensor) elements.get(1)).toFloatArray());
    }

    @Test
    void saysWhichBodyDoesNotFit() {
        Graph main = graph(
                List.of(scalar("m", DataType.INT64), floats("x", 2)),
                List.of(info("y", null)),
                node("Loop", "m,-", "y", "body", adding()));
        InferenceException e = assertThrows(InferenceException.class, () -> run(main, Map.of()));
        assertTrue(
                e.getMessage().contains("body 'g' has 3 inputs and 3 outputs, the node carries 0 values"),
                e::getMessage);
    }
}
