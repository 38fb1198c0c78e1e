package org.lanewise.runtime.trace;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.lanewise.runtime.graph.Attribute;
import org.lanewise.runtime.graph.Graph;
import org.lanewise.runtime.graph.Initializer;
import org.lanewise.runtime.graph.Node;
import org.lanewise.runtime.tensor.DataType;
import org.lanewise.runtime.tensor.OnnxValue;
import org.lanewise.runtime.tensor.Shape;
import org.lanewise.runtime.tensor.Tensor;

final class ProfilerTest {
    private static Graph graph(Map<String, Shape> constants) {
        Map<String, Initializer> initializers = new java.util.LinkedHashMap<>();
        constants.forEach(
                (name, shape) -> initializers.put(name, Initializer.of(Tensor.allocate(DataType.FLOAT, shape))));
        return Graph.of("g", List.of(), List.of(), List.of(), initializers, Map.of());
    }

    private static Node node(String opType, Map<String, Attribute> attributes) {
        return new Node(
                opType.toLowerCase(java.util.Locale.ROOT),
                "",
                opType,
                17,
                List.of("x", "w", "r"),
                List.of("y"),
                attributes);
    }

    private static OnnxValue value(int... dims) {
        return Tensor.allocate(DataType.FLOAT, Shape.of(dims));
    }

    private static void finish(Profiler profiler, Node node, int depth, String kernel, long start, long end) {
        profiler.stepFinished(new StepInfo(0, depth, node), kernel, start, end, List.of(), List.of());
    }

    @Test
    void timeOfSubgraphsIsNotCountedTwice() {
        Node outer = node("If", Map.of());
        Node inner = node("Relu", Map.of());
        Node last = node("Add", Map.of());
        Profiler profiler = new Profiler(graph(Map.of()));
        profiler.runStarted();
        finish(profiler, inner, 1, "vector", 10, 40);
        finish(profiler, inner, 1, "scalar", 40, 50);
        finish(profiler, outer, 0, null, 0, 60);
        finish(profiler, last, 0, null, 60, 65);
        profiler.runFinished();
        assertEquals(
                List.of(
                        new StepProfile(inner, 1, 2, 40, 0, Set.of("scalar", "vector")),
                        new StepProfile(outer, 0, 1, 20, 0, Set.of()),
                        new StepProfile(last, 0, 1, 5, 0, Set.of())),
                profiler.steps());
        assertEquals(1, profiler.runs());
        assertEquals(profiler.runNanos() - 65, profiler.restNanos());
    }

    @Test
    void stepsAreSummedByOperator() {
        Profiler profiler = new Profiler(graph(Map.of()));
        Node first = node("Relu", Map.of());
        finish(profiler, first, 0, "a", 0, 10);
        finish(profiler, node("Add", Map.of()), 0, null, 10, 50);
        finish(profiler, node("Relu", Map.of()), 0, "b", 50, 65);
        assertEquals("Add", profiler.operators().getFirst().node().opType());
        assertEquals(
                new StepProfile(first, 0, 2, 25, 0, Set.of("a", "b")),
                profiler.operators().getLast());
    }

    @Test
    void productsAreCounted() {
        // Each of 1x8x4x4 outputs sums 4/2 channels of 3x3
        assertFlops(2 * 128 * 18, "Conv", Map.of("w", Shape.of(8, 2, 3, 3)), value(1, 8, 4, 4), value(1, 4, 6, 6));
        assertFlops(
                2 * 32 * 18, "ConvTranspose", Map.of("w", Shape.of(4, 2, 3, 3)), value(1, 2, 9, 9), value(1, 4, 2, 4));
        assertFlops(2 * 15 * 7, "MatMul", Map.of(), value(3, 5), value(3, 7), value(7, 5));
        assertFlops(2 * 15 * 7, "Gemm", Map.of(), value(3, 5), value(3, 7), value(7, 5));
        assertFlops(
                2 * 6 * (40 + 80),
                "RNN",
                Map.of("w", Shape.of(1, 10, 4), "r", Shape.of(1, 10, 8)),
                value(3, 1, 2, 10),
                value(3, 2, 4));
        assertFlops(0, "Relu", Map.of(), value(3), value(3));
    }

    private static void assertFlops(
            long expected, String opType, Map<String, Shape> constants, OnnxValue output, OnnxValue... inputs) {
        assertEquals(
                expected,
                new Flops(graph(constants)).count(node(opType, Map.of()), Arrays.asList(inputs), List.of(output)));
    }

    @Test
    void transposedGemmSumsOverTheFirstAxis() {
        Node node = node("Gemm", Map.of("transA", new Attribute.IntValue(1)));
        assertEquals(
                2 * 15 * 7,
                new Flops(graph(Map.of())).count(node, List.of(value(7, 3), value(7, 5)), List.of(value(3, 5))));
    }

    @Test
    void speedIsOperationsPerNanosecond() {
        assertEquals(2.5, new StepProfile(node("MatMul", Map.of()), 0, 1, 4, 10, Set.of()).gigaflops());
        assertTrue(new StepProfile(node("Relu", Map.of()), 0, 1, 0, 0, Set.of()).gigaflops() == 0);
    }
}
