package org.lanewise.runtime.optimize;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.lanewise.runtime.optimize.GraphBuilder.and;
import static org.lanewise.runtime.optimize.GraphBuilder.integer;
import static org.lanewise.runtime.optimize.GraphBuilder.ints;

import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.lanewise.runtime.graph.Attribute;
import org.lanewise.runtime.graph.Graph;
import org.lanewise.runtime.graph.Model;
import org.lanewise.runtime.session.Session;
import org.lanewise.runtime.session.SessionOptions;
import org.lanewise.runtime.tensor.OnnxValue;
import org.lanewise.runtime.tensor.Tensor;
import org.lanewise.runtime.trace.RunListener;
import org.lanewise.runtime.trace.StepInfo;

/** {@link Winograd}, the switch that turns it off, and the choice of a form by the size of the image. */
class WinogradPassTest {
    private static final Map<String, Attribute> PADS = ints("pads", 1, 1, 1, 1);
    private static final SessionOptions ON = SessionOptions.DEFAULT.withThreads(1);
    private static final String WINOGRAD = "conv-nhwc-winograd-";

    /** Collects the kernels of a run. */
    private static final class Kernels implements RunListener {
        private final TreeSet<String> names = new TreeSet<>();

        @Override
        public void stepFinished(
                StepInfo step,
                @Nullable String kernel,
                long startNanos,
                long endNanos,
                List<@Nullable OnnxValue> inputs,
                List<@Nullable OnnxValue> outputs) {
            if (kernel != null && kernel.startsWith("conv-")) {
                names.add(kernel);
            }
        }
    }

    /** Convolution, bias, residual connection from the input, ReLU. */
    private static Model residualBlock(long... dims) {
        GraphBuilder g = new GraphBuilder();
        g.input("x", dims);
        int channels = (int) dims[1];
        String conv = g.node("Conv", PADS, "x", g.noise(channels, channels, 3, 3), g.noise(channels));
        String sum = g.node("Add", conv, "x");
        return Rewritten.model(g.output(g.node("Relu", sum)).build());
    }

    /** What is promised for real models; the bounds of the kernel itself are tested where it is. */
    private static final float TOLERANCE = 1e-4f;

    private static Tensor image(int... dims) {
        return GraphBuilder.noise(new Random(3), dims);
    }

    private static float[] run(Session session, Tensor x, Kernels kernels) {
        OnnxValue y = session.run(Map.of("x", x), kernels).values().iterator().next();
        return ((Tensor) y).toFloatArray();
    }

    @Test
    void theSwitchTurnsItOff() {
        Model model = residualBlock(1, 40, 14, 14);
        Tensor x = image(1, 40, 14, 14);
        try (Session on = Session.open(model, ON);
                Session off = Session.open(model, ON.withWinograd(false));
                Session raw = Session.open(model, ON.raw())) {
            Kernels fast = new Kernels();
            Kernels plain = new Kernels();
            float[] expected = run(raw, x, new Kernels());
            assertArrayEquals(expected, run(on, x, fast), TOLERANCE);
            assertArrayEquals(expected, run(off, x, plain), TOLERANCE);
            assertTrue(fast.names.first().startsWith(WINOGRAD), fast.names::toString);
            assertTrue(plain.names.first().startsWith("conv-nhwc-direct-"), plain.names::toString);
        }
    }

    /** Runs often enough that small steps are shared: a pool does them alone until it has woken its threads. */
    @ParameterizedTest
    @CsvSource({"2, 40, 23, 31", "1, 16, 32, 32", "1, 32, 16, 16", "1, 64, 8, 8", "1, 72, 7, 7", "1, 16, 7, 5"})
    void moreThreadsGiveTheSameValues(int batch, int channels, int height, int width) {
        Model model = residualBlock(batch, channels, height, width);
        Tensor x = image(batch, channels, height, width);
        try (Session one = Session.open(model, ON);
                Session two = Session.open(model, ON.withThreads(2));
                Session three = Session.open(model, ON.withThreads(3))) {
            float[] expected = run(one, x, new Kernels());
            for (int i = 0; i < 20; i++) {
                assertArrayEquals(expected, run(two, x, new Kernels()));
                assertArrayEquals(expected, run(three, x, new Kernels()));
            }
        }
    }

    @Test
    void undeclaredSizesAreDecidedWhenTheyCome() {
        Model model = residualBlock(-1, 40, -1, -1);
        try (Session session = Session.open(model, ON);
                Session raw = Session.open(model, ON.raw())) {
            for (int size : new int[] {1, 32, 6, 1, 32}) {
                Tensor x = image(1, 40, size, size);
                Kernels kernels = new Kernels();
                assertArrayEquals(run(raw, x, new Kernels()), run(session, x, kernels), TOLERANCE, "size " + size);
                String form = size == 1 ? "conv-nhwc-direct-" : WINOGRAD + (size == 32 ? "4x4-" : "2x2-");
                assertTrue(kernels.names.first().startsWith(form), () -> size + ": " + kernels.names);
            }
        }
    }

    @Test
    void takesOnlyUngroupedConvolutionsOfStrideOne() {
        assertEquals(1, allowed(PADS, 8, 16, 3));
        assertEquals(1, allowed(and(PADS, and(ints("strides", 1, 1), ints("dilations", 1, 1))), 8, 16, 3));
        assertEquals(0, allowed(and(PADS, ints("strides", 2, 1)), 8, 16, 3));
        assertEquals(0, allowed(and(PADS, ints("dilations", 1, 2)), 8, 16, 3));
        assertEquals(0, allowed(and(PADS, integer("group", 2)), 8, 8, 3));
        assertEquals(0, allowed(PADS, 8, 16, 5));
    }

    private static long allowed(Map<String, Attribute> attributes, int out, int in, int kernel) {
        GraphBuilder g = new GraphBuilder();
        g.input("x", 1, 16, 9, 9);
        Graph graph = g.output(g.node("Conv", attributes, "x", g.noise(out, in, kernel, kernel)))
                .build();
        return Pipeline.standard().run(graph, Integer.MAX_VALUE).graph().nodes().stream()
                .filter(node -> node.attributes().containsKey("winograd"))
                .count();
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void thePipelineSaysWhatItDid(boolean winograd) {
        Pipeline.Result result = ON.withWinograd(winograd)
                .pipeline()
                .run(residualBlock(1, 40, 14, 14).graph(), Integer.MAX_VALUE);
        assertEquals(winograd, result.log().stream().anyMatch(line -> line.startsWith("winograd: ")));
    }
}
