package org.lanewise.benchmarks;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.lanewise.benchmarks.built.BuiltModels;
import org.lanewise.loaders.onnx.OnnxTensors;
import org.lanewise.loaders.onnx.TestDataSet;
import org.lanewise.runtime.graph.Model;
import org.lanewise.runtime.graph.ValueInfo;
import org.lanewise.runtime.session.ModelFormat;
import org.lanewise.runtime.tensor.DataType;
import org.lanewise.runtime.tensor.OnnxValue;
import org.lanewise.runtime.tensor.PartialShape;
import org.lanewise.runtime.tensor.Shape;
import org.lanewise.runtime.tensor.Tensor;
import org.lanewise.runtime.tensor.ValueType;
import org.lanewise.testmodels.Zoo;

/**
 * A model and inputs for it, the same ones in every process.
 *
 * @param model the file that all runtimes read
 * @param inputs by name
 */
record Workload(Path model, Map<String, OnnxValue> inputs) {
    /** The system property that names the folder of shared models; an ancestor of the working folder may hold it as {@code shared}, too. */
    static final String SHARED_PROPERTY = "lanewise.shared";

    private static final String ZOO = "zoo:";
    private static final String SHARED = "shared:";

    /**
     * A workload by name: {@code MODEL[@DIM=SIZE,...][=FOLDER]}.
     *
     * <p>MODEL is a file, a folder with {@code model.onnx}, {@code zoo:NAME}, {@code shared:NAME} or what {@link BuiltModels}, {@link PrunedModels} or {@link QuantizedModels} know; DIM an open dimension (by
     * name or {@code INPUT:AXIS}, otherwise 1); FOLDER a {@code test_data_set} with the inputs, which are random without it where the model has none of its own.
     *
     * @throws IllegalArgumentException if there is no such model or input; the message says why
     */
    static Workload of(String text) throws IOException {
        if (QuantizedModels.knows(text)) {
            Path file = QuantizedModels.file(text);
            Workload base = of(text.substring(text.indexOf(':') + 1));
            Model model = read(file);
            return new Workload(
                    file,
                    model.graph().inputs().stream().allMatch(input -> base.takes(input))
                            ? base.inputs
                            : random(model, Map.of()));
        }
        if (PrunedModels.knows(text)) {
            return new Workload(PrunedModels.file(text), of(PrunedModels.base(text)).inputs);
        }
        if (BuiltModels.knows(text)) {
            Path file = BuiltModels.file(text);
            return new Workload(file, random(read(file), Map.of()));
        }
        int equals = text.lastIndexOf('=');
        int at = text.indexOf('@');
        boolean folder = equals >= 0 && (at < 0 || text.substring(equals + 1).contains("/"));
        String model = folder ? text.substring(0, equals) : text;
        Map<String, Integer> dims = Map.of();
        if (at >= 0) {
            dims = dims(model.substring(at + 1));
            model = model.substring(0, at);
        }
        Path file = file(model);
        if (Files.isDirectory(file)) {
            file = file.resolve("model.onnx");
        }
        if (!Files.isRegularFile(file)) {
            throw new IllegalArgumentException("no file " + file);
        }
        Model read = read(file);
        if (!folder) {
            Map<String, OnnxValue> recorded = at < 0 && model.startsWith(ZOO) ? recorded(model, read, 0) : Map.of();
            return new Workload(file, recorded.isEmpty() ? random(read, dims) : recorded);
        }
        Path inputs = file(text.substring(equals + 1));
        if (!Files.isDirectory(inputs)) {
            throw new IllegalArgumentException("no folder " + inputs);
        }
        return new Workload(file, TestDataSet.read(inputs, read).inputs());
    }

    private boolean takes(ValueInfo input) {
        return inputs.get(input.name()) instanceof Tensor value
                && input.type() instanceof ValueType.Of(DataType type, PartialShape shape)
                && value.type() == type;
    }

    /** Inputs to measure ranges on: all that a zoo model of our own comes with, otherwise those of the work. */
    static List<Map<String, OnnxValue>> samples(String name, Workload work) throws IOException {
        List<Map<String, OnnxValue>> samples = new ArrayList<>();
        if (name.startsWith(ZOO)) {
            Model model = read(work.model);
            for (int set = 0; samples.size() == set; set++) {
                Map<String, OnnxValue> inputs = recorded(name, model, set);
                if (!inputs.isEmpty()) {
                    samples.add(inputs);
                }
            }
        }
        return samples.isEmpty() ? List.of(work.inputs) : samples;
    }

