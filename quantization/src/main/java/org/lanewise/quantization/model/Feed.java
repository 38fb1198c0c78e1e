package org.lanewise.quantization.model;

import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import org.lanewise.quantization.CalibrationData;
import org.lanewise.quantization.ProgressListener;
import org.lanewise.quantization.QuantizationException;
import org.lanewise.runtime.RunException;
import org.lanewise.runtime.graph.Graph;
import org.lanewise.runtime.graph.Model;
import org.lanewise.runtime.graph.ValueInfo;
import org.lanewise.runtime.session.Session;
import org.lanewise.runtime.session.SessionOptions;
import org.lanewise.runtime.tensor.OnnxValue;
import org.lanewise.runtime.tensor.PartialShape;
import org.lanewise.runtime.tensor.Tensor;
import org.lanewise.runtime.tensor.ValueType;

/**
 * Samples given to sessions.
 *
 * @param data the samples
 * @param progress hears of every sample that is done
 */
public record Feed(CalibrationData data, ProgressListener progress) {
    /** Runs {@code model} on the first {@code limit} samples; {@code action} gets inputs, outputs and the values {@code watched}. */
    public void run(
            Model model,
            Collection<String> watched,
            SessionOptions options,
            String phase,
            long limit,
            Consumer<Map<String, OnnxValue>> action) {
        run(model.withGraph(Graphs.exposing(model.graph(), watched)), options, phase, limit, action);
    }

    /** Runs as much of {@code model} as the values {@code watched} need; {@code action} gets inputs and these values. */
    public void runUpTo(
            Model model,
            Collection<String> watched,
            SessionOptions options,
            String phase,
            Consumer<Map<String, OnnxValue>> action) {
        Graph part = Graphs.upTo(model.graph(), watched);
        if (part.nodes().isEmpty()) {
            data.forEach(data.size(), action);
        } else {
            run(model.withGraph(part), options, phase, data.size(), action);
        }
    }

    /**
     * Runs as much of two models as {@code watched} need, side by side; {@code action} gets the inputs and values of {@code model}, then those of {@code other}.
     */
    public void runBoth(
            Model model,
            Model other,
            Collection<String> watched,
            SessionOptions options,
            String phase,
            BiConsumer<Map<String, OnnxValue>, Map<String, OnnxValue>> action) {
        Model part = other.withGraph(Graphs.upTo(other.graph(), watched));
        try (Session beside = Session.open(part, options)) {
            runUpTo(model, watched, options, phase, values -> action.accept(values, run(beside, values)));
        }
    }

    private void run(
            Model exposed, SessionOptions options, String phase, long limit, Consumer<Map<String, OnnxValue>> action) {
        if (data.size() == 0) {
            throw new QuantizationException("there is no calibration data: give at least one sample");
        }
        long total = Math.min(limit, data.size());
        long[] done = {0};
        try (Session session = Session.open(exposed, options)) {
            data.forEach(total, sample -> {
                Map<String, OnnxValue> values = new LinkedHashMap<>(sample);
                try {
                    values.putAll(session.run(sample, null));
                } catch (RunException e) {
                    throw new QuantizationException("calibration sample " + (done[0] + 1) + ": " + e.getMessage());
                }
                action.accept(values);
                progress.progress(phase, ++done[0], total);
            });
        }
    }

    /** Runs {@code session} on those of {@code values} that are its inputs. */
    public static Map<String, OnnxValue> run(Session session, Map<String, OnnxValue> values) {
        Map<String, OnnxValue> inputs = new LinkedHashMap<>();
        for (ValueInfo input : session.inputs()) {
            OnnxValue value = values.get(input.name());
            if (value != null) {
                inputs.put(input.name(), value);
            }
        }
        return session.run(inputs, null);
    }

    /** The types of a sample's tensors. */
    public static Map<String, ValueType> types(Map<String, OnnxValue> sample) {
        Map<String, ValueType> types = new LinkedHashMap<>();
        sample.forEach((name, value) -> {
            if (value instanceof Tensor tensor) {
                types.put(name, ValueType.tensor(tensor.type(), PartialShape.of(tensor.shape())));
            }
        });
        return types;
    }
}
