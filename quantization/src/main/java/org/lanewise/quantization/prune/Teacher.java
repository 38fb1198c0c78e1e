package org.lanewise.quantization.prune;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.lanewise.quantization.model.BackwardGraph;
import org.lanewise.quantization.model.Feed;
import org.lanewise.quantization.model.Graphs;
import org.lanewise.runtime.graph.Model;
import org.lanewise.runtime.session.Session;
import org.lanewise.runtime.session.SessionOptions;
import org.lanewise.runtime.tensor.FloatTensor;
import org.lanewise.runtime.tensor.OnnxValue;

/** The model whose scores another one is to give, and how far from them it is. */
final class Teacher implements AutoCloseable {
    private final List<BackwardGraph.Seed> seeds;
    private final SessionOptions options;
    private final Session session;
    private final Map<String, Double> weights = new LinkedHashMap<>();

    /** With the scores {@code seeds} of {@code model}. */
    Teacher(Model model, List<BackwardGraph.Seed> seeds, SessionOptions options) {
        this.seeds = seeds;
        this.options = options;
        this.session = open(model);
    }

    /** Has errors be relative to the mean of the squares of scores over {@code samples}; comes before everything else. */
    void weigh(List<Map<String, OnnxValue>> samples) {
        Map<String, Double> energies = new LinkedHashMap<>();
        for (Map<String, OnnxValue> sample : samples) {
            Map<String, OnnxValue> scores = scores(sample);
            for (BackwardGraph.Seed seed : seeds) {
                if (scores.get(seed.value()) instanceof FloatTensor own) {
                    energies.merge(seed.value(), square(own, null, seed.centered()), Double::sum);
                }
            }
        }
        energies.forEach((name, energy) -> weights.put(name, samples.size() / Math.max(energy, Float.MIN_NORMAL)));
    }

    private Session open(Model model) {
        List<String> values = seeds.stream().map(BackwardGraph.Seed::value).toList();
        return Session.open(model.withGraph(Graphs.upTo(model.graph(), values)), options);
    }

    /** What the squared error of each of the scores is multiplied by, so that it is relative to the mean of their squares. */
    Map<String, Double> weights() {
        return weights;
    }

    /** What the scores of a sample should be. */
    Map<String, OnnxValue> scores(Map<String, OnnxValue> sample) {
        return Feed.run(session, sample);
    }

    /** The squared error of the scores of {@code model} over {@code samples}, relative to their squares and averaged over the scores there are. */
    double error(Model model, List<Map<String, OnnxValue>> samples) {
        double error = 0;
        try (Session other = open(model)) {
            for (Map<String, OnnxValue> sample : samples) {
                Map<String, OnnxValue> wanted = scores(sample);
                Map<String, OnnxValue> got = Feed.run(other, sample);
                for (BackwardGraph.Seed seed : seeds) {
                    if (wanted.get(seed.value()) instanceof FloatTensor own
                            && got.get(seed.value()) instanceof FloatTensor its) {
                        double weight = Objects.requireNonNull(weights.get(seed.value()));
                        error += weight * square(own, its, seed.centered());
                    }
                }
            }
        }
        // An error that is no number is no better than any
        return Double.isNaN(error) ? Double.POSITIVE_INFINITY : error / samples.size() / weights.size();
    }

    /** The squared difference, without the mean of each row where only differences along the last axis matter. */
    private static double square(FloatTensor a, @Nullable FloatTensor b, boolean centered) {
        int length = a.shape().rank() == 0 ? 1 : a.shape().dim(-1);
        double sum = 0;
        for (int from = 0; from < a.size(); from += length) {
            double mean = 0;
            double squares = 0;
            for (int i = from; i < from + length; i++) {
                double d = a.array()[a.offset() + i] - (b == null ? 0 : b.array()[b.offset() + i]);
                mean += d / length;
                squares += d * d;
            }
            sum += centered ? squares - length * mean * mean : squares;
        }
        return sum;
    }

    @Override
    public void close() {
        session.close();
    }
}