    /** The inputs that a zoo model of our own comes with, or none. */
    private static Map<String, OnnxValue> recorded(String name, Model model, int set) throws IOException {
        Map<String, OnnxValue> inputs = new LinkedHashMap<>();
        String folder = name.substring(ZOO.length()) + "/test_data_set_" + set + "/";
        for (ValueInfo input : model.graph().inputs()) {
            try (InputStream in = Zoo.class.getResourceAsStream(folder + "input_" + inputs.size() + ".pb")) {
                if (in == null) {
                    return Map.of();
                }
                Path copy = Files.createTempFile("lanewise-input", ".pb");
                try {
                    Files.write(copy, in.readAllBytes());
                    inputs.put(input.name(), OnnxTensors.readTensor(copy));
                } finally {
                    Files.delete(copy);
                }
            }
        }
        return inputs;
    }

    static Model read(Path file) {
        return ModelFormat.forFile("model.onnx").read(file);
    }

    private static Path file(String name) {
        if (name.startsWith(ZOO)) {
            return Zoo.find(name.substring(ZOO.length())).model();
        }
        return name.startsWith(SHARED) ? shared().resolve(name.substring(SHARED.length())) : Path.of(name);
    }

    private static Path shared() {
        String named = System.getProperty(SHARED_PROPERTY, System.getenv("LANEWISE_SHARED"));
        if (named != null) {
            return Path.of(named).resolve("models");
        }
        for (Path folder = Path.of("").toAbsolutePath(); folder != null; folder = folder.getParent()) {
            Path models = folder.resolve("shared").resolve("models");
            if (Files.isDirectory(models)) {
                return models;
            }
        }
        throw new IllegalArgumentException("no folder shared/models here or above: LANEWISE_SHARED may name it");
    }

    private static Map<String, Integer> dims(String list) {
        Map<String, Integer> dims = new HashMap<>();
        for (String dim : list.split(",", -1)) {
            String[] pair = dim.split("=", -1);
            if (pair.length != 2 || !pair[1].matches("\\d{1,9}")) {
                throw new IllegalArgumentException("'" + dim + "': expected DIM=SIZE");
            }
            dims.put(pair[0], Integer.valueOf(pair[1]));
        }
        return dims;
    }

    private static Map<String, OnnxValue> random(Model model, Map<String, Integer> dims) {
        Map<String, OnnxValue> inputs = new LinkedHashMap<>();
        Random random = new Random(1);
        for (ValueInfo input : model.graph().inputs()) {
            if (model.graph().initializers().containsKey(input.name())) {
                continue;
            }
            if (!(input.type() instanceof ValueType.Of(DataType type, PartialShape shape)) || !shape.isRanked()) {
                throw new IllegalArgumentException("no random values for input " + input);
            }
            String range = model.metadata().getOrDefault(BuiltModels.RANGE + input.name(), "1,2");
            inputs.put(input.name(), random(type, shape(input.name(), shape, dims), range.split(",", -1), random));
        }
        return inputs;
    }

    private static Shape shape(String input, PartialShape declared, Map<String, Integer> dims) {
        long[] sizes = declared.toArray();
        for (int axis = 0; axis < sizes.length; axis++) {
            if (sizes[axis] <= 0) {
                @Nullable String name = declared.name(axis);
                Integer byAxis = dims.get(input + ":" + axis);
                sizes[axis] = byAxis != null ? byAxis : name == null ? 1 : dims.getOrDefault(name, 1);
            }
        }
        return Shape.of(sizes);
    }

    private static Tensor random(DataType type, Shape shape, String[] range, Random random) {
        Tensor tensor = Tensor.allocate(type, shape);
        long from = Long.parseLong(range[0]);
        long to = Long.parseLong(range[1]);
        switch (tensor.storage()) {
            case float[] values -> {
                for (int i = 0; i < values.length; i++) {
                    values[i] = (float) random.nextGaussian();
                }
            }
            case byte[] values -> random.nextBytes(values);
            case long[] values -> Arrays.setAll(values, i -> random.nextLong(from, to));
            default -> throw new IllegalArgumentException("no random " + type.onnxName() + " inputs");
        }
        return tensor;
    }
}
