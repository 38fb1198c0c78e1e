package org.lanewise.loaders.onnx;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.lanewise.runtime.GraphException;
import org.lanewise.runtime.InferenceException;
import org.lanewise.runtime.ModelFormatException;
import org.lanewise.runtime.UnsupportedModelException;
import org.lanewise.runtime.graph.Attribute;
import org.lanewise.runtime.graph.Initializer;
import org.lanewise.runtime.graph.Model;
import org.lanewise.runtime.graph.Node;
import org.lanewise.runtime.graph.ValueInfo;
import org.lanewise.runtime.session.ModelFormat;
import org.lanewise.runtime.session.Session;
import org.lanewise.runtime.session.SessionOptions;
import org.lanewise.runtime.tensor.DataType;
import org.lanewise.runtime.tensor.PartialShape;
import org.lanewise.runtime.tensor.Tensor;
import org.lanewise.runtime.tensor.ValueType;

class ModelReadingTest {
    private static final ProtoWriter IDENTITY = Protos.node("Identity", List.of("x"), List.of("y"));

    private static ProtoWriter weighted(int irVersion) {
        ProtoWriter graph =
                Protos.graph(List.of("x", "w"), List.of("y"), Protos.node("Add", List.of("x", "w"), List.of("y")));
        graph.message(5, GraphWriter.tensor("w", Initializer.of(Tensor.of(new float[] {1, 2})), null));
        return Protos.model(irVersion, graph);
    }

    @Test
    void aSessionOpensAFileAndBytes(@TempDir Path folder) throws Exception {
        byte[] bytes = Protos.bytes(Protos.model(Protos.graph(List.of("x"), List.of("y"), IDENTITY)));
        Path file = Files.write(folder.resolve("model.ONNX"), bytes);
        assertEquals("ONNX", ModelFormat.forFile("a.onnx").name());
        for (Session session : List.of(Session.open(file), Session.open(bytes, SessionOptions.DEFAULT))) {
            try (session) {
                Map<String, Tensor> outputs = session.run(Map.of("x", Tensor.of(new float[] {3, 4})));
                assertArrayEquals(new float[] {3, 4}, outputs.get("y").toFloatArray());
            }
        }
    }

    @Test
    void readsWhatTheModelSaysOfItself() {
        ProtoWriter model = Protos.model(Protos.graph(List.of("x"), List.of("y"), IDENTITY));
        model.string(2, "tool");
        model.string(3, "1.0");
        model.string(6, "a model");
        model.message(14, GraphWriter.entry("key", "value"));
        model.message(8, Protos.opset("ai.onnx.ml", 3));
        model.message(8, Protos.opset("ai.onnx", 15));
        Model read = Protos.read(model);
        assertEquals(8, read.irVersion());
        assertEquals(Map.of("", 17, "ai.onnx.ml", 3), read.opsets());
        assertEquals("tool 1.0", read.producer());
        assertEquals("a model", read.doc());
        assertEquals(Map.of("key", "value"), read.metadata());
        assertEquals(17, read.graph().nodes().getFirst().opset());
    }

    @Test
    void beforeIrVersion4InitializersAreConstants() {
        assertEquals(
                List.of("x"),
                Protos.read(weighted(3)).graph().inputs().stream()
                        .map(ValueInfo::name)
                        .toList());
        assertEquals(
                List.of("x", "w"),
                Protos.read(weighted(4)).graph().inputs().stream()
                        .map(ValueInfo::name)
                        .toList());
    }

    @Test
    void theOldestModelsNameNoOperatorSetAndNoAttributeType() {
        ProtoWriter attribute = new ProtoWriter();
        attribute.string(1, "axes");
        attribute.int64(8, 0);
        attribute.int64(8, -1);
        ProtoWriter model = new ProtoWriter();
        model.int64(1, 1);
        model.message(
                7,
                Protos.graph(
                        List.of("x"), List.of("y"), Protos.node("Squeeze", List.of("x"), List.of("y"), attribute)));
        Node node = Protos.read(model).graph().nodes().getFirst();
        assertEquals(1, node.opset());
        assertArrayEquals(
                new long[] {0, -1},
                assertInstanceOf(Attribute.IntsValue.class, node.attributes().get("axes"))
                        .value());
    }

