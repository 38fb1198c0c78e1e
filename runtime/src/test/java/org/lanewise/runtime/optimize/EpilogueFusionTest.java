package org.lanewise.runtime.optimize;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.lanewise.runtime.optimize.GraphBuilder.and;
import static org.lanewise.runtime.optimize.GraphBuilder.number;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.lanewise.runtime.graph.Attribute;
import org.lanewise.runtime.graph.Node;
import org.lanewise.runtime.tensor.DataType;
import org.lanewise.runtime.tensor.Shape;
import org.lanewise.runtime.tensor.Tensor;

/** What matrix products and convolutions take in of what follows them, and what they must not. */
class EpilogueFusionTest {
    private static final String PRODUCT = "org.lanewise.MatMul";
    private static final String CONV = "org.lanewise.Conv";
    private static final Random RANDOM = new Random(4);
    private static final Tensor ROWS = GraphBuilder.noise(RANDOM, 5, 7);
    private static final Tensor IMAGE = GraphBuilder.noise(RANDOM, 2, 3, 5, 4);

    /** A graph whose first value, {@code v0}, is the (5, 6) product of {@code x} and a constant. */
    private static GraphBuilder product() {
        GraphBuilder g = new GraphBuilder();
        g.input("x", -1, 7);
        g.node("MatMul", "x", g.noise(7, 6));
        return g;
    }

    /** A graph whose first value, {@code v0}, is the convolution (2, 4, 5, 4) of {@code x}. */
    private static GraphBuilder convolution() {
        GraphBuilder g = new GraphBuilder();
        g.input("x", -1, 3, 5, 4);
        g.node("Conv", "x", g.noise(4, 3, 1, 1));
        return g;
    }

    private static Rewritten check(GraphBuilder g, String output) {
        Tensor x = g.build().inputs().getFirst().type().toString().contains("7") ? ROWS : IMAGE;
        return Rewritten.check(g.output(output).build(), Map.of("x", x));
    }

    @Nested
    class Products {
        @Test
        void takeInBiasResidualAndActivation() {
            GraphBuilder g = product();
            String biased = g.node("Add", g.noise(6), "v0");
            String residual = g.node("Neg", biased.equals("v1") ? g.node("MatMul", "x", g.noise(7, 6)) : biased);
            String sum = g.node("Add", biased, residual);
            Rewritten rewritten = check(g, g.node("Relu", sum));
            assertEquals(1, rewritten.count(PRODUCT));
            assertEquals(0, rewritten.count("Add") + rewritten.count("Relu"));
        }

        @Test
        void withAClipOfConstantBounds() {
            GraphBuilder g = product();
            assertEquals(
                    Map.of(PRODUCT, 1),
                    check(g, g.node("Clip", "v0", g.scalar(-0.1), g.scalar(0.2)))
                            .operators());
            GraphBuilder half = product();
            assertEquals(
                    Map.of(PRODUCT, 1),
                    check(half, half.node("Clip", "v0", half.scalar(0.1))).operators());
            GraphBuilder old = product();
            Map<String, Attribute> bounds = and(number("min", -0.1), number("max", 0.2));
            assertEquals(
                    Map.of(PRODUCT, 1),
                    check(old, old.node("Clip", 6, bounds, "v0")).operators());
        }

        @Test
        void notWithAClipWhoseBoundIsTheProduct() {
            GraphBuilder g = new GraphBuilder();
            g.input("x", 1, 7);
            String product = g.node("MatMul", "x", g.noise(7, 1));
            String bound = g.node("Reshape", product, g.constant(Tensor.allocate(DataType.INT64, Shape.of(0))));
            g.output(g.node("Clip", g.noise(3), bound));
            Rewritten.check(g.build(), Map.of("x", GraphBuilder.noise(new Random(1), 1, 7)));
        }

        @Test
        void notWithABoundThatTheRunDecides() {
            GraphBuilder g = product();
            g.input("low", DataType.FLOAT);
            g.output(g.node("Clip", "v0", "low"));
            Tensor low = Tensor.scalar(0.1f);
            assertEquals(
                    1, Rewritten.check(g.build(), Map.of("x", ROWS, "low", low)).count("Clip"));
        }

        @Test
        void notWithBoundsInTheWrongOrder() {
            GraphBuilder g = product();
            assertEquals(
                    1,
                    check(g, g.node("Clip", "v0", g.scalar(0.2), g.scalar(-0.1)))
                            .count("Clip"));
        }

