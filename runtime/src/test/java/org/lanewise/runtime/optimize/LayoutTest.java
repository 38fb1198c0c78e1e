package org.lanewise.runtime.optimize;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.lanewise.runtime.optimize.GraphBuilder.and;
import static org.lanewise.runtime.optimize.GraphBuilder.integer;
import static org.lanewise.runtime.optimize.GraphBuilder.ints;
import static org.lanewise.runtime.optimize.GraphBuilder.text;

import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.lanewise.runtime.graph.Attribute;
import org.lanewise.runtime.graph.Node;
import org.lanewise.runtime.tensor.ByteTensor;
import org.lanewise.runtime.tensor.DataType;
import org.lanewise.runtime.tensor.Shape;
import org.lanewise.runtime.tensor.Tensor;

/** {@link ChannelsLast} and {@link TransposeSink}: where transposes go, and where they must stay. */
class LayoutTest {
    private static final Map<String, Attribute> NHWC = ints("perm", 0, 2, 3, 1);
    private static final Map<String, Attribute> NCHW = ints("perm", 0, 3, 1, 2);
    private static final Tensor X = GraphBuilder.noise(new Random(5), 2, 4, 6, 3);
    private static final Map<String, Tensor> INPUTS = Map.of("x", X);

    /** A graph whose first value, {@code v0}, is {@code x} of shape (2, 4, 6, 3) made channels first: (2, 3, 4, 6). */
    private static GraphBuilder transposed() {
        GraphBuilder g = new GraphBuilder();
        g.input("x", 2, 4, 6, 3);
        g.node("Transpose", NCHW, "x");
        return g;
    }

    /** Adds the transpose back, so that none is left when the first one went through. */
    private static Rewritten checkBack(GraphBuilder g, String output) {
        return Rewritten.check(g.output(g.node("Transpose", NHWC, output)).build(), INPUTS);
    }

    private static void assertSinks(GraphBuilder g, String output) {
        Rewritten rewritten = checkBack(g, output);
        assertEquals(
                0, rewritten.count("Transpose"), () -> rewritten.graph().nodes().toString());
    }

    private static void assertStays(GraphBuilder g, String output) {
        Rewritten rewritten = checkBack(g, output);
        assertTrue(
                rewritten.count("Transpose") >= 1,
                () -> rewritten.graph().nodes().toString());
    }

    @Nested
    class Lone {
        private static final Tensor IMAGE = GraphBuilder.noise(new Random(8), 2, 19, 5, 7);

        private Rewritten pointwise(int layers, Map<String, Attribute> attributes) {
            GraphBuilder g = new GraphBuilder();
            g.input("x", 2, 19, 5, 7);
            String value = "x";
            for (int i = 0; i < layers; i++) {
                String sums = g.node("Conv", attributes, value, g.noise(19, 19, 1, 1), g.noise(19));
                value = g.node("Relu", sums);
            }
            return Rewritten.check(g.output(value).build(), Map.of("x", IMAGE));
        }

        @Test
        void aLonePointwiseConvolutionRunsChannelsFirst() {
            assertEquals(0, pointwise(1, Map.of()).count("Transpose"));
        }

        @Test
        void aChainOfThemRunsChannelsLast() {
            assertEquals(2, pointwise(2, Map.of()).count("Transpose"));
        }

        @Test
        void oneThatSkipsPixelsOrIsPaddedRunsChannelsLast() {
            assertEquals(2, pointwise(1, ints("strides", 2, 2)).count("Transpose"));
            assertEquals(2, pointwise(1, ints("pads", 1, 0, 0, 1)).count("Transpose"));
        }
    }

    @Nested
    class Sinking {
        @ParameterizedTest
        @ValueSource(
                strings = {
                    "Relu",
                    "Sigmoid",
                    "Tanh",
                    "Gelu",
                    "HardSwish",
                    "Neg",
                    "Exp",
                    "Swish",
                    "Mish",
                    "Softplus",
                    "Elu"
                })
        void throughElementwise(String op) {
            GraphBuilder g = transposed();
            assertSinks(g, g.node(op, op.equals("Swish") ? 24 : GraphBuilder.OPSET, Map.of(), "v0"));
        }

