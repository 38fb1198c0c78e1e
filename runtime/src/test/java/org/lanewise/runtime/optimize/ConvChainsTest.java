package org.lanewise.runtime.optimize;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.lanewise.runtime.optimize.GraphBuilder.and;
import static org.lanewise.runtime.optimize.GraphBuilder.integer;
import static org.lanewise.runtime.optimize.GraphBuilder.ints;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.lanewise.kernels.Processor;
import org.lanewise.runtime.UnsupportedModelException;
import org.lanewise.runtime.graph.Attribute;
import org.lanewise.runtime.graph.Graph;
import org.lanewise.runtime.graph.Node;
import org.lanewise.runtime.op.NodeSpec;
import org.lanewise.runtime.ops.fused.FusedConvChain;
import org.lanewise.runtime.session.Session;
import org.lanewise.runtime.session.SessionOptions;
import org.lanewise.runtime.tensor.Tensor;

/** {@link ConvChains}: fires, does not, and what {@code org.lanewise.ConvChain} computes against its convolutions one by one. */
class ConvChainsTest {
    private static final String CHAIN = "org.lanewise.ConvChain";
    private static final String CONV = "org.lanewise.Conv";
    private static final SessionOptions RAW = SessionOptions.DEFAULT.raw();

    private final GraphBuilder g = new GraphBuilder();

    private String conv(String x, int in, int out, int kernel, int stride, int group) {
        Map<String, Attribute> pads = ints("pads", kernel / 2, kernel / 2, kernel / 2, kernel / 2);
        Map<String, Attribute> attributes = and(pads, and(ints("strides", stride, stride), integer("group", group)));
        return g.node("Conv", attributes, x, g.noise(out, in / group, kernel, kernel), g.noise(out));
    }

    /** An inverted residual block behind a convolution that keeps it channels last. */
    private Graph inverted(int size, int wide, int stride, boolean adds) {
        g.input("x", -1, 12, size, size);
        String x = g.node("Relu", conv("x", 12, 16, 3, 1, 1));
        String up = g.node("Clip", conv(x, 16, wide, 1, 1, 1), g.scalar(0), g.scalar(6));
        String filtered = g.node("Relu", conv(up, wide, wide, 3, stride, wide));
        String down = conv(filtered, wide, 16, 1, 1, 1);
        String sum = adds ? g.node("Add", down, x) : down;
        return g.output(g.node("Relu", conv(sum, 16, 12, 3, 1, 1))).build();
    }

    private static Graph optimized(Graph graph, boolean chains) {
        List<Pass> passes =
                new ArrayList<>(Pipeline.standard().without("conv-chains").passes());
        passes.add(new ConvChains(chains));
        return new Pipeline(passes).run(graph, Integer.MAX_VALUE).graph();
    }

    private static void same(Graph apart, Graph chained, Map<String, Tensor> inputs, float tolerance) {
        try (Session expected = Session.open(Rewritten.model(apart), RAW.withThreads(1));
                Session one = Session.open(Rewritten.model(chained), RAW.withThreads(1));
                Session two = Session.open(Rewritten.model(chained), RAW.withThreads(2))) {
            expected.run(inputs).forEach((name, tensor) -> {
                float[] values = tensor.toFloatArray();
                for (int run = 0; run < 2; run++) {
                    float[] alone = one.run(inputs).get(name).toFloatArray();
                    assertArrayEquals(values, alone, tolerance);
                    assertArrayEquals(alone, two.run(inputs).get(name).toFloatArray());
                }
            });
        }
    }

    @ParameterizedTest
    @CsvSource({"60,80,1,false", "60,80,1,true", "61,96,2,false", "90,33,1,true"})
    void equalsItsConvolutions(int size, int wide, int stride, boolean adds) {
        Graph graph = inverted(size, wide, stride, adds);
        Graph apart = optimized(graph, false);
        Graph chained = optimized(graph, true);
        assertEquals(0, new Rewritten(apart).count(CHAIN));
        assertEquals(1, new Rewritten(chained).count(CHAIN));
        assertEquals(new Rewritten(apart).count(CONV) - 3, new Rewritten(chained).count(CONV));
        Tensor x = GraphBuilder.noise(new java.util.Random(1), 2, 12, size, size);
        same(apart, chained, Map.of("x", x), 2e-4f);
        Graph standard = Pipeline.standard().run(graph, Integer.MAX_VALUE).graph();
        assertEquals(Processor.SHARED_PORTS ? 1 : 0, new Rewritten(standard).count(CHAIN));
    }