        @Test
        void aConstantForEachRowIsNoBias() {
            GraphBuilder g = product();
            Rewritten rewritten = check(g, g.node("Add", "v0", g.noise(5, 1)));
            assertEquals(1, rewritten.count("Add"));
        }

        @Test
        void aConstantOfMoreRanksIsNoBias() {
            GraphBuilder g = product();
            assertEquals(1, check(g, g.node("Add", "v0", g.noise(1, 1, 6))).count("Add"));
            GraphBuilder one = new GraphBuilder();
            one.input("x", -1, 7);
            String product = one.node("MatMul", "x", one.noise(7, 1));
            assertEquals(1, check(one, one.node("Add", product, one.noise(6))).count("Add"));
        }

        @Test
        void aSingleValueIsNoBiasOfManyColumns() {
            GraphBuilder g = product();
            check(g, g.node("Add", "v0", g.scalar(2)));
            GraphBuilder h = product();
            check(h, h.node("Add", "v0", h.noise(1)));
        }

        @Test
        void notWhatAnOutputOrASecondUserNeeds() {
            GraphBuilder g = product();
            g.output("v0");
            assertEquals(1, check(g, g.node("Relu", "v0")).count("Relu"));
            GraphBuilder h = product();
            h.output(h.node("Neg", "v0"));
            assertEquals(1, check(h, h.node("Relu", "v0")).count("Relu"));
        }

        @Test
        void notWhatASubgraphUses() {
            GraphBuilder g = product();
            g.input("c", DataType.BOOL);
            g.output(g.node("Relu", "v0"), PatternFusionTest.ifNode(g, "c", "v0"));
            Tensor yes = Tensor.of(new boolean[] {true}).reshape(Shape.scalar());
            assertEquals(
                    1, Rewritten.check(g.build(), Map.of("x", ROWS, "c", yes)).count("Relu"));
        }

        @Test
        void notTheSumWithItself() {
            GraphBuilder g = product();
            assertEquals(1, check(g, g.node("Add", "v0", "v0")).count("Add"));
        }

        @Test
        void aResidualThatBroadcastsInTheRunStillDoes() {
            GraphBuilder g = product();
            g.input("z", -1, 6);
            g.output(g.node("Relu", g.node("Add", "v0", "z")));
            Rewritten.check(
                    g.build(),
                    List.of(
                            Map.of("x", ROWS, "z", GraphBuilder.noise(RANDOM, 5, 6)),
                            Map.of("x", ROWS, "z", GraphBuilder.noise(RANDOM, 1, 6)),
                            Map.of("x", GraphBuilder.noise(RANDOM, 1, 7), "z", GraphBuilder.noise(RANDOM, 4, 6))));
        }

        @Test
        void aResidualOfAHigherRankIsNotTakenIn() {
            GraphBuilder g = product();
            g.input("z", -1, -1, 6);
            g.output(g.node("Add", "v0", "z"));
            Rewritten.check(g.build(), Map.of("x", ROWS, "z", GraphBuilder.noise(RANDOM, 3, 5, 6)));
        }

        @Test
        void aResidualComputedLater() {
            GraphBuilder g = product();
            String late = g.node("Exp", g.node("MatMul", "x", g.noise(7, 6)));
            assertEquals(2, check(g, g.node("Tanh", g.node("Add", late, "v0"))).count(PRODUCT) + 1);
        }

        @Test
        void ofDoublesStay() {
            GraphBuilder g = new GraphBuilder();
            g.input("x", DataType.DOUBLE, 2, 2);
            String b = g.constant(Tensor.of(new double[] {1, 2, 3, 4}, 2, 2));
            g.output(g.node("Relu", g.node("MatMul", "x", b)));
            Tensor x = Tensor.of(new double[] {1, -2, 3, -4}, 2, 2);
            assertEquals(0, Rewritten.check(g.build(), Map.of("x", x)).count(PRODUCT));
        }

        @Test
        void ofVectorsAndStacks() {
            GraphBuilder g = new GraphBuilder();
            g.input("x", 7);
            g.output(g.node("Add", g.node("MatMul", "x", g.noise(7, 6)), g.noise(6)));
            Rewritten.check(g.build(), Map.of("x", GraphBuilder.noise(RANDOM, 7)));
            GraphBuilder stack = new GraphBuilder();
            stack.input("x", -1, -1, 7);
            stack.output(stack.node(
                    "Sigmoid", stack.node("Add", stack.node("MatMul", "x", stack.noise(7, 6)), stack.noise(6))));
            Rewritten rewritten = Rewritten.check(stack.build(), Map.of("x", GraphBuilder.noise(RANDOM, 2, 3, 7)));
            assertEquals(Map.of(PRODUCT, 1), rewritten.operators());
        }

