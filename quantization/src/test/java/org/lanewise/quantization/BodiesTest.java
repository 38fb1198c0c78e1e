package org.lanewise.quantization;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.lanewise.quantization.compare.LayerComparison;
import org.lanewise.quantization.prune.PrunedLayer;
import org.lanewise.quantization.prune.Pruning;
import org.lanewise.quantization.prune.PruningMethod;
import org.lanewise.quantization.prune.PruningOptions;
import org.lanewise.quantization.prune.PruningResult;
import org.lanewise.runtime.graph.Attribute;
import org.lanewise.runtime.graph.Graph;
import org.lanewise.runtime.graph.Initializer;
import org.lanewise.runtime.graph.Model;
import org.lanewise.runtime.graph.Node;
import org.lanewise.runtime.graph.ValueInfo;
import org.lanewise.runtime.optimize.Subgraphs;
import org.lanewise.runtime.tensor.DataType;
import org.lanewise.runtime.tensor.PartialShape;
import org.lanewise.runtime.tensor.Shape;
import org.lanewise.runtime.tensor.Tensor;
import org.lanewise.runtime.tensor.ValueType;

/** Layers in the bodies of {@code If} and {@code Loop}. */
class BodiesTest {
    private static final int OPSET = 13;
    private static final int K = 32;

    private final Random random = new Random(5);
    private final Tensor shared = Tensor.of(Models.gaussian(random, K * K, 0.2), K, K);
    private final Tensor own = Tensor.of(Models.gaussian(random, K * K, 0.2), K, K);
    private final Tensor bias = Tensor.of(Models.gaussian(random, K, 1));
    private final List<Map<String, Tensor>> samples = Models.samples(3, 6, 5, K);

    /** Both branches use the weights "w" of the main graph, as decoders do that are merged into one model; one has weights of its own, under a name that the other branch gives a value. */
    private Model branches() {
        Graph then = body(
                "then",
                List.of(),
                List.of(node("MatMul", "t", "x", "w"), node("Gemm", "then_y", "t", "u", "b")),
                Map.of("u", own),
                "then_y");
        Graph otherwise = body(
                "else",
                List.of(),
                List.of(node("MatMul", "u", "x", "w"), node("Relu", "else_y", "u")),
                Map.of(),
                "else_y");
        Map<String, Attribute> attributes = new LinkedHashMap<>();
        attributes.put("then_branch", new Attribute.GraphValue(then));
        attributes.put("else_branch", new Attribute.GraphValue(otherwise));
        return new Models(OPSET)
                .constant("w", shared)
                .constant("b", bias)
                .constant("zero", Tensor.scalar(0f))
                .node("ReduceSum", "sum", Map.of("keepdims", new Attribute.IntValue(0)), "x")
                .node("Greater", "positive", "sum", "zero")
                .node("If", "y", attributes, "positive")
                .build(new long[] {-1, K}, 2);
    }

    /** {@code y = tanh(tanh(x u) u) u}, three times round. */
    private Model loop() {
        Graph body = Graph.of(
                "body",
                List.of(
                        new ValueInfo("i", ValueType.tensor(DataType.INT64, PartialShape.of())),
                        new ValueInfo("go", ValueType.tensor(DataType.BOOL, PartialShape.of())),
                        new ValueInfo("state", ValueType.tensor(DataType.FLOAT, PartialShape.of(-1, K)))),
                List.of(
                        new ValueInfo("on", ValueType.tensor(DataType.BOOL, PartialShape.of())),
                        new ValueInfo("next", ValueType.tensor(DataType.FLOAT, PartialShape.of(-1, K)))),
                List.of(node("Identity", "on", "go"), node("MatMul", "p", "state", "u"), node("Tanh", "next", "p")),
                Map.of("u", Initializer.of(own)),
                Map.of());
        return new Models(OPSET)
                .constant("times", Tensor.of(new long[] {3}))
                .constant("true", Tensor.wrap(DataType.BOOL, Shape.of(), new byte[] {1}, 0))
                .node("Loop", "y", Map.of("body", new Attribute.GraphValue(body)), "times", "true", "x")
                .build(new long[] {-1, K}, 2);
    }