    @Test
    void readsEveryType() {
        List<ValueType> types = List.of(
                ValueType.tensor(DataType.FLOAT, PartialShape.unranked()),
                ValueType.tensor(
                        DataType.INT64, PartialShape.of(new long[] {-1, 3, -1}, new String[] {"batch", null, null})),
                new ValueType.SequenceOf(ValueType.tensor(DataType.STRING, PartialShape.of())),
                new ValueType.OptionalOf(
                        new ValueType.SequenceOf(ValueType.tensor(DataType.BFLOAT16, PartialShape.ofRank(2)))),
                new ValueType.SequenceOf(new ValueType.MapOf(DataType.INT64, DataType.FLOAT)),
                new ValueType.MapOf(DataType.STRING, DataType.INT64));
        for (ValueType type : types) {
            ValueType read = TypeProto.read(Protos.reader(TypeWriter.type(type)));
            assertEquals(type, read);
            assertEquals(type.toString(), String.valueOf(read));
        }
    }

    @Test
    void refusesMapsToListsByTheNameOfTheValue() {
        ProtoWriter map = new ProtoWriter();
        map.int64(1, DataType.INT64.code());
        map.message(2, TypeWriter.type(ValueType.tensor(DataType.FLOAT, PartialShape.of(3))));
        ProtoWriter type = new ProtoWriter();
        type.message(5, map);
        ProtoWriter value = new ProtoWriter();
        value.string(1, "labels");
        value.message(2, type);
        ProtoWriter graph = Protos.graph(List.of("x"), List.of("y"), IDENTITY);
        graph.message(12, value);
        assertFails(
                UnsupportedModelException.class,
                "a map to float[3] is not supported (value 'labels')",
                Protos.model(graph));
    }

    @Test
    void sparseInitializersBecomeDense() {
        ProtoWriter sparse = new ProtoWriter();
        sparse.message(1, GraphWriter.tensor("w", Initializer.of(Tensor.of(new float[] {5, 6})), null));
        sparse.message(2, GraphWriter.tensor("", Initializer.of(Tensor.of(new long[] {0, 1, 1, 2}, 2, 2)), null));
        sparse.int64(3, 2);
        sparse.int64(3, 3);
        ProtoWriter graph = Protos.graph(List.of("x"), List.of("y"), IDENTITY);
        graph.message(15, sparse);
        Initializer w = Protos.read(Protos.model(graph)).graph().initializers().get("w");
        assertTrue(w != null && w.shape().rank() == 2);
        assertArrayEquals(new float[] {0, 5, 0, 0, 0, 6}, w.tensor().toFloatArray());
    }

    @Test
    void refusesSparseTensorsOutOfBoundsOrTooLarge() {
        assertSparseFails("index 6 is outside 0..5", new long[] {6}, 2, 3);
        assertSparseFails("index -1 is outside 0..5", new long[] {-1}, 2, 3);
        assertSparseFails("has more than 67108864 elements", new long[] {0}, 1 << 15, 1 << 15);
        assertSparseFails("1 values need indices [1] or [1,2], got [2]", new long[] {0, 1}, 2, 3);
    }

    private static void assertSparseFails(String reason, long[] indices, int... dims) {
        ProtoWriter sparse = new ProtoWriter();
        sparse.message(1, GraphWriter.tensor("w", Initializer.of(Tensor.of(new float[] {5})), null));
        sparse.message(2, GraphWriter.tensor("", Initializer.of(Tensor.of(indices)), null));
        for (int dim : dims) {
            sparse.int64(3, dim);
        }
        ProtoWriter graph = Protos.graph(List.of("x"), List.of("y"), IDENTITY);
        graph.message(15, sparse);
        assertFails(ModelFormatException.class, reason, Protos.model(graph));
    }

