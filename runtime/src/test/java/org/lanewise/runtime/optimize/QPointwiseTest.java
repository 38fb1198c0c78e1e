package org.lanewise.runtime.optimize;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.lanewise.runtime.optimize.GraphBuilder.ints;

import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.lanewise.runtime.graph.Attribute;
import org.lanewise.runtime.graph.Graph;
import org.lanewise.runtime.session.Session;
import org.lanewise.runtime.session.SessionOptions;
import org.lanewise.runtime.tensor.DataType;
import org.lanewise.runtime.tensor.Shape;
import org.lanewise.runtime.tensor.Tensor;

/** {@link LonePointwise} of bytes: fires, does not, and what {@code org.lanewise.QPointwise} computes against {@code org.lanewise.QConv} between transposes. */
class QPointwiseTest {
    private static final String POINTWISE = "org.lanewise.QPointwise";
    private static final String CONV = "org.lanewise.QConv";
    private static final double STEP = 0.05;

    private final QdqBuilder b = new QdqBuilder();

    /** A convolution of a value in steps of 0.01 with a bias of whole steps. */
    private Graph conv(int out, int in, Map<String, Attribute> attributes, String... after) {
        b.input("x", -1, in, 9, 11);
        String w = b.weights(DataType.INT8, 0.004, 0, out, in, 1, 1);
        float[] bias = new float[out];
        for (int i = 0; i < out; i++) {
            bias[i] = (float) ((i * 29 - 200) * 0.01 * 0.004);
        }
        String value = b.node("Conv", attributes, b.qdq("x", 0.01, 120), w, b.g.constant(Tensor.of(bias)));
        for (String op : after) {
            value = b.node(op, value);
        }
        return b.build(b.quantize(value, STEP, 10, DataType.UINT8));
    }

    @ParameterizedTest
    @CsvSource({"40,20,1", "5,33,3"})
    void equalsAConvolutionBetweenTransposes(int out, int in, int batch) {
        Graph graph = conv(out, in, Map.of(), "Relu");
        Graph apart = Pipeline.standard()
                .without("lone-pointwise")
                .run(graph, Integer.MAX_VALUE)
                .graph();
        Graph planes = QdqBuilder.passes(graph).graph();
        assertEquals(1, new Rewritten(apart).count(CONV));
        assertEquals(Map.of("QuantizeLinear", 1, POINTWISE, 1), new Rewritten(planes).operators());
        SessionOptions raw = QdqBuilder.FUSED.raw();
        Map<String, Tensor> inputs = Map.of("x", b.noise(batch, in, 9, 11));
        try (Session expected = Session.open(Rewritten.model(apart), raw);
                Session one = Session.open(Rewritten.model(planes), raw);
                Session two = Session.open(Rewritten.model(planes), raw.withThreads(2))) {
            expected.run(inputs).forEach((name, tensor) -> {
                float[] values = tensor.toFloatArray();
                for (int run = 0; run < 2; run++) {
                    assertArrayEquals(values, one.run(inputs).get(name).toFloatArray());
                    assertArrayEquals(values, two.run(inputs).get(name).toFloatArray());
                }
            });
        }
    }

    @Test
    void agreesWithTheGraphAsWritten() {
        Rewritten result = QdqBuilder.check(conv(24, 20, Map.of()), 1, Map.of("x", b.noise(2, 20, 9, 11)));
        assertEquals(1, result.count(POINTWISE));
    }

    @Test
    void notWithStrides() {
        Graph graph = conv(24, 20, ints("strides", 2, 2));
        assertEquals(0, new Rewritten(QdqBuilder.passes(graph).graph()).count(POINTWISE));
    }

    @Test
    void notWithPadding() {
        Graph graph = conv(24, 20, ints("pads", 1, 0, 0, 1));
        assertEquals(0, new Rewritten(QdqBuilder.passes(graph).graph()).count(POINTWISE));
    }

    @Test
    void notWhereFp32CannotHoldTheSums() {
        b.input("x", 1, 600, 5, 5);
        Tensor heavy =
                Tensor.wrap(DataType.UINT8, Shape.of(4, 600, 1, 1), new byte[2400], 0); // less a zero point of 255 each
        String w = b.dequantize(b.g.constant(heavy), 0.001, 255, DataType.UINT8);
        Graph graph = b.build(b.quantize(b.node("Conv", b.qdq("x", 0.01, 120), w), 0.5, 200, DataType.UINT8));
        Rewritten result = QdqBuilder.check(graph, 1, Map.of("x", b.noise(1, 600, 5, 5)));
        assertEquals(0, result.count(POINTWISE));
        assertEquals(1, result.count(CONV));
    }
}
