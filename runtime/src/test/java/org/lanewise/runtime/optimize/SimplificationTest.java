package org.lanewise.runtime.optimize;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.lanewise.runtime.optimize.GraphBuilder.integer;
import static org.lanewise.runtime.optimize.GraphBuilder.number;

import java.util.ArrayList;
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
import org.lanewise.runtime.tensor.DataType;
import org.lanewise.runtime.tensor.Shape;
import org.lanewise.runtime.tensor.Tensor;

/** {@link NoOps}, {@link ConstantFolding} and {@link DeadNodes}. */
class SimplificationTest {
    private static final Tensor X = GraphBuilder.noise(new Random(2), 2, 3);
    private static final Map<String, Tensor> INPUTS = Map.of("x", X);
    private static final Tensor YES = Tensor.of(new boolean[] {true}).reshape(Shape.scalar());

    private static GraphBuilder withX() {
        GraphBuilder g = new GraphBuilder();
        g.input("x", -1, 3);
        return g;
    }

    private static Rewritten check(GraphBuilder g, String output) {
        return Rewritten.check(g.output(output).build(), INPUTS);
    }

    @Nested
    class NoOperation {
        @Test
        void goes() {
            GraphBuilder g = withX();
            String v = g.node("Dropout", g.node("Identity", g.node("Neg", "x")));
            v = g.node("Cast", integer("to", DataType.FLOAT.code()), g.node("Mul", v, g.scalar(1)));
            v = g.node("Sub", g.node("Div", v, g.scalar(1)), g.scalar(0));
            assertEquals(Map.of("Neg", 1), check(g, v).operators());
        }

        @Test
        void zeroPlusMinusZeroIsZero() {
            GraphBuilder g = withX();
            g.output(g.node("Add", "x", g.scalar(0)));
            Tensor minusZeros = Tensor.of(new float[] {-0f, -0f, -0f}, 1, 3);
            assertEquals(1, Rewritten.check(g.build(), Map.of("x", minusZeros)).count("Add"));
        }

        @Test
        void notWhereTheConstantAddsADimension() {
            GraphBuilder g = withX();
            String one = g.constant(Tensor.of(new float[] {1}, 1, 1, 1));
            assertEquals(1, check(g, g.node("Mul", "x", one)).count("Mul"));
        }

        @Test
        void notOneDividedByIt() {
            GraphBuilder g = withX();
            assertEquals(1, check(g, g.node("Div", g.scalar(1), "x")).count("Div"));
            GraphBuilder h = withX();
            assertEquals(1, check(h, h.node("Sub", h.scalar(0), "x")).count("Sub"));
        }

        @Test
        void betweenInputAndOutputStays() {
            GraphBuilder g = withX();
            g.output(g.node("Identity", "x"), g.node("Identity", "x"));
            Rewritten.check(g.build(), INPUTS);
        }

        @Test
        void ofAConstantAsAnOutput() {
            GraphBuilder g = withX();
            g.output(g.node("Identity", g.noise(3)), g.node("Neg", g.noise(2)));
            check(g, g.node("Abs", "x"));
        }

        @Test
        void ofAnOutputThatIsUsedToo() {
            GraphBuilder g = withX();
            String neg = g.node("Neg", "x");
            String same = g.node("Identity", neg);
            g.output(same);
            check(g, g.node("Exp", same));
            GraphBuilder both = withX();
            String first = both.node("Neg", "x");
            both.output(first);
            check(both, both.node("Identity", first));
        }

        @Test
        void thatASubgraphUses() {
            GraphBuilder g = withX();
            g.input("c", DataType.BOOL);
            String same = g.node("Identity", g.node("Neg", "x"));
            g.output(PatternFusionTest.ifNode(g, "c", same), same);
            Rewritten.check(g.build(), Map.of("x", X, "c", YES));
        }

        @Test
        void aDropoutWhoseMaskIsAnOutputOrUsed() {
            GraphBuilder g = withX();
            g.add(new Node("drop", "", "Dropout", 13, List.of("x"), List.of("y", "mask"), Map.of()));
            g.output("mask");
            check(g, g.node("Neg", "y"));
            GraphBuilder h = withX();
            h.add(new Node("drop", "", "Dropout", 13, List.of("x"), List.of("y", "mask"), Map.of()));
            h.output(h.node("Not", "mask"));
            check(h, h.node("Neg", "y"));
            GraphBuilder unused = withX();
            unused.add(new Node("drop", "", "Dropout", 13, List.of("x"), List.of("y", "mask"), Map.of()));
            assertEquals(
                    Map.of("Neg", 1), check(unused, unused.node("Neg", "y")).operators());
        }

        @Test
        void castsToAnotherTypeStay() {
            GraphBuilder g = withX();
            String cast = g.node("Cast", integer("to", DataType.INT32.code()), g.node("Mul", "x", g.scalar(5)));
            assertEquals(1, check(g, cast).count("Cast"));
        }
    }

    @Nested
    class Folding {
        @Test
        void shapeArithmeticOfAKnownShape() {
            GraphBuilder g = new GraphBuilder();
            g.input("x", 2, 3);
            String last = g.node("Gather", g.node("Shape", "x"), g.longs(1));
            String shape = g.node("Concat", integer("axis", 0), last, g.longs(-1));
            assertEquals(
                    Map.of("Reshape", 1),
                    check(g, g.node("Reshape", "x", shape)).operators());
        }

