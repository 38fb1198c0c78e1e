package org.lanewise.quantization.compare;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;
import org.lanewise.quantization.DynamicQuantization;
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

class LayerComparisonTest {
    private static final SessionOptions ONE_THREAD = SessionOptions.DEFAULT.withThreads(1);

    /** Builds graphs from x (N, 2) to a value of the same size. */
    private static final class Builder {
        private final List<Node> nodes = new ArrayList<>();
        private final Map<String, Initializer> constants = new LinkedHashMap<>();

        Builder constant(String name, Tensor value) {
            constants.put(name, Initializer.of(value));
            return this;
        }

        Builder node(String opType, String output, String... inputs) {
            nodes.add(new Node(output + "_node", "", opType, 13, List.of(inputs), List.of(output), Map.of()));
            return this;
        }

        /** Codes of {@code value} and what they stand for, with zero point 0. */
        Builder quantized(String value, float scale) {
            constant(value + "_scale", Tensor.scalar(scale));
            constant(
                    value + "_zero",
                    Tensor.wrap(DataType.UINT8, org.lanewise.runtime.tensor.Shape.scalar(), new byte[1], 0));
            node("QuantizeLinear", value + "_QuantizeLinear_Output", value, value + "_scale", value + "_zero");
            return node(
                    "DequantizeLinear",
                    value + "_DequantizeLinear_Output",
                    value + "_QuantizeLinear_Output",
                    value + "_scale",
                    value + "_zero");
        }

        Model build(String output) {
            ValueType type = ValueType.tensor(DataType.FLOAT, PartialShape.of(-1, 2));
            Graph graph = Graph.of(
                    "test",
                    List.of(new ValueInfo("x", type)),
                    List.of(new ValueInfo(output, type)),
                    nodes,
                    constants,
                    Map.of());
            return new Model(graph, 8, Map.of("", 13), "", "", Map.of());
        }
    }

    private static final float[] FIRST = {1, 0, 0, 2};
    private static final float[] SECOND = {1, 1, 0, 1};

    /** relu(x A) B + relu(x A). */
    private static Model reference() {
        return new Builder()
                .constant("a", Tensor.of(FIRST, 2, 2))
                .constant("b", Tensor.of(SECOND, 2, 2))
                .node("MatMul", "p", "x", "a")
                .node("Relu", "r", "p")
                .node("MatMul", "s", "r", "b")
                .node("Add", "y", "s", "r")
                .build("y");
    }

    private static Builder weights(Builder builder, String name, float scale, float... values) {
        byte[] codes = new byte[values.length];
        for (int i = 0; i < codes.length; i++) {
            codes[i] = (byte) Math.rint(values[i] / scale);
        }
        return builder.constant(name + "_quantized", Tensor.of(codes, 2, 2))
                .constant(name + "_scale", Tensor.scalar(scale))
                .node("DequantizeLinear", name + "_DequantizeLinear_Output", name + "_quantized", name + "_scale");
    }

    /** The same with codes; {@code step} is that of the first result, all else is exact for small whole numbers. */
    private static Model candidate(float step) {
        Builder builder = new Builder().quantized("x", 1);
        weights(builder, "a", 1, FIRST);
        weights(builder, "b", 1, SECOND);
        return builder.node("MatMul", "p", "x_DequantizeLinear_Output", "a_DequantizeLinear_Output")
                .node("Relu", "r", "p")
                .quantized("r", step)
                .node("MatMul", "s", "r_DequantizeLinear_Output", "b_DequantizeLinear_Output")
                .quantized("s", 1)
                .node("Add", "y", "s_DequantizeLinear_Output", "r_DequantizeLinear_Output")
                .build("y");
    }

    private static List<LayerResult> compare(Model candidate, SessionOptions options, float... x) {
        try (LayerComparison comparison = new LayerComparison(reference(), candidate, options, true)) {
            comparison.add(Map.of("x", Tensor.of(x, x.length / 2, 2)));
            assertEquals(List.of(), comparison.unmatchedReference());
            assertEquals(List.of(), comparison.unmatchedCandidate());
            return comparison.results();
        }
    }

