package org.lanewise.runtime.optimize;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.lanewise.runtime.optimize.GraphBuilder.and;
import static org.lanewise.runtime.optimize.GraphBuilder.integer;
import static org.lanewise.runtime.optimize.GraphBuilder.ints;
import static org.lanewise.runtime.optimize.GraphBuilder.number;

import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.lanewise.runtime.graph.Attribute;
import org.lanewise.runtime.graph.Graph;
import org.lanewise.runtime.graph.Node;
import org.lanewise.runtime.graph.ValueInfo;
import org.lanewise.runtime.tensor.DataType;
import org.lanewise.runtime.tensor.Tensor;

/** Patterns of elementwise operators and reductions that become one operator: that they do, and that near misses do not. */
class PatternFusionTest {
    private static final Tensor X = GraphBuilder.noise(new Random(2), 2, 5, 8);
    private static final Map<String, Tensor> INPUTS = Map.of("x", X);

    private static Rewritten check(GraphBuilder g, String output) {
        return Rewritten.check(g.output(output).build(), INPUTS);
    }

    private static GraphBuilder withX() {
        GraphBuilder g = new GraphBuilder();
        g.input("x", 2, 5, 8);
        return g;
    }

    @Nested
    class LayerNorm {
        private record Parts(String mean, String centred, String normed, String scaled, String result) {}

        private Parts write(GraphBuilder g, String x, String scale, String bias, String epsilon, long axis) {
            String mean = g.node("ReduceMean", GraphBuilder.OPSET, Map.of(), x, g.longs(axis));
            String centred = g.node("Sub", x, mean);
            String square = g.node("Pow", centred, g.scalar(2));
            String variance = g.node("ReduceMean", GraphBuilder.OPSET, Map.of(), square, g.longs(axis));
            String deviation = g.node("Sqrt", g.node("Add", variance, epsilon));
            String normed = g.node("Div", centred, deviation);
            String scaled = g.node("Mul", normed, scale);
            return new Parts(mean, centred, normed, scaled, g.node("Add", scaled, bias));
        }

        private Parts write(GraphBuilder g) {
            return write(g, "x", g.noise(8), g.noise(8), g.scalar(1e-5), -1);
        }

        @Test
        void becomesOneNode() {
            GraphBuilder g = withX();
            Parts parts = write(g);
            assertEquals(
                    Map.of("LayerNormalization", 1), check(g, parts.result()).operators());
        }

        @Test
        void inAnyOrderOfFactorsAndWithASquareAsAProduct() {
            GraphBuilder g = withX();
            String mean = g.node("ReduceMean", 13, ints("axes", 2), "x");
            String centred = g.node("Sub", "x", mean);
            String variance = g.node("ReduceMean", 13, ints("axes", -1), g.node("Mul", centred, centred));
            String normed = g.node("Div", centred, g.node("Sqrt", g.node("Add", variance, g.scalar(1e-3))));
            String result = g.node("Add", g.noise(8), g.node("Mul", g.noise(8), normed));
            assertEquals(Map.of("LayerNormalization", 1), check(g, result).operators());
        }

        @Test
        void withItsPartsUsedElsewhere() {
            for (int part = 0; part < 2; part++) {
                GraphBuilder g = withX();
                Parts parts = write(g);
                String elsewhere = part == 0 ? parts.mean() : parts.centred();
                g.output(elsewhere);
                assertEquals(1, check(g, parts.result()).count("LayerNormalization"), elsewhere);
            }
        }

        @Test
        void notWhereAPartThatGoesIsAnOutputOrUsedTwice() {
            GraphBuilder g = withX();
            Parts parts = write(g);
            g.output(parts.normed());
            assertEquals(0, check(g, parts.result()).count("LayerNormalization"));
            GraphBuilder twice = withX();
            Parts others = write(twice);
            twice.output(twice.node("Neg", others.normed()));
            assertEquals(0, check(twice, others.result()).count("LayerNormalization"));
        }

