package org.lanewise.runtime.optimize;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.lanewise.runtime.optimize.GraphBuilder.and;
import static org.lanewise.runtime.optimize.GraphBuilder.integer;
import static org.lanewise.runtime.optimize.GraphBuilder.ints;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.lanewise.runtime.graph.Graph;
import org.lanewise.runtime.graph.Node;
import org.lanewise.runtime.tensor.DataType;
import org.lanewise.runtime.tensor.Shape;
import org.lanewise.runtime.tensor.Tensor;

/** {@link QOperators} and {@link DynamicQuantFusion}: graphs of quantized operators, and of quantization in the run. */
class QOperatorsTest {
    private final QdqBuilder b = new QdqBuilder();

    private String zero(DataType type, int value) {
        return b.g.constant(Tensor.wrap(type, Shape.scalar(), new byte[] {(byte) value}, 0));
    }

    private String scales(int n) {
        float[] scales = new float[n];
        for (int i = 0; i < n; i++) {
            scales[i] = 0.002f + 0.001f * (i % 7);
        }
        return b.g.constant(Tensor.of(scales));
    }

    @Test
    void qLinearConv() {
        b.input("x", 1, 6, 9, 9);
        String x = b.quantize("x", 0.01, 120, DataType.UINT8);
        int[] bias = {1, -200, 3000, 4, 5, -6, 7, 8, 9, 10};
        String conv = b.node(
                "QLinearConv",
                and(ints("pads", 1, 1, 1, 1), integer("group", 2)),
                x,
                b.g.scalar(0.01),
                zero(DataType.UINT8, 120),
                b.g.constant(b.bytes(DataType.INT8, 10, 3, 3, 3)),
                scales(10),
                b.g.constant(Tensor.allocate(DataType.INT8, Shape.of(10))),
                b.g.scalar(0.05),
                zero(DataType.UINT8, 100),
                b.g.constant(Tensor.of(bias)));
        Rewritten result = QdqBuilder.check(
                b.build(b.dequantize(conv, 0.05, 100, DataType.UINT8)), 0.05, Map.of("x", b.noise(1, 6, 9, 9)));
        assertEquals(1, result.count("org.lanewise.QConv"));
    }

    @Test
    void qLinearMatMul() {
        b.input("x", 3, 20);
        String product = b.node(
                "QLinearMatMul",
                b.quantize("x", 0.01, 120, DataType.UINT8),
                b.g.scalar(0.01),
                zero(DataType.UINT8, 120),
                b.g.constant(b.bytes(DataType.UINT8, 20, 33)),
                b.g.scalar(0.004),
                zero(DataType.UINT8, 99),
                b.g.scalar(0.03),
                zero(DataType.UINT8, 100));
        Rewritten result = QdqBuilder.check(
                b.build(b.dequantize(product, 0.03, 100, DataType.UINT8)), 0.03, Map.of("x", b.noise(3, 20)));
        assertEquals(1, result.count("org.lanewise.QMatMul"));
    }

    @Test
    void weightsThatAreNotConstantStay() {
        b.input("x", 3, 20);
        b.input("w", 20, 5);
        String product = b.node(
                "QLinearMatMul",
                b.quantize("x", 0.01, 120, DataType.UINT8),
                b.g.scalar(0.01),
                zero(DataType.UINT8, 120),
                b.quantize("w", 0.01, 3, DataType.INT8),
                b.g.scalar(0.01),
                zero(DataType.INT8, 3),
                b.g.scalar(0.03),
                zero(DataType.UINT8, 100));
        List<String> reasons = QdqBuilder.refusals(b.build(product), "q-operators");
        assertTrue(reasons.getFirst().contains("not constant"), reasons::toString);
    }

    /** Quantization of {@code x} in the run; the names of bytes, scale and zero point. */
    private List<String> dynamic(String x) {
        List<String> outputs = List.of(x + "_q", x + "_s", x + "_z");
        b.g.add(new Node("dq_" + x, "", "DynamicQuantizeLinear", 11, List.of(x), outputs, Map.of()));
        return outputs;
    }