    @Test
    void valuesOnTheGridAreExact() {
        for (SessionOptions options : List.of(ONE_THREAD, ONE_THREAD.raw())) {
            List<LayerResult> layers = compare(candidate(1), options, 1, 2, 3, -4);
            assertEquals(
                    List.of("p_node", "s_node", "y_node"),
                    layers.stream().map(LayerResult::name).toList());
            assertEquals(
                    List.of(List.of(), List.of(0), List.of(0, 1)),
                    layers.stream().map(LayerResult::inputs).toList());
            for (LayerResult layer : layers) {
                assertEquals(Double.POSITIVE_INFINITY, layer.error().sqnr(), layer.name());
                assertEquals(
                        Double.POSITIVE_INFINITY,
                        Objects.requireNonNull(layer.isolated()).sqnr());
            }
            assertTrue(layers.get(0).quantized());
            assertTrue(!layers.get(2).quantized());
            // relu(x A) is 1, 4, 3, 0: codes 0 to 4 of 256
            assertEquals(5 / 256.0, layers.get(0).rangeUsed());
            assertEquals(0, layers.get(0).clippedShare());
            assertNull(ErrorJump.first(layers));
        }
    }

    @Test
    void aCoarseStepIsTheErrorOfItsLayerAlone() {
        // In steps of 4, relu(x A) = (1, 4) becomes (0, 4)
        List<LayerResult> layers = compare(candidate(4), ONE_THREAD, 1, 2);
        LayerResult first = layers.get(0);
        assertEquals(10 * Math.log10(17), first.error().sqnr(), 1e-9);
        assertEquals(
                first.error().sqnr(), Objects.requireNonNull(first.isolated()).sqnr());
        // (1, 5) becomes (0, 4): what the first layer lost; fed with the reference's own codes it gets (0, 4) again
        assertEquals(10 * Math.log10(26 / 2.0), layers.get(1).error().sqnr(), 1e-9);
        ErrorJump jump = Objects.requireNonNull(ErrorJump.first(layers));
        assertEquals(0, jump.layer());
        assertEquals(ErrorJump.GOOD, jump.before());
    }

    @Test
    void whatIsBeyondTheRangeIsClipped() {
        // In steps of 1/64 the range ends at 255/64
        LayerResult first = compare(candidate(1 / 64f), ONE_THREAD, 1, 2, 1, 1).get(0);
        assertEquals(0.25, first.clippedShare());
        assertEquals(4 - 255 / 64.0, first.error().maxError());
    }

    @Test
    void weightsAreCountedAndSumsBounded() {
        LayerResult first = compare(candidate(1), ONE_THREAD, 1, 2).get(0);
        assertEquals(new LayerWeights(4, 2, 16, DataType.FLOAT), first.referenceWeights());
        assertEquals(new LayerWeights(4, 2, 4, DataType.INT8), first.candidateWeights());
        assertEquals(new SumBound(2 * 255), first.sums());
        assertTrue(Objects.requireNonNull(first.sums()).fitsInt32());
    }

    @Test
    void dynamicQuantizationHasTheSameLayers() {
        Model dynamic = DynamicQuantization.apply(reference()).model();
        List<LayerResult> layers = compare(dynamic, ONE_THREAD, 1, 2, 3, -4);
        assertEquals(3, layers.size());
        assertNotNull(layers.get(1).sums());
        assertTrue(layers.get(0).error().sqnr() > 30, "8 bits keep more than 30 dB");
        assertEquals(
                Double.POSITIVE_INFINITY,
                Objects.requireNonNull(layers.get(2).isolated()).sqnr(),
                "the addition stays in fp32 and is exact when it is given exact values");
    }

