package org.lanewise.cli;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.lanewise.cli.input.ClassNumbers;
import org.lanewise.cli.input.DataSamples;
import org.lanewise.cli.input.InputException;
import org.lanewise.quantization.CalibrationData;
import org.lanewise.runtime.graph.Model;
import org.lanewise.runtime.graph.ValueInfo;
import org.lanewise.runtime.session.Session;
import org.lanewise.runtime.session.SessionOptions;
import org.lanewise.runtime.tensor.OnnxValue;
import org.lanewise.runtime.tensor.PartialShape;
import org.lanewise.runtime.tensor.Shape;
import org.lanewise.runtime.tensor.Tensor;
import org.lanewise.runtime.tensor.ValueType;
import org.lanewise.testmodels.ImageInput;

/** Files as calibration data: read when they are needed, each time anew, so that one sample is in memory. */
final class CalibrationSamples implements CalibrationData {
    /** A sample of one of the files or folders. */
    private record Place(DataSamples data, int index) {}

    private final List<Place> places;
    private final int batch;
    private final List<Integer> labels;

    private CalibrationSamples(List<Place> places, int batch, List<Integer> labels) {
        this.places = places;
        this.batch = batch;
        this.labels = labels;
    }

    /** Says the right classes of samples. */
    interface Classes {
        /** Numbers, one a sample; empty if they are not known. */
        ClassNumbers of(DataSamples samples) throws IOException;
    }

    /**
     * Finds the samples.
     *
     * @param limit at most so many, evenly spread over all
     * @param how what is to be done with an image for an input
     * @param classes says the right classes
     */
    static CalibrationSamples of(
            List<Path> paths, int limit, Session session, Function<ValueInfo, ImageInput> how, Classes classes)
            throws IOException {
        List<Place> all = new ArrayList<>();
        List<Integer> numbers = new ArrayList<>();
        for (Path path : paths) {
            DataSamples samples = DataSamples.of(path, session, how);
            for (int i = 0; i < samples.size(); i++) {
                all.add(new Place(samples, i));
            }
            numbers.addAll(classes.of(samples).numbers());
        }
        boolean known = numbers.size() == all.size();
        List<Integer> labels = new ArrayList<>();
        int count = Math.min(limit, all.size());
        List<Place> places = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            int at = (int) ((long) i * all.size() / count);
            places.add(all.get(at));
            if (known) {
                labels.add(numbers.get(at));
            }
        }
        int batch = places.isEmpty() ? 1 : batch(session, places.getFirst());
        if (batch > places.size()) {
            throw new InputException("the model takes batches of " + batch + ", but there are only " + places.size()
                    + " samples to calibrate with");
        }
        return new CalibrationSamples(places, batch, labels);
    }

    /**
     * Finds the samples for a command.
     *
     * @param limit at most so many, evenly spread over all
     * @param reference where the model comes from
     * @param pixels what is to be done with an image
     * @param labels what {@code --labels} says, {@code null} if it is not given
     */
    static CalibrationSamples of(
            List<Path> paths,
            int limit,
            ModelReference reference,
            Model model,
            PixelMixin pixels,
            @Nullable String labels)
            throws IOException {
        try (Session raw =
                Session.open(model, SessionOptions.DEFAULT.withThreads(1).raw())) {
            return of(
                    paths,
                    limit,
                    raw,
                    input -> pixels.how(input, reference.metadata(model)),
                    found -> LabelChoice.of(labels, reference, model, found));
        }
    }

    /** How many samples are one input: as many as the model's fixed batch, where a sample has one. */
    private static int batch(Session session, Place first) throws IOException {
        if (session.inputs().size() != 1) {
            return 1;
        }
        ValueInfo input = session.inputs().getFirst();
        PartialShape declared = input.type() instanceof ValueType.Of tensor ? tensor.shape() : PartialShape.unranked();
        if (declared.rank() < 1
                || declared.dim(0) <= 1
                || !(first.data.read(first.index).get(input.name()) instanceof Tensor sample)) {
            return 1;
        }
        boolean single =
                sample.shape().rank() == declared.rank() && sample.shape().dim(0) == 1;
        return single ? (int) declared.dim(0) : 1;
    }

    @Override
    public long size() {
        return places.size() / batch;
    }

    @Override
    public List<Integer> labels() {
        return labels;
    }

    @Override
    public void forEach(long limit, Consumer<Map<String, OnnxValue>> action) {
        try {
            for (int i = 0; i < Math.min(limit, size()); i++) {
                List<Map<String, OnnxValue>> parts = new ArrayList<>();
                for (Place place : places.subList(i * batch, (i + 1) * batch)) {
                    parts.add(place.data.read(place.index));
                }
                action.accept(parts.size() == 1 ? parts.getFirst() : stacked(parts));
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Map<String, OnnxValue> stacked(List<Map<String, OnnxValue>> parts) {
        Map<String, OnnxValue> result = new LinkedHashMap<>();
        parts.getFirst().forEach((name, value) -> {
            if (value instanceof Tensor first) {
                Shape shape = first.shape();
                Tensor all = Tensor.allocate(first.type(), shape.with(0, parts.size()));
                for (int i = 0; i < parts.size(); i++) {
                    if (!(parts.get(i).get(name) instanceof Tensor part)
                            || !part.shape().equals(shape)) {
                        throw new InputException("samples of one batch must have one shape, '" + name + "' has " + shape
                                + " and " + parts.get(i).get(name));
                    }
                    all.copyFrom(i * first.size(), part, 0, first.size());
                }
                result.put(name, all);
            }
        });
        return result;
    }
}
