package org.lanewise.loaders.numpy;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.lanewise.runtime.InferenceException;
import org.lanewise.runtime.ModelFormatException;
import org.lanewise.runtime.UnsupportedModelException;
import org.lanewise.runtime.tensor.DataType;
import org.lanewise.runtime.tensor.Shape;
import org.lanewise.runtime.tensor.Tensor;

class NpyFileTest {
    private static byte[] file(int version, String header, int... data) {
        byte[] text = header.getBytes(StandardCharsets.US_ASCII);
        int start = version == 1 ? 10 : 12;
        byte[] bytes = new byte[start + text.length + data.length];
        byte[] magic = {(byte) 0x93, 'N', 'U', 'M', 'P', 'Y', (byte) version, 0, (byte) text.length};
        System.arraycopy(magic, 0, bytes, 0, magic.length);
        System.arraycopy(text, 0, bytes, start, text.length);
        for (int i = 0; i < data.length; i++) {
            bytes[start + text.length + i] = (byte) data[i];
        }
        return bytes;
    }

    private static Tensor read(byte[] bytes) {
        return NpyFile.read("a.npy", bytes);
    }

    @Test
    void readsBothByteOrders() {
        String header = "{'descr': '%s', 'fortran_order': False, 'shape': (2,), }\n";
        assertArrayEquals(
                new long[] {1, -2},
                read(file(1, header.formatted("<i2"), 1, 0, 0xfe, 0xff)).toLongArray());
        assertArrayEquals(
                new long[] {1, -2},
                read(file(2, header.formatted(">i2"), 0, 1, 0xff, 0xfe)).toLongArray());
    }

    @Test
    void readsFortranOrder() {
        Tensor tensor = read(file(1, "{'descr': '|u1', 'fortran_order': True, 'shape': (2, 3), }\n", 1, 4, 2, 5, 3, 6));
        assertEquals(Shape.of(2, 3), tensor.shape());
        assertArrayEquals(new long[] {1, 2, 3, 4, 5, 6}, tensor.toLongArray());
    }

    @Test
    void readsScalarsAndEmptyArrays() {
        assertEquals(
                "float[]",
                read(file(1, "{'descr': '<f4', 'fortran_order': False, 'shape': (), }\n", 0, 0, 0, 0))
                        .toString());
        assertEquals(
                "bool[0,2]",
                read(file(1, "{'descr': '|b1', 'fortran_order': True, 'shape': (0, 2), }\n"))
                        .toString());
    }

    @ParameterizedTest
    @EnumSource(
            value = DataType.class,
            names = {
                "BOOL", "INT8", "UINT8", "INT16", "UINT16", "FLOAT16", "INT32", "UINT32", "FLOAT", "INT64", "UINT64",
                "DOUBLE"
            })
    void whatIsWrittenIsReadBack(DataType type, @TempDir Path folder) throws IOException {
        for (Shape shape : new Shape[] {Shape.scalar(), Shape.of(3), Shape.of(2, 0, 4), Shape.of(2, 3, 5)}) {
            Tensor tensor = Tensor.allocate(type, shape);
            if (tensor.storage() instanceof float[] values) {
                Arrays.setAll(new Object[values.length], i -> values[i] = i - 1.5f);
            } else if (tensor.storage() instanceof byte[] values) {
                Arrays.fill(values, (byte) 1);
            }
            Path file = folder.resolve("t.npy");
            NpyFile.write(tensor, file);
            Tensor read = NpyFile.read(file);
            assertEquals(tensor.toString(), read.toString());
            for (int i = 0; i < tensor.size(); i++) {
                assertEquals(tensor.getDouble(i), read.getDouble(i));
            }
            assertEquals(
                    0,
                    (NpyFile.toBytes(tensor).length - type.serializedBytes(shape.size())) % 64,
                    "elements start aligned");
        }
    }

    @Test
    void writesPartsOfArrays() {
        Tensor part = Tensor.of(new float[] {1, 2, 3, 4}).slice(1, Shape.of(2));
        assertArrayEquals(new float[] {2, 3}, read(NpyFile.toBytes(part)).toFloatArray());
    }

    @Test
    void refusesTypesThatOnlyOneSideHas() {
        Tensor bfloat = Tensor.allocate(DataType.BFLOAT16, Shape.of(1));
        assertEquals(
                "NumPy has no type for bfloat16",
                assertThrows(IllegalArgumentException.class, () -> NpyFile.toBytes(bfloat))
                        .getMessage());
        byte[] complex = file(1, "{'descr': '<c8', 'fortran_order': False, 'shape': (), }\n");
        assertEquals(
                "a.npy: NumPy type 'c8' is not supported",
                assertThrows(UnsupportedModelException.class, () -> read(complex))
                        .getMessage());
    }

    @ParameterizedTest
    @ValueSource(strings = {"(1,", "(a)", "(99999999999)", "(1,,2)", "(2000000000, 2)", "(3)"})
    void refusesShapesThatAreWrong(String shape) {
        byte[] bytes =
                file(1, "{'descr': '<f4', 'fortran_order': False, 'shape': %s, }\n".formatted(shape), 0, 0, 0, 0);
        assertThrows(ModelFormatException.class, () -> read(bytes));
    }

    @Test
    void refusesTruncationAtEveryByte() {
        byte[] bytes = NpyFile.toBytes(Tensor.of(new float[] {1, 2}));
        for (int length = 0; length < bytes.length; length++) {
            byte[] cut = Arrays.copyOf(bytes, length);
            InferenceException e = assertThrows(ModelFormatException.class, () -> read(cut));
            assertTrue(e.getMessage().startsWith("a.npy: at byte "), e.getMessage());
        }
    }
}