        @Test
        void notWhereAPartIsUsedByASubgraph() {
            GraphBuilder g = withX();
            g.input("c", DataType.BOOL);
            Parts parts = write(g);
            g.output(ifNode(g, "c", parts.normed()));
            Rewritten rewritten = Rewritten.check(
                    g.output(parts.result()).build(),
                    Map.of(
                            "x",
                            X,
                            "c",
                            Tensor.of(new boolean[] {true}).reshape(org.lanewise.runtime.tensor.Shape.scalar())));
            assertEquals(0, rewritten.count("LayerNormalization"));
        }

        @Test
        void withoutABiasWhereThatIsUsedElsewhereOrMissing() {
            GraphBuilder g = withX();
            Parts parts = write(g);
            g.output(g.node("Neg", parts.scaled()));
            assertEquals(
                    Map.of("LayerNormalization", 1, "Add", 1, "Neg", 1),
                    check(g, parts.result()).operators());
        }

        @Test
        void notWithAnEpsilonThatIsNotConstant() {
            GraphBuilder g = withX();
            String epsilon = g.node("Abs", g.node("ReduceMax", "x"));
            Parts parts = write(g, "x", g.noise(8), g.noise(8), epsilon, -1);
            assertEquals(0, check(g, parts.result()).count("LayerNormalization"));
        }

        @Test
        void notOverAnotherAxis() {
            GraphBuilder g = withX();
            Parts parts = write(g, "x", g.noise(8), g.noise(8), g.scalar(1e-5), 1);
            assertEquals(0, check(g, parts.result()).count("LayerNormalization"));
        }

        @Test
        void notWithAScaleOfAnotherShape() {
            GraphBuilder g = withX();
            Parts parts = write(g, "x", g.noise(5, 8), g.noise(8), g.scalar(1e-5), -1);
            assertEquals(0, check(g, parts.result()).count("LayerNormalization"));
            GraphBuilder single = withX();
            Parts others = write(single, "x", single.noise(1), single.noise(8), single.scalar(1e-5), -1);
            assertEquals(0, check(single, others.result()).count("LayerNormalization"));
        }

        @Test
        void notWithAnEpsilonThatAddsADimension() {
            GraphBuilder g = withX();
            String epsilon = g.constant(Tensor.of(new float[] {1e-5f}, 1, 1, 1, 1));
            Parts parts = write(g, "x", g.noise(8), g.noise(8), epsilon, -1);
            assertEquals(0, check(g, parts.result()).count("LayerNormalization"));
        }

        @Test
        void notWithTheCubeForTheSquare() {
            GraphBuilder g = withX();
            String mean = g.node("ReduceMean", GraphBuilder.OPSET, Map.of(), "x", g.longs(-1));
            String centred = g.node("Sub", "x", mean);
            String third = g.node("Abs", g.node("Pow", centred, g.scalar(3)));
            String variance = g.node("ReduceMean", GraphBuilder.OPSET, Map.of(), third, g.longs(-1));
            String normed = g.node("Div", centred, g.node("Sqrt", g.node("Add", variance, g.scalar(1e-5))));
            String result = g.node("Add", g.node("Mul", normed, g.noise(8)), g.noise(8));
            assertEquals(0, check(g, result).count("LayerNormalization"));
        }

        @Test
        void notWithTheMeanOfAnotherValue() {
            GraphBuilder g = withX();
            String mean = g.node("ReduceMean", GraphBuilder.OPSET, Map.of(), g.node("Abs", "x"), g.longs(-1));
            String centred = g.node("Sub", "x", mean);
            String variance = g.node(
                    "ReduceMean", GraphBuilder.OPSET, Map.of(), g.node("Pow", centred, g.scalar(2)), g.longs(-1));
            String normed = g.node("Div", centred, g.node("Sqrt", g.node("Add", variance, g.scalar(1e-5))));
            String result = g.node("Add", g.node("Mul", normed, g.noise(8)), g.noise(8));
            assertEquals(0, check(g, result).count("LayerNormalization"));
        }