    @Test
    void theFirstConvolutionMayReadChannelsFirst() {
        g.input("x", 1, 3, 180, 180);
        String x = g.node("Relu", conv("x", 3, 24, 3, 2, 1));
        String filtered = g.node("Relu", conv(x, 24, 24, 3, 1, 24));
        Graph graph = g.output(conv(filtered, 24, 8, 1, 1, 1)).build();
        Graph chained = optimized(graph, true);
        assertEquals(1, new Rewritten(chained).count(CHAIN));
        assertTrue(chained.nodes().stream()
                .anyMatch(node ->
                        node.opType().equals("ConvChain") && node.attributes().containsKey("planar_input")));
        Tensor image = GraphBuilder.noise(new java.util.Random(2), 1, 3, 180, 180);
        same(optimized(graph, false), chained, Map.of("x", image), 1e-4f);
    }

    @Test
    void notWhereLittleIsBetweenThem() {
        assertEquals(0, new Rewritten(optimized(inverted(20, 96, 1, false), true)).count(CHAIN));
    }

    @Test
    void notOverAValueThatIsUsedTwice() {
        g.input("x", 1, 12, 60, 60);
        String up = g.node("Relu", conv("x", 12, 80, 1, 1, 1));
        String filtered = g.node("Relu", conv(up, 80, 80, 3, 1, 80));
        String twice = g.node("Add", filtered, up);
        Graph graph = g.output(conv(twice, 80, 16, 1, 1, 1)).build();
        assertEquals(0, new Rewritten(optimized(graph, true)).count(CHAIN));
    }

    @Test
    void notWithAResidualThatComesFromElsewhere() {
        g.input("x", 1, 16, 60, 60);
        g.input("z", 1, 16, 60, 60);
        String up = g.node("Relu", conv("x", 16, 80, 1, 1, 1));
        String filtered = g.node("Relu", conv(up, 80, 80, 3, 1, 80));
        String down = conv(filtered, 80, 16, 1, 1, 1);
        Graph graph = g.output(g.node("Add", down, "z")).build();
        Graph chained = optimized(graph, true);
        Tensor x = GraphBuilder.noise(new java.util.Random(3), 1, 16, 60, 60);
        Tensor z = GraphBuilder.noise(new java.util.Random(4), 1, 16, 60, 60);
        for (Node node : chained.nodes()) {
            assertTrue(!node.opType().equals("ConvChain") || node.input(1).isEmpty(), node::toString);
        }
        same(optimized(graph, false), chained, Map.of("x", x, "z", z), 1e-4f);
    }

    @Test
    void notWhereTheImageIsNotKnown() {
        g.input("x", 1, 12, -1, -1);
        String up = g.node("Relu", conv("x", 12, 80, 1, 1, 1));
        String filtered = g.node("Relu", conv(up, 80, 80, 3, 1, 80));
        Graph graph = g.output(conv(filtered, 80, 16, 1, 1, 1)).build();
        assertEquals(0, new Rewritten(optimized(graph, true)).count(CHAIN));
    }

    @Test
    void saysWhatIsWrong() {
        Map<String, Attribute> attributes = new HashMap<>();
        attributes.put("strides", new Attribute.IntsValue(new long[] {1, 1}));
        attributes.put("dilations", new Attribute.IntsValue(new long[] {1, 1}));
        attributes.put("pads", new Attribute.IntsValue(new long[] {0, 0, 0, -1}));
        attributes.put("group", new Attribute.IntsValue(new long[] {1}));
        assertEquals("pads is [0, 0, 0, -1], expected values of at least 0", refusal(attributes, "w", "b"));
        attributes.put("pads", new Attribute.IntsValue(new long[4]));
        String activation = "activation, activation_alpha and activation_beta: expected 1 values each";
        assertEquals(activation, refusal(attributes, "w", "b"));
        attributes.put("activation", new Attribute.StringsValue(List.of("nothing")));
        attributes.put("activation_alpha", new Attribute.FloatsValue(new float[1]));
        attributes.put("activation_beta", new Attribute.FloatsValue(new float[1]));
        assertTrue(refusal(attributes, "w", "b").startsWith("activation 'nothing' is not known"));
        attributes.put("activation", new Attribute.StringsValue(List.of("none")));
        assertEquals("required input 2 is absent", refusal(attributes, "", "b"));
        assertEquals("strides has 2 values, expected 4", refusal(attributes, "w", "b", "w"));
    }

    private static String refusal(Map<String, Attribute> attributes, String... weights) {
        List<String> inputs = new ArrayList<>(List.of("x", ""));
        inputs.addAll(List.of(weights));
        Node node = new Node("chain", "org.lanewise", "ConvChain", 1, inputs, List.of("y"), attributes);
        String message = assertThrows(UnsupportedModelException.class, () -> FusedConvChain.create(new NodeSpec(node)))
                .getMessage();
        return message.substring(message.indexOf("): ") + 3);
    }
}
