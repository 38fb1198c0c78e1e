package org.lanewise.loaders.onnx;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.lanewise.runtime.ModelFormatException;
import org.lanewise.runtime.graph.Attribute;
import org.lanewise.runtime.graph.Graph;
import org.lanewise.runtime.graph.Initializer;
import org.lanewise.runtime.graph.Model;
import org.lanewise.runtime.graph.Node;
import org.lanewise.runtime.graph.ValueInfo;
import org.lanewise.runtime.tensor.DataType;
import org.lanewise.runtime.tensor.PartialShape;
import org.lanewise.runtime.tensor.Shape;
import org.lanewise.runtime.tensor.Tensor;
import org.lanewise.runtime.tensor.ValueType;

/** Constants without their zeros, written and read. */
class SparseInitializerTest {
    private static Model model(Map<String, Initializer> constants, List<Node> nodes) {
        ValueType type = ValueType.tensor(DataType.FLOAT, PartialShape.of(4));
        Graph graph = Graph.of(
                "g", List.of(new ValueInfo("x", type)), List.of(new ValueInfo("y", type)), nodes, constants, Map.of());
        return new Model(graph, 4, Map.of("", 13), "", "", Map.of());
    }

    private static Node node(String op, Map<String, Attribute> attributes, List<String> inputs, String output) {
        return new Node(output, "", op, 13, inputs, List.of(output), attributes);
    }

    private static Model holding(Tensor tensor) {
        return model(
                Map.of("w", Initializer.of(tensor)),
                List.of(node("Shape", Map.of(), List.of("w"), "s"), node("Identity", Map.of(), List.of("x"), "y")));
    }

    private static Tensor read(byte[] bytes) {
        Initializer w = new OnnxModelFormat().read(bytes).graph().initializers().get("w");
        return Objects.requireNonNull(w).tensor();
    }

    @ParameterizedTest
    @EnumSource(
            value = DataType.class,
            names = {"COMPLEX64", "COMPLEX128"},
            mode = EnumSource.Mode.EXCLUDE)
    void everyTypeComesBack(DataType type) {
        Tensor dense = Tensor.allocate(type, Shape.of(20, 30));
        Tensor ones = type == DataType.STRING
                ? Tensor.wrap(type, Shape.of(1), new String[] {"a"}, 0)
                : Tensor.allocate(type, Shape.of(1));
        if (type != DataType.STRING) {
            Tensor raw = ones;
            switch (raw.type().storage()) {
                case FLOAT -> ones = Tensor.wrap(type, Shape.of(1), new float[] {-1.5f}, 0);
                case DOUBLE -> ones = Tensor.wrap(type, Shape.of(1), new double[] {-1.5}, 0);
                case BYTE -> ones = Tensor.wrap(type, Shape.of(1), new byte[] {1}, 0);
                case SHORT -> ones = Tensor.wrap(type, Shape.of(1), new short[] {17}, 0);
                case INT -> ones = Tensor.wrap(type, Shape.of(1), new int[] {-3}, 0);
                case LONG -> ones = Tensor.wrap(type, Shape.of(1), new long[] {-3}, 0);
                default -> throw new AssertionError(type);
            }
        }
        dense.copyFrom(0, ones, 0, 1);
        dense.copyFrom(431, ones, 0, 1);
        dense.copyFrom(599, ones, 0, 1);
        byte[] plain = OnnxWriter.toBytes(holding(dense));
        byte[] sparse = OnnxWriter.toBytes(holding(dense), OnnxWriter.Zeros.SPARSE);
        assertArrayEquals(OnnxWriter.toBytes("w", dense), OnnxWriter.toBytes("w", read(sparse)), type.onnxName());
        boolean smaller = type.bits() >= 8 && type != DataType.STRING;
        assertEquals(smaller, sparse.length < plain.length, type.onnxName());
    }

