package org.lanewise.testmodels;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.lanewise.loaders.onnx.OnnxWriter;
import org.lanewise.runtime.GraphException;
import org.lanewise.runtime.InferenceException;
import org.lanewise.runtime.ModelFormatException;
import org.lanewise.runtime.RunException;
import org.lanewise.runtime.UnsupportedModelException;
import org.lanewise.runtime.graph.Graph;
import org.lanewise.runtime.graph.Model;
import org.lanewise.runtime.graph.Node;
import org.lanewise.runtime.graph.ValueInfo;
import org.lanewise.runtime.session.Session;
import org.lanewise.runtime.session.SessionOptions;
import org.lanewise.runtime.tensor.DataType;
import org.lanewise.runtime.tensor.OnnxValue;
import org.lanewise.runtime.tensor.PartialShape;
import org.lanewise.runtime.tensor.Tensor;
import org.lanewise.runtime.tensor.ValueType;

/** What the API says of ten kinds of bad input; all as one of four exceptions. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class BadInputTest {
    private static final Tensor IMAGE = Tensor.of(new float[784], 1, 1, 28, 28);

    private Session session;

    @BeforeAll
    void openDigits() {
        session = Session.open(Zoo.find("digits").model());
    }

    @AfterAll
    void closeDigits() {
        session.close();
    }

    private static void assertRefused(
            Class<? extends InferenceException> kind,
            String message,
            org.junit.jupiter.api.function.Executable action) {
        assertEquals(message, assertThrows(kind, action).getMessage());
    }

    private void assertRunRefused(String message, Map<String, ? extends OnnxValue> inputs) {
        assertRefused(RunException.class, message, () -> session.run(inputs));
        assertEquals(
                10, session.run(Map.of("image", IMAGE)).get("probabilities").size(), "the session goes on");
    }

    @Test
    void missingFile(@TempDir Path folder) {
        Path file = folder.resolve("absent.onnx");
        assertRefused(ModelFormatException.class, file + ": no such file", () -> Session.open(file));
    }

    @Test
    void notOnnx(@TempDir Path folder) throws IOException {
        Path file = Files.writeString(folder.resolve("text.onnx"), "This is no model at all, it is a letter.");
        assertRefused(
                ModelFormatException.class,
                file + ": at byte 0: field 10 has wire type 4, which ONNX files do not use",
                () -> Session.open(file));
    }

    @Test
    void notAModelFormatThatIsKnown(@TempDir Path folder) throws IOException {
        Path file = Files.writeString(folder.resolve("model.txt"), "text");
        assertRefused(
                UnsupportedModelException.class,
                file + ": no loader takes a file of this name; there are loaders for [ONNX]",
                () -> Session.open(file));
    }

    @Test
    void empty() {
        assertRefused(
                ModelFormatException.class,
                "model in memory: at byte 0: not an ONNX model: it has no graph",
                () -> Session.open(new byte[0], SessionOptions.DEFAULT));
    }

    @Test
    void truncated() throws IOException {
        byte[] whole = Files.readAllBytes(Zoo.find("digits").model());
        byte[] half = Arrays.copyOf(whole, whole.length / 2);
        assertRefused(
                ModelFormatException.class,
                "model in memory: at byte 129: field 7 claims 222697 bytes, the enclosing message has 111492 left",
                () -> Session.open(half, SessionOptions.DEFAULT));
    }

    @Test
    void wrongType() {
        assertRunRefused(
                "input 'image' has type double, expected float",
                Map.of("image", Tensor.of(new double[784], 1, 1, 28, 28)));
    }

    @Test
    void wrongRank() {
        assertRunRefused(
                "input 'image' has shape [28,28] of rank 2, expected [N,1,28,28] of rank 4",
                Map.of("image", Tensor.of(new float[784], 28, 28)));
    }

    @Test
    void wrongDimension() {
        assertRunRefused(
                "input 'image' has shape [1,1,28,27], expected [N,1,28,28]",
                Map.of("image", Tensor.of(new float[28 * 27], 1, 1, 28, 27)));
    }

    @Test
    void missingInput() {
        assertRunRefused("input 'image' is missing: the model expects [image: float[N,1,28,28]], got []", Map.of());
    }

    @Test
    void unknownInput() {
        assertRunRefused(
                "unknown input 'picture': the model expects [image: float[N,1,28,28]]",
                Map.of("image", IMAGE, "picture", IMAGE));
    }

    private static byte[] model(Node... nodes) {
        ValueType type = ValueType.tensor(DataType.FLOAT, PartialShape.of(3));
        Graph graph = Graph.of(
                "g",
                List.of(new ValueInfo("x", type)),
                List.of(new ValueInfo("y", type)),
                List.of(nodes),
                Map.of(),
                Map.of());
        return OnnxWriter.toBytes(new Model(graph, 8, Map.of("", 17), "", "", Map.of()));
    }

    private static Node node(String name, String opType, List<String> inputs, String output) {
        return new Node(name, "", opType, 17, inputs, List.of(output), Map.of());
    }

    @Test
    void unsupportedOperator() {
        byte[] bytes = model(node("first", "Frobnicate", List.of("x"), "y"));
        assertRefused(
                UnsupportedModelException.class,
                "Frobnicate 'first': operator Frobnicate of domain ai.onnx (opset 17) is not supported",
                () -> Session.open(bytes, SessionOptions.DEFAULT));
    }

    @Test
    void cyclicGraph() {
        // The graph itself refuses a cycle, so one is made in the bytes: node "two" is given "y" as its input
        byte[] bytes = model(node("one", "Add", List.of("x", "b"), "y"), node("two", "Neg", List.of("x"), "b"));
        byte[] from = "two".getBytes(StandardCharsets.UTF_8);
        int at = 0;
        while (!Arrays.equals(Arrays.copyOfRange(bytes, at, at + from.length), from)) {
            at++;
        }
        int input = at;
        while (bytes[input] != 'x') {
            input--;
        }
        assertEquals('x', bytes[input]);
        bytes[input] = 'y';
        assertRefused(
                GraphException.class,
                "graph 'g' has a cycle: Neg 'two' <- Add 'one' <- Neg 'two'",
                () -> Session.open(bytes, SessionOptions.DEFAULT));
    }

    @Test
    void everyExceptionIsOneOfFour() {
        assertTrue(InferenceException.class.isSealed());
        assertEquals(4, InferenceException.class.getPermittedSubclasses().length);
    }
}
