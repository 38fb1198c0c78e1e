package org.lanewise.runtime.optimize;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.lanewise.runtime.optimize.GraphBuilder.and;
import static org.lanewise.runtime.optimize.GraphBuilder.ints;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.lanewise.runtime.graph.Attribute;
import org.lanewise.runtime.graph.Graph;
import org.lanewise.runtime.graph.Node;
import org.lanewise.runtime.session.Session;
import org.lanewise.runtime.tensor.DataType;
import org.lanewise.runtime.tensor.Shape;
import org.lanewise.runtime.tensor.Tensor;

/** {@link QOperators} leaves operators of com.microsoft their rounding: ties to even with the zero point added, which may be odd. */
class QLinearRoundingTest {
    private static final int SIDE = 23;
    private static final Shape SHAPE = Shape.of(1, 5, SIDE, SIDE);

    private final QdqBuilder b = new QdqBuilder();

    private String zero(DataType type, int value) {
        return b.g.constant(Tensor.wrap(type, Shape.scalar(), new byte[] {(byte) value}, 0));
    }

    private static Tensor random(DataType type, int seed) {
        byte[] bytes = new byte[SHAPE.size()];
        new Random(seed).nextBytes(bytes);
        return Tensor.wrap(type, SHAPE, bytes, 0);
    }

    /** What a graph with one such node gives, all passes on and off. */
    private void agree(
            String opType, String fused, List<String> inputs, Map<String, Attribute> attributes, DataType type) {
        b.g.add(new Node("node", "com.microsoft", opType, 1, inputs, List.of("y"), attributes));
        Graph graph = b.build("y");
        Map<String, Tensor> given = new LinkedHashMap<>();
        graph.inputs().forEach(input -> given.put(input.name(), random(type, given.size())));
        try (Session session = Session.open(Rewritten.model(graph), QdqBuilder.FUSED);
                Session raw = Session.open(Rewritten.model(graph), QdqBuilder.FUSED.raw())) {
            assertEquals(1, new Rewritten(session.graph()).count(fused));
            assertArrayEquals(
                    raw.run(given).get("y").toLongArray(),
                    session.run(given).get("y").toLongArray());
        }
    }

    @ParameterizedTest
    @CsvSource({
        "UINT8, 127, 0.25, 1",
        "UINT8, 128, 0.25, 1",
        "INT8, -47, 0.5, 2",
        "INT8, -128, 0.5, 1",
        "INT8, 3, 0.3, 0.7"
    })
    void sums(DataType type, int yZero, float aScale, float bScale) {
        List<String> inputs = List.of(
                b.g.input("a", type, SHAPE.toLongArray()),
                b.g.scalar(aScale),
                zero(type, 7),
                b.g.input("b", type, SHAPE.toLongArray()),
                b.g.scalar(bScale),
                zero(type, 100),
                b.g.scalar(2),
                zero(type, yZero));
        agree("QLinearAdd", "org.lanewise.QAdd", inputs, Map.of(), type);
    }

    @ParameterizedTest
    @CsvSource({"UINT8, 127, 0.25", "UINT8, 2, 0.25", "INT8, -47, 0.03125", "INT8, 3, 0.013"})
    void products(DataType type, int yZero, float aScale) {
        List<String> inputs = List.of(
                b.g.input("a", type, SHAPE.toLongArray()),
                b.g.scalar(aScale),
                zero(type, 7),
                b.g.input("b", type, SHAPE.toLongArray()),
                b.g.scalar(0.5),
                zero(type, 100),
                b.g.scalar(4),
                zero(type, yZero));
        agree("QLinearMul", "org.lanewise.QMul", inputs, Map.of(), type);
    }

    @ParameterizedTest
    @CsvSource({"UINT8, 127", "UINT8, 2", "INT8, -47", "INT8, 0"})
    void means(DataType type, int yZero) {
        List<String> inputs = List.of(
                b.g.input("x", type, SHAPE.toLongArray()),
                b.g.scalar(0.5),
                zero(type, 7),
                b.g.scalar(1),
                zero(type, yZero));
        Map<String, Attribute> window = and(ints("kernel_shape", 2, 2), ints("strides", 2, 2));
        agree("QLinearAveragePool", "org.lanewise.QAveragePool", inputs, window, type);
    }

    /** A sum of one tie: 4 and 5 halves of a step, and 127. */
    @Test
    void tiesAreEvenWithTheZeroPoint() {
        b.g.input("a", DataType.UINT8, 2);
        String one = b.g.scalar(1);
        List<String> inputs = List.of(
                "a",
                b.g.scalar(0.5),
                zero(DataType.UINT8, 0),
                "a",
                one,
                zero(DataType.UINT8, 0),
                one,
                zero(DataType.UINT8, 127));
        b.g.add(new Node("node", "com.microsoft", "QLinearAdd", 1, inputs, List.of("y"), Map.of()));
        Tensor a = Tensor.wrap(DataType.UINT8, Shape.of(2), new byte[] {1, 3}, 0);
        try (Session session = Session.open(Rewritten.model(b.build("y")), QdqBuilder.FUSED)) {
            assertArrayEquals(
                    new long[] {128, 132}, session.run(Map.of("a", a)).get("y").toLongArray());
        }
    }
}
