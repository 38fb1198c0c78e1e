package org.lanewise.runtime.optimize;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;
import static org.lanewise.runtime.optimize.GraphBuilder.and;
import static org.lanewise.runtime.optimize.GraphBuilder.integer;
import static org.lanewise.runtime.optimize.GraphBuilder.ints;
import static org.lanewise.runtime.optimize.GraphBuilder.number;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeSet;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.lanewise.kernels.Simd;
import org.lanewise.runtime.graph.Attribute;
import org.lanewise.runtime.graph.Graph;
import org.lanewise.runtime.graph.GraphEditor.Entry;
import org.lanewise.runtime.graph.Model;
import org.lanewise.runtime.graph.Node;
import org.lanewise.runtime.graph.ValueInfo;
import org.lanewise.runtime.session.Session;
import org.lanewise.runtime.session.SessionOptions;
import org.lanewise.runtime.tensor.DataType;
import org.lanewise.runtime.tensor.OnnxValue;
import org.lanewise.runtime.tensor.Shape;
import org.lanewise.runtime.tensor.Tensor;
import org.lanewise.runtime.trace.RunListener;
import org.lanewise.runtime.trace.StepInfo;

/** {@link SparseWeights}: which weights it takes, and that sessions run what is faster for the sizes that come. */
class SparseWeightsTest {
    private static final SessionOptions ONE = SessionOptions.DEFAULT.withThreads(1);
    private static final Map<String, Attribute> PADS = ints("pads", 1, 1, 1, 1);