        @Test
        void emptyRows() {
            GraphBuilder g = product();
            g.output(g.node("Relu", g.node("Add", "v0", g.noise(6))));
            Rewritten.check(g.build(), Map.of("x", Tensor.of(new float[0], 0, 7)));
        }
    }

    @Nested
    class Convolutions {
        @ParameterizedTest
        @CsvSource({
            "Relu",
            "Sigmoid",
            "Tanh",
            "HardSwish",
            "LeakyRelu",
            "Elu",
            "HardSigmoid",
            "Mish",
            "Softplus",
            "Gelu"
        })
        void takeInActivations(String op) {
            GraphBuilder g = convolution();
            Rewritten rewritten = check(g, g.node(op, "v0"));
            assertEquals(Map.of(CONV, 1), rewritten.operators());
        }

        @Test
        void takeInNoActivationThatDependsOnAValue() {
            GraphBuilder g = convolution();
            assertEquals(1, check(g, g.node("PRelu", "v0", g.noise(4, 1, 1))).count("PRelu"));
        }

        @Test
        void takeInTheBiasOfAnAdd() {
            GraphBuilder g = convolution();
            Rewritten rewritten = check(g, g.node("Relu", g.node("Add", "v0", g.noise(4, 1, 1))));
            assertEquals(Map.of(CONV, 1), rewritten.operators());
        }

        @Test
        void notAConstantForEachColumn() {
            GraphBuilder g = convolution();
            assertEquals(1, check(g, g.node("Add", "v0", g.noise(4))).count("Add"));
        }

        @Test
        void takeInAResidualOnce() {
            GraphBuilder g = convolution();
            String other = g.node("Conv", "x", g.noise(4, 3, 1, 1));
            String sum = g.node("Add", other, "v0");
            Rewritten rewritten = check(g, g.node("Relu", sum));
            assertEquals(Map.of("Transpose", 3, CONV, 2), rewritten.operators(), "x is transposed for each");
        }

        @Test
        void aResidualThatBroadcastsInTheRunStillDoes() {
            GraphBuilder g = new GraphBuilder();
            g.input("x", -1, 3, 5, 4);
            g.input("z", -1, 3, 5, 4);
            String a = g.node("Conv", "x", g.noise(4, 3, 1, 1));
            String b = g.node("Conv", "z", g.noise(4, 3, 1, 1));
            g.output(g.node("Relu", g.node("Add", a, b)));
            Tensor one = GraphBuilder.noise(RANDOM, 1, 3, 5, 4);
            Rewritten.check(
                    g.build(),
                    List.of(
                            Map.of("x", IMAGE, "z", IMAGE),
                            Map.of("x", IMAGE, "z", one),
                            Map.of("x", one, "z", IMAGE)));
        }

        @Test
        void aResidualWhoseSizeIsNotKnown() {
            GraphBuilder g = new GraphBuilder();
            g.input("x", -1, 3, -1, -1);
            g.input("z", -1, 3, -1, -1);
            String a = g.node("Conv", "x", g.noise(4, 3, 1, 1));
            String b = g.node("Conv", "z", g.noise(4, 3, 1, 1));
            g.output(g.node("Relu", g.node("Add", a, b)));
            Tensor column = GraphBuilder.noise(RANDOM, 1, 3, 5, 1);
            Tensor row = GraphBuilder.noise(RANDOM, 2, 3, 1, 4);
            Rewritten.check(
                    g.build(),
                    List.of(
                            Map.of("x", IMAGE, "z", row),
                            Map.of("x", column, "z", IMAGE),
                            Map.of("x", row, "z", column)));
        }
    }

    /** {@link ConvBatchNorm}. */
    @Nested
    class BatchNorm {
        private String norm(GraphBuilder g, String x, int channels) {
            String variance = g.constant(Tensor.of(new float[] {0.5f, 1, 2, 3}).slice(0, Shape.of(channels)));
            return g.node("BatchNormalization", x, g.noise(channels), g.noise(channels), g.noise(channels), variance);
        }

