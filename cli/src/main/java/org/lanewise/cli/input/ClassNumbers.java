package org.lanewise.cli.input;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.stream.IntStream;
import org.lanewise.loaders.numpy.NpyFile;

/**
 * The right class of each sample: from the data itself, from a file, or from the names of folders.
 *
 * @param numbers one a sample; empty if nobody says them
 */
public record ClassNumbers(List<Integer> numbers) {
    /** What is given instead of a file when folders are classes. */
    public static final String FOLDERS = "folders";

    /** Copies the list. */
    public ClassNumbers {
        numbers = List.copyOf(numbers);
    }

    /** Those that the data has, if it has them for all samples. */
    public static ClassNumbers of(DataSamples samples) {
        List<Integer> numbers =
                IntStream.range(0, samples.size()).mapToObj(samples::label).toList();
        return new ClassNumbers(numbers.contains(-1) ? List.of() : numbers);
    }

    /**
     * Reads them from a {@code .npy} file or a table: a number a line in the order of the samples, or the name of a sample's file and its number.
     *
     * @throws InputException if a sample gets none
     */
    public static ClassNumbers read(Path file, DataSamples samples) throws IOException {
        if (!Files.isRegularFile(file)) {
            throw new InputException("no such file of labels: " + file + "; it may also be the word '" + FOLDERS + "'");
        }
        if (file.toString().endsWith(".npy")) {
            return counted(
                    file,
                    samples,
                    java.util.Arrays.stream(NpyFile.read(file).toIntArray())
                            .boxed()
                            .toList());
        }
        List<List<String>> rows = CsvFile.read(file).rows();
        return switch (rows.getFirst().size()) {
            case 1 ->
                counted(
                        file,
                        samples,
                        rows.stream().map(row -> number(file, row.getFirst())).toList());
            case 2 -> named(file, samples, rows);
            default ->
                throw new InputException(file + " has " + rows.getFirst().size()
                        + " columns, expected one (class numbers) or two (file name, class number)");
        };
    }

    private static ClassNumbers counted(Path file, DataSamples samples, List<Integer> numbers) {
        if (numbers.size() != samples.size()) {
            throw new InputException(
                    file + " has " + numbers.size() + " labels, the data has " + samples.size() + " samples");
        }
        return new ClassNumbers(numbers);
    }

    private static ClassNumbers named(Path file, DataSamples samples, List<List<String>> rows) {
        Map<String, Integer> numbers = new HashMap<>();
        rows.forEach(row -> numbers.put(row.get(0), number(file, row.get(1))));
        return new ClassNumbers(IntStream.range(0, samples.size())
                .mapToObj(i -> {
                    Integer number = numbers.get(samples.name(i));
                    if (number == null) {
                        throw new InputException(file + " has no label for '" + samples.name(i) + "'");
                    }
                    return number;
                })
                .toList());
    }

    /**
     * The folders of the samples as classes: by their numbers if all are named so, else by their place among {@code names}, else by their order.
     *
     * @param names of the model's classes, may be empty
     */
    public static ClassNumbers ofFolders(DataSamples samples, List<String> names) {
        List<String> folders = List.copyOf(new TreeSet<>(
                IntStream.range(0, samples.size()).mapToObj(samples::folder).toList()));
        if (folders.contains("")) {
            throw new InputException(
                    "folders are to be classes, but '" + samples.name(0) + "' or another sample lies in none");
        }
        boolean numbered = folders.stream().allMatch(folder -> folder.matches("\\d{1,9}"));
        boolean known = names.containsAll(folders);
        return new ClassNumbers(IntStream.range(0, samples.size())
                .mapToObj(samples::folder)
                .map(folder -> numbered
                        ? Integer.valueOf(folder)
                        : (Integer) (known ? names.indexOf(folder) : folders.indexOf(folder)))
                .toList());
    }

    private static int number(Path file, String text) {
        try {
            return Integer.parseInt(text);
        } catch (NumberFormatException e) {
            throw new InputException(file + ": '" + text + "' is no class number", e);
        }
    }
}