    @Test
    void onlyWhereItIsSmaller() {
        float[] values = new float[300];
        for (int i = 0; i < 99; i++) {
            values[3 * i] = i + 1;
        }
        // 99 * (4 + 8) bytes against 300 * 4
        assertTrue(SparseForm.of(Initializer.of(Tensor.of(values))) != null);
        values[1] = 1;
        assertTrue(SparseForm.of(Initializer.of(Tensor.of(values))) == null);
        values[1] = -0f;
        assertTrue(SparseForm.of(Initializer.of(Tensor.of(values))) == null, "a negative zero is kept");
        values[0] = 0;
        Tensor back = read(OnnxWriter.toBytes(holding(Tensor.of(values)), OnnxWriter.Zeros.SPARSE));
        assertEquals(Float.floatToRawIntBits(-0f), Float.floatToRawIntBits(back.toFloatArray()[1]));
        assertTrue(SparseForm.of(Initializer.of(Tensor.of(new float[300]))) != null, "nothing but zeros");
        assertArrayEquals(
                new float[300],
                read(OnnxWriter.toBytes(holding(Tensor.of(new float[300])), OnnxWriter.Zeros.SPARSE))
                        .toFloatArray());
    }

    @Test
    void inSubgraphsToo(@TempDir Path folder) throws IOException {
        float[] values = new float[40];
        values[7] = 7;
        Map<String, Initializer> constants = new LinkedHashMap<>();
        constants.put("inner", Initializer.of(Tensor.of(values)));
        ValueType any = ValueType.tensor(DataType.FLOAT, PartialShape.of(40));
        Graph body = Graph.of(
                "body",
                List.of(),
                List.of(new ValueInfo("b", any)),
                List.of(node("Identity", Map.of(), List.of("inner"), "b")),
                constants,
                Map.of());
        Node branch = node(
                "If",
                Map.of("then_branch", new Attribute.GraphValue(body), "else_branch", new Attribute.GraphValue(body)),
                List.of("c"),
                "i");
        Model model = model(
                Map.of("c", Initializer.of(Tensor.wrap(DataType.BOOL, Shape.scalar(), new byte[] {1}, 0))),
                List.of(branch, node("Identity", Map.of(), List.of("x"), "y")));
        Path file = folder.resolve("m.onnx");
        OnnxWriter.write(model, file, OnnxWriter.Weights.AUTOMATIC, OnnxWriter.Zeros.SPARSE);
        assertTrue(Files.size(file) < OnnxWriter.toBytes(model).length - 2 * 100);
        Model back = new OnnxModelFormat().read(file);
        assertEquals(6, back.irVersion());
        Attribute read = back.graph().nodes().getFirst().attributes().get("else_branch");
        assertTrue(read instanceof Attribute.GraphValue(Graph graph)
                && Objects.requireNonNull(graph.initializers().get("inner"))
                                .tensor()
                                .toFloatArray()[7]
                        == 7);
    }

    @Test
    void positionsMustAscend() {
        assertFails("element 1 is at 3 after one at 3, expected ascending positions, each once", new long[] {3, 3}, 2);
        assertFails("element 1 is at 2 after one at 3, expected ascending positions, each once", new long[] {3, 2}, 2);
        // Coordinates (1, 0) and (0, 2) of (2, 3)
        assertFails("element 1 is at 2 after one at 3", new long[] {1, 0, 0, 2}, 2, 2);
        assertFails("index 3 is outside 0..2", new long[] {0, 3, 1, 2}, 2, 2);
        assertFails("2 values need indices [2] or [2,2], got [3]", new long[] {0, 1, 2}, 3);
        assertFails("2 values need indices [2] or [2,2], got [2,3]", new long[] {0, 0, 0, 1, 1, 1}, 2, 3);
    }

    private static void assertFails(String reason, long[] indices, int... indexDims) {
        ProtoWriter sparse = new ProtoWriter();
        sparse.message(1, GraphWriter.tensor("w", Initializer.of(Tensor.of(new float[] {5, 6})), null));
        sparse.message(2, GraphWriter.tensor("", Initializer.of(Tensor.of(indices, indexDims)), null));
        sparse.int64(3, 2);
        sparse.int64(3, 3);
        ProtoWriter graph =
                Protos.graph(List.of("x"), List.of("y"), Protos.node("Identity", List.of("x"), List.of("y")));
        graph.message(15, sparse);
        byte[] bytes = Protos.bytes(Protos.model(graph));
        ModelFormatException e = assertThrows(ModelFormatException.class, () -> new OnnxModelFormat().read(bytes));
        assertTrue(String.valueOf(e.getMessage()).contains("sparse tensor 'w': "), e.getMessage());
        assertTrue(String.valueOf(e.getMessage()).contains(reason), e.getMessage());
    }
}