    private static Graph body(
            String name, List<ValueInfo> inputs, List<Node> nodes, Map<String, Tensor> constants, String output) {
        Map<String, Initializer> initializers = new LinkedHashMap<>();
        constants.forEach((key, value) -> initializers.put(key, Initializer.of(value)));
        return Graph.of(
                name,
                inputs,
                List.of(new ValueInfo(output, ValueType.tensor(DataType.FLOAT, PartialShape.of(-1, K)))),
                nodes,
                initializers,
                Map.of());
    }

    private static Node node(String opType, String output, String... inputs) {
        return new Node("", "", opType, OPSET, List.of(inputs), List.of(output), Map.of());
    }

    @Test
    void branchesAreQuantizedDynamically() {
        Model model = branches();
        QuantizationResult result = DynamicQuantization.apply(model);
        assertEquals(3, result.quantized());
        assertEquals(List.of("t", "then_y", "u"), names(result));
        List<Graph> graphs = graphs(result.model().graph());
        assertEquals(
                List.of("Cast", "DynamicQuantizeLinear", "MatMulInteger", "Mul", "Mul", "Relu"),
                operators(graphs.get(2)).stream().sorted().toList());
        // Both branches' matrix, once, with its scales; the one of a branch; a bias and what is compared with
        assertEquals(2L * (K * K + 4 * K) + 4 * K + 4, result.bytesAfter());
        assertDistinctNames(graphs);
        assertTrue(Models.sqnr(model, result.model(), samples) > 30);
    }

    @Test
    void branchesHaveTheirWeightsInFewerBits() {
        Model model = branches();
        for (WeightOnlyOptions.Format format : WeightOnlyOptions.Format.values()) {
            WeightOnlyOptions options = WeightOnlyOptions.DEFAULT.withBits(8).withFormat(format);
            QuantizationResult result =
                    WeightOnlyQuantization.apply(model, null, options, Models.ONE_THREAD, ProgressListener.NONE);
            assertEquals(3, result.quantized());
            assertEquals(2L * (K * K + 5 * K) + 4 * K + 4, result.bytesAfter(), format.toString());
            assertDistinctNames(graphs(result.model().graph()));
            assertTrue(Models.sqnr(model, result.model(), samples) > 35, format.toString());
        }
    }

    @Test
    void gptqSaysWhatItDoesNotSee() {
        QuantizationResult result = WeightOnlyQuantization.apply(
                branches(),
                CalibrationData.of(samples),
                WeightOnlyOptions.DEFAULT.withRounding(WeightOnlyOptions.Rounding.GPTQ),
                Models.ONE_THREAD,
                ProgressListener.NONE);
        assertEquals(
                List.of("rounded to nearest, because inputs of layers in bodies of If, Loop and Scan are not seen: t,"
                        + " then_y, u"),
                result.notes());
    }

    @Test
    void theBodyOfALoopIsQuantized() {
        Model model = loop();
        QuantizationResult result = DynamicQuantization.apply(model);
        assertEquals(1, result.quantized());
        assertTrue(operators(graphs(result.model().graph()).get(1)).contains("MatMulInteger"));
        assertTrue(Models.sqnr(model, result.model(), samples) > 25);
    }

    /** A value that is quantized outside is not quantized again inside. */
    @Test
    void whatIsQuantizedOutsideIsSeenInside() {
        Model inner = branches();
        Graph graph = inner.graph();
        List<Node> nodes = new ArrayList<>(graph.nodes());
        nodes.add(new Node("outside", "", "MatMul", OPSET, List.of("x", "w"), List.of("z"), Map.of()));
        List<ValueInfo> outputs = new ArrayList<>(graph.outputs());
        outputs.add(new ValueInfo("z", ValueType.tensor(DataType.FLOAT, PartialShape.of(-1, K))));
        Model model = inner.withGraph(
                Graph.of("both", graph.inputs(), outputs, nodes, graph.initializers(), graph.valueTypes()));
        QuantizationResult result = DynamicQuantization.apply(model);
        List<Graph> graphs = graphs(result.model().graph());
        assertEquals(4, result.quantized());
        assertTrue(operators(graphs.get(0)).contains("DynamicQuantizeLinear"));
        assertTrue(!operators(graphs.get(2)).contains("DynamicQuantizeLinear"), operators(graphs.get(2)) + "");
        assertTrue(Models.sqnr(model, result.model(), samples) > 30);
    }

