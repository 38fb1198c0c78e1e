package org.lanewise.runtime.optimize;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assumptions.assumeTrue;
import static org.lanewise.runtime.optimize.GraphBuilder.and;
import static org.lanewise.runtime.optimize.GraphBuilder.integer;
import static org.lanewise.runtime.optimize.GraphBuilder.ints;

import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.lanewise.kernels.Simd;
import org.lanewise.runtime.graph.Graph;
import org.lanewise.runtime.session.Session;
import org.lanewise.runtime.session.SessionOptions;
import org.lanewise.runtime.tensor.Tensor;

/** {@link DepthwiseLayout}: which depthwise convolutions stay channels first. */
class DepthwiseLayoutTest {
    private static final int CHANNELS = 24;

    private static Map<String, Tensor> inputs(int... shape) {
        return Map.of("x", GraphBuilder.noise(new Random(3), shape));
    }

    private static String depthwise(GraphBuilder g, String x, int kernel, int stride, int multiplier) {
        int pad = kernel / 2;
        return g.node(
                "Conv",
                and(integer("group", CHANNELS), and(ints("strides", stride, stride), ints("pads", pad, pad, pad, pad))),
                x,
                g.noise(CHANNELS * multiplier, 1, kernel, kernel),
                g.noise(CHANNELS * multiplier));
    }

    private static String pointwise(GraphBuilder g, String x) {
        return g.node("Conv", x, g.noise(CHANNELS, CHANNELS, 1, 1), g.noise(CHANNELS));
    }

    private static long channelsFirst(Graph graph) {
        return graph.nodes().stream()
                .filter(node -> node.opType().equals("Conv") && node.intAttribute("channels_last", 0) == 0)
                .count();
    }

    @ParameterizedTest
    @CsvSource({"3,1,1,28", "3,2,1,28", "5,1,1,14", "3,1,2,20", "3,1,1,-1"})
    void aloneItStays(int kernel, int stride, int multiplier, int size) {
        GraphBuilder g = new GraphBuilder(2);
        g.input("x", 2, CHANNELS, size, size);
        g.output(g.node("Relu", depthwise(g, "x", kernel, stride, multiplier)));
        int given = size < 0 ? 17 : size;
        Rewritten rewritten = Rewritten.check(g.build(), inputs(2, CHANNELS, given, given));
        assertEquals(1, channelsFirst(rewritten.graph()));
        assertEquals(0, rewritten.count("Transpose"));
        assertEquals(0, rewritten.count("Relu"), "the convolution clamps");
    }

    @Test
    void aLineStays() {
        GraphBuilder g = new GraphBuilder(2);
        g.input("x", 2, CHANNELS, 100);
        g.output(g.node(
                "Conv",
                and(integer("group", CHANNELS), ints("pads", 15, 15)),
                "x",
                g.noise(CHANNELS, 1, 31),
                g.noise(CHANNELS)));
        assertEquals(0, Rewritten.check(g.build(), inputs(2, CHANNELS, 100)).count("Transpose"));
    }

    @Test
    void someBetweenElementwiseOperatorsStay() {
        GraphBuilder g = new GraphBuilder(2);
        g.input("x", 1, CHANNELS, 30, 30);
        String first = g.node("Sigmoid", depthwise(g, "x", 3, 1, 1));
        String second = g.node("Add", depthwise(g, first, 5, 1, 1), first);
        g.output(g.node("Mul", depthwise(g, second, 3, 2, 1), g.noise(CHANNELS, 1, 1)));
        Rewritten rewritten = Rewritten.check(g.build(), inputs(1, CHANNELS, 30, 30));
        assertEquals(3, channelsFirst(rewritten.graph()));
        assertEquals(0, rewritten.count("Transpose"));
    }

    @Test
    void betweenOtherConvolutionsItRunsChannelsLast() {
        GraphBuilder g = new GraphBuilder(2);
        g.input("x", 1, CHANNELS, 30, 30);
        String middle = g.node("Relu", depthwise(g, g.node("Relu", pointwise(g, "x")), 3, 1, 1));
        g.output(pointwise(g, middle));
        assertEquals(
                0,
                channelsFirst(
                        Rewritten.check(g.build(), inputs(1, CHANNELS, 30, 30)).graph()));
    }

    /** Tiles of taps that do not lie side by side cost more than two transposes. */
    @Test
    void aSpreadKernelRunsChannelsLast() {
        assumeTrue(Simd.ENABLED);
        GraphBuilder g = new GraphBuilder(2);
        g.input("x", 1, CHANNELS, 14, 14);
        String sums = g.node(
                "Conv",
                and(integer("group", CHANNELS), and(ints("dilations", 3, 3), ints("pads", 9, 9, 9, 9))),
                "x",
                g.noise(CHANNELS, 1, 7, 7));
        g.output(sums);
        assertEquals(
                0,
                channelsFirst(
                        Rewritten.check(g.build(), inputs(1, CHANNELS, 14, 14)).graph()));
    }

    @ParameterizedTest
    @CsvSource({"3,1,14", "3,2,14", "5,1,7", "5,2,19", "7,1,30"})
    void threadsChangeNothing(int kernel, int stride, int size) {
        GraphBuilder g = new GraphBuilder(2);
        g.input("x", 3, CHANNELS, size, size);
        g.output(g.node("Sigmoid", depthwise(g, "x", kernel, stride, 1)));
        Graph graph = g.build();
        Map<String, Tensor> inputs = inputs(3, CHANNELS, size, size);
        SessionOptions options = SessionOptions.DEFAULT.withThreads(1);
        try (Session one = Session.open(Rewritten.model(graph), options);
                Session two = Session.open(Rewritten.model(graph), options.withThreads(2))) {
            String name = one.run(inputs).keySet().iterator().next();
            float[] expected = one.run(inputs).get(name).toFloatArray();
            for (int i = 0; i < 20; i++) {
                assertArrayEquals(expected, two.run(inputs).get(name).toFloatArray());
            }
        }
    }
}