        @Test
        void notWhereTheMeanLosesItsDimension() {
            GraphBuilder g = new GraphBuilder();
            g.input("x", 8, 8);
            String mean = g.node("ReduceMean", GraphBuilder.OPSET, integer("keepdims", 0), "x", g.longs(-1));
            String centred = g.node("Sub", "x", mean);
            String variance = g.node(
                    "ReduceMean", GraphBuilder.OPSET, Map.of(), g.node("Pow", centred, g.scalar(2)), g.longs(-1));
            String normed = g.node("Div", centred, g.node("Sqrt", g.node("Add", variance, g.scalar(1e-5))));
            g.output(g.node("Add", g.node("Mul", normed, g.noise(8)), g.noise(8)));
            Rewritten rewritten = Rewritten.check(g.build(), Map.of("x", GraphBuilder.noise(new Random(1), 8, 8)));
            assertEquals(0, rewritten.count("LayerNormalization"));
        }

        @Test
        void doubleKeepsItsPrecision() {
            GraphBuilder g = new GraphBuilder();
            g.input("x", DataType.DOUBLE, 2, 8);
            double[] values = new Random(3).doubles(16, 1e6, 1e6 + 1).toArray();
            String mean = g.node("ReduceMean", GraphBuilder.OPSET, Map.of(), "x", g.longs(-1));
            String centred = g.node("Sub", "x", mean);
            String square = g.node("Mul", centred, centred);
            String variance = g.node("ReduceMean", GraphBuilder.OPSET, Map.of(), square, g.longs(-1));
            String epsilon = g.constant(Tensor.of(new double[] {1e-12}));
            String normed = g.node("Div", centred, g.node("Sqrt", g.node("Add", variance, epsilon)));
            String scale = g.constant(Tensor.of(new double[] {1, 2, 3, 4, 5, 6, 7, 8}));
            g.output(g.node("Add", g.node("Mul", normed, scale), scale));
            Rewritten.check(g.build(), Map.of("x", Tensor.of(values, 2, 8)));
        }

        @Test
        void ofADynamicShape() {
            GraphBuilder g = new GraphBuilder();
            g.input("x", -1, -1, 8);
            Parts parts = write(g);
            assertEquals(
                    Map.of("LayerNormalization", 1), check(g, parts.result()).operators());
        }
    }

    @Nested
    class RmsNorm {
        private String norm(GraphBuilder g, int form, String square, String epsilon, String scale, long axis) {
            String mean = g.node("ReduceMean", square, g.longs(axis));
            String shifted = g.node("Add", mean, epsilon);
            String normed = switch (form) {
                case 0 -> g.node("Div", "x", g.node("Sqrt", shifted));
                case 1 -> g.node("Mul", "x", g.node("Reciprocal", g.node("Sqrt", shifted)));
                case 2 -> g.node("Mul", g.node("Div", g.scalar(1), g.node("Sqrt", shifted)), "x");
                case 3 -> g.node("Mul", "x", g.node("Pow", shifted, g.scalar(-0.5)));
                default -> g.node("Div", "x", g.node("Pow", shifted, g.scalar(0.5)));
            };
            return g.node("Mul", scale, normed);
        }

        @ParameterizedTest
        @ValueSource(ints = {0, 1, 2, 3, 4})
        void becomesOneNode(int form) {
            GraphBuilder g = withX();
            String square = form % 2 == 0 ? g.node("Mul", "x", "x") : g.node("Pow", "x", g.scalar(2));
            String result = norm(g, form, square, g.scalar(1e-4), g.noise(8), form == 0 ? 2 : -1);
            assertEquals(Map.of("RMSNormalization", 1), check(g, result).operators());
        }

        @Test
        void notWhereSomethingIsDifferent() {
            for (int miss = 0; miss < 5; miss++) {
                GraphBuilder g = withX();
                String square = g.node("Pow", "x", g.scalar(miss == 0 ? 3 : 2));
                String epsilon = miss == 1 ? g.node("Abs", g.node("ReduceMax", "x")) : g.scalar(20);
                String scale = miss == 2 ? g.noise(5, 8) : miss == 3 ? g.noise(1) : g.noise(8);
                String result = norm(g, 0, square, epsilon, scale, miss == 4 ? 1 : -1);
                assertEquals(0, check(g, result).count("RMSNormalization"), "miss " + miss);
            }
        }

        @Test
        void notWhereTheUnscaledIsUsedToo() {
            GraphBuilder g = withX();
            String result = norm(g, 0, g.node("Mul", "x", "x"), g.scalar(1e-4), g.noise(8), -1);
            g.output(g.node("Neg", "v4"));
            assertEquals(0, check(g, result).count("RMSNormalization"));
        }
    }

