package org.lanewise.runtime.optimize;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.lanewise.runtime.graph.Attribute;
import org.lanewise.runtime.graph.Graph;
import org.lanewise.runtime.graph.Initializer;
import org.lanewise.runtime.graph.Node;
import org.lanewise.runtime.graph.ValueInfo;
import org.lanewise.runtime.tensor.DataType;
import org.lanewise.runtime.tensor.PartialShape;
import org.lanewise.runtime.tensor.Shape;
import org.lanewise.runtime.tensor.Tensor;
import org.lanewise.runtime.tensor.ValueType;

/** The passes in the bodies of {@code If} and {@code Loop}: what was rewritten there, and that the results stay. */
class SubgraphTest {
    private static final Tensor X = GraphBuilder.noise(new Random(7), 2, 3);
    private static final Tensor YES = Tensor.of(new boolean[] {true}).reshape(Shape.scalar());
    private static final Tensor NO = Tensor.of(new boolean[] {false}).reshape(Shape.scalar());

    /** {@code Op a,b -> c}: a node of that name and output. */
    private static Node node(String op, String inputs, String output, Map<String, Attribute> attributes) {
        List<String> ins = inputs.isEmpty() ? List.of() : Arrays.asList(inputs.split(","));
        return new Node(output, "", op, GraphBuilder.OPSET, ins, List.of(output.split(",")), attributes);
    }

    private static Node node(String op, String inputs, String output) {
        return node(op, inputs, output, Map.of());
    }

    private static Node constant(String output, Tensor value) {
        return node("Constant", "", output, Map.of("value", new Attribute.TensorValue(value)));
    }

    private static Graph body(
            List<ValueInfo> inputs, String outputs, Map<String, Initializer> constants, Node... nodes) {
        List<ValueInfo> outs = new ArrayList<>();
        for (String output : outputs.split(",")) {
            outs.add(new ValueInfo(output, null));
        }
        return Graph.of("body", inputs, outs, List.of(nodes), constants, Map.of());
    }

    private static Graph branch(String outputs, Node... nodes) {
        return body(List.of(), outputs, Map.of(), nodes);
    }

    private static Node choice(String condition, String outputs, Graph then, Graph otherwise) {
        return node(
                "If",
                condition,
                outputs,
                Map.of(
                        "then_branch", new Attribute.GraphValue(then),
                        "else_branch", new Attribute.GraphValue(otherwise)));
    }

    private static Graph inner(Graph graph, String opType, String attribute) {
        for (Node node : graph.nodes()) {
            if (node.opType().equals(opType)
                    && node.attributes().get(attribute) instanceof Attribute.GraphValue(var g)) {
                return g;
            }
        }
        throw new AssertionError("no " + opType + " in " + graph.nodes());
    }

    private static List<String> operators(Graph graph) {
        return graph.nodes().stream().map(Node::opType).toList();
    }

    private static GraphBuilder withCondition() {
        GraphBuilder g = new GraphBuilder();
        g.input("x", -1, 3);
        g.input("c", DataType.BOOL);
        return g;
    }

    private static Rewritten check(GraphBuilder g, Tensor condition) {
        return Rewritten.check(g.build(), Map.of("x", X, "c", condition));
    }

    private static Tensor row(float... values) {
        return Tensor.of(values, 1, 3);
    }

    @Test
    void constantsFoldInABranch() {
        for (Tensor condition : List.of(YES, NO)) {
            GraphBuilder g = withCondition();
            Graph then = branch(
                    "r",
                    constant("a", row(1, 2, 3)),
                    constant("b", row(4, 5, 6)),
                    node("Mul", "a,b", "ab"),
                    node("Add", "x,ab", "r"));
            g.add(choice("c", "y", then, branch("r", node("Neg", "x", "r"))));
            Rewritten rewritten = check(g.output("y"), condition);
            assertEquals(List.of("Add"), operators(inner(rewritten.graph(), "If", "then_branch")));
        }
    }

    @Test
    void constantsOfTheEnclosingGraphFoldToo() {
        GraphBuilder g = withCondition();
        String large = g.noise(100, 100); // more than is worked out ahead of a run otherwise
        Graph deep = branch("r", node("Abs", large, "a"), node("MatMul", "a," + large, "r"));
        Graph then = branch("q", choice("c", "q", deep, branch("s", node("Identity", large, "s"))));
        g.add(choice("c", "y", then, branch("r", node("Exp", large, "r"))));
        Rewritten rewritten = check(g.output("y"), YES);
        Graph outer = inner(rewritten.graph(), "If", "then_branch");
        assertEquals(List.of(), operators(inner(outer, "If", "then_branch")));
        assertEquals(
                List.of("c"), List.copyOf(rewritten.graph().nodes().getFirst().captures()));
    }

    @Test
    void aBranchThatIsAlwaysTakenReplacesItsIf() {
        GraphBuilder g = withCondition();
        Graph deep = branch("t", node("Neg", "u", "t"));
        Graph then = branch(
                "r,k",
                node("Abs", "x", "u"),
                constant("k", row(1, 2, 3)),
                node("Shape", "u", "shape"),
                node("Size", "shape", "rank"),
                constant("two", Tensor.scalar(2L)),
                node("Equal", "rank,two", "isTwo"),
                choice("isTwo", "r", deep, branch("t", node("Exp", "u", "t"))));
        g.add(choice(g.constant(YES), "y,z", then, branch("a,b", node("Exp", "x", "a"), node("Neg", "x", "b"))));
        Rewritten rewritten = check(g.output("y", "z"), NO);
        assertEquals(List.of("Abs", "Neg"), operators(rewritten.graph()));
    }