    /** Sums in another order than the raw graph's. */
    private static final float TOLERANCE = 1e-4f;

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
            if (kernel != null) {
                names.add(kernel);
            }
        }

        boolean sparse() {
            return names.stream().anyMatch(name -> name.startsWith("sparse-"));
        }
    }

    /** A constant with this share of zeros, anywhere. */
    static Tensor sparse(long seed, double zeros, int... dims) {
        Random random = new Random(seed);
        Shape shape = Shape.of(dims);
        float[] values = new float[shape.size()];
        for (int i = 0; i < values.length; i++) {
            values[i] = random.nextDouble() < zeros ? 0 : random.nextFloat(-1, 1);
        }
        return Tensor.wrap(DataType.FLOAT, shape, values, 0);
    }

    private static Model product(double zeros, int k, int n, long... dims) {
        GraphBuilder g = new GraphBuilder();
        g.input("x", dims);
        return Rewritten.model(g.output(g.node("MatMul", "x", g.constant(sparse(3, zeros, k, n))))
                .build());
    }

    private static PassReport report(Graph graph) {
        List<PassReport> reports =
                Pipeline.standard().run(graph, Integer.MAX_VALUE).reports();
        return reports.stream()
                .filter(report -> report.pass().equals(SparseWeights.NAME))
                .findFirst()
                .orElseThrow();
    }

    private static List<Node> marked(Graph graph) {
        return Pipeline.standard().run(graph, Integer.MAX_VALUE).graph().nodes().stream()
                .filter(SparseWeights::marks)
                .toList();
    }

    private static float[] run(Session session, Tensor x, Kernels kernels) {
        return ((Tensor)
                        session.run(Map.of("x", x), kernels).values().iterator().next())
                .toFloatArray();
    }

    private static Tensor noise(int... dims) {
        return GraphBuilder.noise(new Random(9), dims);
    }

    @Test
    void denseWeightsAreNotMentioned() {
        Graph graph = product(0.1, 256, 256, 512, 256).graph();
        assertEquals(List.of(), report(graph).entries());
    }

    @Test
    void fewZerosAreRefusedWithWhatIsExpected() {
        Entry entry = report(product(0.3, 256, 256, 512, 256).graph()).entries().getFirst();
        assertTrue(entry.refused());
        assertTrue(
                entry.reason().matches("30 % zeros: dense is faster \\(0\\.\\d+x expected of lists at 512 rows\\)"),
                entry.reason());
    }

    @Test
    void manyZerosAreLeftOut() {
        Model model = product(0.95, 256, 256, 512, 256);
        Entry entry = report(model.graph()).entries().getFirst();
        assertFalse(entry.refused());
        assertTrue(entry.reason().matches("95 % zeros, lists, expected \\d+\\.\\dx dense at 512 rows"), entry.reason());
        Tensor x = noise(512, 256);
        try (Session sparse = Session.open(model, ONE);
                Session dense = Session.open(model, ONE.withSparseWeights(false));
                Session raw = Session.open(model, ONE.raw())) {
            Kernels kernels = new Kernels();
            Kernels without = new Kernels();
            float[] expected = run(raw, x, new Kernels());
            assertArrayEquals(expected, run(sparse, x, kernels), TOLERANCE);
            assertArrayEquals(expected, run(dense, x, without), TOLERANCE);
            assertTrue(kernels.names.first().matches("sparse-lists-\\S+ 95%"), kernels.names::toString);
            assertFalse(without.sparse(), without.names::toString);
        }
    }

    @Test
    void emptyChannelsAreMentioned() {
        float[] values = sparse(4, 0, 128, 64).toFloatArray();
        for (int i = 0; i < values.length; i++) {
            values[i] = i % 64 > 38 ? 0 : values[i];
        }
        GraphBuilder g = new GraphBuilder();
        g.input("x", 256, 128);
        g.output(g.node("MatMul", "x", g.constant(Tensor.wrap(DataType.FLOAT, Shape.of(128, 64), values, 0))));
        String reason = report(g.build()).entries().getFirst().reason();
        assertTrue(reason.startsWith("39 % zeros with 25 of 64 output channels empty"), reason);
        Rewritten.check(g.build(), Map.of("x", noise(256, 128)));
    }

    @Test
    void openSizesAreDecidedWhenTheyCome() {
        Model model = product(0.9, 512, 512, -1, 512);
        try (Session session = Session.open(model, ONE);
                Session raw = Session.open(model, ONE.raw())) {
            for (int rows : new int[] {1, 300, 2, 1, 0, 300}) {
                Tensor x = noise(rows, 512);
                Kernels kernels = new Kernels();
                assertArrayEquals(run(raw, x, new Kernels()), run(session, x, kernels), TOLERANCE, rows + " rows");
                String form = rows == 300 ? "sparse-lists-" : rows == 1 ? "sparse-gemv-" : "";
                assertTrue(kernels.names.first().startsWith(form), () -> rows + " rows: " + kernels.names);
            }
        }
    }

    @Test
    void gemmBecomesAProductWithItsFactorsInTheConstants() {
        GraphBuilder g = new GraphBuilder();
        g.input("x", 200, 96);
        Map<String, Attribute> attributes = and(and(number("alpha", 0.5), number("beta", 2)), integer("transB", 1));
        String weights = g.constant(sparse(5, 0.9, 128, 96));
        String first = g.node("Gemm", attributes, "x", weights, g.noise(1, 128));
        String second = g.node("Gemm", attributes, "x", weights);
        Graph graph = g.output(first, second).build();
        assertEquals(2, marked(graph).size());
        Rewritten rewritten = Rewritten.check(graph, Map.of("x", noise(200, 96)));
        assertEquals(2, rewritten.count("org.lanewise.MatMul"));
        assertEquals(
                rewritten.graph().nodes().get(0).input(1),
                rewritten.graph().nodes().get(1).input(1));
    }

    @Test
    void sharedWeightsAreTakenForEachUse() {
        GraphBuilder g = new GraphBuilder();
        g.input("x", 1, 300, 128);
        String weights = g.constant(sparse(6, 0.92, 128, 128));
        String hidden = g.node("Relu", g.node("Add", g.node("MatMul", "x", weights), g.noise(128)));
        Graph graph =
                g.output(g.node("Add", g.node("MatMul", hidden, weights), "x")).build();
        assertEquals(2, marked(graph).size());
        assertEquals(2, Rewritten.check(graph, Map.of("x", noise(1, 300, 128))).count("org.lanewise.MatMul"));
    }

    @Test
    void takesWeightsInTheBodyOfAnIf() {
        Tensor weights = sparse(8, 0.95, 128, 128);
        GraphBuilder outer = new GraphBuilder();
        outer.input("x", 256, 128);
        outer.input("yes", DataType.BOOL);
        String shared = outer.constant(weights);
        outer.add(new Node(
                "choice",
                "",
                "If",
                GraphBuilder.OPSET,
                List.of("yes"),
                List.of("y"),
                Map.of(
                        "then_branch", new Attribute.GraphValue(branch("MatMul", shared)),
                        "else_branch", new Attribute.GraphValue(branch("Identity", null)))));
        Graph graph = outer.output("y").build();
        assertEquals(1, report(graph).edits().size());
        Tensor yes = Tensor.of(new boolean[] {true}).reshape(Shape.scalar());
        Rewritten.check(graph, Map.of("x", noise(256, 128), "yes", yes));
    }

    private static Graph branch(String op, @Nullable String weights) {
        List<String> inputs = weights == null ? List.of("x") : List.of("x", weights);
        Node node = new Node("inner", "", op, GraphBuilder.OPSET, inputs, List.of("z"), Map.of());
        return Graph.of("body", List.of(), List.of(new ValueInfo("z", null)), List.of(node), Map.of(), Map.of());
    }

    /** Convolution, residual connection, ReLU. */
    private static Model block(double zeros, int channels, int kernel, long... dims) {
        GraphBuilder g = new GraphBuilder();
        g.input("x", dims);
        Map<String, Attribute> pads = kernel == 3 ? PADS : ints("pads", 0, 0, 0, 0);
        String first = g.node(
                "Conv", pads, "x", g.constant(sparse(1, zeros, channels, channels, kernel, kernel)), g.noise(channels));
        String second =
                g.node("Conv", PADS, g.node("Relu", first), g.constant(sparse(2, zeros, channels, channels, 3, 3)));
        return Rewritten.model(
                g.output(g.node("Relu", g.node("Add", second, "x"))).build());
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 3})
    void convolutionsLeaveZerosOut(int kernel) {
        assumeTrue(Simd.BITS != 128, "the predicted times of convolutions are fitted to wider vectors");
        Model model = block(0.95, 64, kernel, 1, 64, 20, 20);
        assertEquals(2, marked(model.graph()).size());
        Tensor x = noise(1, 64, 20, 20);
        try (Session one = Session.open(model, ONE);
                Session two = Session.open(model, ONE.withThreads(2));
                Session three = Session.open(model, ONE.withThreads(3));
                Session raw = Session.open(model, ONE.raw())) {
            Kernels kernels = new Kernels();
            float[] got = run(one, x, kernels);
            assertArrayEquals(run(raw, x, new Kernels()), got, TOLERANCE);
            assertTrue(kernels.sparse(), kernels.names::toString);
            assertArrayEquals(got, run(two, x, new Kernels()));
            assertArrayEquals(got, run(three, x, new Kernels()));
        }
    }

    @Test
    void openImagesAreDecidedWhenTheyCome() {
        assumeTrue(Simd.BITS != 128, "the predicted times of convolutions are fitted to wider vectors");
        Model model = block(0.9, 64, 3, -1, 64, -1, -1);
        try (Session session = Session.open(model, ONE);
                Session raw = Session.open(model, ONE.raw())) {
            for (int size : new int[] {30, 1, 7, 30}) {
                Tensor x = noise(2, 64, size, size);
                Kernels kernels = new Kernels();
                assertArrayEquals(run(raw, x, new Kernels()), run(session, x, kernels), TOLERANCE, "size " + size);
                assertTrue(size < 30 || kernels.sparse(), kernels.names::toString);
            }
        }
    }

    @Test
    void depthwiseAndChannelsFirstStayDense() {
        GraphBuilder g = new GraphBuilder();
        g.input("x", 1, 64, 20, 20);
        Map<String, Attribute> depthwise = and(PADS, integer("group", 64));
        g.output(g.node("Conv", depthwise, "x", g.constant(sparse(1, 0.9, 64, 1, 3, 3))));
        g.input("line", 1, 16, 4, 4, 4);
        g.output(g.node("Conv", "line", g.constant(sparse(1, 0.9, 16, 16, 3, 3, 3))));
        List<Entry> entries = report(g.build()).entries();
        assertEquals(List.of(true, true), entries.stream().map(Entry::refused).toList());
        assertTrue(
                entries.get(0).reason().endsWith(": dense, it is depthwise"),
                entries.get(0).reason());
        assertTrue(
                entries.get(1).reason().endsWith(": dense, it runs channels first"),
                entries.get(1).reason());
    }

    @Test
    void splittingChangesNoBit() {
        Model model = product(0.9, 300, 200, -1, 300);
        try (Session one = Session.open(model, ONE);
                Session two = Session.open(model, ONE.withThreads(2));
                Session three = Session.open(model, ONE.withThreads(3))) {
            for (int rows : new int[] {1, 5, 130, 1000}) {
                Tensor x = noise(rows, 300);
                float[] expected = run(one, x, new Kernels());
                assertArrayEquals(expected, run(two, x, new Kernels()), rows + " rows");
                assertArrayEquals(expected, run(three, x, new Kernels()), rows + " rows");
            }
        }
    }

    @Test
    void aZeroContributesNothingEvenTimesInfinity() {
        float[] x = new float[512 * 256];
        x[7] = Float.POSITIVE_INFINITY;
        float[] b = sparse(3, 0.95, 256, 256).toFloatArray();
        java.util.Arrays.fill(b, 7 * 256, 8 * 256, -0f);
        GraphBuilder g = new GraphBuilder();
        g.input("x", 512, 256);
        g.output(g.node("MatMul", "x", g.constant(Tensor.wrap(DataType.FLOAT, Shape.of(256, 256), b, 0))));
        try (Session session = Session.open(Rewritten.model(g.build()), ONE)) {
            float[] y = run(session, Tensor.wrap(DataType.FLOAT, Shape.of(512, 256), x, 0), new Kernels());
            assertArrayEquals(new float[512 * 256], y);
        }
    }

    @Test
    void severalThreadsShareASession() throws Exception {
        Model model = product(0.9, 256, 256, -1, 256);
        try (Session session = Session.open(model, SessionOptions.DEFAULT.withThreads(2));
                Session raw = Session.open(model, ONE.raw());
                ExecutorService callers = Executors.newFixedThreadPool(4)) {
            List<Callable<float[]>> calls = new ArrayList<>();
            List<float[]> expected = new ArrayList<>();
            for (int i = 0; i < 40; i++) {
                Tensor x = noise(i % 4 == 0 ? 1 : 37 * (i % 4), 256);
                calls.add(() -> run(session, x, new Kernels()));
                expected.add(run(raw, x, new Kernels()));
            }
            List<Future<float[]>> results = callers.invokeAll(calls);
            for (int i = 0; i < results.size(); i++) {
                assertArrayEquals(expected.get(i), results.get(i).get(), TOLERANCE);
            }
        }
    }

    @Test
    void aLonePointwiseConvolutionStaysChannelsFirst() {
        assumeTrue(Simd.ENABLED);
        GraphBuilder g = new GraphBuilder();
        g.input("x", -1, 64, -1, -1);
        Graph graph = g.output(
                        g.node("Conv", "x", g.constant(sparse(5, 0.9, 128, 64, 1, 1)), g.constant(sparse(6, 0, 128))))
                .build();
        Node conv = marked(graph).getFirst();
        assertEquals(0, conv.intAttribute("channels_last", 0));
        for (int threads = 1; threads <= 2; threads++) {
            SessionOptions options = SessionOptions.DEFAULT.withThreads(threads);
            try (Session optimized = Session.open(Rewritten.model(graph), options);
                    Session raw = Session.open(Rewritten.model(graph), options.raw())) {
                for (int size : new int[] {28, 17}) {
                    Tensor x = sparse(7, 0.1, 2, 64, size, size);
                    Kernels kernels = new Kernels();
                    assertArrayEquals(run(raw, x, new Kernels()), run(optimized, x, kernels), TOLERANCE);
                    assertTrue(kernels.sparse(), () -> "kernels " + kernels.names);
                }
            }
        }
    }

    /** Batch 2 declared: no transposes where the kernel takes planes; a batch that is open keeps them. */
    @ParameterizedTest
    @ValueSource(ints = {2, -1})
    void aLoneConvolutionReadsAndWritesPlanes(int batch) {
        assumeTrue(Simd.BITS == 512, "planes are for vectors of 512 bits");
        GraphBuilder g = new GraphBuilder();
        g.input("x", batch, 64, 24, 20);
        String conv =
                g.node("Conv", PADS, "x", g.constant(sparse(5, 0.95, 96, 64, 3, 3)), g.constant(sparse(6, 0, 96)));
        Graph graph = g.output(g.node("Relu", conv)).build();
        Node node = marked(graph).getFirst();
        int planar = batch > 0 ? 1 : 0;
        assertEquals(planar, node.intAttribute("planar_input", 0));
        assertEquals(planar, node.intAttribute("planar_output", 0));
        List<Node> nodes =
                Pipeline.standard().run(graph, Integer.MAX_VALUE).graph().nodes();
        assertEquals(batch > 0 ? 1 : 3, nodes.size());
        Tensor x = noise(2, 64, 24, 20);
        for (int threads = 1; threads <= 3; threads++) {
            SessionOptions options = SessionOptions.DEFAULT.withThreads(threads);
            try (Session optimized = Session.open(Rewritten.model(graph), options);
                    Session raw = Session.open(Rewritten.model(graph), options.raw())) {
                Kernels kernels = new Kernels();
                assertArrayEquals(run(raw, x, new Kernels()), run(optimized, x, kernels), TOLERANCE);
                assertTrue(kernels.sparse(), () -> "kernels " + kernels.names);
            }
        }
    }
}