    @Nested
    class WrittenSoftmax {
        private String write(GraphBuilder g, String maxOf, long maxAxis, long sumAxis, long keep) {
            String max = g.node("ReduceMax", integer("keepdims", 1), maxOf, g.longs(maxAxis));
            String exp = g.node("Exp", g.node("Sub", "x", max));
            return g.node("Div", exp, g.node("ReduceSum", integer("keepdims", keep), exp, g.longs(sumAxis)));
        }

        @ParameterizedTest
        @ValueSource(longs = {-1, 0, 1, 2})
        void becomesOneNode(long axis) {
            GraphBuilder g = withX();
            String result = write(g, "x", axis, Math.floorMod(axis, 3L), 1);
            assertEquals(Map.of("Softmax", 1), check(g, result).operators());
        }

        @Test
        void notAlongTwoAxesNorWithTheMaximumOfAnother() {
            GraphBuilder g = withX();
            assertEquals(0, check(g, write(g, "x", 1, 2, 1)).count("Softmax"));
            GraphBuilder h = withX();
            assertEquals(0, check(h, write(h, h.node("Neg", "x"), -1, -1, 1)).count("Softmax"));
            GraphBuilder dropped = withX();
            assertEquals(0, check(dropped, write(dropped, "x", 0, 0, 0)).count("Softmax"));
        }
    }

    @Nested
    class GeluByTanh {
        private static final double ROOT = Math.sqrt(2 / Math.PI);

        private String argument(GraphBuilder g, int form, double cubic, double root) {
            String c = g.scalar(cubic);
            String square = form % 2 == 0 ? g.node("Mul", "x", "x") : g.node("Pow", "x", g.scalar(2));
            return switch (form) {
                case 0 ->
                    g.node("Mul", g.node("Add", "x", g.node("Mul", c, g.node("Mul", "x", square))), g.scalar(root));
                case 1 ->
                    g.node(
                            "Mul",
                            g.scalar(root),
                            g.node("Add", "x", g.node("Mul", g.node("Pow", "x", g.scalar(3)), c)));
                case 2 ->
                    g.node(
                            "Mul",
                            g.node("Mul", "x", g.scalar(root)),
                            g.node("Add", g.node("Mul", square, c), g.scalar(1)));
                case 3 ->
                    g.node(
                            "Mul",
                            g.node("Mul", "x", g.node("Add", g.scalar(1), g.node("Mul", c, square))),
                            g.scalar(root));
                case 4 ->
                    g.node(
                            "Mul",
                            g.node("Mul", g.scalar(root), "x"),
                            g.node("Add", g.scalar(1), g.node("Mul", g.node("Mul", c, "x"), "x")));
                default ->
                    g.node("Mul", g.scalar(root), g.node("Add", "x", g.node("Mul", g.node("Mul", "x", c), square)));
            };
        }

        private String gelu(GraphBuilder g, int order, String argument) {
            String gate = g.node("Add", g.scalar(1), g.node("Tanh", argument));
            return switch (order) {
                case 0 -> g.node("Mul", gate, g.node("Mul", "x", g.scalar(0.5)));
                case 1 -> g.node("Mul", g.node("Mul", "x", gate), g.scalar(0.5));
                case 2 -> g.node("Mul", g.node("Mul", gate, g.scalar(0.5)), "x");
                default -> g.node("Mul", g.node("Div", "x", g.scalar(2)), gate);
            };
        }

        @Test
        void inAllForms() {
            for (int form = 0; form < 6; form++) {
                for (int order = 0; order < 4; order++) {
                    GraphBuilder g = withX();
                    String result = gelu(g, order, argument(g, form, 0.044715, ROOT));
                    assertEquals(Map.of("Gelu", 1), check(g, result).operators(), "form " + form + ", order " + order);
                }
            }
        }

        @Test
        void notWithOtherConstants() {
            GraphBuilder g = withX();
            assertEquals(0, check(g, gelu(g, 0, argument(g, 0, 0.05, ROOT))).count("Gelu"));
            GraphBuilder h = withX();
            assertEquals(0, check(h, gelu(h, 0, argument(h, 0, 0.044715, 0.8))).count("Gelu"));
        }
    }

