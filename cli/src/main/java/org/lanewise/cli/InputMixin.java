package org.lanewise.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.lanewise.cli.input.CsvFile;
import org.lanewise.cli.input.InputException;
import org.lanewise.cli.input.RandomInputs;
import org.lanewise.loaders.numpy.NpyFile;
import org.lanewise.loaders.onnx.OnnxTensors;
import org.lanewise.runtime.graph.ValueInfo;
import org.lanewise.runtime.session.Session;
import org.lanewise.runtime.tensor.DataType;
import org.lanewise.runtime.tensor.OnnxValue;
import org.lanewise.runtime.tensor.PartialShape;
import org.lanewise.runtime.tensor.ValueType;
import org.lanewise.testmodels.check.DataSet;
import org.lanewise.testmodels.check.TestRunner;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;

/** The options that give a model its inputs. */
final class InputMixin {
    @Option(
            names = "--input",
            paramLabel = "NAME=FILE",
            description = "A .npy, .pb (TensorProto) or .csv file as input NAME.")
    private List<String> files = new ArrayList<>();

    @Option(names = "--inputs", paramLabel = "DIR", description = "All inputs from a test_data_set folder.")
    private @Nullable Path folder;

    @Option(names = "--random", description = "Random values for the inputs not given otherwise.")
    private boolean random;

    @Option(names = "--seed", paramLabel = "N", description = "Seed of --random; default 0.")
    private long seed;

    @Option(
            names = "--dim",
            paramLabel = "NAME=SIZE",
            description = "Size of an open dimension for --random (default 1), by its name or INPUT:AXIS.")
    private Map<String, Integer> dims = new LinkedHashMap<>();

    /** Refuses what says how inputs become random where none do unless that is asked for. */
    void refuseAlone(CommandSpec spec) {
        Needs.check(spec, random, "--random", List.of("--seed", "--dim"));
    }

    /** The values the options give, without images. */
    Map<String, OnnxValue> read(Session session) throws IOException {
        Map<String, OnnxValue> values = new LinkedHashMap<>();
        if (folder != null) {
            values.putAll(readFolder(folder, session));
        }
        for (Map.Entry<String, String> entry : filesByName().entrySet()) {
            values.put(entry.getKey(), readFile(Path.of(entry.getValue()), input(session, entry.getKey())));
        }
        return values;
    }

    private Map<String, String> filesByName() {
        Map<String, String> byName = new LinkedHashMap<>();
        for (String entry : files) {
            int equals = entry.indexOf('=');
            String name = equals < 0 ? "" : entry.substring(0, equals);
            if (name.isEmpty()) {
                throw new CliException("--input " + entry + ": expected NAME=FILE");
            }
            if (byName.put(name, entry.substring(equals + 1)) != null) {
                throw new CliException("--input gives '" + name + "' twice");
            }
        }
        return byName;
    }

    /** The inputs of a model that {@code values} lacks. */
    static List<ValueInfo> missing(Session session, Map<String, OnnxValue> values) {
        return session.inputs().stream()
                .filter(input -> !values.containsKey(input.name()))
                .toList();
    }

    /** Adds random values for what is missing, if that is asked for; says what to do if it is not. */
    void complete(Session session, Map<String, OnnxValue> values, String otherOptions) {
        List<ValueInfo> missing = missing(session, values);
        if (random) {
            values.putAll(new RandomInputs(seed, dims).of(missing));
        } else if (!missing.isEmpty() && values.isEmpty()) {
            throw new CliException("no input is given: use " + otherOptions
                    + "--input NAME=FILE, --inputs DIR or --random; the model takes " + missing);
        }
    }

    /** The values the options give, the others random. */
    Map<String, OnnxValue> readOrRandom(Session session) throws IOException {
        Map<String, OnnxValue> values = read(session);
        values.putAll(new RandomInputs(seed, dims).of(missing(session, values)));
        return values;
    }

    private static Map<String, OnnxValue> readFolder(Path folder, Session session) {
        if (!Files.isDirectory(folder)) {
            throw new CliException("no such folder: " + folder);
        }
        DataSet data = DataSet.of(folder);
        if (data.inputs().isEmpty() && !session.inputs().isEmpty()) {
            throw new CliException(folder + " has no input_0.pb, expected a test_data_set folder");
        }
        return TestRunner.readInputs(session, data);
    }

    private static ValueInfo input(Session session, String name) {
        List<ValueInfo> inputs = session.model().graph().inputs();
        return inputs.stream()
                .filter(input -> input.name().equals(name))
                .findAny()
                .orElseThrow(
                        () -> new CliException("unknown input '" + name + "': the model expects " + session.inputs()));
    }

    private static OnnxValue readFile(Path file, ValueInfo input) throws IOException {
        if (!Files.isRegularFile(file)) {
            throw new CliException(
                    (Files.isDirectory(file) ? "a folder, not a file: " : "no such input file: ") + file);
        }
        String name = file.toString().toLowerCase(Locale.ROOT);
        ValueType type = input.type();
        if (name.endsWith(".npy")) {
            return NpyFile.read(file);
        }
        if (name.endsWith(".pb")) {
            return type == null ? OnnxTensors.readTensor(file) : OnnxTensors.read(file, type);
        }
        if (name.endsWith(".csv")) {
            return type instanceof ValueType.Of(DataType elements, PartialShape shape)
                    ? CsvFile.read(file).tensor(elements, shape)
                    : CsvFile.read(file).tensor(DataType.FLOAT, PartialShape.unranked());
        }
        throw new InputException(file + " is of no known kind: expected .npy, .pb or .csv");
    }
}
