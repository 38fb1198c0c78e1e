package org.lanewise.quantization;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Map;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
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

class DynamicQuantizationTest {
    private static Model product(float[] b, int k, int n, int opset) {
        Graph graph = Graph.of(
                "product",
                List.of(new ValueInfo("A", ValueType.tensor(DataType.FLOAT, PartialShape.of(-1, k)))),
                List.of(new ValueInfo("Y", ValueType.tensor(DataType.FLOAT, PartialShape.of(-1, n)))),
                List.of(new Node("product", "", "MatMul", opset, List.of("A", "B"), List.of("Y"), Map.of())),
                Map.of("B", Initializer.of(Tensor.of(b, k, n))),
                Map.of());
        return new Model(graph, 8, Map.of("", opset), "", "", Map.of());
    }

    private static float[] run(Model model, float[] a, int rows, int k) {
        try (Session session = Session.open(model, SessionOptions.DEFAULT.withThreads(1))) {
            return session.run(Map.of("A", Tensor.of(a, rows, k))).get("Y").toFloatArray();
        }
    }

    @Test
    void valuesOnTheGridComeOutExactly() {
        // Columns of largest magnitude 127 have scale 1; activations from 0 to 255 have scale 1 and zero point 0.
        Model model = product(new float[] {127, -127, -64, 1}, 2, 2, 13);
        QuantizationResult result = DynamicQuantization.apply(model);
        float[] y = run(result.model(), new float[] {255, 3, 0, 7}, 2, 2);
        assertEquals(255 * 127 - 3 * 64, y[0]);
        assertEquals(-255 * 127 + 3, y[1]);
        assertEquals(-7 * 64, y[2]);
        assertEquals(7, y[3]);
        assertEquals(1, result.quantized());
        assertEquals(
                List.of("DynamicQuantizeLinear", "MatMulInteger", "Cast", "Mul", "Mul"),
                result.model().graph().nodes().stream().map(Node::opType).toList());
        assertEquals(1, model.graph().nodes().size(), "the original stays");
    }

    @Property(tries = 50)
    void theErrorStaysWithinTheSteps(
            @ForAll long seed,
            @ForAll @IntRange(min = 1, max = 9) int rows,
            @ForAll @IntRange(min = 1, max = 70) int k,
            @ForAll @IntRange(min = 1, max = 40) int n) {
        Random random = new Random(seed);
        float[] a = new float[rows * k];
        float[] b = new float[k * n];
        fill(a, random);
        fill(b, random);
        Model model = product(b, k, n, 13);
        float[] exact = run(model, a, rows, k);
        float[] quantized = run(DynamicQuantization.apply(model).model(), a, rows, k);
        float low = 0;
        float high = 0;
        float largest = 0;
        for (float value : a) {
            low = Math.min(low, value);
            high = Math.max(high, value);
        }
        for (float value : b) {
            largest = Math.max(largest, Math.abs(value));
        }
        // Half a step of one factor times the other, for both factors, and the range's own rounding.
        float stepA = (high - low) / 255;
        float bound = k * (stepA * largest + largest / 127 * Math.max(high, -low)) + 1e-4f;
        for (int i = 0; i < exact.length; i++) {
            assertTrue(
                    Math.abs(exact[i] - quantized[i]) <= bound,
                    exact[i] + " became " + quantized[i] + ", bound " + bound);
        }
    }

    @Test
    void anOldModelIsRefused() {
        Exception e = assertThrows(
                QuantizationException.class, () -> DynamicQuantization.apply(product(new float[1], 1, 1, 10)));
        assertEquals(
                "the model is of opset 10, this needs 11 or newer: convert it first, with onnx.version_converter for"
                        + " example",
                e.getMessage());
    }

    @Test
    void productsOfOneValueQuantizeItOnce() {
        Random random = new Random(1);
        Model model = new Models(13)
                .constant("w1", Tensor.of(Models.gaussian(random, 12, 1), 4, 3))
                .constant("w2", Tensor.of(Models.gaussian(random, 12, 1), 3, 4))
                .constant("b", Tensor.of(new float[] {1, 2, 3}))
                .node("MatMul", "p", "x", "w1")
                .node("Gemm", "q", Map.of("transB", new Attribute.IntValue(1)), "x", "w2", "b")
                .node("Add", "y", "p", "q")
                .build(new long[] {-1, 4}, 2);
        QuantizationResult result = DynamicQuantization.apply(model);
        List<String> operators = Models.operators(result.model());
        assertEquals(
                1, operators.stream().filter("DynamicQuantizeLinear"::equals).count());
        assertEquals(2, operators.stream().filter("MatMulInteger"::equals).count());
        assertTrue(Models.sqnr(model, result.model(), Models.samples(1, 3, 5, 4)) > 30);
    }