        @Test
        void goesIntoTheConvolution() {
            GraphBuilder g = convolution();
            assertEquals(Map.of(CONV, 1), check(g, norm(g, "v0", 4)).operators());
            GraphBuilder biased = new GraphBuilder();
            biased.input("x", -1, 3, 5, 4);
            String conv = biased.node(
                    "Conv", GraphBuilder.integer("group", 1), "x", biased.noise(4, 3, 2, 2), biased.noise(4));
            assertEquals(
                    Map.of(CONV, 1),
                    check(biased, biased.node("Relu", norm(biased, conv, 4))).operators());
        }

        @ParameterizedTest
        @ValueSource(ints = {1, 2})
        void goesIntoATransposedConvolutionWithTheConstantBetween(int group) {
            GraphBuilder g = new GraphBuilder();
            g.input("x", -1, 4, 5, 4);
            Map<String, Attribute> attributes =
                    and(GraphBuilder.ints("strides", 2, 2), GraphBuilder.integer("group", group));
            String conv = g.node("ConvTranspose", attributes, "x", g.noise(4, 4 / group, 2, 2));
            String sum = g.node("Add", g.noise(1, 4, 1, 1), conv);
            String relu = g.node("Relu", norm(g, sum, 4));
            g.output(relu);
            Map<String, Tensor> inputs = Map.of("x", GraphBuilder.noise(new Random(2), 2, 4, 5, 4));
            assertEquals(
                    Map.of("Transpose", 2, "org.lanewise.ConvTranspose", 1),
                    Rewritten.check(g.build(), inputs).operators());
        }

        @Test
        void goesIntoAGroupedConvolution() {
            GraphBuilder g = new GraphBuilder();
            g.input("x", -1, 3, 5, 4);
            String conv = g.node("Conv", GraphBuilder.integer("group", 3), "x", g.noise(3, 1, 3, 3));
            Map<String, Integer> operators =
                    new HashMap<>(check(g, norm(g, conv, 3)).operators());
            operators.remove("Transpose"); // in which layout it runs depends on vectors
            assertEquals(Map.of(CONV, 1), operators);
        }

        @Test
        void notWhereTheConvolutionIsAnOutputOrUsedTwice() {
            GraphBuilder g = convolution();
            g.output("v0");
            check(g, norm(g, "v0", 4));
            GraphBuilder h = convolution();
            check(h, h.node("Add", norm(h, "v0", 4), "v0"));
        }

        @Test
        void afterNoConvolutionIsAProductAndASum() {
            GraphBuilder g = new GraphBuilder();
            g.input("x", -1, 3, 5, 4);
            assertEquals(Map.of("Mul", 1, "Add", 1), check(g, norm(g, "x", 3)).operators());
            GraphBuilder flat = new GraphBuilder();
            flat.input("x", -1, 4);
            flat.output(norm(flat, "x", 4));
            Rewritten.check(flat.build(), Map.of("x", GraphBuilder.noise(RANDOM, 5, 4)));
        }

        @Test
        void withParametersOfTheRunStays() {
            GraphBuilder g = convolution();
            g.input("scale", 4);
            g.output(g.node(
                    "BatchNormalization", "v0", "scale", g.noise(4), g.noise(4), g.constant(Tensor.of(new float[] {
                        1, 2, 3, 4
                    }))));
            Map<String, Tensor> inputs = Map.of("x", IMAGE, "scale", Tensor.of(new float[] {1, 2, 3, 4}));
            assertEquals(1, Rewritten.check(g.build(), inputs).count("BatchNormalization"));
        }

        @Test
        void ofAnUnknownRankStays() {
            GraphBuilder g = new GraphBuilder();
            g.unrankedInput("x");
            g.output(norm(g, "x", 3));
            assertEquals(1, Rewritten.check(g.build(), Map.of("x", IMAGE)).count("BatchNormalization"));
        }

        @Test
        void inTrainingStays() {
            GraphBuilder g = convolution();
            String variance = g.constant(Tensor.of(new float[] {1, 2, 3, 4}));
            g.add(new Node(
                    "bn",
                    "",
                    "BatchNormalization",
                    15,
                    List.of("v0", g.noise(4), g.noise(4), g.noise(4), variance),
                    List.of("y", "mean", "var"),
                    GraphBuilder.integer("training_mode", 1)));
            g.output("mean", "var");
            assertEquals(1, check(g, "y").count("BatchNormalization"));
        }
    }
}