    @Nested
    class FullyConnected {
        private static final Map<String, Tensor> ROWS = Map.of("a", GraphBuilder.noise(new Random(3), 3, 4));

        private static GraphBuilder withA() {
            GraphBuilder g = new GraphBuilder();
            g.input("a", 3, 4);
            return g;
        }

        @Test
        void gemmAndActivationBecomeOneNode() {
            for (int form = 0; form < 4; form++) {
                GraphBuilder g = withA();
                boolean transposed = form % 2 == 0;
                String b = transposed ? g.noise(5, 4) : g.noise(4, 5);
                String c = form < 2 ? g.noise(5) : g.noise(1, 5);
                Map<String, Attribute> attributes =
                        and(integer("transB", transposed ? 1 : 0), and(number("alpha", 0.5), number("beta", 2)));
                String y = g.node("Relu", g.node("Gemm", attributes, "a", b, c));
                Rewritten rewritten = Rewritten.check(g.output(y).build(), ROWS);
                assertEquals(Map.of("org.lanewise.MatMul", 1), rewritten.operators(), "form " + form);
            }
        }

        @Test
        void gemmStaysWhereItsConstantsDoNotFit() {
            GraphBuilder g = withA();
            String y = g.node("Relu", g.node("Gemm", "a", g.noise(4, 5), g.noise(3, 1)));
            assertEquals(1, Rewritten.check(g.output(y).build(), ROWS).count("Gemm"));
            GraphBuilder h = withA();
            String product = h.node("Gemm", integer("transA", 1), "a", h.noise(3, 5));
            assertEquals(
                    1,
                    Rewritten.check(h.output(h.node("Relu", product)).build(), ROWS)
                            .count("Gemm"));
        }
    }

    @Nested
    class Gelu {
        private String gate(GraphBuilder g, String x) {
            return g.node("Add", g.node("Erf", g.node("Div", x, g.scalar(Math.sqrt(2)))), g.scalar(1));
        }

        @Test
        void inAllThreeOrders() {
            for (int order = 0; order < 3; order++) {
                GraphBuilder g = withX();
                String gate = gate(g, "x");
                String result = switch (order) {
                    case 0 -> g.node("Mul", g.node("Mul", "x", g.scalar(0.5)), gate);
                    case 1 -> g.node("Mul", g.node("Mul", "x", gate), g.scalar(0.5));
                    default -> g.node("Mul", g.node("Mul", gate, g.scalar(0.5)), "x");
                };
                assertEquals(Map.of("Gelu", 1), check(g, result).operators(), "order " + order);
            }
        }

        @Test
        void withAProductForTheQuotient() {
            GraphBuilder g = withX();
            String erf = g.node("Erf", g.node("Mul", g.scalar(Math.sqrt(0.5)), "x"));
            String result = g.node("Mul", g.scalar(0.5), g.node("Mul", g.node("Add", g.scalar(1), erf), "x"));
            assertEquals(Map.of("Gelu", 1), check(g, result).operators());
        }

        @ParameterizedTest
        @ValueSource(doubles = {1.4142, 2, -1.4142135})
        void notWithAnotherDivisor(double divisor) {
            GraphBuilder g = withX();
            String gate = g.node("Add", g.node("Erf", g.node("Div", "x", g.scalar(divisor))), g.scalar(1));
            assertEquals(
                    0,
                    check(g, g.node("Mul", g.node("Mul", "x", gate), g.scalar(0.5)))
                            .count("Gelu"));
        }

        @Test
        void notWithAnotherHalfOrOne() {
            GraphBuilder g = withX();
            assertEquals(
                    0,
                    check(g, g.node("Mul", g.node("Mul", "x", gate(g, "x")), g.scalar(0.4)))
                            .count("Gelu"));
            GraphBuilder h = withX();
            String gate = h.node("Add", h.node("Erf", h.node("Div", "x", h.scalar(Math.sqrt(2)))), h.scalar(2));
            assertEquals(
                    0,
                    check(h, h.node("Mul", h.node("Mul", "x", gate), h.scalar(0.5)))
                            .count("Gelu"));
        }

