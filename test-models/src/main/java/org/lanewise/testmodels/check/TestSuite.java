package org.lanewise.testmodels.check;

import java.io.IOException;
import java.nio.file.FileSystem;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The tests under a path: a folder with {@code model.onnx} and {@code test_data_set_*}, or a folder or {@code .zip} file
 * of such folders, at any depth. Also found are the light models of the ONNX backend tests: {@code NAME.onnx} beside
 * {@code NAME_output_0.pb}.
 *
 * <p>A {@code MANIFEST.tsv} at the top with the columns {@code name} and {@code random} says which outputs are random;
 * {@code data.json} files with {@code url}, {@code rtol} and {@code atol} prescribe the tolerance of the light model
 * that the URL names.
 */
public final class TestSuite implements AutoCloseable {
    private static final int MAX_DEPTH = 8;
    private static final String MODEL = "model.onnx";

    private final @Nullable FileSystem zip;
    private final Path root;
    private final @Nullable Path model;
    private final Set<String> random;
    private final Map<String, Tolerance> prescribed = new HashMap<>();
    private final List<TestCase> tests = new ArrayList<>();
    private final List<String> withoutModel = new ArrayList<>();

    private TestSuite(@Nullable FileSystem zip, Path root, @Nullable Path model) throws IOException {
        this.zip = zip;
        this.root = root;
        this.model = model;
        this.random = Manifest.randomTests(root);
    }

    /**
     * Finds the tests.
     *
     * @param path a folder or a zip file
     * @param model the model to use in place of those found, or {@code null}
     * @throws IOException if they cannot be read
     */
    public static TestSuite open(Path path, @Nullable Path model) throws IOException {
        FileSystem zip = Files.isDirectory(path) ? null : FileSystems.newFileSystem(path);
        try {
            TestSuite suite = new TestSuite(
                    zip,
                    zip == null ? path : zip.getRootDirectories().iterator().next(),
                    model);
            suite.find();
            return suite;
        } catch (IOException | RuntimeException e) {
            if (zip != null) {
                zip.close();
            }
            throw e;
        }
    }

    /** The tests, in the order of their names. */
    public List<TestCase> tests() {
        return List.copyOf(tests);
    }

    /** Names of folders with data sets but no model. */
    public List<String> withoutModel() {
        return List.copyOf(withoutModel);
    }

    private void find() throws IOException {
        Set<Path> folders = new HashSet<>();
        List<Path> lightOutputs = new ArrayList<>();
        try (Stream<Path> files = Files.walk(root, MAX_DEPTH)) {
            for (Path file : (Iterable<Path>) files::iterator) {
                String name = DataSet.fileName(file);
                Path parent = file.getParent();
                if (parent == null) {
                    continue;
                }
                if (name.startsWith(DataSet.PREFIX) && Files.isDirectory(file)) {
                    folders.add(parent);
                } else if (name.endsWith("_output_0.pb")) {
                    lightOutputs.add(file);
                } else if (name.equals("data.json")) {
                    Manifest.readTolerance(file, prescribed);
                }
            }
        }
        for (Path folder : folders) {
            addFolder(folder);
        }
        for (Path output : lightOutputs) {
            addLight(output);
        }
        tests.sort((a, b) -> a.name().compareTo(b.name()));
        withoutModel.sort(null);
    }

    private void addFolder(Path folder) throws IOException {
        String name = name(folder);
        Path own = folder.resolve(MODEL);
        if (model != null || Files.isRegularFile(own)) {
            boolean isRandom = random.contains(name) || random.contains(DataSet.fileName(folder));
            tests.add(new TestCase(name, model == null ? own : model, DataSet.in(folder), isRandom, null));
        } else {
            withoutModel.add(name);
        }
    }

    private void addLight(Path output) {
        String fileName = DataSet.fileName(output);
        String light = fileName.substring(0, fileName.length() - "_output_0.pb".length());
        Path file = output.resolveSibling(light + ".onnx");
        Path folder = output.getParent();
        if (folder != null && model == null && Files.isRegularFile(file)) {
            DataSet data = new DataSet(light, List.of(), DataSet.numbered(folder, light + "_output_"), true);
            tests.add(new TestCase(name(file), file, List.of(data), false, prescribed.get(light + ".onnx")));
        }
    }

    /** Where it is below the top; the top's own name for the top itself. */
    private String name(Path path) {
        String relative = root.relativize(path).toString();
        if (relative.isEmpty()) {
            return DataSet.fileName(root.toAbsolutePath().normalize());
        }
        String name = relative.replace('\\', '/');
        return name.endsWith(".onnx") ? name.substring(0, name.length() - ".onnx".length()) : name;
    }

    @Override
    public void close() throws IOException {
        if (zip != null) {
            zip.close();
        }
    }
}