        @Test
        void shapeArithmeticOfADynamicShapeStaysRight() {
            GraphBuilder g = withX();
            String first = g.node("Gather", g.node("Shape", "x"), g.longs(0));
            String shape = g.node("Concat", integer("axis", 0), g.longs(3), first);
            g.output(g.node("Reshape", "x", shape));
            Rewritten.check(g.build(), List.of(INPUTS, Map.of("x", GraphBuilder.noise(new Random(1), 4, 3)), INPUTS));
        }

        @Test
        void ofWeights() {
            GraphBuilder g = withX();
            String weights = g.node("Transpose", g.node("Mul", g.noise(4, 3), g.scalar(2)));
            assertEquals(
                    Map.of("MatMul", 1),
                    check(g, g.node("MatMul", "x", weights)).operators());
        }

        @Test
        void aConstantThatWouldExplodeIsLeft() {
            GraphBuilder g = withX();
            String huge = g.node("Expand", g.scalar(1), g.longs(3000, 3000));
            String sum = g.node("ReduceSum", huge);
            assertTrue(check(g, g.node("Add", "x", sum)).graph().initializers().values().stream()
                    .allMatch(constant -> constant.shape().size() < 1_000_000));
        }

        @Test
        void notRandomValues() {
            GraphBuilder g = withX();
            String random = g.node("RandomNormalLike", number("mean", 0), g.noise(2, 3));
            g.output(g.node("Shape", random));
            assertEquals(1, check(g, g.node("Neg", "x")).count("Neg"));
            GraphBuilder kept = withX();
            kept.output(kept.node("RandomNormalLike", Map.of(), kept.noise(2, 3)));
            Graph optimized =
                    Pipeline.standard().run(kept.build(), Integer.MAX_VALUE).graph();
            assertEquals("RandomNormalLike", optimized.nodes().getFirst().opType());
        }

        @Test
        void anInitializerThatIsAlsoAnInputMayBeOverridden() {
            GraphBuilder g = withX();
            String k = g.constant(Tensor.of(new float[] {1, 2, 3}));
            g.input(k, 3);
            g.output(g.node("Mul", "x", g.node("Neg", k)));
            Rewritten.check(g.build(), List.of(INPUTS, Map.of("x", X, k, Tensor.of(new float[] {7, 8, 9})), INPUTS));
        }

        @Test
        void aConstantThatASubgraphCaptures() {
            GraphBuilder g = withX();
            g.input("c", DataType.BOOL);
            String folded = g.node("Exp", g.noise(3));
            g.output(PatternFusionTest.ifNode(g, "c", folded));
            g.output(g.node("Neg", "x"));
            Rewritten.check(g.build(), Map.of("x", X, "c", YES));
        }

        @Test
        void everyOutputIsConstant() {
            GraphBuilder g = new GraphBuilder();
            g.input("x", 2, 3);
            g.output(g.node("Shape", "x"), g.node("Neg", g.noise(2)));
            assertEquals(Map.of(), Rewritten.check(g.build(), INPUTS).operators());
        }

        @ParameterizedTest
        @ValueSource(ints = {0, 1})
        void partOfASplit(int used) {
            GraphBuilder g = withX();
            g.add(new Node(
                    "split", "", "Split", 18, List.of(g.noise(4)), List.of("a", "b"), integer("num_outputs", 2)));
            g.output(used == 0 ? "a" : "b");
            assertEquals(Map.of("Neg", 1), check(g, g.node("Neg", "x")).operators());
        }

        @Test
        void stringsAndSequences() {
            GraphBuilder g = withX();
            String words = g.constant(Tensor.of(new String[] {"b", "a"}));
            String sequence = g.node("SequenceConstruct", words, words);
            g.output(g.node("SequenceLength", sequence));
            check(g, g.node("Neg", "x"));
        }
    }

    @Test
    void whatNobodyUsesGoes() {
        GraphBuilder g = withX();
        g.node("Exp", g.node("Neg", "x"));
        assertEquals(Map.of("Abs", 1), check(g, g.node("Abs", "x")).operators());
    }

    @Test
    void thePipelineMayStopAfterAnyPass() {
        RandomGraph.Sample sample = RandomGraph.of(11, true, List.of(0, 3, 4, 18, 19, 12, 15, 6, 5, 1));
        Pipeline pipeline = Pipeline.standard();
        for (int count = 0; count <= pipeline.passes().size(); count++) {
            Graph graph = pipeline.run(sample.graph(), count).graph();
            Rewritten.checkAgainst(sample.graph(), graph, sample.inputs());
        }
    }

    @Test
    void everyEditIsInTheLogWithItsPass() {
        GraphBuilder g = withX();
        g.output(g.node("Neg", g.node("Identity", "x")));
        List<String> log = new ArrayList<>(
                Pipeline.standard().run(g.build(), Integer.MAX_VALUE).log());
        assertEquals(List.of("no-ops: Identity 'n0': it returns its input"), log);
    }

    @Test
    void aSecondRunOfThePassesChangesNothing() {
        Map<String, Attribute> pads = GraphBuilder.ints("pads", 1, 1, 1, 1);
        GraphBuilder g = new GraphBuilder();
        g.input("x", 1, 3, 8, 8);
        String conv = g.node("Conv", pads, "x", g.noise(4, 3, 3, 3));
        g.output(g.node("Relu", conv));
        Pipeline.Result once = Pipeline.standard().run(g.build(), Integer.MAX_VALUE);
        assertEquals(
                List.of(),
                Pipeline.standard().run(once.graph(), Integer.MAX_VALUE).log());
    }
}
