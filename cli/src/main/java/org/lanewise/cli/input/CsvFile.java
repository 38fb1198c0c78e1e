package org.lanewise.cli.input;

import java.io.IOException;
import java.nio.charset.MalformedInputException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.lanewise.runtime.tensor.DataType;
import org.lanewise.runtime.tensor.PartialShape;
import org.lanewise.runtime.tensor.Shape;
import org.lanewise.runtime.tensor.Tensor;

/**
 * A table of numbers: one row a line, values separated by commas, semicolons or blanks, all rows of one length. Empty
 * lines and lines that start with {@code #} are passed over, as is a first line without any number.
 *
 * @param file where it is from
 * @param rows the rows
 */
public record CsvFile(Path file, List<List<String>> rows) {
    /** So much of a line is quoted. */
    private static final int LONGEST_QUOTE = 40;

    /** Copies the list. */
    public CsvFile {
        rows = List.copyOf(rows);
    }

    /** What spreadsheets begin their files with. */
    private static final String BYTE_ORDER_MARK = "\uFEFF";

    /** Reads a file. */
    public static CsvFile read(Path file) throws IOException {
        List<List<String>> rows = new ArrayList<>();
        boolean first = true;
        String heading = "";
        for (String line : lines(file)) {
            String text = line.strip();
            if (text.isEmpty() || text.startsWith("#")) {
                continue;
            }
            List<String> row = Arrays.asList(text.split("\\s*[,;]\\s*|\\s+"));
            if (!first || row.stream().anyMatch(CsvFile::isNumber)) {
                rows.add(row);
            } else {
                heading = text;
            }
            first = false;
        }
        if (rows.isEmpty()) {
            throw new InputException(file + " has no row of numbers"
                    + (heading.isEmpty()
                            ? ", it is empty"
                            : ", its only line is '" + heading.substring(0, Math.min(LONGEST_QUOTE, heading.length()))
                                    + "'"));
        }
        int columns = rows.getFirst().size();
        for (int i = 0; i < rows.size(); i++) {
            if (rows.get(i).size() != columns) {
                throw new InputException("%s: row %d has %d values, expected %d as in the first row"
                        .formatted(file, i + 1, rows.get(i).size(), columns));
            }
        }
        return new CsvFile(file, rows);
    }

    private static List<String> lines(Path file) throws IOException {
        try {
            List<String> lines = Files.readAllLines(file);
            if (!lines.isEmpty() && lines.getFirst().startsWith(BYTE_ORDER_MARK)) {
                lines.set(0, lines.getFirst().substring(BYTE_ORDER_MARK.length()));
            }
            return lines;
        } catch (MalformedInputException e) {
            throw new InputException(file + " is not a text file", e);
        }
    }

    private static boolean isNumber(String text) {
        try {
            Double.parseDouble(text);
            return true;
        } catch (NumberFormatException e) {
            return false;
        }
    }

    /** The table as a tensor of the declared type, in the shape that {@link #fit} finds. */
    public Tensor tensor(DataType type, PartialShape declared) {
        int columns = rows.getFirst().size();
        Shape shape = fit(rows.size(), columns, declared);
        try {
            return Elements.parse(type, shape, i -> rows.get(i / columns).get(i % columns));
        } catch (InputException e) {
            throw new InputException(file + ": " + e.getMessage(), e);
        }
    }

    /**
     * The shape of the declared rank that a table takes. The first that fits of: one row as a vector, one row or column
     * number by number; a row for each element of the first axis; the columns along the last axis, the rows along the
     * one before; one axis of unknown size takes what the others leave. A table that fits none stays a matrix, for the
     * session to refuse.
     */
    static Shape fit(int rows, int columns, PartialShape declared) {
        Shape table = Shape.of(rows, columns);
        if (!declared.isRanked() || declared.accepts(table)) {
            return table;
        }
        long[] dims = declared.toArray();
        int rank = dims.length;
        if (rank == 1 && (rows == 1 || columns == 1) && declared.accepts(Shape.of(rows * columns))) {
            return Shape.of(rows * columns);
        }
        if (rank > 2) {
            long[] matrix = dims.clone();
            Arrays.fill(matrix, 1);
            matrix[rank - 1] = columns;
            matrix[rank - 2] = rows;
            long inner = 1;
            for (int i = 1; i < rank; i++) {
                inner = inner < 0 || dims[i] < 0 ? -1 : inner * dims[i];
            }
            if (inner == columns && (dims[0] < 0 || dims[0] == rows)) {
                dims[0] = rows;
                return Shape.of(dims);
            }
            if (declared.accepts(Shape.of(matrix))) {
                return Shape.of(matrix);
            }
        }
        return fillOneUnknown(dims, table);
    }

    private static Shape fillOneUnknown(long[] dims, Shape table) {
        long known = 1;
        int unknown = -1;
        for (int i = 0; i < dims.length; i++) {
            if (dims[i] >= 0) {
                known *= dims[i];
            } else if (unknown >= 0) {
                return table;
            } else {
                unknown = i;
            }
        }
        if (unknown >= 0 && known > 0 && table.size() % known == 0) {
            dims[unknown] = table.size() / known;
            return Shape.of(dims);
        }
        return unknown < 0 && known == table.size() ? Shape.of(dims) : table;
    }
}
