package org.lanewise.runtime.graph;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.lanewise.runtime.GraphException;
import org.lanewise.runtime.tensor.DataType;
import org.lanewise.runtime.tensor.PartialShape;
import org.lanewise.runtime.tensor.Tensor;
import org.lanewise.runtime.tensor.ValueType;

class GraphTest {
    private static final ValueType VECTOR = ValueType.tensor(DataType.FLOAT, PartialShape.of(3));

    private static Node node(String name, List<String> inputs, String output) {
        return new Node(name, "", "Add", 14, inputs, List.of(output), Map.of());
    }

    private static Graph graph(List<Node> nodes, Map<String, Initializer> constants) {
        return Graph.of(
                "g",
                List.of(new ValueInfo("x", VECTOR)),
                List.of(new ValueInfo("y", VECTOR)),
                nodes,
                constants,
                Map.of());
    }

    @Test
    void sortsNodes() {
        Graph graph = graph(
                List.of(
                        node("c", List.of("b", "x"), "y"),
                        node("b", List.of("a", "x"), "b"),
                        node("a", List.of("x", "x"), "a")),
                Map.of());
        assertEquals(
                List.of("a", "b", "c"), graph.nodes().stream().map(Node::name).toList());
    }

    @Test
    void namesTheNodesOfACycle() {
        List<Node> nodes = List.of(
                node("first", List.of("x", "q"), "p"),
                node("second", List.of("p", "x"), "q"),
                node("third", List.of("q", "x"), "y"));
        Exception e = assertThrows(GraphException.class, () -> graph(nodes, Map.of()));
        assertEquals("graph 'g' has a cycle: Add 'first' <- Add 'second' <- Add 'first'", e.getMessage());
    }

    @Test
    void refusesAValueDefinedTwice() {
        List<Node> nodes = List.of(node("a", List.of("x", "x"), "y"), node("b", List.of("x", "x"), "y"));
        Exception e = assertThrows(GraphException.class, () -> graph(nodes, Map.of()));
        assertEquals("Add 'b': output 'y' is defined already", e.getMessage());
    }

    @Test
    void knowsWhatItsSubgraphsCapture() {
        Graph body = Graph.of(
                "body",
                List.of(),
                List.of(new ValueInfo("r", VECTOR)),
                List.of(node("inner", List.of("outer", "k"), "r")),
                Map.of("k", Initializer.of(Tensor.of(new float[3]))),
                Map.of());
        assertEquals(Set.of("outer"), body.freeNames());
        Node branch = new Node(
                "if", "", "If", 16, List.of("x"), List.of("y"), Map.of("then_branch", new Attribute.GraphValue(body)));
        assertEquals(List.of("outer"), branch.captures());
        assertEquals(Set.of("outer"), graph(List.of(branch), Map.of()).freeNames());
    }

    @Test
    void anEditKeepsOrderAndDropsUnusedConstants() {
        Graph graph = graph(
                List.of(
                        node("a", List.of("x", "k"), "a"),
                        node("b", List.of("a", "x"), "b"),
                        node("c", List.of("b", "x"), "y")),
                Map.of("k", Initializer.of(Tensor.of(new float[3]))));
        GraphEditor editor = new GraphEditor(graph);
        Node a = graph.nodes().getFirst();
        assertTrue(editor.isConstant("k"));
        editor.replaceUses("a", "x");
        editor.remove(a, "not needed");
        assertNull(editor.producer("a"));
        Graph edited = editor.build();
        assertEquals(List.of("b", "c"), edited.nodes().stream().map(Node::name).toList());
        assertEquals(List.of("x", "x"), edited.nodes().getFirst().inputs());
        assertEquals(Set.of(), edited.initializers().keySet());
        assertEquals(List.of("Add 'a': not needed"), editor.log());
        assertEquals(3, graph.nodes().size(), "the original stays");
    }

    @Test
    void aGraphOutputKeepsItsName() {
        GraphEditor editor = new GraphEditor(graph(List.of(node("a", List.of("x", "x"), "y")), Map.of()));
        Exception e = assertThrows(IllegalArgumentException.class, () -> editor.replaceUses("y", "x"));
        assertEquals("'y' is a graph output or captured by a subgraph", e.getMessage());
    }
}
