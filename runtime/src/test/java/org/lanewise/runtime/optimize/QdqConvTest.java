package org.lanewise.runtime.optimize;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.lanewise.runtime.optimize.GraphBuilder.and;
import static org.lanewise.runtime.optimize.GraphBuilder.integer;
import static org.lanewise.runtime.optimize.GraphBuilder.ints;

import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.lanewise.runtime.graph.Attribute;
import org.lanewise.runtime.graph.Graph;
import org.lanewise.runtime.graph.Node;
import org.lanewise.runtime.tensor.DataType;
import org.lanewise.runtime.tensor.Shape;
import org.lanewise.runtime.tensor.Tensor;

/** {@link QdqConv}: fires, does not, and what {@code org.lanewise.QConv} computes against the graph as written. */
class QdqConvTest {
    private static final String CONV = "org.lanewise.QConv";
    private static final double STEP = 0.05;

    private final QdqBuilder b = new QdqBuilder();

    static Stream<Arguments> convolutions() {
        Map<String, Attribute> pads = ints("pads", 1, 1, 1, 1);
        return Stream.of(
                Arguments.of(Map.of(), 24, 20, 1, 1),
                Arguments.of(ints("strides", 2, 2), 33, 20, 1, 1),
                Arguments.of(pads, 7, 3, 3, 1),
                Arguments.of(pads, 40, 20, 3, 1),
                Arguments.of(and(ints("pads", 0, 0, 1, 1), ints("strides", 2, 2)), 16, 8, 3, 1),
                Arguments.of(and(ints("pads", 2, 2, 2, 2), ints("dilations", 2, 2)), 16, 8, 3, 1),
                Arguments.of(and(pads, integer("group", 20)), 20, 20, 3, 20),
                Arguments.of(and(pads, and(ints("strides", 2, 1), integer("group", 36))), 36, 36, 3, 36),
                Arguments.of(and(pads, integer("group", 3)), 3, 3, 3, 3),
                Arguments.of(and(pads, integer("group", 4)), 24, 16, 3, 4),
                Arguments.of(and(pads, integer("group", 8)), 16, 8, 3, 8));
    }

    @ParameterizedTest
    @MethodSource("convolutions")
    void runsOnBytes(Map<String, Attribute> attributes, int out, int in, int kernel, int group) {
        b.input("x", 2, in, 11, 9);
        String w = b.channelWeights(0, out, in / group, kernel, kernel);
        String conv = b.node("Conv", attributes, b.qdq("x", 1 / 127.0, 120), w, b.g.noise(out));
        Graph graph = b.build(b.qdq(b.node("Relu", conv), STEP, 10));
        Rewritten result = QdqBuilder.check(graph, STEP, Map.of("x", b.noise(2, in, 11, 9)));
        assertEquals(1, result.count(CONV));
        assertEquals(0, result.count("Conv") + result.count("Relu"));
        assertEquals(1, result.count("DequantizeLinear"), "the one at the end");
    }

    @ParameterizedTest
    @MethodSource("convolutions")
    void endsInFp32(Map<String, Attribute> attributes, int out, int in, int kernel, int group) {
        b.input("x", 1, in, 10, 12);
        String w = b.weights(DataType.UINT8, 0.004, 101, out, in / group, kernel, kernel);
        String conv = b.node("Conv", attributes, b.qdq("x", 1 / 127.0, -7, DataType.INT8), w, b.g.noise(out));
        Graph graph = b.build(b.node("Sigmoid", conv));
        Rewritten result = QdqBuilder.check(graph, 1e-5, Map.of("x", b.noise(1, in, 10, 12)));
        assertEquals(1, result.count(CONV));
        assertEquals(0, result.count("Conv") + result.count("DequantizeLinear") + result.count("Sigmoid"));
    }

    @Test
    void addsWhatFollowsInFp32() {
        b.input("x", 1, 8, 6, 6);
        b.input("z", 1, 6, 6, 12);
        String z = b.node("Transpose", ints("perm", 0, 3, 1, 2), "z");
        String conv = b.node("Conv", b.qdq("x", 0.01, 128), b.channelWeights(0, 12, 8, 1, 1));
        Graph graph = b.build(b.node("Relu", b.node("Add", conv, z)));
        Rewritten result = QdqBuilder.check(graph, 1e-5, Map.of("x", b.noise(1, 8, 6, 6), "z", b.noise(1, 6, 6, 12)));
        assertEquals(1, result.count(CONV));
        assertEquals(0, result.count("Relu"));
    }

    @Test
    void runsAlongALine() {
        b.input("x", 2, 6, 30);
        String conv = b.node(
                "Conv",
                and(ints("pads", 2, 1), ints("strides", 2)),
                b.qdq("x", 0.01, 128),
                b.channelWeights(0, 10, 6, 5),
                b.g.noise(10));
        Rewritten result = QdqBuilder.check(b.build(b.qdq(conv, STEP, 128)), STEP, Map.of("x", b.noise(2, 6, 30)));
        assertEquals(1, result.count(CONV));
    }

    @Test
    void clampsBecomeTheRangeOfTheBytes() {
        b.input("x", 1, 8, 6, 6);
        String conv = b.node("Conv", b.qdq("x", 0.01, 128), b.channelWeights(0, 12, 8, 1, 1));
        String clip = b.node("Clip", b.node("Relu", conv), b.g.scalar(-3), b.g.scalar(0.42));
        Graph graph = b.build(b.qdq(clip, 0.01, 100));
        Rewritten result = QdqBuilder.check(graph, 0.01, Map.of("x", b.noise(1, 8, 6, 6)));
        Node fused = result.graph().nodes().stream()
                .filter(node -> node.opType().equals("QConv"))
                .findFirst()
                .orElseThrow();
        assertEquals(100, fused.intAttribute("low", -1));
        assertEquals(142, fused.intAttribute("high", -1));
    }