    /** The branches, and a product of the main graph. */
    private Model branchesAndAProduct() {
        Graph graph = branches().graph();
        List<Node> nodes = new ArrayList<>(graph.nodes());
        nodes.add(new Node("outside", "", "MatMul", OPSET, List.of("x", "v"), List.of("z"), Map.of()));
        Map<String, Initializer> constants = new LinkedHashMap<>(graph.initializers());
        constants.put("v", Initializer.of(own));
        List<ValueInfo> outputs = new ArrayList<>(graph.outputs());
        outputs.add(new ValueInfo("z", ValueType.tensor(DataType.FLOAT, PartialShape.of(-1, K))));
        return branches().withGraph(Graph.of("both", graph.inputs(), outputs, nodes, constants, graph.valueTypes()));
    }

    @Test
    void pruningNamesWhatItLeaves() {
        PruningOptions options = PruningOptions.DEFAULT.withMethod(PruningMethod.MAGNITUDE);
        PruningResult result =
                Pruning.apply(branchesAndAProduct(), null, options, Models.ONE_THREAD, ProgressListener.NONE);
        assertEquals(
                List.of("outside", "t", "then_y", "u"),
                result.layers().stream().map(PrunedLayer::name).toList());
        PrunedLayer last = result.layers().getLast();
        assertEquals("in the else_branch of If 'y_node'; the main graph is pruned", last.denseReason());
        assertEquals(K * K, last.weights());
        Exception e = assertThrows(
                QuantizationException.class,
                () -> Pruning.apply(branches(), null, options, Models.ONE_THREAD, ProgressListener.NONE));
        assertEquals(
                "the model has nothing to prune: no Conv, Gemm or MatMul with constant fp32 weights of two or more"
                        + " dimensions; 3 are in bodies of If, Loop or Scan, which stay as they are: MatMul 't' in the"
                        + " then_branch of If 'y_node', ...",
                e.getMessage());
    }

    @Test
    void comparisonNamesWhatItLeaves() {
        Model model = branchesAndAProduct();
        try (LayerComparison comparison = new LayerComparison(model, model, Models.ONE_THREAD, false)) {
            assertEquals(
                    List.of(
                            "t in the then_branch of If 'y_node'",
                            "then_y in the then_branch of If 'y_node'",
                            "u in the else_branch of If 'y_node'"),
                    comparison.layersInBodies());
        }
    }

    @Test
    void staticQuantizationNamesWhatItLeaves() {
        Model model = branchesAndAProduct();
        QuantizationResult result = StaticQuantization.apply(
                model, CalibrationData.of(samples), StaticOptions.DEFAULT, Models.ONE_THREAD, ProgressListener.NONE);
        assertEquals(1, result.quantized());
        assertEquals(List.of("outside", "t", "then_y", "u"), names(result));
        assertEquals(
                "in the else_branch of If 'y_node'; static quantization is for the main graph",
                result.layers().getLast().fp32Reason());
        assertTrue(Models.sqnr(model, result.model(), samples) > 100, "the branches are as they were");
    }

    private static List<String> names(QuantizationResult result) {
        return result.layers().stream().map(LayerReport::name).toList();
    }

    private static List<String> operators(Graph graph) {
        return graph.nodes().stream().map(Node::opType).toList();
    }

    private static List<Graph> graphs(Graph main) {
        List<Graph> graphs = new ArrayList<>(List.of(main));
        main.nodes().forEach(node -> Subgraphs.of(node).forEach(body -> graphs.addAll(graphs(body))));
        return graphs;
    }

    /** No value of a body has a name of the main graph, nor, for what was made new, of the other body. */
    private static void assertDistinctNames(List<Graph> graphs) {
        Set<String> names = new HashSet<>();
        for (Graph graph : graphs) {
            List<String> defined = new ArrayList<>(graph.initializers().keySet());
            graph.nodes().forEach(node -> defined.addAll(node.outputs()));
            for (String name : defined) {
                assertTrue(names.add(name) || name.equals("u"), name + " is defined twice");
            }
        }
    }
}