    @Test
    void inliningKeepsNamesApart() {
        GraphBuilder g = withCondition();
        // Both branches define u, the second one's subgraph defines u_1, and the graph around has a u of its own
        g.add(node("Exp", "x", "u"));
        Graph first = branch("v", node("Abs", "x", "v"));
        Graph hidden = branch("r", node("Neg", "w", "u_1"), node("Add", "u_1,w", "r"));
        Graph second =
                branch("w2", node("Sqrt", "p", "w"), choice("c", "w2", hidden, branch("r", node("Neg", "w", "r"))));
        g.add(choice(g.constant(YES), "p", first, first));
        g.add(choice(g.constant(NO), "q", first, second));
        g.add(node("Add", "u,q", "y"));
        Rewritten rewritten = check(g.output("y", "p"), YES);
        assertEquals(1, rewritten.count("If"));
    }

    @Test
    void aBranchMayGiveBackWhatItCapturesOrOneValueTwice() {
        GraphBuilder g = withCondition();
        g.add(node("Neg", "x", "n"));
        Graph then = branch("n,a,a", node("Abs", "n", "a"));
        Graph other = branch("b,b,b", node("Exp", "n", "b"));
        g.add(choice(g.constant(YES), "p,q,r", then, other));
        g.add(choice("c", "s,t,o", then, other));
        check(g.output("p", "q", "r", "s", "t", "n"), YES);
    }

    @Test
    void namesOfABodyHideThoseAround() {
        GraphBuilder g = withCondition();
        g.add(node("Exp", "x", "h"));
        String k = g.constant(row(1, 2, 3));
        // In the branch, k and h are other values than outside; its own subgraph sees the branch's
        Graph deep = branch("r", node("Add", "h," + k, "r"));
        Graph then = branch(
                "r2",
                constant(k, row(-4, -5, -6)),
                node("Mul", "x," + k, "h"),
                choice("c", "r2", deep, branch("r", node("Neg", "h", "r"))));
        g.add(choice("c", "y", then, branch("z", node("Sub", "h," + k, "z"))));
        g.add(node("Add", "y,h", "sum"));
        for (Tensor condition : List.of(YES, NO)) {
            Rewritten.check(g.output("sum").build(), Map.of("x", X, "c", condition));
        }
    }

    @Test
    void aLoopUsesWhatWasFoldedAroundIt() {
        GraphBuilder g = withCondition();
        g.add(node("Exp", g.constant(row(0, 1, 2)), "folded"));
        g.add(node("Abs", "x", "a"));
        Graph body = body(
                List.of(
                        new ValueInfo("i", ValueType.tensor(DataType.INT64, PartialShape.of())),
                        new ValueInfo("go", ValueType.tensor(DataType.BOOL, PartialShape.of())),
                        new ValueInfo("carried", null)),
                "go2,next,stacked",
                Map.of(),
                node("Identity", "go", "go2"),
                node("Neg", "folded", "minus"),
                node("Mul", "carried,minus", "m"),
                node("Add", "m,a", "next"),
                node("Identity", "next", "stacked"));
        g.add(node(
                "Loop", g.constant(Tensor.scalar(4L)) + ",,x", "y,ys", Map.of("body", new Attribute.GraphValue(body))));
        Rewritten rewritten = check(g.output("y", "ys"), YES);
        Graph rewrittenBody = inner(rewritten.graph(), "Loop", "body");
        assertTrue(
                !operators(rewrittenBody).contains("Neg"),
                () -> rewrittenBody.nodes().toString());
        assertEquals(List.of("a"), List.copyOf(rewrittenBody.freeNames()));
    }

    @Test
    void convolutionsInABranchRunFusedAndPacked() {
        GraphBuilder g = new GraphBuilder();
        g.input("x", 1, 3, 8, 8);
        g.input("c", DataType.BOOL);
        Graph then = body(
                List.of(),
                "r",
                Map.of("w", Initializer.of(GraphBuilder.noise(new Random(3), 4, 3, 3, 3))),
                node("Conv", "x,w", "conv"),
                node("Relu", "conv", "r"));
        g.add(choice("c", "y", then, branch("r", node("Conv", "x," + g.noise(4, 3, 3, 3), "r"))));
        g.output("y");
        Tensor image = GraphBuilder.noise(new Random(4), 1, 3, 8, 8);
        for (Tensor condition : List.of(YES, NO)) {
            Rewritten rewritten = Rewritten.check(g.build(), Map.of("x", image, "c", condition));
            assertEquals(List.of("Conv", "Transpose"), operators(inner(rewritten.graph(), "If", "then_branch")));
        }
    }

    @Test
    void shapesOfTheRunDecideInsideToo() {
        GraphBuilder g = withCondition();
        // One column more where x has two rows, else Exp: known for each shape of x, not for all
        Graph deep = branch("r", node("Abs", "n", "r"));
        Graph then = branch(
                "r2",
                node("Neg", "x", "n"),
                node("Shape", "n", "shape", Map.of("end", new Attribute.IntValue(1))),
                constant("two", Tensor.of(new long[] {2})),
                node("Equal", "shape,two", "isTwo"),
                choice("isTwo", "r2", deep, branch("r", node("Exp", "n", "r"))));
        g.add(choice("c", "y", then, branch("r", node("Sqrt", "x", "r"))));
        g.output("y");
        List<Map<String, Tensor>> inputs = new ArrayList<>();
        for (int rows : new int[] {2, 5, 1, 2}) {
            Map<String, Tensor> given = new LinkedHashMap<>();
            given.put("x", GraphBuilder.noise(new Random(rows), rows, 3));
            given.put("c", YES);
            inputs.add(given);
        }
        Rewritten.check(g.build(), inputs);
    }
}
