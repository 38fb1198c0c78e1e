package org.lanewise.loaders.onnx;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.URI;
import java.nio.file.FileSystem;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.lanewise.runtime.ModelFormatException;
import org.lanewise.runtime.graph.Initializer;
import org.lanewise.runtime.graph.Model;
import org.lanewise.runtime.tensor.DataType;
import org.lanewise.runtime.tensor.MapValue;
import org.lanewise.runtime.tensor.OnnxValue;
import org.lanewise.runtime.tensor.OptionalValue;
import org.lanewise.runtime.tensor.PartialShape;
import org.lanewise.runtime.tensor.SequenceValue;
import org.lanewise.runtime.tensor.Tensor;
import org.lanewise.runtime.tensor.ValueType;

class TestDataSetTest {
    private static final ValueType FLOAT = ValueType.tensor(DataType.FLOAT, PartialShape.unranked());

    private static byte[] modelBytes() {
        ProtoWriter graph =
                Protos.graph(List.of("w", "x"), List.of("y"), Protos.node("Add", List.of("x", "w"), List.of("y")));
        graph.message(5, GraphWriter.tensor("w", Initializer.of(Tensor.of(new float[] {1, 2})), null));
        return Protos.bytes(Protos.model(graph));
    }

    private static void write(Path file, float... values) throws IOException {
        Files.write(file, OnnxWriter.toBytes("", Tensor.of(values)));
    }

    @Test
    void readsFoldersInOrderFromAZip(@TempDir Path temp) throws IOException {
        URI zip = URI.create("jar:" + temp.resolve("tests.zip").toUri());
        try (FileSystem files = FileSystems.newFileSystem(zip, Map.of("create", "true"))) {
            Path test = Files.createDirectories(files.getPath("/test_add"));
            Files.write(test.resolve("model.onnx"), modelBytes());
            for (int i : new int[] {10, 2, 0}) {
                Path folder = Files.createDirectories(test.resolve("test_data_set_" + i));
                write(folder.resolve("input_0.pb"), i, 1);
                write(folder.resolve("output_0.pb"), i + 1, 3);
            }
            Files.createDirectories(test.resolve("test_data_set_old"));
            Model model = new OnnxModelFormat().read(test.resolve("model.onnx"));
            List<TestDataSet> sets = TestDataSet.folders(test).stream()
                    .map(folder -> TestDataSet.read(folder, model))
                    .toList();
            assertEquals(
                    List.of("test_data_set_0", "test_data_set_2", "test_data_set_10"),
                    sets.stream().map(TestDataSet::name).toList());
            assertEquals("{x=float[2]}", sets.get(1).inputs().toString());
            assertArrayEquals(
                    new float[] {3, 3},
                    assertInstanceOf(Tensor.class, sets.get(1).outputs().get("y"))
                            .toFloatArray());
        }
    }

    @Test
    void refusesMoreInputsThanTheModelHas(@TempDir Path folder) throws IOException {
        write(folder.resolve("input_0.pb"), 1, 2);
        write(folder.resolve("input_1.pb"), 1, 2);
        Model model = new OnnxModelFormat().read(modelBytes());
        ModelFormatException e = assertThrows(ModelFormatException.class, () -> TestDataSet.read(folder, model));
        assertEquals(folder.resolve("input_1.pb") + ": the model has only 1 of these", e.getMessage());
    }

    @Test
    void lightModelsHaveComputedInputs(@TempDir Path folder) throws IOException {
        Path file = Files.write(folder.resolve("light_a.onnx"), modelBytes());
        Model model = new OnnxModelFormat().read(file);
        assertNull(TestDataSet.light(file, model));
        write(folder.resolve("light_a_output_0.pb"), 1, 2.5f);
        TestDataSet set = TestDataSet.light(file, model);
        assertNotNull(set);
        assertArrayEquals(
                new float[] {0, 0.5f},
                assertInstanceOf(Tensor.class, set.inputs().get("x")).toFloatArray());
        assertEquals(List.of("y"), List.copyOf(set.outputs().keySet()));
    }

    @Test
    void readsMaps() {
        ProtoWriter values = new ProtoWriter();
        values.int64(2, 1);
        values.message(3, GraphWriter.tensor("", Initializer.of(Tensor.scalar(1f)), null));
        values.message(3, GraphWriter.tensor("", Initializer.of(Tensor.scalar(2f)), null));
        ProtoWriter map = new ProtoWriter();
        map.int64(2, DataType.INT64.code());
        map.int64(3, 7);
        map.int64(3, -7);
        map.message(5, values);
        ValueType type = new ValueType.MapOf(DataType.INT64, DataType.FLOAT);
        MapValue read = assertInstanceOf(MapValue.class, OnnxTensors.read(Protos.bytes(map), type));
        assertEquals(Map.of(7L, 1f, -7L, 2f), read.toMap());
        ProtoWriter sequence = new ProtoWriter();
        sequence.message(6, map);
        SequenceValue one = assertInstanceOf(
                SequenceValue.class, OnnxTensors.read(Protos.bytes(sequence), new ValueType.SequenceOf(type)));
        assertEquals(read.toMap(), ((MapValue) one.elements().getFirst()).toMap());
        map.int64(3, 8);
        ModelFormatException e =
                assertThrows(ModelFormatException.class, () -> OnnxTensors.read(Protos.bytes(map), type));
        assertTrue(String.valueOf(e.getMessage()).contains("expected vectors of one length"), e.getMessage());
    }

    @Test
    void readsSequencesAndOptionals() {
        ProtoWriter sequence = new ProtoWriter();
        sequence.int64(2, 1);
        sequence.message(3, GraphWriter.tensor("", Initializer.of(Tensor.scalar(1f)), null));
        sequence.message(3, GraphWriter.tensor("", Initializer.of(Tensor.scalar(2f)), null));
        ValueType sequenceType = new ValueType.SequenceOf(FLOAT);
        OnnxValue read = OnnxTensors.read(Protos.bytes(sequence), sequenceType);
        assertEquals(
                "[float[], float[]]",
                assertInstanceOf(SequenceValue.class, read).elements().toString());
        ProtoWriter optional = new ProtoWriter();
        optional.int64(2, 3);
        optional.message(5, sequence);
        OptionalValue present = assertInstanceOf(
                OptionalValue.class, OnnxTensors.read(Protos.bytes(optional), new ValueType.OptionalOf(sequenceType)));
        assertEquals(
                2,
                assertInstanceOf(SequenceValue.class, present.value())
                        .elements()
                        .size());
        OptionalValue absent =
                assertInstanceOf(OptionalValue.class, OnnxTensors.read(new byte[0], new ValueType.OptionalOf(FLOAT)));
        assertNull(absent.value());
        assertEquals(FLOAT, absent.elementType());
        SequenceValue empty = assertInstanceOf(SequenceValue.class, OnnxTensors.read(new byte[0], sequenceType));
        assertEquals(FLOAT, empty.elementType());
    }
}
