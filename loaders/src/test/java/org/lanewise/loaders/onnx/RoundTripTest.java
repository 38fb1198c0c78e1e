package org.lanewise.loaders.onnx;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.FileSystem;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.lanewise.runtime.GraphException;
import org.lanewise.runtime.graph.Attribute;
import org.lanewise.runtime.graph.Graph;
import org.lanewise.runtime.graph.Initializer;
import org.lanewise.runtime.graph.Model;
import org.lanewise.runtime.graph.Node;
import org.lanewise.runtime.graph.ValueInfo;
import org.lanewise.runtime.tensor.DataType;
import org.lanewise.runtime.tensor.OnnxValue;
import org.lanewise.runtime.tensor.PartialShape;
import org.lanewise.runtime.tensor.Shape;
import org.lanewise.runtime.tensor.Tensor;
import org.lanewise.runtime.tensor.ValueType;

class RoundTripTest {
    /** The folder of models and test data that may lie next to the repository. */
    private static final Path SHARED = Path.of(System.getProperty("lanewise.shared", "../../shared"));

    private static final ValueType FLOATS =
            ValueType.tensor(DataType.FLOAT, PartialShape.of(new long[] {-1, 2}, new String[] {"n", null}));

    private static Model modelOf(Node... nodes) {
        Map<String, Initializer> initializers = new LinkedHashMap<>();
        initializers.put("w", Initializer.of(Tensor.of(new float[600])));
        initializers.put("half", Initializer.of(Tensor.wrap(DataType.INT4, Shape.of(3), new byte[] {0, -8, 7, 1}, 1)));
        initializers.put("names", Initializer.of(Tensor.of(new String[] {"a", "ß"})));
        initializers.put("empty", Initializer.of(Tensor.of(new float[0])));
        Graph graph = Graph.of(
                "g",
                List.of(
                        new ValueInfo("x", FLOATS, "the input"),
                        new ValueInfo("w", ValueType.tensor(DataType.FLOAT, PartialShape.of(600)))),
                List.of(new ValueInfo("y", null)),
                List.of(nodes),
                initializers,
                Map.of("inner", new ValueType.SequenceOf(FLOATS)));
        return new Model(graph, 8, Map.of("", 17), "tool 1.0", "text", Map.of("k", "v"));
    }

    private static Node node(String opType, int opset, String in, String out, Map<String, Attribute> attributes) {
        return new Node("", "", opType, opset, List.of(in), List.of(out), attributes);
    }

    @Test
    void everyKindOfAttribute() {
        Graph inner = Graph.of(
                "inner",
                List.of(),
                List.of(new ValueInfo("z", FLOATS)),
                List.of(node("Abs", 17, "x", "z", Map.of())),
                Map.of(),
                Map.of());
        Map<String, Attribute> all = new LinkedHashMap<>();
        all.put("i", new Attribute.IntValue(Long.MIN_VALUE));
        all.put("f", new Attribute.FloatValue(-0.0f));
        all.put("s", new Attribute.StringValue("ü"));
        all.put("none", new Attribute.StringValue(""));
        all.put("t", new Attribute.TensorValue(Tensor.of(new long[] {1, -1}, 1, 2)));
        all.put("g", new Attribute.GraphValue(inner));
        all.put("tp", new Attribute.TypeValue(new ValueType.OptionalOf(FLOATS)));
        all.put("ints", new Attribute.IntsValue(new long[] {0, -7}));
        all.put("noInts", new Attribute.IntsValue(new long[0]));
        all.put("floats", new Attribute.FloatsValue(new float[] {1, Float.NaN}));
        all.put("strings", new Attribute.StringsValue(List.of("", "b")));
        all.put("tensors", new Attribute.TensorsValue(List.of(Tensor.scalar(1f), Tensor.of(new String[] {"q"}))));
        all.put("graphs", new Attribute.GraphsValue(List.of(inner, inner)));
        all.put("types", new Attribute.TypesValue(List.of(FLOATS)));
        Model model = modelOf(node("Op", 17, "x", "inner", all), node("Abs", 17, "inner", "y", Map.of()));
        Model read = new OnnxModelFormat().read(OnnxWriter.toBytes(model));
        GraphEquality.assertSame(model, read);
        assertEquals(10, read.irVersion(), "int4 exists since IR version 10");
    }