        @Test
        void throughClipWithConstantBounds() {
            GraphBuilder g = transposed();
            assertSinks(g, g.node("Clip", "v0", g.scalar(-0.5), g.scalar(0.5)));
        }

        @Test
        void throughAddOfConstantsOfAnyRank() {
            GraphBuilder g = transposed();
            String sum = g.node("Add", g.node("Add", g.noise(3, 1, 1), "v0"), g.noise(6));
            assertSinks(g, g.node("Mul", g.node("Sub", g.noise(2, 3, 4, 6), sum), g.scalar(2)));
        }

        @Test
        void notThroughAddOfAConstantOfAHigherRank() {
            GraphBuilder g = transposed();
            String sum = g.node("Add", "v0", g.noise(1, 2, 3, 4, 6));
            g.output(sum);
            Rewritten.check(g.build(), INPUTS);
        }

        @Test
        void throughAResidualInTheSameOrder() {
            GraphBuilder g = transposed();
            String relu = g.node("Relu", "v0");
            assertSinks(g, g.node("Add", g.node("Neg", relu), relu));
        }

        @Test
        void notThroughASumWithAValueInItsOwnOrder() {
            GraphBuilder g = transposed();
            g.input("z", 2, 3, 4, 6);
            String sum = g.node("Add", "v0", "z");
            g.output(g.node("Transpose", NHWC, sum));
            Map<String, Tensor> inputs = Map.of("x", X, "z", GraphBuilder.noise(new Random(6), 2, 3, 4, 6));
            assertEquals(2, Rewritten.check(g.build(), inputs).count("Transpose"));
        }

        @Test
        void aGateOfOneValueAChannelIsTransposedInstead() {
            GraphBuilder g = transposed();
            g.input("z", 2, 3, 1, 1);
            String product = g.node("Mul", "v0", "z");
            g.output(g.node("Transpose", NHWC, product));
            Map<String, Tensor> inputs = Map.of("x", X, "z", GraphBuilder.noise(new Random(6), 2, 3, 1, 1));
            Rewritten rewritten = Rewritten.check(g.build(), inputs);
            assertEquals(0, rewritten.count("Transpose"));
            Node squeeze = rewritten.graph().nodes().stream()
                    .filter(node -> node.is("Squeeze"))
                    .findFirst()
                    .orElseThrow();
            assertEquals("z", squeeze.input(0));
        }

        @Test
        void aResidualAroundAGateIsPartOfIt() {
            GraphBuilder g = transposed();
            g.input("z", 2, 3, 1, 1);
            String sum = g.node("Add", g.node("Mul", "v0", "z"), "v0");
            g.output(g.node("Transpose", NHWC, sum));
            Map<String, Tensor> inputs = Map.of("x", X, "z", GraphBuilder.noise(new Random(6), 2, 3, 1, 1));
            Rewritten rewritten = Rewritten.check(g.build(), inputs);
            assertEquals(1, rewritten.count("Mul"));
            Node mul = rewritten.graph().nodes().stream()
                    .filter(node -> node.is("Mul"))
                    .findFirst()
                    .orElseThrow();
            assertEquals("x", mul.input(0));
        }

        @Test
        void throughConcatInTheSameOrder() {
            GraphBuilder g = transposed();
            assertSinks(g, g.node("Concat", integer("axis", 1), g.node("Relu", "v0"), "v0"));
            GraphBuilder fromTheEnd = transposed();
            assertSinks(fromTheEnd, fromTheEnd.node("Concat", integer("axis", -3), "v0", "v0"));
        }