    private String product(List<String> x, String w, String wScale, String wZero) {
        String sums = b.node("MatMulInteger", x.get(0), w, x.get(2), wZero);
        String cast = b.node("Cast", integer("to", DataType.FLOAT.code()), sums);
        return b.node("Mul", cast, b.node("Mul", x.get(1), wScale));
    }

    @Test
    void oneQuantizationForSeveralProducts() {
        b.input("x", -1, -1, 24);
        b.input("r", -1, -1, 17);
        List<String> x = dynamic("x");
        String zeros = b.g.constant(b.bytes(DataType.INT8, 17));
        String one = product(x, b.g.constant(b.bytes(DataType.INT8, 24, 17)), scales(17), zeros);
        String two =
                product(x, b.g.constant(b.bytes(DataType.UINT8, 24, 17)), b.g.scalar(0.004), zero(DataType.UINT8, 7));
        String sum = b.node("Add", b.g.noise(17), one);
        Rewritten result = QdqBuilder.check(
                b.build(b.node("Gelu", sum), b.node("Add", two, "r")),
                1e-5,
                Map.of("x", b.noise(2, 9, 24), "r", b.noise(2, 9, 17)));
        assertEquals(2, result.count("org.lanewise.QMatMul"));
        assertEquals(1, result.count("DynamicQuantizeLinear"));
        assertEquals(3 + result.count("Add"), result.graph().nodes().size(), result.operators()::toString);
    }

    @Test
    void convolutionsWithAZeroPointOfTheRunStay() {
        b.input("x", 1, 3, 6, 6);
        List<String> x = dynamic("x");
        String sums = b.node("ConvInteger", x.get(0), b.g.constant(b.bytes(DataType.INT8, 4, 3, 3, 3)), x.get(2));
        String cast = b.node("Cast", integer("to", DataType.FLOAT.code()), sums);
        Graph graph = b.build(b.node("Mul", cast, b.node("Mul", x.get(1), b.g.scalar(0.004))));
        Rewritten result = QdqBuilder.check(graph, 1e-5, Map.of("x", b.noise(1, 3, 6, 6)));
        assertEquals(1, result.count("ConvInteger"));
        List<String> reasons = QdqBuilder.refusals(graph, "dynamic-quantization");
        assertTrue(reasons.getFirst().contains("computed in the run"), reasons::toString);
    }

    @Test
    void convolutionsWithAConstantZeroPoint() {
        b.input("x", 1, 3, 6, 6);
        String x = b.quantize("x", 0.01, 100, DataType.UINT8);
        String w = b.g.constant(b.bytes(DataType.INT8, 4, 3, 3, 3));
        String sums = b.node("ConvInteger", x, w, zero(DataType.UINT8, 100));
        String cast = b.node("Cast", integer("to", DataType.FLOAT.code()), sums);
        Graph graph = b.build(b.node("Mul", cast, b.node("Mul", b.g.scalar(0.01), b.g.scalar(0.004))));
        Rewritten result = QdqBuilder.check(graph, 1e-5, Map.of("x", b.noise(1, 3, 6, 6)));
        assertEquals(1, result.count("org.lanewise.QConv"), result.operators()::toString);
    }

    @Test
    void sumsThatAreUsedElsewhereStay() {
        b.input("x", 5, 24);
        List<String> x = dynamic("x");
        String sums = b.node("MatMulInteger", x.get(0), b.g.constant(b.bytes(DataType.INT8, 24, 17)), x.get(2));
        String cast = b.node("Cast", integer("to", DataType.FLOAT.code()), sums);
        List<String> reasons = QdqBuilder.refusals(
                b.build(b.node("Mul", cast, x.get(1)), b.node("Abs", sums)), "dynamic-quantization");
        assertTrue(reasons.getFirst().contains("not only cast"), reasons::toString);
    }
}