    @Test
    void rowsOfTablesAreInt8() {
        Random random = new Random(1);
        Model model = new Models(13)
                .constant("table", Tensor.of(Models.gaussian(random, 1024 * 16, 1), 1024, 16))
                .constant("half", Tensor.scalar(0.5f))
                .node("Cast", "i", Map.of("to", new Attribute.IntValue(DataType.INT64.code())), "x")
                .node("Gather", "g", "table", "i")
                .node("Mul", "y", "g", "half")
                .build(new long[] {-1}, 2);
        QuantizationResult result = DynamicQuantization.apply(model);
        assertEquals(4L * 1024 * 16 + 4, result.bytesBefore());
        assertEquals(1024L * 16 + 4 * 1024 + 4, result.bytesAfter());
        List<Map<String, Tensor>> rows = List.of(Map.of("x", Tensor.of(new float[] {0, 7, 1023})));
        assertTrue(Models.sqnr(model, result.model(), rows) > 40);
    }

    @Test
    void convolutionsThatStayAreReported() {
        Model model = convolutions();
        QuantizationResult result = DynamicQuantization.apply(model);
        assertEquals(1, result.quantized());
        List<LayerReport> left =
                result.layers().stream().filter(layer -> !layer.isQuantized()).toList();
        assertEquals(
                List.of("c_node", "d_node"),
                left.stream().map(LayerReport::name).toList());
        assertEquals(
                "dynamic quantization leaves convolutions unless asked for them",
                left.getFirst().fp32Reason());
        assertEquals(4L * 8 * 4 * 9, left.getFirst().bytesAfter());
    }

    @Test
    void convolutionsBecomeConvIntegerWhereAskedFor() {
        Model model = convolutions();
        for (boolean perChannel : new boolean[] {true, false}) {
            QuantizationResult result = DynamicQuantization.apply(
                    model, new DynamicQuantization.Options(perChannel, true, true, LayerSelection.ALL));
            assertEquals(3, result.quantized());
            assertEquals(
                    2,
                    Models.operators(result.model()).stream()
                            .filter("ConvInteger"::equals)
                            .count());
            assertTrue(Models.sqnr(model, result.model(), Models.samples(1, 3, 2, 4, 6, 5)) > 28);
        }
    }

    private static Model convolutions() {
        Random random = new Random(2);
        return new Models(13)
                .conv("c", "x", Models.gaussian(random, 8 * 4 * 9, 0.2), Models.gaussian(random, 8, 1), 4, 1)
                .conv("d", "c", Models.gaussian(random, 8 * 9, 0.3), Models.gaussian(random, 8, 1), 8, 8)
                .constant("w", Tensor.of(Models.gaussian(random, 5 * 7, 1), 5, 7))
                .node("MatMul", "y", "d", "w")
                .build(new long[] {-1, 4, 6, 5}, 4);
    }

    /** Factors that cannot go into constants are not lost. */
    @ParameterizedTest
    @CsvSource({"3, 1, 2", "3, 0.5, 1"})
    void factorsOfAGemmWithAChangingAddendAreKept(float alpha, float beta, int quantized) {
        Random random = new Random(1);
        Model model = new Models(13)
                .constant("w", Tensor.of(Models.gaussian(random, 16, 1), 4, 4))
                .constant("v", Tensor.of(Models.gaussian(random, 16, 1), 4, 4))
                .node("Relu", "c", "x")
                .node(
                        "Gemm",
                        "g",
                        Map.of("alpha", new Attribute.FloatValue(alpha), "beta", new Attribute.FloatValue(beta)),
                        "x",
                        "w",
                        "c")
                .node("MatMul", "y", "g", "v")
                .build(new long[] {-1, 4}, 2);
        QuantizationResult result = DynamicQuantization.apply(model);
        assertEquals(quantized, result.quantized());
        assertTrue(Models.sqnr(model, result.model(), Models.samples(1, 3, 5, 4)) > 30);
    }

    private static void fill(float[] values, Random random) {
        for (int i = 0; i < values.length; i++) {
            values[i] = (float) random.nextGaussian();
        }
    }
}