        @Test
        void notWithTheGateOfAnotherValue() {
            GraphBuilder g = withX();
            String gate = gate(g, g.node("Neg", "x"));
            assertEquals(
                    0,
                    check(g, g.node("Mul", g.node("Mul", "x", gate), g.scalar(0.5)))
                            .count("Gelu"));
        }

        @Test
        void notWhereTheGateIsAnOutputOrUsedTwice() {
            GraphBuilder g = withX();
            String gate = gate(g, "x");
            g.output(gate);
            assertEquals(
                    0,
                    check(g, g.node("Mul", g.node("Mul", "x", gate), g.scalar(0.5)))
                            .count("Gelu"));
            GraphBuilder h = withX();
            String other = gate(h, "x");
            h.output(h.node("Neg", other));
            assertEquals(
                    0,
                    check(h, h.node("Mul", h.node("Mul", "x", other), h.scalar(0.5)))
                            .count("Gelu"));
        }

        @Test
        void notWhereAConstantAddsADimension() {
            GraphBuilder g = withX();
            String half = g.constant(Tensor.of(new float[] {0.5f}, 1, 1, 1, 1));
            assertEquals(
                    0,
                    check(g, g.node("Mul", g.node("Mul", "x", gate(g, "x")), half))
                            .count("Gelu"));
        }

        @Test
        void whereTheResultIsAnOutputInTheMiddle() {
            GraphBuilder g = withX();
            String gelu = g.node("Mul", g.node("Mul", "x", gate(g, "x")), g.scalar(0.5));
            g.output(gelu);
            assertEquals(
                    Map.of("Gelu", 1, "Neg", 1), check(g, g.node("Neg", gelu)).operators());
        }
    }

    @Nested
    class Gates {
        private String shifted(GraphBuilder g, String x) {
            return g.node("Clip", g.node("Add", x, g.scalar(3)), g.scalar(0), g.scalar(6));
        }

        @Test
        void aProductWithTheSigmoidIsSwish() {
            GraphBuilder g = withX();
            assertEquals(
                    Map.of("Swish", 1),
                    check(g, g.node("Mul", "x", g.node("Sigmoid", "x"))).operators());
            GraphBuilder h = withX();
            assertEquals(
                    Map.of("Swish", 1),
                    check(h, h.node("Mul", h.node("Sigmoid", "x"), "x")).operators());
        }

        @Test
        void theSigmoidMayBeUsedElsewhere() {
            GraphBuilder g = withX();
            String sigmoid = g.node("Sigmoid", "x");
            g.output(sigmoid);
            assertEquals(
                    Map.of("Swish", 1, "Sigmoid", 1),
                    check(g, g.node("Mul", "x", sigmoid)).operators());
        }

        @Test
        void notTheSigmoidOfAnotherValueOrTwice() {
            GraphBuilder g = withX();
            String sigmoid = g.node("Sigmoid", g.node("Neg", "x"));
            assertEquals(0, check(g, g.node("Mul", "x", sigmoid)).count("Swish"));
            GraphBuilder h = withX();
            String square = h.node("Sigmoid", "x");
            assertEquals(0, check(h, h.node("Mul", square, square)).count("Swish"));
        }

        @Test
        void notInDouble() {
            GraphBuilder g = new GraphBuilder();
            g.input("x", DataType.DOUBLE, 3);
            g.output(g.node("Mul", "x", g.node("Sigmoid", "x")));
            Tensor x = Tensor.of(new double[] {-1, 0.1, 2});
            assertEquals(0, Rewritten.check(g.build(), Map.of("x", x)).count("Swish"));
        }

        @Test
        void aClippedSumOverSixIsAHardSigmoid() {
            GraphBuilder g = withX();
            assertEquals(
                    Map.of("HardSigmoid", 1),
                    check(g, g.node("Div", shifted(g, "x"), g.scalar(6))).operators());
            GraphBuilder h = withX();
            assertEquals(
                    Map.of("HardSigmoid", 1),
                    check(h, h.node("Mul", h.scalar(1 / 6.0), shifted(h, "x"))).operators());
        }

