package org.lanewise.runtime.optimize;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.lanewise.runtime.optimize.GraphBuilder.and;
import static org.lanewise.runtime.optimize.GraphBuilder.integer;
import static org.lanewise.runtime.optimize.GraphBuilder.ints;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.lanewise.runtime.UnsupportedModelException;
import org.lanewise.runtime.graph.Attribute;
import org.lanewise.runtime.graph.Graph;
import org.lanewise.runtime.graph.Node;
import org.lanewise.runtime.op.NodeSpec;
import org.lanewise.runtime.ops.fused.quant.QConvChain;
import org.lanewise.runtime.session.Session;
import org.lanewise.runtime.session.SessionOptions;
import org.lanewise.runtime.tensor.DataType;
import org.lanewise.runtime.tensor.Shape;
import org.lanewise.runtime.tensor.Tensor;

/** {@link QConvChains}: fires, does not, and what {@code org.lanewise.QConvChain} computes against its convolutions one by one. */
class QConvChainsTest {
    private static final String CHAIN = "org.lanewise.QConvChain";
    private static final String CONV = "org.lanewise.QConv";

    private final QdqBuilder b = new QdqBuilder();

    /** Which of the convolutions to come have a bias, the next one in the lowest bit. */
    private int biased = -1;

    /** A convolution of a value in steps of {@code step} with a bias of whole steps. */
    private String conv(
            String x, double step, int in, int out, int kernel, int stride, int group, double to, int zero) {
        Map<String, Attribute> pads = ints("pads", kernel / 2, kernel / 2, kernel / 2, kernel / 2);
        Map<String, Attribute> attributes = and(pads, and(ints("strides", stride, stride), integer("group", group)));
        String w = b.weights(DataType.INT8, 0.004, 0, out, in / group, kernel, kernel);
        float[] bias = new float[out];
        for (int i = 0; i < out; i++) {
            bias[i] = (float) ((i * 29 - 200) * step * 0.004);
        }
        boolean hasBias = (biased & 1) != 0;
        biased >>= 1;
        String sums = hasBias
                ? b.node("Conv", attributes, x, w, b.g.constant(Tensor.of(bias)))
                : b.node("Conv", attributes, x, w);
        return b.qdq(b.node("Relu", sums), to, zero);
    }

    private Graph inverted(int size, int stride) {
        b.input("x", -1, 6, size, size);
        String wide = conv(b.qdq("x", 0.01, 120), 0.01, 6, 40, 1, 1, 1, 0.02, 0);
        String filtered = conv(wide, 0.02, 40, 40, 3, stride, 40, 0.05, 3);
        return b.build(conv(filtered, 0.05, 40, 8, 1, 1, 1, 0.05, 7));
    }

    /** The chain gives, on one thread and on two, every bit that its convolutions give. */
    @ParameterizedTest
    @CsvSource({"9,1", "16,2", "57,1"})
    void equalsItsConvolutions(int size, int stride) {
        Graph graph = inverted(size, stride);
        Pipeline without = Pipeline.standard().without("q-conv-chains");
        Graph apart = without.run(graph, Integer.MAX_VALUE).graph();
        Graph chained = QdqBuilder.passes(graph).graph();
        Map<String, Tensor> inputs = Map.of("x", b.noise(3, 6, size, size));
        SessionOptions raw = QdqBuilder.FUSED.raw();
        try (Session expected = Session.open(Rewritten.model(apart), raw);
                Session one = Session.open(Rewritten.model(chained), raw);
                Session two = Session.open(Rewritten.model(chained), raw.withThreads(2))) {
            assertEquals(1, new Rewritten(chained).count(CHAIN));
            assertEquals(0, new Rewritten(chained).count(CONV));
            assertEquals(3, new Rewritten(apart).count(CONV));
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
        Rewritten result = QdqBuilder.check(inverted(11, 2), 0.05, Map.of("x", b.noise(1, 6, 11, 11)));
        assertEquals(Map.of("QuantizeLinear", 1, CHAIN, 1, "DequantizeLinear", 1, "Transpose", 2), result.operators());
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 2, 3, 4, 5, 6})
    void eachBiasMayBeAbsent(int present) {
        biased = present;
        Rewritten result = QdqBuilder.check(inverted(11, 2), 0.05, Map.of("x", b.noise(1, 6, 11, 11)));
        assertEquals(1, result.count(CHAIN));
        assertEquals(0, result.count(CONV));
    }

    @Test
    void onlyWithADepthwiseConvolutionAmongNeighbours() {
        b.input("x", 1, 6, 9, 9);
        String one = conv(b.qdq("x", 0.01, 120), 0.01, 6, 20, 1, 1, 1, 0.02, 0);
        Graph graph = b.build(conv(one, 0.02, 20, 20, 3, 1, 1, 0.05, 3));
        Rewritten result = QdqBuilder.check(graph, 0.05, Map.of("x", b.noise(1, 6, 9, 9)));
        assertEquals(0, result.count(CHAIN));
        assertEquals(2, result.count(CONV));
    }

    @Test
    void notWhereAValueIsUsedTwice() {
        b.input("x", 1, 6, 9, 9);
        String wide = conv(b.qdq("x", 0.01, 120), 0.01, 6, 20, 1, 1, 1, 0.02, 0);
        String filtered = conv(wide, 0.02, 20, 20, 3, 1, 20, 0.05, 3);
        String sum = b.qdq(b.node("Add", wide, filtered), 0.05, 5);
        Rewritten result = QdqBuilder.check(b.build(sum), 0.05, Map.of("x", b.noise(1, 6, 9, 9)));
        assertEquals(0, result.count(CHAIN));
        assertEquals(2, result.count(CONV));
    }

    @Test
    void notWhereFp32CannotHoldTheSums() {
        b.input("x", 1, 6, 5, 5);
        String wide = conv(b.qdq("x", 0.01, 120), 0.01, 6, 600, 1, 1, 1, 0.02, 0);
        String filtered = conv(wide, 0.02, 600, 600, 3, 1, 600, 0.05, 3);
        Tensor heavy =
                Tensor.wrap(DataType.UINT8, Shape.of(4, 600, 1, 1), new byte[2400], 0); // less a zero point of 255 each
        String w = b.dequantize(b.g.constant(heavy), 0.001, 255, DataType.UINT8);
        Graph graph = b.build(b.qdq(b.node("Conv", filtered, w), 0.5, 200));
        Rewritten result = QdqBuilder.check(graph, 0.5, Map.of("x", b.noise(1, 6, 5, 5)));
        assertEquals(1, result.count(CHAIN), "of the first two");
        assertEquals(1, result.count(CONV));
    }

    @Test
    void saysWhatIsMissing() {
        List<String> inputs = List.of("x", "s", "z", "w", "ws", "wz", "ys", "yz", "b");
        Node node = new Node("chain", "org.lanewise", "QConvChain", 1, inputs, List.of("y"), Map.of());
        String message = assertThrows(UnsupportedModelException.class, () -> QConvChain.create(new NodeSpec(node)))
                .getMessage();
        assertTrue(message.contains("strides has 0 values, expected 2"), message);
        List<String> holes = List.of("x", "s", "z", "w", "", "wz", "ys", "yz");
        Node incomplete = new Node("chain", "org.lanewise", "QConvChain", 1, holes, List.of("y"), Map.of());
        String hole = assertThrows(UnsupportedModelException.class, () -> QConvChain.create(new NodeSpec(incomplete)))
                .getMessage();
        assertTrue(hole.contains("required input 4 is absent"), hole);
    }
}