    @Test
    void refusesWhatIsNoModel() {
        ProtoWriter empty = new ProtoWriter();
        assertFails(ModelFormatException.class, "not an ONNX model: it has no graph", empty);
        ProtoWriter unversioned = new ProtoWriter();
        unversioned.message(7, new ProtoWriter());
        assertFails(ModelFormatException.class, "not an ONNX model: it has no ir_version", unversioned);
        byte[] text = "hello, this is a text file".getBytes(StandardCharsets.UTF_8);
        assertThrows(ModelFormatException.class, () -> new OnnxModelFormat().read(text));
    }

    @Test
    void refusesFilesThatAreNotThere(@TempDir Path folder) {
        Path missing = folder.resolve("missing.onnx");
        InferenceException e = assertThrows(ModelFormatException.class, () -> new OnnxModelFormat().read(missing));
        assertEquals(missing + ": no such file", e.getMessage());
        InferenceException f = assertThrows(ModelFormatException.class, () -> new OnnxModelFormat().read(folder));
        assertEquals(folder + ": is a folder, expected a file", f.getMessage());
    }

    @Test
    void refusesNewerFileFormats() {
        assertFails(UnsupportedModelException.class, "ir_version 15 is newer than 14", weighted(15));
    }

    @Test
    void refusesGraphsThatContradictThemselves() {
        ProtoWriter second = Protos.node("Abs", List.of("x"), List.of("y"));
        assertFails(
                GraphException.class,
                "Abs '-> y': output 'y' is defined already",
                Protos.model(Protos.graph(List.of("x"), List.of("y"), IDENTITY, second)));
        assertFails(
                GraphException.class,
                "uses values that nothing defines: [x]",
                Protos.model(Protos.graph(List.of(), List.of("y"), IDENTITY)));
        ProtoWriter a = Protos.node("Add", List.of("x", "b"), List.of("a"));
        ProtoWriter b = Protos.node("Abs", List.of("a"), List.of("b"));
        assertFails(
                GraphException.class,
                "has a cycle: Add '-> a' <- Abs '-> b' <- Add '-> a'",
                Protos.model(Protos.graph(List.of("x"), List.of("a"), a, b)));
        ProtoWriter foreign = Protos.node("com.example", "Thing", List.of("x"), List.of("y"));
        assertFails(
                GraphException.class,
                "Thing '-> y': the model imports no operator set for domain 'com.example'",
                Protos.model(Protos.graph(List.of("x"), List.of("y"), foreign)));
    }

    @Test
    void refusesMalformedNodes() {
        ProtoWriter twice = Protos.node(
                "Abs", List.of("x"), List.of("y"), Protos.intAttribute("a", 1), Protos.intAttribute("a", 2));
        assertFails(
                ModelFormatException.class,
                "attribute 'a' is given twice",
                Protos.model(Protos.graph(List.of("x"), List.of("y"), twice)));
        ProtoWriter nameless = Protos.node("", List.of("x"), List.of("y"));
        assertFails(
                ModelFormatException.class,
                "names no operator",
                Protos.model(Protos.graph(List.of("x"), List.of("y"), nameless)));
        ProtoWriter reference = Protos.node("Abs", List.of("x"), List.of("y"), Protos.reference("a", "b"));
        assertFails(
                ModelFormatException.class,
                "attribute 'a' refers to an attribute of a function, outside a function",
                Protos.model(Protos.graph(List.of("x"), List.of("y"), reference)));
    }

    private static void assertFails(Class<? extends InferenceException> type, String reason, ProtoWriter model) {
        InferenceException e = assertThrows(type, () -> Protos.read(model));
        assertTrue(e.getMessage().contains(reason), e.getMessage());
    }
}