        @Test
        void notThroughConcatWithAnotherOrder() {
            GraphBuilder g = new GraphBuilder();
            g.input("x", 2, 3, 3, 3);
            String a = g.node("Transpose", NCHW, "x");
            String b = g.node("Transpose", ints("perm", 0, 1, 3, 2), "x");
            g.output(g.node("Concat", integer("axis", 1), a, b));
            Tensor x = GraphBuilder.noise(new Random(7), 2, 3, 3, 3);
            assertEquals(2, Rewritten.check(g.build(), Map.of("x", x)).count("Transpose"));
        }

        @ParameterizedTest
        @ValueSource(strings = {"ReduceMean", "ReduceMax", "ReduceL2"})
        void throughReductionsThatKeepDimensions(String op) {
            GraphBuilder g = transposed();
            assertSinks(g, g.node(op, "v0", g.longs(2, -1)));
            GraphBuilder old = transposed();
            assertSinks(old, old.node(op, 11, ints("axes", 1), "v0"));
        }

        @Test
        void notThroughReductionsThatDoNotOrOfUnknownAxes() {
            GraphBuilder g = transposed();
            g.output(g.node("ReduceMean", integer("keepdims", 0), "v0", g.longs(2)));
            assertEquals(1, Rewritten.check(g.build(), INPUTS).count("Transpose"));
            GraphBuilder unknown = transposed();
            unknown.input("axes", DataType.INT64, 1);
            unknown.output(unknown.node("ReduceMean", "v0", "axes"));
            Map<String, Tensor> inputs = Map.of("x", X, "axes", Tensor.of(new long[] {1}));
            assertEquals(1, Rewritten.check(unknown.build(), inputs).count("Transpose"));
            GraphBuilder all = transposed();
            all.output(all.node("ReduceMean", "v0"));
            Rewritten.check(all.build(), INPUTS);
            GraphBuilder none = transposed();
            none.output(none.node("ReduceSum", integer("noop_with_empty_axes", 1), "v0"));
            Rewritten.check(none.build(), INPUTS);
        }

        @Test
        void throughPools() {
            for (String op : List.of("MaxPool", "AveragePool")) {
                GraphBuilder g = transposed();
                Map<String, Attribute> attributes =
                        and(and(ints("kernel_shape", 3, 2), ints("pads", 1, 0, 1, 1)), ints("strides", 2, 1));
                assertSinks(g, g.node(op, attributes, "v0"));
            }
            GraphBuilder g = transposed();
            assertSinks(g, g.node("GlobalAveragePool", "v0"));
        }

        @Test
        void aPoolWithIndicesStays() {
            GraphBuilder g = transposed();
            g.add(new Node("pool", "", "MaxPool", 12, List.of("v0"), List.of("p", "i"), ints("kernel_shape", 2, 2)));
            g.output("i");
            assertStays(g, "p");
        }

        @Test
        void throughAPoolOfBytes() {
            for (DataType type : List.of(DataType.INT8, DataType.UINT8)) {
                GraphBuilder g = new GraphBuilder();
                g.input("x", type, 1, 5, 4, 18);
                String pool = g.node("MaxPool", 12, ints("kernel_shape", 2, 3), g.node("Transpose", NCHW, "x"));
                g.output(g.node("Transpose", NHWC, pool));
                ByteTensor x = (ByteTensor) Tensor.allocate(type, Shape.of(1, 5, 4, 18));
                new Random(3).nextBytes(x.array());
                assertEquals(0, Rewritten.check(g.build(), Map.of("x", x)).count("Transpose"));
            }
        }

        @Test
        void aPoolOfDoublesStays() {
            GraphBuilder g = new GraphBuilder();
            g.input("x", DataType.DOUBLE, 1, 4, 4, 2);
            String pool = g.node("MaxPool", 12, ints("kernel_shape", 2, 2), g.node("Transpose", NCHW, "x"));
            g.output(g.node("Transpose", NHWC, pool));
            Tensor x = Tensor.allocate(DataType.DOUBLE, Shape.of(1, 4, 4, 2));
            Rewritten.check(g.build(), Map.of("x", x));
        }

