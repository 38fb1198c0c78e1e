package org.lanewise.runtime.optimize;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;
import static org.lanewise.runtime.optimize.GraphBuilder.and;
import static org.lanewise.runtime.optimize.GraphBuilder.integer;
import static org.lanewise.runtime.optimize.GraphBuilder.ints;
import static org.lanewise.runtime.optimize.GraphBuilder.text;

import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.lanewise.kernels.Simd;
import org.lanewise.runtime.graph.Graph;
import org.lanewise.runtime.graph.Node;
import org.lanewise.runtime.session.SessionOptions;
import org.lanewise.runtime.tensor.DataType;
import org.lanewise.runtime.tensor.Shape;
import org.lanewise.runtime.tensor.Tensor;

/** {@link SparseLayout}: which convolutions stay channels first for weights with zeros. */
class SparseLayoutTest {
    private static final int SIZE = 48;
    private static final int CHANNELS = 32;
    private static final Map<String, Tensor> INPUTS =
            Map.of("x", GraphBuilder.noise(new Random(5), 1, CHANNELS, SIZE, SIZE));

    /** Weights of a 1x1 convolution, a share of them not zero. */
    private static String pointwise(GraphBuilder g, int seed, double share, int out, int in) {
        Random random = new Random(seed);
        float[] values = new float[out * in];
        for (int i = 0; i < values.length; i++) {
            values[i] = random.nextDouble() < share ? random.nextFloat(-1, 1) : 0;
        }
        return g.constant(Tensor.wrap(DataType.FLOAT, Shape.of(out, in, 1, 1), values, 0));
    }

    private static String depthwise(GraphBuilder g, String x, int stride) {
        return g.node(
                "Conv",
                and(integer("group", CHANNELS), and(ints("strides", stride, stride), ints("pads", 1, 1, 1, 1))),
                x,
                g.noise(CHANNELS, 1, 3, 3),
                g.noise(CHANNELS));
    }

    /** Residual blocks of an expanding and a reducing 1x1 convolution with a depthwise one before them. */
    private static Graph blocks(double share, int size) {
        GraphBuilder g = new GraphBuilder(9);
        g.input("x", 1, CHANNELS, size, size);
        String value = "x";
        for (int i = 0; i < 3; i++) {
            String wide = g.node("Conv", depthwise(g, value, 1), pointwise(g, i, share, 64, CHANNELS), g.noise(64));
            String sum = g.node("Conv", g.node("Relu", wide), pointwise(g, i + 9, share, CHANNELS, 64));
            value = g.node("Relu", g.node("Add", sum, value));
        }
        return g.output(depthwise(g, value, 2)).build();
    }

    private static long channelsFirst(Graph graph) {
        return graph.nodes().stream()
                .filter(node -> node.opType().equals("Conv") && node.intAttribute("channels_last", 0) == 0)
                .count();
    }

    @Test
    void blocksWithZerosStayChannelsFirst() {
        assumeTrue(Simd.ENABLED);
        Rewritten rewritten = Rewritten.check(blocks(0.2, SIZE), INPUTS);
        assertEquals(10, channelsFirst(rewritten.graph()));
        assertEquals(0, rewritten.count("Transpose"));
        assertEquals(0, rewritten.count("Add"), "the residual is added by the convolution");
        List<Node> sparse =
                rewritten.graph().nodes().stream().filter(SparseWeights::marks).toList();
        assertEquals(6, sparse.size());
    }

    @Test
    void denseOnesRunChannelsLast() {
        assertEquals(0, channelsFirst(Rewritten.check(blocks(1, SIZE), INPUTS).graph()));
    }

    @Test
    void soDoTheyWhereZerosAreMultiplied() {
        Pipeline.Result result =
                SessionOptions.DEFAULT.withSparseWeights(false).pipeline().run(blocks(0.2, SIZE), Integer.MAX_VALUE);
        assertEquals(0, channelsFirst(result.graph()));
    }

    @Test
    void openSizesRunChannelsLast() {
        assertEquals(0, channelsFirst(Rewritten.check(blocks(0.2, -1), INPUTS).graph()));
    }

    /** A 3x3 convolution wants its channels last: there is one transpose between it and the rest. */
    @Test
    void theBorderIsWhereTheTransposesAre() {
        assumeTrue(Simd.ENABLED);
        GraphBuilder g = new GraphBuilder(7);
        g.input("x", 1, 3, 2 * SIZE, 2 * SIZE);
        String value = g.node(
                "Relu",
                g.node("Conv", and(ints("strides", 2, 2), ints("pads", 1, 1, 1, 1)), "x", g.noise(CHANNELS, 3, 3, 3)));
        for (int i = 0; i < 3; i++) {
            value = g.node("Conv", depthwise(g, value, 1), pointwise(g, i, 0.1, CHANNELS, CHANNELS), g.noise(CHANNELS));
        }
        String up = g.node(
                "Resize",
                and(text("mode", "linear"), text("coordinate_transformation_mode", "half_pixel")),
                value,
                "",
                g.constant(Tensor.of(new float[] {1, 1, 2, 2})));
        Tensor image = GraphBuilder.noise(new Random(2), 1, 3, 2 * SIZE, 2 * SIZE);
        Rewritten rewritten = Rewritten.check(g.output(up).build(), Map.of("x", image));
        assertEquals(6, channelsFirst(rewritten.graph()));
        assertTrue(
                rewritten.count("Transpose") <= 1,
                () -> rewritten.graph().nodes().toString());
    }

    /** Channels first, a constant as long as a row is none of one value per channel. */
    @Test
    void aConstantRowIsNoBias() {
        assumeTrue(Simd.ENABLED);
        GraphBuilder g = new GraphBuilder(4);
        g.input("x", 1, CHANNELS, SIZE, SIZE);
        String value = "x";
        for (int i = 0; i < 3; i++) {
            value = g.node("Conv", depthwise(g, value, 1), pointwise(g, i, 0.1, SIZE, CHANNELS));
            if (i < 2) {
                value = g.node("Conv", value, pointwise(g, i + 5, 0.1, CHANNELS, SIZE));
            }
        }
        Rewritten rewritten =
                Rewritten.check(g.output(g.node("Add", value, g.noise(SIZE))).build(), INPUTS);
        assertTrue(channelsFirst(rewritten.graph()) > 0);
        assertEquals(1, rewritten.count("Add"));
    }
}
