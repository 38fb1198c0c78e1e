package org.lanewise.cli.input;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.lanewise.runtime.tensor.DataType;
import org.lanewise.runtime.tensor.Shape;
import org.lanewise.runtime.tensor.Tensor;

final class NpyFileTest {
    @TempDir
    Path folder;

    private Path file(int version, String header, int... data) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        out.writeBytes(new byte[] {(byte) 0x93, 'N', 'U', 'M', 'P', 'Y', (byte) version, 0, (byte) header.length(), 0});
        if (version > 1) {
            out.writeBytes(new byte[2]);
        }
        out.writeBytes(header.getBytes(StandardCharsets.US_ASCII));
        for (int value : data) {
            out.write(value);
        }
        return Files.write(folder.resolve("a.npy"), out.toByteArray());
    }

    @Test
    void readsEitherByteOrder() throws IOException {
        Path little = file(1, "{'descr': '<i2', 'fortran_order': False, 'shape': (2,), }\n", 1, 2, 255, 255);
        assertArrayEquals(new long[] {513, -1}, NpyFile.read(little).toLongArray());
        Path big = file(2, "{'descr': '>i2', 'fortran_order': False, 'shape': (2,), }\n", 1, 2, 255, 255);
        assertArrayEquals(new long[] {258, -1}, NpyFile.read(big).toLongArray());
    }

    @Test
    void readsColumnMajorArrays() throws IOException {
        Path file = file(1, "{'descr': '|u1', 'fortran_order': True, 'shape': (2, 3), }\n", 1, 4, 2, 5, 3, 6);
        Tensor tensor = NpyFile.read(file);
        assertEquals(Shape.of(2, 3), tensor.shape());
        assertArrayEquals(new long[] {1, 2, 3, 4, 5, 6}, tensor.toLongArray());
    }

    @Test
    void readsScalars() throws IOException {
        Path file = file(1, "{'descr': '<f4', 'fortran_order': False, 'shape': (), }\n", 0, 0, 128, 63);
        assertEquals("float[]", NpyFile.read(file).toString());
        assertEquals(1, NpyFile.read(file).getDouble(0));
    }

    @ParameterizedTest
    @EnumSource
    void writesWhatItReads(DataType type) throws IOException {
        if (!NpyFile.canWrite(type)) {
            assertTrue(type.bits() < 8 || !type.isInteger(), type + " is a type of NumPy");
            return;
        }
        Tensor tensor = Elements.of(type, Shape.of(2, 1, 3), i -> i % 2);
        Path file = folder.resolve("a.npy");
        NpyFile.write(file, tensor);
        Tensor read = NpyFile.read(file);
        assertEquals(tensor.toString(), read.toString());
        assertArrayEquals(tensor.toFloatArray(), read.toFloatArray());
        assertEquals(0, (Files.size(file) - type.serializedBytes(6)) % 64, "the data must be aligned");
    }

    @Test
    void refusesWhatIsNoArrayOfNumbers() throws IOException {
        assertRefused(" is not an .npy file", Files.writeString(folder.resolve("a.npy"), "1,2"));
        assertRefused(
                ": arrays of type '<U3' are not supported",
                file(1, "{'descr': '<U3', 'fortran_order': False, 'shape': (0,), }\n"));
        assertRefused(
                " has 3 bytes of data, expected 4 for uint8[4]",
                file(1, "{'descr': '|u1', 'fortran_order': False, 'shape': (4,), }\n", 1, 2, 3));
    }

    private static void assertRefused(String reason, Path file) {
        InputException e = assertThrows(InputException.class, () -> NpyFile.read(file));
        assertEquals(file + reason, e.getMessage());
    }
}