        @Test
        void hardSwishInAllOrders() {
            for (int order = 0; order < 3; order++) {
                GraphBuilder g = withX();
                String result = switch (order) {
                    case 0 -> g.node("Div", g.node("Mul", "x", shifted(g, "x")), g.scalar(6));
                    case 1 -> g.node("Mul", "x", g.node("Div", shifted(g, "x"), g.scalar(6)));
                    default ->
                        g.node(
                                "Mul",
                                g.node("HardSigmoid", and(number("alpha", 1 / 6.0), number("beta", 0.5)), "x"),
                                "x");
                };
                assertEquals(Map.of("HardSwish", 1), check(g, result).operators(), "order " + order);
            }
        }

        @Test
        void attributesOfOldClips() {
            GraphBuilder g = withX();
            String clip = g.node("Clip", 6, and(number("min", 0), number("max", 6)), g.node("Add", "x", g.scalar(3)));
            assertEquals(
                    Map.of("HardSigmoid", 1),
                    check(g, g.node("Div", clip, g.scalar(6))).operators());
        }

        @Test
        void nearMisses() {
            GraphBuilder g = withX();
            assertEquals(
                    0, check(g, g.node("Div", shifted(g, "x"), g.scalar(5))).count("HardSigmoid"));
            GraphBuilder upsideDown = withX();
            String six = upsideDown.scalar(6);
            String quotient = upsideDown.node("Div", six, upsideDown.node("Add", shifted(upsideDown, "x"), six));
            assertEquals(0, check(upsideDown, quotient).count("HardSigmoid"));
            GraphBuilder four = withX();
            String clip = four.node("Clip", four.node("Add", "x", four.scalar(3)), four.scalar(0), four.scalar(4));
            assertEquals(0, check(four, four.node("Div", clip, four.scalar(6))).count("HardSigmoid"));
            GraphBuilder open = withX();
            String noLow = open.node("Clip", open.node("Add", "x", open.scalar(3)), "", open.scalar(6));
            assertEquals(0, check(open, open.node("Div", noLow, open.scalar(6))).count("HardSigmoid"));
            GraphBuilder other = withX();
            String wrong = other.node("Mul", other.node("Neg", "x"), shifted(other, "x"));
            assertEquals(
                    0, check(other, other.node("Div", wrong, other.scalar(6))).count("HardSwish"));
            GraphBuilder steep = withX();
            String gate = steep.node("HardSigmoid", "x");
            assertEquals(0, check(steep, steep.node("Mul", gate, "x")).count("HardSwish"));
        }

        @Test
        void notWhereTheClippedSumIsAnOutput() {
            GraphBuilder g = withX();
            String clip = shifted(g, "x");
            g.output(clip);
            assertEquals(1, check(g, g.node("Div", clip, g.scalar(6))).count("Clip"));
            GraphBuilder h = withX();
            String product = h.node("Mul", "x", shifted(h, "x"));
            h.output(product);
            assertEquals(0, check(h, h.node("Div", product, h.scalar(6))).count("HardSwish"));
        }

        @Test
        void notWhereAConstantAddsADimension() {
            GraphBuilder g = withX();
            String six = g.constant(Tensor.of(new float[] {6}, 1, 1, 1, 1));
            assertEquals(0, check(g, g.node("Div", shifted(g, "x"), six)).count("HardSigmoid"));
            GraphBuilder h = withX();
            String three = h.constant(Tensor.of(new float[] {3}, 1, 1, 1, 1));
            String clip = h.node("Clip", h.node("Add", "x", three), h.scalar(0), h.scalar(6));
            assertEquals(
                    0,
                    check(h, h.node("Div", h.node("Mul", "x", clip), h.scalar(6)))
                            .count("HardSwish"));
        }
    }

    /** An {@code If} whose branches both negate {@code captured}. */
    static String ifNode(GraphBuilder g, String condition, String captured) {
        Graph branch = Graph.of(
                "branch",
                List.of(),
                List.of(new ValueInfo("r", null)),
                List.of(new Node("inner", "", "Neg", 13, List.of(captured), List.of("r"), Map.of())),
                Map.of(),
                Map.of());
        return g.node(
                "If",
                Map.of(
                        "then_branch",
                        new Attribute.GraphValue(branch),
                        "else_branch",
                        new Attribute.GraphValue(branch)),
                condition);
    }
}
