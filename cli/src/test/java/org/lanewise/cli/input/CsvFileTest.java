package org.lanewise.cli.input;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.lanewise.runtime.tensor.DataType;
import org.lanewise.runtime.tensor.PartialShape;
import org.lanewise.runtime.tensor.Shape;
import org.lanewise.runtime.tensor.Tensor;

final class CsvFileTest {
    @TempDir
    Path folder;

    private CsvFile read(String text) throws IOException {
        return CsvFile.read(Files.writeString(folder.resolve("x.csv"), text));
    }

    @Test
    void readsRowsBelowAHeading() throws IOException {
        Tensor tensor =
                read("width;height\n\n# comment\n1; 2.5\n-3\t4e1\n").tensor(DataType.FLOAT, PartialShape.unranked());
        assertEquals(Shape.of(2, 2), tensor.shape());
        assertArrayEquals(new float[] {1, 2.5f, -3, 40}, tensor.toFloatArray());
    }

    /** Spreadsheets write one. */
    @Test
    void aByteOrderMarkIsNoPartOfTheFirstNumber() throws IOException {
        Tensor tensor = read("\uFEFF1,2\r\n").tensor(DataType.FLOAT, PartialShape.unranked());
        assertArrayEquals(new float[] {1, 2}, tensor.toFloatArray());
    }

    @Test
    void shapeFollowsTheDeclaredRank() {
        assertEquals(Shape.of(5), CsvFile.fit(1, 5, PartialShape.of(-1)));
        assertEquals(Shape.of(5), CsvFile.fit(5, 1, PartialShape.of(5)));
        assertEquals(Shape.of(), CsvFile.fit(1, 1, PartialShape.of()));
        assertEquals(Shape.of(3, 4), CsvFile.fit(3, 4, PartialShape.of(-1, 4)));
        assertEquals(Shape.of(1, 28, 28), CsvFile.fit(28, 28, PartialShape.of(-1, -1, 28)));
        assertEquals(Shape.of(2, 1, 3, 4), CsvFile.fit(2, 12, PartialShape.of(-1, 1, 3, 4)));
        assertEquals(Shape.of(2, 3, 4), CsvFile.fit(6, 4, PartialShape.of(2, 3, -1)));
        assertEquals(Shape.of(3, 5), CsvFile.fit(3, 5, PartialShape.of(-1, 4)));
    }

    @Test
    void numbersMustFitTheType() throws IOException {
        assertEquals(
                -128, read("-128").tensor(DataType.INT8, PartialShape.of(-1)).getLong(0));
        assertEquals(
                -1L,
                read("18446744073709551615")
                        .tensor(DataType.UINT64, PartialShape.of(-1))
                        .getLong(0));
        assertRefused("128 is outside the range of int8", "128", DataType.INT8);
        assertRefused("'1.5' is not a whole number, as int64 needs", "1.5", DataType.INT64);
        assertRefused("'two' is not a number", "1,two", DataType.FLOAT);
    }

    private void assertRefused(String reason, String text, DataType type) throws IOException {
        CsvFile csv = read(text);
        InputException e = assertThrows(InputException.class, () -> csv.tensor(type, PartialShape.unranked()));
        assertEquals(folder.resolve("x.csv") + ": " + reason, e.getMessage());
    }

    @Test
    void rowsMustBeOfOneLength() {
        InputException e = assertThrows(InputException.class, () -> read("1,2\n3\n"));
        assertEquals(folder.resolve("x.csv") + ": row 2 has 1 values, expected 2 as in the first row", e.getMessage());
        assertThrows(InputException.class, () -> read("\n"));
    }
}