    @Test
    void integerOperatorsAreTheSameLayers() {
        Builder builder = new Builder().quantized("x", 1);
        builder.constant("one", Tensor.scalar(1f))
                .constant(
                        "zero", Tensor.wrap(DataType.INT8, org.lanewise.runtime.tensor.Shape.scalar(), new byte[1], 0))
                .constant("aq", Tensor.of(new byte[] {1, 0, 0, 2}, 2, 2))
                .node(
                        "QLinearMatMul",
                        "p_quantized",
                        "x_QuantizeLinear_Output",
                        "x_scale",
                        "x_zero",
                        "aq",
                        "one",
                        "zero",
                        "x_scale",
                        "x_zero")
                .node("DequantizeLinear", "y", "p_quantized", "x_scale", "x_zero");
        Model plain = new Builder()
                .constant("a", Tensor.of(FIRST, 2, 2))
                .node("MatMul", "p", "x", "a")
                .node("Identity", "y", "p")
                .build("y");
        try (LayerComparison comparison = new LayerComparison(plain, builder.build("y"), ONE_THREAD, true)) {
            comparison.add(Map.of("x", Tensor.of(new float[] {3, 5}, 1, 2)));
            LayerResult layer = comparison.results().getFirst();
            assertEquals("p_quantized_node", layer.candidateName());
            assertEquals(Double.POSITIVE_INFINITY, layer.error().sqnr());
            assertEquals((10 - 3 + 1) / 256.0, layer.rangeUsed());
            assertEquals(new SumBound(510), layer.sums());
        }
    }

    @Test
    void otherShapesAreNamed() {
        Builder builder =
                new Builder().constant("a", Tensor.of(FIRST, 2, 2)).constant("c", Tensor.of(new long[] {0}, 1));
        builder.node("Concat", "z", "x", "x").node("MatMul", "y", "z", "a");
        Node concat = builder.nodes.getFirst();
        builder.nodes.set(
                0, concat.withAttributes(Map.of("axis", new org.lanewise.runtime.graph.Attribute.IntValue(0))));
        Model twice = builder.build("y");
        Model once = new Builder()
                .constant("a", Tensor.of(FIRST, 2, 2))
                .node("MatMul", "y", "x", "a")
                .build("y");
        try (LayerComparison comparison = new LayerComparison(once, twice, ONE_THREAD, false)) {
            assertEquals(List.of("z_node"), comparison.unmatchedCandidate());
            Exception e = assertThrows(
                    IllegalArgumentException.class, () -> comparison.add(Map.of("x", Tensor.of(new float[2], 1, 2))));
            assertEquals("layer 'y_node' gives float[1,2], 'y_node' of the candidate float[2,2]", e.getMessage());
        }
    }

    @Property(tries = 50)
    void noSumPassesItsBound(@ForAll long seed, @ForAll @IntRange(min = 1, max = 40) int depth) {
        Random random = new Random(seed);
        byte[] weights = new byte[depth * 3];
        byte[] extremes = new byte[depth];
        random.nextBytes(weights);
        for (int i = 0; i < depth; i++) {
            extremes[i] = (byte) (random.nextBoolean() ? 255 : 0);
        }
        int zero = random.nextInt(256);
        ValueType type = ValueType.tensor(DataType.UINT8, PartialShape.of(1, depth));
        ValueType sums = ValueType.tensor(DataType.INT32, PartialShape.of(1, 3));
        Graph graph = Graph.of(
                "sums",
                List.of(new ValueInfo("x", type)),
                List.of(new ValueInfo("y", sums)),
                List.of(new Node("", "", "MatMulInteger", 13, List.of("x", "w", "z"), List.of("y"), Map.of())),
                Map.of(
                        "w",
                        Initializer.of(Tensor.of(weights, depth, 3)),
                        "z",
                        Initializer.of(Tensor.wrap(
                                DataType.UINT8,
                                org.lanewise.runtime.tensor.Shape.scalar(),
                                new byte[] {(byte) zero},
                                0))),
                Map.of());
        GraphIndex index = new GraphIndex(graph);
        Node node = graph.nodes().getFirst();
        SumBound bound =
                Objects.requireNonNull(SumBound.of(index, node, Objects.requireNonNull(OperatorForm.of(node))));
        Model model = new Model(graph, 8, Map.of("", 13), "", "", Map.of());
        try (Session session = Session.open(model, ONE_THREAD)) {
            Tensor x = Tensor.wrap(DataType.UINT8, org.lanewise.runtime.tensor.Shape.of(1, depth), extremes, 0);
            for (long sum :
                    Objects.requireNonNull(session.run(Map.of("x", x)).get("y")).toLongArray()) {
                assertTrue(Math.abs(sum) <= bound.largest(), sum + " passes " + bound.largest());
            }
        }
    }
}
