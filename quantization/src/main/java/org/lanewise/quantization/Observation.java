package org.lanewise.quantization;

import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.lanewise.quantization.model.Feed;
import org.lanewise.runtime.graph.Model;
import org.lanewise.runtime.session.SessionOptions;
import org.lanewise.runtime.tensor.FloatTensor;
import org.lanewise.runtime.tensor.OnnxValue;

/** What calibration sees: a histogram for each value, and the mean of each channel of the values that enter layers. Memory does not grow with the number of samples. */
final class Observation {
    private final Map<String, Histogram> histograms = new LinkedHashMap<>();
    private final Map<String, ChannelMeans> means = new LinkedHashMap<>();

    /**
     * Runs {@code model} on all samples.
     *
     * @param values values to make histograms of
     * @param channelAxes values to take means of, with the axis of their channels
     */
    static Observation run(
            Model model,
            Collection<String> values,
            Map<String, Integer> channelAxes,
            CalibrationData data,
            SessionOptions options,
            ProgressListener progress) {
        Observation observation = new Observation();
        values.forEach(value -> observation.histograms.put(value, new Histogram()));
        channelAxes.forEach((value, axis) -> observation.means.put(value, new ChannelMeans(axis)));
        Set<String> watched = new LinkedHashSet<>(values);
        watched.addAll(channelAxes.keySet());
        Feed feed = new Feed(data, progress);
        feed.run(model, watched, options, "calibrating", data.size(), observation::add);
        return observation;
    }

    private void add(Map<String, OnnxValue> values) {
        histograms.forEach((name, histogram) -> {
            if (values.get(name) instanceof FloatTensor tensor) {
                try {
                    histogram.add(tensor.array(), tensor.offset(), tensor.offset() + tensor.size());
                } catch (IllegalArgumentException e) {
                    throw new QuantizationException("value '" + name + "' has " + e.getMessage()
                            + ", so it has no range: does the fp32 model work on this input?");
                }
            }
        });
        means.forEach((name, mean) -> {
            if (values.get(name) instanceof FloatTensor tensor) {
                mean.add(tensor);
            }
        });
    }

    /** The histogram of a value. */
    Histogram histogram(String value) {
        Histogram histogram = histograms.get(value);
        if (histogram == null) {
            throw new IllegalStateException("'" + value + "' was not observed");
        }
        return histogram;
    }

    /** The mean of each channel of a value, or {@code null} if they were not taken. */
    double @Nullable [] means(String value) {
        ChannelMeans mean = means.get(value);
        return mean == null ? null : mean.means();
    }
}
