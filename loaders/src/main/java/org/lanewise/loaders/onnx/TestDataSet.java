package org.lanewise.loaders.onnx;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.lanewise.runtime.ModelFormatException;
import org.lanewise.runtime.graph.Model;
import org.lanewise.runtime.graph.ValueInfo;
import org.lanewise.runtime.tensor.DataType;
import org.lanewise.runtime.tensor.FloatTensor;
import org.lanewise.runtime.tensor.OnnxValue;
import org.lanewise.runtime.tensor.PartialShape;
import org.lanewise.runtime.tensor.Shape;
import org.lanewise.runtime.tensor.ValueType;

/**
 * Inputs for a model and the outputs expected of it, as ONNX test data comes: a folder {@code test_data_set_0} with {@code input_0.pb}, {@code input_1.pb},
 * ..., {@code output_0.pb}, ... in the order of the graph. Works on paths of any file system, such as that of a zip file.
 *
 * @param name name of the folder
 * @param inputs values by name of the graph input, those with an initializer left out
 * @param outputs values by name of the graph output
 */
public record TestDataSet(String name, Map<String, OnnxValue> inputs, Map<String, OnnxValue> outputs) {
    private static final String PREFIX = "test_data_set_";

    /** Copies the maps, keeping their order. */
    public TestDataSet {
        inputs = Collections.unmodifiableMap(new LinkedHashMap<>(inputs));
        outputs = Collections.unmodifiableMap(new LinkedHashMap<>(outputs));
    }

    /** The folders of data sets next to a model, {@code test_data_set_0}, {@code test_data_set_1}, ..., in order. */
    public static List<Path> folders(Path modelFolder) {
        try (Stream<Path> children = Files.list(modelFolder)) {
            return children.filter(child -> number(child) >= 0 && Files.isDirectory(child))
                    .sorted(Comparator.comparingInt(TestDataSet::number))
                    .toList();
        } catch (IOException e) {
            throw new ModelFormatException(modelFolder + ": cannot be read: " + e.getMessage(), e);
        }
    }

    /**
     * Reads one data set.
     *
     * @param folder with {@code input_0.pb} and so on
     * @throws ModelFormatException if a file cannot be read, is malformed, or the model has no such input or output
     */
    public static TestDataSet read(Path folder, Model model) {
        return new TestDataSet(
                fileName(folder),
                values(folder, "input_", requiredInputs(model)),
                values(folder, "output_", model.graph().outputs()));
    }

    /**
     * The data set of one of ONNX's light models: {@code NAME.onnx} with {@code NAME_output_0.pb} next to it. Such models take float tensors, and the
     * outputs are those for inputs 0/n, 1/n, ..., (n-1)/n, n being the number of elements and unknown dimensions being 1.
     *
     * @return {@code null} if there is no such output next to the model
     */
    public static @Nullable TestDataSet light(Path modelFile, Model model) {
        String name = fileName(modelFile).replaceFirst("\\.onnx$", "");
        Path folder = modelFile.toAbsolutePath().getParent();
        if (folder == null || !Files.exists(folder.resolve(name + "_output_0.pb"))) {
            return null;
        }
        Map<String, OnnxValue> inputs = new LinkedHashMap<>();
        for (ValueInfo input : requiredInputs(model)) {
            if (!(input.type() instanceof ValueType.Of(DataType type, PartialShape shape))
                    || type != DataType.FLOAT
                    || !shape.isRanked()) {
                throw new ModelFormatException(
                        modelFile + ": input " + input + " of a light model, expected a float tensor");
            }
            inputs.put(input.name(), ramp(shape));
        }
        return new TestDataSet(
                name, inputs, values(folder, name + "_output_", model.graph().outputs()));
    }

    private static FloatTensor ramp(PartialShape partial) {
        long[] dims = partial.toArray();
        for (int i = 0; i < dims.length; i++) {
            dims[i] = dims[i] < 0 ? 1 : dims[i];
        }
        Shape shape = Shape.of(dims);
        float[] values = new float[shape.size()];
        for (int i = 0; i < values.length; i++) {
            values[i] = (float) ((double) i / values.length);
        }
        return new FloatTensor(DataType.FLOAT, shape, values, 0);
    }

    private static List<ValueInfo> requiredInputs(Model model) {
        return model.graph().inputs().stream()
                .filter(input -> !model.graph().initializers().containsKey(input.name()))
                .toList();
    }

    private static Map<String, OnnxValue> values(Path folder, String prefix, List<ValueInfo> infos) {
        Map<String, OnnxValue> values = new LinkedHashMap<>();
        List<Path> files = new ArrayList<>();
        for (Path file = folder.resolve(prefix + "0.pb");
                Files.exists(file);
                file = folder.resolve(prefix + files.size() + ".pb")) {
            files.add(file);
        }
        if (files.size() > infos.size()) {
            throw new ModelFormatException(files.getLast() + ": the model has only " + infos.size() + " of these");
        }
        for (int i = 0; i < files.size(); i++) {
            ValueInfo info = infos.get(i);
            values.put(
                    info.name(),
                    info.type() == null
                            ? OnnxTensors.readTensor(files.get(i))
                            : OnnxTensors.read(files.get(i), info.type()));
        }
        return values;
    }

    /** The number of a data set's folder, or -1. */
    private static int number(Path folder) {
        String name = fileName(folder);
        return name.matches(PREFIX + "\\d{1,9}") ? Integer.parseInt(name.substring(PREFIX.length())) : -1;
    }

    private static String fileName(Path path) {
        Path name = path.getFileName();
        return name == null ? "" : name.toString().replace("/", "");
    }
}
