package org.lanewise.loaders.onnx;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.lanewise.runtime.GraphException;
import org.lanewise.runtime.graph.Attribute;
import org.lanewise.runtime.graph.Graph;
import org.lanewise.runtime.graph.Node;

class FunctionInlinerTest {
    private static final List<String> X = List.of("x");
    private static final List<String> Y = List.of("y");

    private static ProtoWriter model(ProtoWriter graph, ProtoWriter... functions) {
        ProtoWriter model = Protos.model(graph);
        model.message(8, Protos.opset("local", 1));
        for (ProtoWriter function : functions) {
            model.message(25, function);
        }
        return model;
    }

    private static ProtoWriter call(String name, List<String> inputs, List<String> outputs, ProtoWriter... attributes) {
        return Protos.node("local", name, inputs, outputs, attributes);
    }

    private static String text(Graph graph) {
        return graph.nodes().stream()
                .map(node -> node.opType() + node.inputs() + "->" + node.outputs())
                .collect(Collectors.joining(" "));
    }

    private static String inlined(ProtoWriter model) {
        return text(Protos.read(model).graph());
    }

    private static final ProtoWriter TWICE = Protos.function(
            "Twice",
            List.of("a"),
            List.of("c"),
            List.of(),
            Protos.node("Exp", List.of("a"), List.of("b")),
            Protos.node("Log", List.of("b"), List.of("c")));

    @Test
    void everyCallGetsItsOwnNames() {
        ProtoWriter graph = Protos.graph(X, Y, call("Twice", X, List.of("m")), call("Twice", List.of("m"), Y));
        assertEquals(
                "Exp[x]->[Twice/b] Log[Twice/b]->[m] Exp[m]->[Twice#2/b] Log[Twice#2/b]->[y]",
                inlined(model(graph, TWICE)));
    }

    @Test
    void newNamesAvoidThoseOfTheModel() {
        ProtoWriter graph = Protos.graph(List.of("Twice/b"), Y, call("Twice", List.of("Twice/b"), Y));
        assertEquals("Exp[Twice/b]->[Twice/b_1] Log[Twice/b_1]->[y]", inlined(model(graph, TWICE)));
    }

    @Test
    void functionsCallFunctions() {
        ProtoWriter outer = Protos.function(
                "Outer", List.of("p"), List.of("q"), List.of(), call("Twice", List.of("p"), List.of("q")));
        assertEquals(
                "Exp[x]->[Outer/Twice/b] Log[Outer/Twice/b]->[y]",
                inlined(model(Protos.graph(X, Y, call("Outer", X, Y)), outer, TWICE)));
    }

    @Test
    void attributesComeFromTheCallOrTheDefault() {
        ProtoWriter function = Protos.function(
                "F",
                List.of("a"),
                List.of("b"),
                List.of("given", "absent"),
                Protos.node(
                        "Op",
                        List.of("a"),
                        List.of("b"),
                        Protos.reference("i", "given"),
                        Protos.reference("j", "withDefault"),
                        Protos.reference("k", "absent")));
        function.message(11, Protos.intAttribute("withDefault", 7));
        ProtoWriter graph = Protos.graph(X, Y, call("F", X, Y, Protos.intAttribute("given", 3)));
        Node node = Protos.read(model(graph, function)).graph().nodes().getFirst();
        assertEquals(
                "{i=IntValue[value=3], j=IntValue[value=7]}", node.attributes().toString());
        ProtoWriter other = Protos.graph(X, Y, call("F", X, Y, Protos.intAttribute("withDefault", 9)));
        assertEquals(
                "{j=IntValue[value=9]}",
                Protos.read(model(other, function))
                        .graph()
                        .nodes()
                        .getFirst()
                        .attributes()
                        .toString());
    }

    @Test
    void absentInputsAndOutputsAndOutputsThatAreInputs() {
        ProtoWriter function = Protos.function(
                "F",
                List.of("a", "optional"),
                List.of("a", "b", "b", "c"),
                List.of(),
                Protos.node("Op", List.of("a", "optional"), List.of("b", "c")));
        ProtoWriter graph = Protos.graph(X, List.of("p", "q", "r"), call("F", X, List.of("p", "q", "r", "")));
        assertEquals("Op[x, ]->[q, F/c] Identity[x]->[p] Identity[q]->[r]", inlined(model(graph, function)));
    }

    @Test
    void subgraphsOfFunctionsAreRenamedToo() {
        ProtoWriter branch = new ProtoWriter();
        branch.message(1, call("Twice", List.of("inner"), List.of("a2")));
        branch.string(2, "branch");
        branch.message(12, Protos.value("a2"));
        ProtoWriter function = Protos.function(
                "F",
                List.of("a"),
                List.of("b"),
                List.of(),
                Protos.node("Abs", List.of("a"), List.of("inner")),
                Protos.node("If", List.of("a"), List.of("b"), Protos.graphAttribute("then_branch", branch)));
        Graph graph = Protos.read(model(Protos.graph(X, Y, call("F", X, Y)), function, TWICE))
                .graph();
        assertEquals("Abs[x]->[F/inner] If[x]->[y]", text(graph));
        Graph then = assertInstanceOf(
                        Attribute.GraphValue.class,
                        graph.nodes().get(1).attributes().get("then_branch"))
                .value();
        assertEquals("Exp[F/inner]->[F/Twice/b] Log[F/Twice/b]->[F/a2]", text(then));
        assertEquals("[F/a2: float[2]]", then.outputs().toString());
    }