        @Test
        void throughPad() {
            GraphBuilder g = transposed();
            assertSinks(g, g.node("Pad", "v0", g.longs(0, 1, 2, 0, 0, 0, 1, 3), g.scalar(7)));
            GraphBuilder reflect = transposed();
            assertSinks(
                    reflect, reflect.node("Pad", text("mode", "reflect"), "v0", reflect.longs(0, 0, 2, 1, 0, 0, 1, 3)));
        }

        @Test
        void notThroughPadOfSomeAxes() {
            GraphBuilder g = transposed();
            assertStays(g, g.node("Pad", "v0", g.longs(1, 2), g.scalar(7), g.longs(2)));
        }

        @Test
        void throughSoftmaxFromOpset13On() {
            GraphBuilder g = transposed();
            assertSinks(g, g.node("Softmax", integer("axis", 1), "v0"));
            GraphBuilder last = transposed();
            assertSinks(last, last.node("Softmax", "v0"));
            // Before, it works on the matrix that the axis cuts the value into
            GraphBuilder old = transposed();
            assertStays(old, old.node("Softmax", 11, integer("axis", 1), "v0"));
        }

        @Test
        void throughResize() {
            GraphBuilder g = transposed();
            String scales = g.constant(Tensor.of(new float[] {1, 1, 2, 3}));
            assertSinks(g, g.node("Resize", text("mode", "linear"), "v0", "", scales));
            GraphBuilder sized = transposed();
            assertSinks(sized, sized.node("Resize", text("mode", "nearest"), "v0", "", "", sized.longs(2, 3, 7, 5)));
        }

        @Test
        void notThroughResizeOfSomeAxesOrOfARegion() {
            GraphBuilder g = transposed();
            assertStays(g, g.node("Resize", ints("axes", 2, 3), "v0", "", "", g.longs(7, 5)));
            GraphBuilder crop = transposed();
            String region = crop.constant(Tensor.of(new float[] {0, 0, 0.2f, 0, 1, 1, 0.8f, 1}));
            assertStays(
                    crop,
                    crop.node(
                            "Resize",
                            text("coordinate_transformation_mode", "tf_crop_and_resize"),
                            "v0",
                            region,
                            "",
                            crop.longs(2, 3, 5, 5)));
        }

        @Test
        void throughQuantizersOfOneScale() {
            GraphBuilder g = transposed();
            String quantized = g.node(
                    "QuantizeLinear",
                    "v0",
                    g.scalar(0.02),
                    g.constant(Tensor.of(new byte[] {3}).reshape(Shape.scalar())));
            assertSinks(
                    g,
                    g.node(
                            "DequantizeLinear",
                            quantized,
                            g.scalar(0.02),
                            g.constant(Tensor.of(new byte[] {3}).reshape(Shape.scalar()))));
        }

        @Test
        void notThroughQuantizersOfAScalePerChannel() {
            GraphBuilder g = transposed();
            String scale = g.constant(Tensor.of(new float[] {0.1f, 0.2f, 0.3f}));
            String zero = g.constant(Tensor.of(new byte[] {1, 2, 3}));
            String quantized = g.node("QuantizeLinear", "v0", scale, zero);
            assertStays(g, g.node("DequantizeLinear", quantized, scale, zero));
        }

        @Test
        void aScaleOfOneElementMayBePerChannelOfOneChannel() {
            GraphBuilder g = new GraphBuilder();
            g.input("x", 2, 4, 6, 1);
            String first = g.node("Transpose", NCHW, "x");
            String scale = g.constant(Tensor.of(new float[] {0.1f}));
            String zero = g.constant(Tensor.of(new byte[] {2}));
            String quantized = g.node("QuantizeLinear", integer("axis", 1), first, scale, zero);
            String back = g.node("DequantizeLinear", integer("axis", 1), quantized, scale, zero);
            g.output(g.node("Transpose", NHWC, back));
            Rewritten.check(g.build(), Map.of("x", GraphBuilder.noise(new Random(8), 2, 4, 6, 1)));
        }