    @Test
    void biasBetweenTwoSumsIsNotRounded() {
        b.input("x", 1, 1, 5, 5);
        // Weights of 1.0 a step: half a sum is half a step of the output
        String w = b.dequantize(
                b.g.constant(Tensor.wrap(DataType.INT8, Shape.of(1, 1, 1, 1), new byte[] {1}, 0)), 1, 0, DataType.INT8);
        String conv = b.node("Conv", b.qdq("x", 0.1, 128), w, b.g.constant(Tensor.of(new float[] {0.04f})));
        Graph graph = b.build(b.qdq(conv, 0.01, 128));
        QdqBuilder.check(graph, 1e-6, Map.of("x", b.noise(1, 1, 5, 5)));
    }

    @Test
    void anActivationBetweenIsAppliedInFp32() {
        b.input("x", 1, 8, 6, 6);
        String conv = b.node("Conv", b.qdq("x", 0.01, 128), b.channelWeights(0, 12, 8, 1, 1));
        Graph graph = b.build(b.qdq(b.node("HardSwish", conv), 0.01, 100));
        Rewritten result = QdqBuilder.check(graph, 0.01, Map.of("x", b.noise(1, 8, 6, 6)));
        assertEquals(1, result.count(CONV));
        assertEquals(0, result.count("HardSwish"));
    }

    @Test
    void regionsStayChannelsLast() {
        b.input("x", 1, 9, 9, 3);
        String x = b.qdq(b.node("Transpose", ints("perm", 0, 3, 1, 2), "x"), 0.01, 128);
        String one = b.qdq(b.node("Conv", x, b.channelWeights(0, 8, 3, 1, 1)), STEP, 100);
        String two = b.qdq(b.node("Conv", one, b.channelWeights(0, 8, 8, 1, 1)), STEP, 90);
        String sum = b.qdq(b.node("Relu", b.node("Add", one, two)), STEP, 0);
        String table = b.qdq(b.node("Sigmoid", sum), 1 / 255.0, 0);
        String back = b.node("Transpose", ints("perm", 0, 2, 3, 1), table);
        Rewritten result = QdqBuilder.check(b.build(back), 4 / 255.0, Map.of("x", b.noise(1, 9, 9, 3)));
        assertEquals(0, result.count("Transpose"));
        assertEquals(2, result.count(CONV));
        assertEquals(1, result.count("org.lanewise.QAdd"));
        assertEquals(1, result.count("org.lanewise.QLookup"));
    }

    @Test
    void theValueMayBeUsedTwice() {
        b.input("x", 1, 8, 6, 6);
        String conv = b.node("Conv", b.qdq("x", 0.01, 128), b.channelWeights(0, 12, 8, 1, 1));
        Graph graph = b.build(b.qdq(conv, STEP, 128), b.node("Exp", conv));
        Rewritten result = QdqBuilder.check(graph, STEP, Map.of("x", b.noise(1, 8, 6, 6)));
        assertEquals(1, result.count(CONV), "with an end in fp32");
        assertEquals(2, result.count("QuantizeLinear"));
    }

    private static List<String> refusals(QdqBuilder b, String conv) {
        return QdqBuilder.refusals(b.build(b.qdq(conv, STEP, 128)), "qdq-conv");
    }

    @Test
    void saysWhyNot() {
        QdqBuilder axis = new QdqBuilder();
        axis.input("x", 1, 8, 6, 6);
        String x = axis.qdq("x", 0.01, 128);
        String other = refusals(axis, axis.node("Conv", x, axis.channelWeights(1, 12, 8, 1, 1)))
                .getFirst();
        assertTrue(other.contains("along another axis"), other);

        QdqBuilder input = new QdqBuilder();
        input.input("x", 1, 8, 6, 6);
        String plain = refusals(input, input.node("Conv", "x", input.channelWeights(0, 12, 8, 1, 1)))
                .getFirst();
        assertTrue(plain.contains("its input is not"), plain);

        QdqBuilder volume = new QdqBuilder();
        volume.input("x", 1, 4, 5, 5, 5);
        String v = volume.qdq("x", 0.01, 128);
        String three = refusals(volume, volume.node("Conv", v, volume.channelWeights(0, 6, 4, 1, 1, 1)))
                .getFirst();
        assertTrue(three.contains("3 spatial axes"), three);

        QdqBuilder wide = new QdqBuilder();
        wide.input("x", 1, 4, 5, 5);
        wide.input("b", 6);
        String w = wide.qdq("x", 0.01, 128);
        String bias = refusals(wide, wide.node("Conv", w, wide.channelWeights(0, 6, 4, 1, 1), "b"))
                .getFirst();
        assertTrue(bias.contains("bias is not constant"), bias);

        QdqBuilder fp32 = new QdqBuilder();
        fp32.input("x", 1, 4, 5, 5);
        assertEquals(List.of(), refusals(fp32, fp32.node("Conv", "x", fp32.g.noise(6, 4, 1, 1))), "nothing is near");
    }

    @Test
    void theSwitchLeavesTheGraphAsWritten() {
        b.input("x", 1, 8, 6, 6);
        String conv = b.node("Conv", b.qdq("x", 0.01, 128), b.channelWeights(0, 12, 8, 1, 1));
        Graph graph = b.build(b.qdq(conv, STEP, 128));
        Graph left = QdqBuilder.FUSED
                .withQuantizedFusion(false)
                .pipeline()
                .run(graph, Integer.MAX_VALUE)
                .graph();
        assertTrue(left.nodes().stream().noneMatch(node -> node.opType().equals("QConv")));
        assertTrue(left.nodes().stream().anyMatch(node -> node.opType().equals("Conv")));
    }
}