    @Test
    void callsInSubgraphsAreInlined() {
        ProtoWriter branch = new ProtoWriter();
        branch.message(1, call("Twice", X, List.of("z")));
        branch.string(2, "branch");
        branch.message(12, Protos.value("z"));
        Graph graph = Protos.read(model(
                        Protos.graph(X, Y, Protos.node("If", X, Y, Protos.graphAttribute("then_branch", branch))),
                        TWICE))
                .graph();
        Graph then = assertInstanceOf(
                        Attribute.GraphValue.class,
                        graph.nodes().getFirst().attributes().get("then_branch"))
                .value();
        assertEquals("Exp[x]->[Twice/b] Log[Twice/b]->[z]", text(then));
    }

    @Test
    void overloadsAreTold() {
        ProtoWriter first = Protos.function(
                "F", List.of("a"), List.of("b"), List.of(), Protos.node("Exp", List.of("a"), List.of("b")));
        ProtoWriter second = Protos.function(
                "F", List.of("a"), List.of("b"), List.of(), Protos.node("Log", List.of("a"), List.of("b")));
        second.string(13, "other");
        ProtoWriter call = call("F", X, Y);
        call.string(8, "other");
        assertEquals("Log[x]->[y]", inlined(model(Protos.graph(X, Y, call), first, second)));
        assertEquals("Exp[x]->[y]", inlined(model(Protos.graph(X, Y, call("F", X, Y)), first, second)));
    }

    @Test
    void nodesOfAFunctionAreOfItsOperatorSet() {
        ProtoWriter function = Protos.function(
                "F", List.of("a"), List.of("b"), List.of(), Protos.node("Exp", List.of("a"), List.of("b")));
        function.message(9, Protos.opset("", 18));
        assertEquals(
                18,
                Protos.read(model(Protos.graph(X, Y, call("F", X, Y)), function))
                        .graph()
                        .nodes()
                        .getFirst()
                        .opset());
    }

    @Test
    void refusesRecursion() {
        ProtoWriter f =
                Protos.function("F", List.of("a"), List.of("b"), List.of(), call("G", List.of("a"), List.of("b")));
        ProtoWriter g =
                Protos.function("G", List.of("a"), List.of("b"), List.of(), call("F", List.of("a"), List.of("b")));
        assertFails(
                "function local.F calls itself through [local.F, local.G]",
                model(Protos.graph(X, Y, call("F", X, Y)), f, g));
    }

    @Test
    void refusesCallsThatDoNotFit() {
        assertFails(
                "2 inputs, function local.Twice has 1",
                model(Protos.graph(X, Y, call("Twice", List.of("x", "x"), Y)), TWICE));
        assertFails(
                "2 outputs, function local.Twice has 1",
                model(Protos.graph(X, Y, call("Twice", X, List.of("y", "z"))), TWICE));
        assertFails(
                "attributes [alpha], function local.Twice has []",
                model(Protos.graph(X, Y, call("Twice", X, Y, Protos.intAttribute("alpha", 1))), TWICE));
        ProtoWriter open = Protos.function(
                "F", List.of("a"), List.of("b"), List.of(), Protos.node("Add", List.of("a", "w"), List.of("b")));
        assertFails(
                "function local.F uses values that nothing defines: [w]",
                model(Protos.graph(X, Y, call("F", X, Y)), open));
    }

    @Test
    void functionsThatDoubleAtEveryLevelAreStopped() {
        ProtoWriter[] functions = new ProtoWriter[40];
        for (int i = 0; i < functions.length; i++) {
            String next = "F" + (i + 1);
            ProtoWriter[] body = i + 1 < functions.length
                    ? new ProtoWriter[] {call(next, List.of("a"), List.of("m")), call(next, List.of("m"), List.of("b"))}
                    : new ProtoWriter[] {Protos.node("Exp", List.of("a"), List.of("b"))};
            functions[i] = Protos.function("F" + i, List.of("a"), List.of("b"), List.of(), body);
        }
        ProtoWriter model = model(Protos.graph(X, Y, call("F0", X, Y)), functions);
        assertTimeoutPreemptively(
                Duration.ofSeconds(60),
                () -> assertFails("the model's functions stand for more than 4194304 nodes and values", model));
    }

    private static void assertFails(String reason, ProtoWriter model) {
        GraphException e = assertThrows(GraphException.class, () -> Protos.read(model));
        assertTrue(e.getMessage().contains(reason), e.getMessage());
    }
}
