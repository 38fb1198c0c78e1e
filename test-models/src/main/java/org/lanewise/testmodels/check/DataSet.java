package org.lanewise.testmodels.check;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Recorded inputs and outputs of a model, one serialized value a file, in the order of the model's inputs and outputs.
 *
 * @param name the folder's name
 * @param inputs the input files; empty for a model without inputs
 * @param outputs the output files
 * @param ramp whether the inputs are not recorded but {@code i / n} for element {@code i} of {@code n}, as for the light
 *     models of the ONNX backend tests
 */
public record DataSet(String name, List<Path> inputs, List<Path> outputs, boolean ramp) {
    /** How the folders are called, a number at the end. */
    public static final String PREFIX = "test_data_set_";

    /** Copies the lists. */
    public DataSet {
        inputs = List.copyOf(inputs);
        outputs = List.copyOf(outputs);
    }

    /** The data set in a folder of {@code input_I.pb} and {@code output_I.pb}. */
    public static DataSet of(Path folder) {
        return new DataSet(
                String.valueOf(folder.getFileName()), numbered(folder, "input_"), numbered(folder, "output_"), false);
    }

    /** The files {@code PREFIX0.pb}, {@code PREFIX1.pb} and so on, as far as they are there. */
    static List<Path> numbered(Path folder, String prefix) {
        List<Path> files = new ArrayList<>();
        while (true) {
            Path file = folder.resolve(prefix + files.size() + ".pb");
            if (!Files.isRegularFile(file)) {
                return files;
            }
            files.add(file);
        }
    }

    /** The data sets of a folder, in the order of their numbers. */
    static List<DataSet> in(Path folder) throws IOException {
        try (var children = Files.list(folder)) {
            return children.filter(child -> fileName(child).startsWith(PREFIX) && Files.isDirectory(child))
                    .sorted(java.util.Comparator.comparingInt(
                                    (Path child) -> fileName(child).length())
                            .thenComparing(DataSet::fileName))
                    .map(DataSet::of)
                    .toList();
        }
    }

    /** The last part of a path, without the slash that a zip file's folders end with. */
    static String fileName(Path path) {
        Path name = path.getFileName();
        String text = name == null ? "" : name.toString();
        return text.endsWith("/") ? text.substring(0, text.length() - 1) : text;
    }
}