        @Test
        void aValueUsedInBothOrders() {
            GraphBuilder g = transposed();
            String relu = g.node("Relu", "v0");
            g.output(relu, g.node("Flatten", relu));
            assertSinksPartly(g, relu);
        }

        private void assertSinksPartly(GraphBuilder g, String output) {
            Rewritten rewritten = checkBack(g, g.node("Neg", output));
            assertTrue(
                    rewritten.count("Transpose") <= 2,
                    () -> rewritten.graph().nodes().toString());
        }

        @Test
        void aTransposedValueThatASubgraphUses() {
            GraphBuilder g = transposed();
            g.input("c", DataType.BOOL);
            String relu = g.node("Relu", "v0");
            g.output(PatternFusionTest.ifNode(g, "c", relu), PatternFusionTest.ifNode(g, "c", "v0"));
            g.output(g.node("Transpose", NHWC, relu));
            Rewritten.check(
                    g.build(),
                    Map.of("x", X, "c", Tensor.of(new boolean[] {true}).reshape(Shape.scalar())));
        }

        @Test
        void ofTransposesWithoutAStatedOrder() {
            GraphBuilder g = new GraphBuilder();
            g.input("x", 2, 4, 6, 3);
            g.output(g.node("Transpose", g.node("Relu", g.node("Transpose", "x"))));
            Rewritten.check(g.build(), INPUTS);
        }

        @Test
        void ofAnyRank() {
            GraphBuilder g = new GraphBuilder();
            g.input("x", 3, 4, 5);
            String t = g.node("Transpose", ints("perm", 2, 0, 1), "x");
            String sum = g.node("Add", g.node("Relu", t), g.noise(4));
            String mean = g.node("Sub", sum, g.node("ReduceMean", sum, g.longs(0)));
            g.output(g.node("Transpose", ints("perm", 1, 2, 0), mean));
            Tensor x = GraphBuilder.noise(new Random(1), 3, 4, 5);
            assertEquals(0, Rewritten.check(g.build(), Map.of("x", x)).count("Transpose"));
        }

        @Test
        void withDimensionsThatAreNotKnown() {
            GraphBuilder g = new GraphBuilder();
            g.input("x", -1, -1, -1, -1);
            g.node("Transpose", NCHW, "x");
            assertSinks(g, g.node("Add", g.node("Relu", "v0"), g.noise(3, 1, 1)));
        }
    }

    @Nested
    class Convolutions {
        private static final Tensor IMAGE = GraphBuilder.noise(new Random(9), 2, 3, 8, 8);

        private GraphBuilder withImage() {
            GraphBuilder g = new GraphBuilder();
            g.input("x", -1, 3, 8, 8);
            return g;
        }

        private String conv(GraphBuilder g, String x, int out, int in) {
            return g.node("Conv", ints("pads", 1, 1, 1, 1), x, g.noise(out, in, 3, 3), g.noise(out));
        }

        @Test
        void aChainReadsChannelsFirstAndHasOneTransposeAtItsEnd() {
            GraphBuilder g = withImage();
            String a = g.node("Relu", conv(g, "x", 8, 3));
            String pool = g.node("MaxPool", and(ints("kernel_shape", 2, 2), ints("strides", 2, 2)), a);
            String b = g.node("Add", conv(g, pool, 8, 8), pool);
            String c = g.node("Concat", integer("axis", 1), b, pool);
            g.output(conv(g, c, 4, 16));
            Rewritten rewritten = Rewritten.check(g.build(), Map.of("x", IMAGE));
            assertEquals(
                    Map.of("Concat", 1, "Transpose", 1, "org.lanewise.Conv", 3, "org.lanewise.MaxPool", 1),
                    rewritten.operators());
        }

