package org.lanewise.runtime.session;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;
import org.lanewise.kernels.Alignment;
import org.lanewise.runtime.graph.Attribute;
import org.lanewise.runtime.graph.Graph;
import org.lanewise.runtime.graph.Initializer;
import org.lanewise.runtime.graph.Node;
import org.lanewise.runtime.graph.ValueInfo;
import org.lanewise.runtime.schedule.WorkerPool;
import org.lanewise.runtime.tensor.DataType;
import org.lanewise.runtime.tensor.PartialShape;
import org.lanewise.runtime.tensor.Shape;
import org.lanewise.runtime.tensor.Tensor;
import org.lanewise.runtime.tensor.ValueType;

class MemoryPlannerTest {
    private static final ValueType INPUT = ValueType.tensor(DataType.FLOAT, PartialShape.of(4, 4));

    private static ShapePlan plan(Graph graph) {
        ExecutionPlan plan = ExecutionPlan.build(graph, Inference.of(graph), 0);
        return ShapePlan.of(plan, List.of(INPUT));
    }

    /** A random graph of products and reshapes (views) of 4x4 matrices. */
    private static Graph randomGraph(long seed, int size) {
        Random random = new Random(seed);
        List<Node> nodes = new ArrayList<>();
        List<String> square = new ArrayList<>(List.of("x"));
        List<String> flat = new ArrayList<>();
        for (int i = 0; i < size; i++) {
            String out = "v" + i;
            if (random.nextInt(3) == 0) {
                nodes.add(new Node(
                        out, "", "Reshape", 14, List.of(pick(square, random), "flat"), List.of(out), Map.of()));
                flat.add(out);
            } else if (!flat.isEmpty() && random.nextInt(3) == 0) {
                nodes.add(new Node(
                        out, "", "Reshape", 14, List.of(pick(flat, random), "square"), List.of(out), Map.of()));
                square.add(out);
            } else {
                nodes.add(new Node(
                        out,
                        "",
                        "MatMul",
                        13,
                        List.of(pick(square, random), pick(square, random)),
                        List.of(out),
                        Map.of()));
                square.add(out);
            }
        }
        Map<String, Initializer> constants = new HashMap<>();
        constants.put("flat", Initializer.of(Tensor.of(new long[] {16})));
        constants.put("square", Initializer.of(Tensor.of(new long[] {4, 4})));
        return Graph.of(
                "random",
                List.of(new ValueInfo("x", INPUT)),
                List.of(new ValueInfo(nodes.getLast().output(0), null)),
                nodes,
                constants,
                Map.of());
    }

    private static String pick(List<String> names, Random random) {
        return names.get(Math.max(0, names.size() - 1 - random.nextInt(4)));
    }

    @Property(tries = 200)
    void valuesAliveTogetherNeverOverlap(@ForAll long seed, @ForAll @IntRange(min = 1, max = 40) int size) {
        Graph graph = randomGraph(seed, size);
        ShapePlan plan = plan(graph);
        Map<String, Integer> lastUse = new HashMap<>();
        Map<String, String> roots = new HashMap<>();
        List<Node> nodes = graph.nodes();
        for (Node node : nodes) {
            roots.put(
                    node.output(0),
                    node.opType().equals("Reshape")
                            ? roots.getOrDefault(node.input(0), node.input(0))
                            : node.output(0));
        }
        for (int i = 0; i < nodes.size(); i++) {
            lastUse.merge(roots.get(nodes.get(i).output(0)), i, Math::max);
            for (String input : nodes.get(i).inputs()) {
                lastUse.merge(roots.getOrDefault(input, input), i, Math::max);
            }
        }
        ExecutionPlan execution = ExecutionPlan.build(graph, Inference.of(graph), 0);
        for (int i = 0; i < nodes.size(); i++) {
            for (int j = 0; j < i; j++) {
                String early = nodes.get(j).output(0);
                String late = nodes.get(i).output(0);
                boolean aliveTogether = lastUse.getOrDefault(roots.get(early), -1) >= i;
                int a = plan.memory().offsets()[execution.slot(early)];
                int b = plan.memory().offsets()[execution.slot(late)];
                if (aliveTogether && a >= 0 && b >= 0 && !roots.get(early).equals(roots.get(late))) {
                    assertTrue(a + 16 <= b || b + 16 <= a, early + " at " + a + " and " + late + " at " + b);
                }
            }
        }
    }

    @Property(tries = 100)
    void plannedAndUnplannedRunsAgree(@ForAll long seed, @ForAll @IntRange(min = 1, max = 40) int size) {
        Graph graph = randomGraph(seed, size);
        ExecutionPlan plan = ExecutionPlan.build(graph, Inference.of(graph), 0);
        float[] values = new float[16];
        for (int i = 0; i < values.length; i++) {
            values[i] = (float) Math.sin(seed + i) / 2;
        }
        try (WorkerPool pool = new WorkerPool(1)) {
            Tensor x = Tensor.of(values, 4, 4);
            Tensor planned = run(new RunContext(plan, plan(graph), pool), x);
            Tensor dynamic = run(new RunContext(plan, ShapePlan.dynamic(plan), pool), x);
            assertEquals(dynamic.shape(), planned.shape());
            assertArrayEquals(dynamic.toFloatArray(), planned.toFloatArray());
        }
    }

    private static Tensor run(RunContext context, Tensor x) {
        context.feed(0, x);
        context.run(null);
        return (Tensor) context.output(0);
    }

    @Test
    void aChainNeedsTwoBuffers() {
        List<Node> nodes = new ArrayList<>();
        for (int i = 0; i < 6; i++) {
            String in = i == 0 ? "x" : "v" + (i - 1);
            nodes.add(new Node("n" + i, "", "MatMul", 13, List.of(in, in), List.of("v" + i), Map.of()));
        }
        Graph graph = Graph.of(
                "chain",
                List.of(new ValueInfo("x", INPUT)),
                List.of(new ValueInfo("v5", INPUT)),
                nodes,
                Map.of(),
                Map.of());
        assertEquals((Alignment.FIRST_FLOAT + 2 * 16) * 4, plan(graph).memory().bytes());
    }

    @Test
    void aShapeThatIsKnownIsNotComputed() {
        Node shape = new Node(
                "shape", "", "Shape", 15, List.of("x"), List.of("s"), Map.of("start", new Attribute.IntValue(0)));
        Node reshape = new Node("reshape", "", "Reshape", 14, List.of("x", "s"), List.of("y"), Map.of());
        Graph graph = Graph.of(
                "g",
                List.of(new ValueInfo("x", INPUT)),
                List.of(new ValueInfo("y", INPUT)),
                List.of(shape, reshape),
                Map.of(),
                Map.of());
        ShapePlan plan = plan(graph);
        assertEquals(1, plan.steps().size());
        assertEquals(Shape.of(4, 4), plan.memory().shapes()[2]);
    }
}
