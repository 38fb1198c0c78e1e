package org.lanewise.runtime.optimize;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.lanewise.runtime.optimize.GraphBuilder.and;
import static org.lanewise.runtime.optimize.GraphBuilder.ints;
import static org.lanewise.runtime.optimize.GraphBuilder.text;

import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.lanewise.runtime.graph.Attribute;
import org.lanewise.runtime.tensor.Tensor;

/** {@link PadFolding}: which pads go into a convolution and which must stay. */
class PadFoldingTest {
    private static final Map<String, Tensor> INPUTS =
            Map.of("x", GraphBuilder.noise(new Random(3), 2, 3, 7, 6), "v", GraphBuilder.noise(new Random(4), 1));

    private static GraphBuilder image() {
        GraphBuilder g = new GraphBuilder();
        g.input("x", 2, 3, 7, 6);
        g.input("v", 1);
        return g;
    }

    /** A convolution of {@code padded}; how many {@code Pad} nodes are left. */
    private static int left(GraphBuilder g, String padded, Map<String, Attribute> attributes) {
        String y = g.node("Conv", attributes, padded, g.noise(4, 3, 3, 2), g.noise(4));
        return Rewritten.check(g.output(y).build(), INPUTS).count("Pad");
    }

    @Test
    void zerosAroundTheImageGoIn() {
        GraphBuilder g = image();
        assertEquals(0, left(g, g.node("Pad", "x", g.longs(0, 0, 1, 2, 0, 0, 0, 3)), Map.of()));
    }

    @Test
    void theyAddToItsOwnPads() {
        GraphBuilder g = image();
        String padded = g.node("Pad", text("mode", "constant"), "x", g.longs(0, 0, 1, 0, 0, 0, 2, 1), g.scalar(0));
        assertEquals(
                0,
                left(g, padded, and(ints("pads", 1, 0, 0, 2), and(ints("strides", 2, 1), text("auto_pad", "NOTSET")))));
    }

    @Test
    void withoutPadsOfItsOwn() {
        GraphBuilder g = image();
        assertEquals(0, left(g, g.node("Pad", "x", g.longs(0, 0, 1, 1, 0, 0, 1, 1)), text("auto_pad", "VALID")));
    }

    @Test
    void ofOlderModelsToo() {
        GraphBuilder g = image();
        String padded = g.node("Pad", 2, ints("pads", 0, 0, 1, 1, 0, 0, 1, 1), "x");
        assertEquals(0, left(g, padded, Map.of()));
    }

    @Test
    void aPadThatOthersReadStaysForThem() {
        GraphBuilder g = image();
        String padded = g.node("Pad", "x", g.longs(0, 0, 1, 1, 0, 0, 1, 1));
        g.output(g.node("Relu", padded));
        assertEquals(1, left(g, padded, Map.of()));
    }

    @Test
    void otherValuesStay() {
        GraphBuilder g = image();
        assertEquals(1, left(g, g.node("Pad", "x", g.longs(0, 0, 1, 1, 0, 0, 1, 1), g.scalar(0.5)), Map.of()));
        g = image();
        assertEquals(1, left(g, g.node("Pad", text("mode", "edge"), "x", g.longs(0, 0, 1, 1, 0, 0, 1, 1)), Map.of()));
    }

    @Test
    void valuesOnlyKnownInARunStay() {
        GraphBuilder g = image();
        String value = g.node("Squeeze", "v");
        assertEquals(1, left(g, g.node("Pad", "x", g.longs(0, 0, 1, 1, 0, 0, 1, 1), value), Map.of()));
    }

    @Test
    void otherAxesAndNegativePadsStay() {
        GraphBuilder g = image();
        assertEquals(1, left(g, g.node("Pad", "x", g.longs(1, 0, 1, 1, 0, 0, 1, 1)), Map.of()));
        g = image();
        assertEquals(1, left(g, g.node("Pad", "x", g.longs(0, 0, -1, 1, 0, 0, 1, 1)), Map.of()));
        g = image();
        assertEquals(1, left(g, g.node("Pad", "x", g.longs(1, 1, 1, 1), "", g.longs(2, 3)), Map.of()));
    }

    @Test
    void aConvolutionThatPadsItselfIsLeft() {
        GraphBuilder g = image();
        String padded = g.node("Pad", "x", g.longs(0, 0, 1, 1, 0, 0, 1, 1));
        assertEquals(1, left(g, padded, text("auto_pad", "SAME_UPPER")));
    }
}
