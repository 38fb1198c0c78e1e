package org.lanewise.cli.input;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.lanewise.loaders.numpy.NpyFile;
import org.lanewise.runtime.graph.ValueInfo;
import org.lanewise.runtime.session.Session;
import org.lanewise.runtime.tensor.DataType;
import org.lanewise.runtime.tensor.OnnxValue;
import org.lanewise.runtime.tensor.PartialShape;
import org.lanewise.runtime.tensor.Shape;
import org.lanewise.runtime.tensor.Tensor;
import org.lanewise.runtime.tensor.ValueType;
import org.lanewise.testmodels.ImageInput;
import org.lanewise.testmodels.check.DataSet;
import org.lanewise.testmodels.check.TestRunner;

/**
 * Real inputs of a model, read one at a time:
 *
 * <ul>
 *   <li>a folder of images and {@code .npy} files, one sample each, also in folders within it, which may stand for classes;
 *   <li>a folder with {@code test_data_set_*} folders, for models with any inputs;
 *   <li>a {@code .npy} file with samples along its first axis;
 *   <li>a {@code .csv} file, a sample a row;
 *   <li>a {@code .bin} file of CIFAR-10, with its labels.
 * </ul>
 */
public final class DataSamples {
    private static final List<String> IMAGES = List.of(".png", ".jpg", ".jpeg", ".bmp", ".gif");
    private static final String EXPECTED = "expected a folder of images, .npy files or test_data_set_* folders, or a"
            + " .npy, .csv or (CIFAR-10) .bin file";

    private final List<Place> places;

    private DataSamples(List<Place> places) {
        this.places = places;
    }

    /** Reads a sample when it is asked for. */
    private interface Reader {
        Map<String, OnnxValue> read() throws IOException;
    }

    /** A sample, its file's folder within the data, and its class, -1 where the data does not say. */
    private record Place(String name, String folder, Reader reader, int label) {}

    /**
     * Finds the samples.
     *
     * @param data a file or folder
     * @param session a session of the model they are for
     * @param how what is to be done with an image for an input; asked only if there are images
     * @throws InputException if there are none, or the model takes several inputs and the data has one
     */
    public static DataSamples of(Path data, Session session, Function<ValueInfo, ImageInput> how) throws IOException {
        if (!Files.exists(data)) {
            throw new InputException("no such data: " + data + "; " + EXPECTED);
        }
        List<Place> places = Files.isDirectory(data) ? recorded(data, session) : List.of();
        if (places.isEmpty()) {
            if (session.inputs().size() != 1) {
                throw new InputException("the model takes " + session.inputs().size() + " inputs, " + session.inputs()
                        + ": give a folder with test_data_set_* folders that have input_0.pb, input_1.pb, ...");
            }
            places = new Finder(session.inputs().getFirst(), how).find(data);
        }
        if (places.isEmpty()) {
            throw new InputException(data + " has no samples; " + EXPECTED);
        }
        return new DataSamples(places);
    }

    /** How many there are. */
    public int size() {
        return places.size();
    }

    /** Name of sample {@code i}. */
    public String name(int i) {
        return places.get(i).name;
    }

    /** Folder of sample {@code i}. */
    public String folder(int i) {
        return places.get(i).folder;
    }

    /** Label of sample {@code i}, -1 where the data does not say. */
    public int label(int i) {
        return places.get(i).label;
    }

    /** Reads sample {@code i}. */
    public Map<String, OnnxValue> read(int i) throws IOException {
        return places.get(i).reader.read();
    }

    private static List<Place> recorded(Path folder, Session session) throws IOException {
        List<Path> sets = new ArrayList<>();
        if (Files.isRegularFile(folder.resolve("input_0.pb"))) {
            sets.add(folder);
        } else {
            try (Stream<Path> children = Files.list(folder)) {
                children.filter(child -> name(child).startsWith(DataSet.PREFIX) && Files.isDirectory(child))
                        .sorted(Comparator.comparingInt(
                                        (Path child) -> name(child).length())
                                .thenComparing(child -> name(child)))
                        .forEach(sets::add);
            }
        }
        return sets.stream()
                .map(set -> new Place(name(set), "", () -> TestRunner.readInputs(session, DataSet.of(set)), -1))
                .toList();
    }

    private static String name(@Nullable Path path) {
        Path name = path == null ? null : path.getFileName();
        return name == null ? "" : name.toString();
    }

    /** Finds samples for the only input. */
    private record Finder(ValueInfo input, Function<ValueInfo, ImageInput> how) {
        List<Place> find(Path data) throws IOException {
            if (Files.isDirectory(data)) {
                return inFolder(data);
            }
            return switch (ending(data)) {
                case ".npy" -> batch(data);
                case ".csv" -> table(data);
                case ".bin" -> cifar(data);
                default -> IMAGES.contains(ending(data)) ? List.of(place(data, "")) : List.<Place>of();
            };
        }