    @Test
    void externalWeights(@TempDir Path folder) throws IOException {
        Model model = modelOf(node("Abs", 17, "x", "y", Map.of()));
        Path file = folder.resolve("m.onnx");
        OnnxWriter.write(model, file, OnnxWriter.Weights.EXTERNAL);
        assertEquals(2400, Files.size(folder.resolve("m.onnx.data")));
        GraphEquality.assertSame(model, new OnnxModelFormat().read(file));
    }

    @Test
    void replacesTheFilesItReadsFrom(@TempDir Path folder) throws IOException {
        Model model = modelOf(node("Abs", 17, "x", "y", Map.of()));
        Path file = folder.resolve("m.onnx");
        for (OnnxWriter.Weights weights :
                List.of(OnnxWriter.Weights.AUTOMATIC, OnnxWriter.Weights.EXTERNAL, OnnxWriter.Weights.EXTERNAL)) {
            OnnxWriter.write(Files.exists(file) ? new OnnxModelFormat().read(file) : model, file, weights);
            GraphEquality.assertSame(model, new OnnxModelFormat().read(file));
        }
        try (Stream<Path> files = Files.list(folder)) {
            assertEquals(
                    List.of("m.onnx", "m.onnx.data"),
                    files.map(path -> String.valueOf(path.getFileName()))
                            .sorted()
                            .toList());
        }
    }

    @Test
    void nodesOfSeveralVersionsAreJoinedInTheNewest() {
        Model mixed = modelOf(
                node("Abs", 11, "x", "inner", Map.of()), node("LayerNormalization", 17, "inner", "y", Map.of()));
        assertEquals(
                17,
                new OnnxModelFormat()
                        .read(OnnxWriter.toBytes(mixed))
                        .graph()
                        .nodes()
                        .getFirst()
                        .opset());
        Model fused = modelOf(new Node("", "org.lanewise", "Fused", 1, List.of("x"), List.of("y"), Map.of()));
        assertEquals(
                Map.of("", 17, "org.lanewise", 1),
                new OnnxModelFormat().read(OnnxWriter.toBytes(fused)).opsets());
    }

    @Test
    void nodesThatMeanSomethingElseInTheNewestAreRefused() {
        Model mixed = modelOf(node("Softmax", 11, "x", "inner", Map.of()), node("Abs", 13, "inner", "y", Map.of()));
        GraphException e = assertThrows(GraphException.class, () -> OnnxWriter.toBytes(mixed));
        assertEquals(
                "Softmax '-> inner': is of opset 11 and means something else in opset 13, which other nodes need: the"
                        + " graph cannot be written as one file",
                e.getMessage());
    }

    @Test
    void realModels() throws IOException {
        assumeTrue(Files.isDirectory(SHARED.resolve("models")), "no models next to the repository");
        assertTrue(roundTrips(SHARED.resolve("models")) >= 8);
    }

    @ParameterizedTest
    @ValueSource(strings = {"conformance-dev.zip", "conformance-models.zip"})
    void conformanceModels(String name) throws IOException {
        Path zip = SHARED.resolve("conformance").resolve(name);
        assumeTrue(Files.isRegularFile(zip), "no conformance tests next to the repository");
        try (FileSystem files = FileSystems.newFileSystem(zip)) {
            assertTrue(roundTrips(files.getPath("/")) >= 100);
        }
    }

    private static int roundTrips(Path root) throws IOException {
        List<Path> models = new ArrayList<>();
        try (Stream<Path> all = Files.walk(root)) {
            all.filter(path -> path.toString().endsWith(".onnx")).forEach(models::add);
        }
        for (Path file : models) {
            Model model = new OnnxModelFormat().read(file);
            GraphEquality.assertSame(model, new OnnxModelFormat().read(OnnxWriter.toBytes(model)));
            dataSetsFit(file, model);
        }
        return models.size();
    }

    private static void dataSetsFit(Path file, Model model) {
        Path folder = file.toAbsolutePath().getParent();
        assertNotNull(folder);
        for (Path path : TestDataSet.folders(folder)) {
            TestDataSet.read(path, model).inputs().forEach((name, value) -> {
                ValueType declared = model.graph().inputs().stream()
                        .filter(input -> input.name().equals(name))
                        .findFirst()
                        .orElseThrow()
                        .type();
                assertTrue(
                        fits(declared, value),
                        () -> path + ": " + name + " is " + value.valueType() + ", declared " + declared);
            });
        }
    }

    private static boolean fits(@Nullable ValueType declared, OnnxValue value) {
        return !(declared instanceof ValueType.Of(DataType type, PartialShape shape))
                || value instanceof Tensor tensor && tensor.type() == type && shape.accepts(tensor.shape());
    }
}