        @Test
        void outputsInTheMiddleKeepTheirNamesAndOrder() {
            GraphBuilder g = withImage();
            String a = conv(g, "x", 8, 3);
            String b = g.node("Relu", a);
            String c = conv(g, b, 4, 8);
            g.output(a, b, c);
            Rewritten.check(g.build(), Map.of("x", IMAGE));
        }

        @Test
        void anOverridableWeightStaysAnInput() {
            GraphBuilder g = withImage();
            g.input("w", 4, 3, 3, 3);
            g.output(g.node("Conv", "x", "w"));
            Tensor w = GraphBuilder.noise(new Random(3), 4, 3, 3, 3);
            Rewritten rewritten = Rewritten.check(g.build(), Map.of("x", IMAGE, "w", w));
            assertEquals(Map.of("Conv", 1), rewritten.operators());
        }

        @Test
        void ofOneDimension() {
            GraphBuilder g = new GraphBuilder();
            g.input("x", 2, 3, 17);
            Map<String, Attribute> strided = and(ints("pads", 2, 1), and(ints("strides", 2), ints("dilations", 2)));
            String conv = g.node("Relu", g.node("Conv", strided, "x", g.noise(6, 3, 3), g.noise(6)));
            String ends = g.longs(5);
            String cut = g.node("Slice", conv, g.longs(1), ends, g.longs(1), g.longs(2));
            String sum = g.node("Add", cut, g.node("Slice", conv, g.longs(-2), g.longs(100), g.longs(-2)));
            String deep = g.node("Conv", and(integer("group", 2), ints("pads", 1, 1)), sum, g.noise(4, 1, 3));
            g.output(g.node("Conv", integer("group", 4), deep, g.noise(4, 1, 2)));
            Rewritten rewritten = Rewritten.check(g.build(), Map.of("x", GraphBuilder.noise(new Random(3), 2, 3, 17)));
            assertEquals(Map.of("Add", 1, "Slice", 2, "Transpose", 2, "org.lanewise.Conv", 3), rewritten.operators());
        }

        @Test
        void threeDimensionsStayAsTheyAre() {
            GraphBuilder g = new GraphBuilder();
            g.input("x", 1, 3, 8, 4, 4);
            g.output(g.node("Conv", "x", g.noise(4, 3, 3, 2, 2)));
            Tensor x = GraphBuilder.noise(new Random(3), 1, 3, 8, 4, 4);
            assertEquals(
                    Map.of("Conv", 1),
                    Rewritten.check(g.build(), Map.of("x", x)).operators());
        }

        @Test
        void aSliceOfEverythingGoes() {
            GraphBuilder g = transposed();
            String all = g.node("Slice", "v0", g.longs(0), g.longs(Long.MAX_VALUE), g.longs(2), g.longs(1));
            assertEquals(0, checkBack(g, g.node("Neg", all)).count("Slice"));
        }
    }

    @Nested
    class PlanarInputs {
        private static GraphBuilder conv(int kernel, int stride, int group) {
            GraphBuilder g = new GraphBuilder();
            g.input("x", 2, 4, 6, 3);
            String w = g.noise(8, 4 / group, kernel, kernel);
            g.node(
                    "Conv",
                    and(ints("strides", stride, stride), and(integer("group", group), ints("pads", 1, 1, 1, 1))),
                    "x",
                    w);
            return g;
        }

        private static int transposes(GraphBuilder g) {
            g.node("Transpose", NHWC, "v0");
            return (int) Rewritten.check(g.output("v1").build(), INPUTS).count("Transpose");
        }

        @Test
        void aConvolutionReadsTheImageOfTheGraph() {
            assertEquals(0, transposes(conv(3, 1, 1)));
            assertEquals(0, transposes(conv(3, 2, 2)));
        }

        @Test
        void oneThatGathersNothingKeepsItsTranspose() {
            assertEquals(1, transposes(conv(1, 1, 1)));
            assertEquals(1, transposes(conv(3, 1, 4)));
            assertEquals(1, transposes(conv(2, 2, 1)));
        }
    }
}
