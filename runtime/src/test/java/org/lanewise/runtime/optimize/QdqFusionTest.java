package org.lanewise.runtime.optimize;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.lanewise.runtime.optimize.GraphBuilder.and;
import static org.lanewise.runtime.optimize.GraphBuilder.integer;
import static org.lanewise.runtime.optimize.GraphBuilder.ints;
import static org.lanewise.runtime.optimize.GraphBuilder.text;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.lanewise.runtime.graph.Graph;
import org.lanewise.runtime.tensor.DataType;
import org.lanewise.runtime.tensor.Tensor;

/** The passes over quantized values but for convolutions: products, sums, means, tables, what only moves elements. */
class QdqFusionTest {
    private static final double EXACT = 1e-6;
    private static final double STEP = 0.02;

    private final QdqBuilder b = new QdqBuilder();

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void products(boolean perColumn) {
        b.input("x", 2, 5, 24);
        String w = perColumn ? b.channelWeights(1, 24, 37) : b.weights(DataType.UINT8, 0.004, 90, 24, 37);
        String product = b.node("MatMul", b.qdq("x", 0.01, 128), w);
        String sum = b.node("Add", b.g.noise(37), product);
        Graph graph = b.build(b.qdq(b.node("Relu", sum), STEP, 5));
        Rewritten result = QdqBuilder.check(graph, STEP, Map.of("x", b.noise(2, 5, 24)));
        assertEquals(1, result.count("org.lanewise.QMatMul"));
        assertEquals(
                3,
                result.graph().nodes().size(),
                () -> result.operators() + ": what is quantized and dequantized at the ends");
    }

    @Test
    void oneRowTimesATallMatrix() {
        b.input("x", 1, 500);
        b.input("z", 1, 6);
        String x = b.qdq("x", 0.01, 128);
        String bytes = b.qdq(b.node("MatMul", x, b.weights(DataType.UINT8, 0.004, 90, 500, 6)), 0.2, 100);
        String sum = b.node("Add", b.node("MatMul", x, b.channelWeights(1, 500, 6)), "z");
        Graph graph = b.build(bytes, b.node("Relu", sum));
        Map<String, Tensor> inputs = Map.of("x", b.noise(1, 500), "z", b.noise(1, 6));
        Rewritten result = QdqBuilder.check(graph, 1e-4, inputs);
        assertEquals(2, result.count("org.lanewise.QMatMul"));
        assertEquals(0, result.count("Add") + result.count("Relu"));
    }

    @Test
    void gemmWithItsMatrixTransposed() {
        b.input("x", 4, 24);
        String product =
                b.node("Gemm", integer("transB", 1), b.qdq("x", 0.01, 128), b.channelWeights(0, 19, 24), b.g.noise(19));
        Rewritten result = QdqBuilder.check(b.build(b.qdq(product, STEP, 128)), STEP, Map.of("x", b.noise(4, 24)));
        assertEquals(1, result.count("org.lanewise.QMatMul"));
    }

    @Test
    void productsEndInFp32() {
        b.input("x", -1, 24);
        b.input("z", -1, 19);
        String product = b.node("MatMul", b.qdq("x", 0.01, 128), b.channelWeights(1, 24, 19));
        String sum = b.node("Add", b.node("Add", product, b.g.noise(19)), "z");
        Graph graph = b.build(b.node("Tanh", sum));
        Rewritten result = QdqBuilder.check(graph, 1e-5, Map.of("x", b.noise(4, 24), "z", b.noise(4, 19)));
        assertEquals(Map.of("QuantizeLinear", 1, "org.lanewise.QMatMul", 1), result.operators());
        QdqBuilder.check(graph, 1e-5, Map.of("x", b.noise(4, 24), "z", b.noise(1, 19)));
        QdqBuilder.check(graph, 1e-5, Map.of("x", b.noise(1, 24), "z", b.noise(4, 19)));
    }

    @Test
    void productsSayWhyNot() {
        b.input("x", 4, 24);
        String x = b.qdq("x", 0.01, 128);
        String wrong = b.node("MatMul", x, b.channelWeights(0, 24, 19));
        String scaled = b.node("Gemm", GraphBuilder.number("alpha", 2), x, b.channelWeights(1, 24, 19));
        List<String> reasons = QdqBuilder.refusals(b.build(b.node("Add", wrong, scaled)), "qdq-matmul");
        assertEquals(2, reasons.size(), reasons::toString);
        assertTrue(reasons.get(0).contains("along another axis"), reasons::toString);
        assertTrue(reasons.get(1).contains("alpha"), reasons::toString);
    }

    @ParameterizedTest
    @ValueSource(strings = {"Add", "Sub", "Mul"})
    void sumsAndProductsOfTwo(String operator) {
        b.input("x", 3, 70);
        b.input("y", 3, 70);
        b.input("z", 70);
        String two = b.node(operator, b.qdq("x", 0.009, 131), b.qdq("y", 0.007, 3, DataType.INT8));
        String relu = b.qdq(b.node("Relu", two), STEP, 20);
        String three = b.qdq(b.node(operator, relu, b.qdq("z", 0.01, 128)), STEP, -3, DataType.INT8);
        Map<String, org.lanewise.runtime.tensor.Tensor> inputs =
                Map.of("x", b.noise(3, 70), "y", b.noise(3, 70), "z", b.noise(70));
        Rewritten result = QdqBuilder.check(b.build(three), 2 * STEP, inputs);
        assertEquals(2, result.count(operator.equals("Mul") ? "org.lanewise.QMul" : "org.lanewise.QAdd"));
    }