        private List<Place> inFolder(Path folder) throws IOException {
            List<Path> files;
            try (Stream<Path> walk = Files.walk(folder)) {
                files = walk.filter(Files::isRegularFile)
                        .filter(file -> ending(file).equals(".npy") || IMAGES.contains(ending(file)))
                        .sorted()
                        .toList();
            }
            return files.stream()
                    .map(file -> {
                        Path parent = folder.relativize(file).getParent();
                        return place(file, parent == null ? "" : parent.toString());
                    })
                    .toList();
        }

        private Place place(Path file, String folder) {
            Reader reader = ending(file).equals(".npy")
                    ? () -> Map.of(input.name(), fitted(file, NpyFile.read(file)))
                    : () -> Map.of(
                            input.name(),
                            ImageFile.read(file, how.apply(input), type()).tensor());
            return new Place(name(file), folder, reader, -1);
        }

        private List<Place> batch(Path file) {
            Tensor all = NpyFile.read(file);
            Shape shape = all.shape();
            if (shape.rank() == 0 || declared().isRanked() && declared().accepts(withBatch(shape))) {
                return List.of(new Place(name(file), "", () -> Map.of(input.name(), fitted(file, all)), -1));
            }
            int batch = (int) Math.max(1, declaredBatch());
            Shape part = shape.with(0, batch);
            List<Place> places = new ArrayList<>();
            for (int i = 0; i + batch <= shape.dim(0); i += batch) {
                int start = i * (shape.size() / shape.dim(0));
                places.add(new Place(
                        name(file) + "[" + i + "]",
                        "",
                        () -> Map.of(input.name(), fitted(file, all.slice(start, part))),
                        -1));
            }
            return places;
        }

        private static Shape withBatch(Shape shape) {
            int[] dims = new int[shape.rank() + 1];
            dims[0] = 1;
            System.arraycopy(shape.toArray(), 0, dims, 1, shape.rank());
            return Shape.of(dims);
        }

        private List<Place> table(Path file) throws IOException {
            List<List<String>> rows = CsvFile.read(file).rows();
            PartialShape one = declared().isRanked() && declared().rank() > 0 && declaredBatch() < 0
                    ? declared().with(0, 1)
                    : declared();
            List<Place> places = new ArrayList<>();
            for (int i = 0; i < rows.size(); i++) {
                CsvFile row = new CsvFile(file, List.of(rows.get(i)));
                places.add(new Place(
                        name(file) + ":" + (i + 1), "", () -> Map.of(input.name(), row.tensor(type(), one)), -1));
            }
            return places;
        }

        private List<Place> cifar(Path file) throws IOException {
            CifarFile images = CifarFile.open(file);
            List<Place> places = new ArrayList<>();
            for (int i = 0; i < images.count(); i++) {
                int at = i;
                String name = name(file) + "[" + i + "]";
                places.add(new Place(
                        name,
                        "",
                        () -> Map.of(
                                input.name(),
                                ImageFile.of(images.pixels(at), name, how.apply(input), type())
                                        .tensor()),
                        images.label(i)));
            }
            return places;
        }

        /** A sample of a file in the type and, where that is plain, the shape that the model declares. */
        private Tensor fitted(Path file, Tensor sample) {
            Shape shape = shape(sample.shape());
            Tensor shaped = shape.size() == sample.size() ? sample.reshape(shape) : sample;
            if (shaped.type() == type()) {
                return shaped;
            }
            if (shaped.type() == DataType.STRING || type() == DataType.STRING) {
                throw new InputException(file + " has " + shaped + ", the model takes " + input);
            }
            return Elements.of(type(), shaped.shape(), shaped::getDouble);
        }

        private Shape shape(Shape own) {
            if (!declared().isRanked() || declared().rank() == 0 || declared().accepts(own)) {
                return own;
            }
            if (declared().accepts(withBatch(own))) {
                return withBatch(own);
            }
            PartialShape one = declaredBatch() < 0 ? declared().with(0, own.rank() == 0 ? 1 : own.dim(0)) : declared();
            return one.isKnown() ? one.toShape() : own;
        }

        private PartialShape declared() {
            return input.type() instanceof ValueType.Of(DataType ignored, PartialShape shape)
                    ? shape
                    : PartialShape.unranked();
        }

        private long declaredBatch() {
            return declared().isRanked() && declared().rank() > 0 ? declared().dim(0) : -1;
        }

        private DataType type() {
            return input.type() instanceof ValueType.Of(DataType type, PartialShape ignored) ? type : DataType.FLOAT;
        }

        private static String ending(Path file) {
            String name = name(file).toLowerCase(Locale.ROOT);
            return name.substring(Math.max(0, name.lastIndexOf('.')));
        }
    }
}