    @Test
    void sumsSayWhyNot() {
        b.input("x", 3, 7);
        b.input("y", 3, 7);
        String one = b.node("Add", b.qdq("x", 0.01, 0), "y");
        String open = b.node("Mul", b.qdq("x", 0.01, 0), b.qdq("y", 0.01, 0));
        List<String> reasons =
                QdqBuilder.refusals(b.build(b.qdq(one, STEP, 0), b.node("Exp", open)), "qdq-elementwise");
        assertEquals(2, reasons.size(), reasons::toString);
        assertTrue(reasons.get(0).contains("only one of its inputs"), reasons::toString);
        assertTrue(reasons.get(1).contains("used in fp32"), reasons::toString);
    }

    @Test
    void functionsOfOneValueAreTables() {
        b.input("x", 4, 50);
        String x = b.qdq("x", 0.01, 128);
        String gate = b.qdq(b.node("Sigmoid", x), 1 / 256.0, 0);
        String swish = b.qdq(b.node("Mul", x, gate), 0.01, 60);
        String scaled = b.node("Add", b.node("Mul", swish, b.g.scalar(0.3)), b.g.scalar(0.1));
        Graph graph = b.build(b.qdq(b.node("Elu", scaled), 0.003, -20, DataType.INT8));
        Rewritten result = QdqBuilder.check(graph, EXACT, Map.of("x", b.noise(4, 50)));
        assertEquals(Map.of("QuantizeLinear", 1, "DequantizeLinear", 1, "org.lanewise.QLookup", 1), result.operators());
    }

    @Test
    void pairsThatAgreeVanish() {
        b.input("x", 4, 50);
        Graph graph = b.build(b.qdq(b.qdq(b.qdq("x", 0.01, 128), 0.01, 128), 0.01, 128));
        Rewritten result = QdqBuilder.check(graph, EXACT, Map.of("x", b.noise(4, 50)));
        assertEquals(Map.of("QuantizeLinear", 1, "DequantizeLinear", 1), result.operators());
    }

    @Test
    void otherScalesAreTables() {
        b.input("x", 4, 50);
        Graph graph = b.build(b.qdq(b.qdq("x", 0.01, 128), 0.013, 3, DataType.INT8));
        Rewritten result = QdqBuilder.check(graph, EXACT, Map.of("x", b.noise(4, 50)));
        assertEquals(1, result.count("org.lanewise.QLookup"));
    }

    @Test
    void functionsOfTwoValuesAreNot() {
        b.input("x", 4, 50);
        b.input("y", 4, 50);
        String sum = b.node("Max", b.qdq("x", 0.01, 128), b.qdq("y", 0.01, 128));
        Rewritten result = QdqBuilder.check(
                b.build(b.qdq(sum, 0.01, 128)), EXACT, Map.of("x", b.noise(4, 50), "y", b.noise(4, 50)));
        assertEquals(0, result.count("org.lanewise.QLookup"));
    }

    @Test
    void whatMovesElementsMovesBytes() {
        b.input("x", 1, 4, 6, 6);
        String x = b.qdq("x", 0.01, 128);
        String pooled = b.qdq(b.node("MaxPool", ints("kernel_shape", 2, 2), x), 0.01, 128);
        String larger = b.node(
                "Resize",
                and(text("mode", "nearest"), text("coordinate_transformation_mode", "asymmetric")),
                pooled,
                "",
                b.g.constant(org.lanewise.runtime.tensor.Tensor.of(new float[] {1, 1, 2, 2})));
        String flat = b.qdq(b.node("Reshape", b.qdq(larger, 0.01, 128), b.g.longs(4, -1)), 0.01, 128);
        Rewritten result = QdqBuilder.check(
                b.build(b.qdq(b.node("Transpose", ints("perm", 1, 0), flat), 0.01, 128)),
                EXACT,
                Map.of("x", b.noise(1, 4, 6, 6)));
        assertEquals(1, result.count("QuantizeLinear"), result.operators()::toString);
        assertEquals(1, result.count("DequantizeLinear"));
    }

    @Test
    void concatenationRescalesWhatDiffers() {
        b.input("x", 2, 3);
        b.input("y", 2, 4);
        String joined =
                b.node("Concat", integer("axis", 1), b.qdq("x", 0.01, 128), b.qdq("y", 0.008, -3, DataType.INT8));
        Rewritten result = QdqBuilder.check(
                b.build(b.qdq(b.node("Relu", joined), 0.01, 128)),
                EXACT,
                Map.of("x", b.noise(2, 3), "y", b.noise(2, 4)));
        assertEquals(2, result.count("QuantizeLinear"));
        assertEquals(2, result.count("org.lanewise.QLookup"));
        assertEquals(1, result.count("DequantizeLinear"));
    }

    @Test
    void means() {
        b.input("x", 2, 20, 9, 7);
        String x = b.qdq("x", 0.01, 128);
        String window =
                b.qdq(b.node("AveragePool", and(ints("kernel_shape", 3, 3), ints("pads", 1, 1, 1, 1)), x), 0.007, 100);
        String all = b.qdq(b.node("GlobalAveragePool", b.node("Relu", window)), 0.003, 128);
        String mean = b.qdq(b.node("ReduceMean", window, b.g.longs(-1, 2)), 0.003, 4, DataType.INT8);
        Rewritten result = QdqBuilder.check(b.build(all, mean), 0.003, Map.of("x", b.noise(2, 20, 9, 7)));
        assertEquals(1, result.count("org.lanewise.QAveragePool"), result.operators()::toString);
        assertTrue(result.count("org.lanewise.QGlobalAveragePool") >= 1);
    }
}
