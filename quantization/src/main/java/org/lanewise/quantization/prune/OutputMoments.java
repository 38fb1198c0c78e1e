package org.lanewise.quantization.prune;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.lanewise.quantization.model.BackwardGraph;
import org.lanewise.quantization.model.Feed;
import org.lanewise.quantization.model.Hessian;
import org.lanewise.quantization.model.WeightLayer;
import org.lanewise.runtime.graph.Model;
import org.lanewise.runtime.session.Session;
import org.lanewise.runtime.session.SessionOptions;
import org.lanewise.runtime.tensor.FloatTensor;
import org.lanewise.runtime.tensor.OnnxValue;
import org.lanewise.runtime.tensor.ValueType;

/**
 * How much errors in a layer's weights cost at the model's scores z, to second order (Gauss-Newton). For a sample and a random direction v of the scores, the gradient of {@code v . z} with respect to the weights of output channel r
 * is {@code f[r] = sum over places p of g[r, p] x[p]}, g being the gradient with respect to the layer's output; over directions the mean of {@code (f[r] . d)^2} is the squared change of the scores that a change d of these weights
 * makes. So {@code F[r] = mean of f[r] f[r]^T} is what second moments of inputs only stand for: it knows where a {@code Relu} lets nothing pass, and that errors at different places may cancel out before the scores.
 */
final class OutputMoments {
    /** Multiplications that are spent on the moments of a tensor. */
    private static final double MOST_STEPS = 6e10;

    /** Bytes that they may take. */
    private static final long MOST_BYTES = 256L << 20;

    /** With fewer gradients there is no use in them but for their size. */
    private static final int LEAST = 64;

    private static final int WANTED = 2000;
    private static final int MOST_DIRECTIONS = 16;

    private final int rows;
    private final int columns;
    private final double[] energy;
    private final List<Hessian> moments = new ArrayList<>();
    private final float[] sum;
    /** Every so many gradients are taken, none if it is 0. */
    private final long step;

    private long count;
    private long answers;

    private OutputMoments(PrunableTensor tensor, long gradients) {
        this.rows = tensor.layer().outputs() / tensor.groups();
        this.columns = tensor.columns();
        this.energy = new double[rows];
        this.sum = new float[rows * columns];
        double all = 0.5 * tensor.size() * columns * gradients;
        this.step = bytes(tensor) == 0 ? 0 : (long) Math.ceil(all / MOST_STEPS);
        for (int row = 0; row < rows && step > 0; row++) {
            moments.add(new Hessian(columns));
        }
    }

    /** Whether moments are made of the gradients that are being summed. */
    private boolean isTaken() {
        return step > 0 && count % step == 0;
    }

    /** Bytes that those of all groups take; 0 if they would take too much, or too long. */
    static long bytes(PrunableTensor tensor) {
        long bytes = tensor.layer().outputs() * Hessian.bytes(tensor.columns());
        double steps = 0.5 * tensor.size() * tensor.columns() * LEAST;
        return bytes > MOST_BYTES || steps > MOST_STEPS ? 0 : bytes;
    }

    /** The mean square of the gradients of an output channel, summed over places. */
    double energy(int row) {
        return count == 0 ? 0 : energy[row] / count;
    }

    /** Rows of scores there were: independent answers that gradients are from. */
    long answers() {
        return answers;
    }

    /** Whether {@link #moments} are known and not only {@link #energy}. */
    boolean isExact() {
        return !moments.isEmpty();
    }

    /** F of an output channel, both halves. */
    double[] moments(int row) {
        if (energy[row] == 0) {
            return new double[columns * columns];
        }
        double[] full = moments.get(row).damped(0);
        for (int i = 0; i < full.length; i++) {
            full[i] /= Math.max(1, moments.get(row).rows());
        }
        return full;
    }

    private void add(float[] x, int from, FloatTensor gradient, int at, int apart) {
        boolean taken = isTaken();
        for (int row = 0; row < rows; row++) {
            float g = gradient.array()[gradient.offset() + at + row * apart];
            if (g != 0) {
                energy[row] += (double) g * g;
                for (int column = 0, to = row * columns; taken && column < columns; column++) {
                    sum[to + column] += g * x[from + column];
                }
            }
        }
    }

    /** All places of a sample and direction are added. */
    private void finish(long rowsOfScores) {
        if (isTaken()) {
            for (int row = 0; row < rows; row++) {
                moments.get(row).add(sum, row * columns);
            }
            Arrays.fill(sum, 0);
        }
        answers += rowsOfScores;
        count++;
    }

    /** Where rows and gradients come from. */
    private record Source(WeightLayer layer, Patches patches, OutputMoments moments) {}

    /**
     * Runs {@code model} forwards and backwards on all samples.
     *
     * @return for each tensor the moments of its groups; tensors whose gradients cannot be computed are missing
     */
    static Map<PrunableTensor, List<OutputMoments>> collect(
            Model model, List<PrunableTensor> tensors, Feed feed, SessionOptions session, String phase) {
        Collection collection = new Collection(model, tensors, feed, session);
        long total = feed.data().size();
        long[] done = {0};
        feed.data().forEach(total, sample -> {
            collection.add(sample);
            feed.progress().progress(phase, ++done[0], total);
        });
        return collection.finish();
    }

    /** A pass over the samples. */
    private static final class Collection {
        private final Model model;
        private final SessionOptions session;
        private final int count;
        private final Map<PrunableTensor, List<OutputMoments>> result = new LinkedHashMap<>();
        private final List<Source> sources = new ArrayList<>();
        private final Set<String> values = new LinkedHashSet<>();
        private final Set<String> watched = new LinkedHashSet<>();
        private final Directions directions = new Directions();
        private Map<String, ValueType> shapes = Map.of();
        private BackwardGraph.@Nullable Built built;
        private @Nullable Session opened;

        Collection(Model model, List<PrunableTensor> tensors, Feed feed, SessionOptions session) {
            this.model = model;
            this.session = session;
            long samples = Math.max(1, feed.data().size());
            this.count = (int) Math.clamp(Math.round((double) WANTED / samples), 1, MOST_DIRECTIONS);
            for (PrunableTensor tensor : tensors) {
                List<OutputMoments> groups = new ArrayList<>();
                for (int group = 0; group < tensor.groups(); group++) {
                    groups.add(new OutputMoments(tensor, samples * count));
                    for (WeightLayer use : tensor.uses()) {
                        sources.add(new Source(use, new Patches(use, group), groups.getLast()));
                        values.add(use.node().output(0));
                        watched.add(use.node().input(0));
                    }
                }
                result.put(tensor, groups);
            }
        }

        void add(Map<String, OnnxValue> sample) {
            BackwardGraph.Built graph = prepare(sample);
            for (int i = 0; i < count && opened != null; i++) {
                Map<String, OnnxValue> values = run(sample, graph.seeds());
                for (Source source : sources) {
                    add(
                            source,
                            values,
                            graph.gradients().get(source.layer.node().output(0)));
                }
                long rows = i > 0 ? 0 : rowsOfScores(graph);
                result.values().forEach(groups -> groups.forEach(moments -> moments.finish(rows)));
            }
        }

        private static long rowsOfScores(BackwardGraph.Built graph) {
            return graph.seeds().stream()
                    .mapToLong(seed -> seed.shape().rank() == 0
                            ? 1
                            : seed.shape().size() / Math.max(1, seed.shape().dim(-1)))
                    .sum();
        }

        private Map<String, OnnxValue> run(Map<String, OnnxValue> sample, List<BackwardGraph.Seed> seeds) {
            Map<String, OnnxValue> values = new LinkedHashMap<>(sample);
            // The gradient with respect to scores is their direction itself
            seeds.forEach(seed -> values.put(seed.direction(), directions.next(seed)));
            Session run = opened;
            if (run != null) {
                values.putAll(Feed.run(run, values));
            }
            return values;
        }

        private static void add(Source source, Map<String, OnnxValue> values, @Nullable String gradient) {
            if (gradient != null
                    && values.get(source.layer.node().input(0)) instanceof FloatTensor x
                    && values.get(gradient) instanceof FloatTensor g) {
                int step = source.patches.outputStep(x);
                source.patches.forEach(
                        x,
                        Integer.MAX_VALUE,
                        source.moments.columns,
                        (row, from, output) -> source.moments.add(row, from, g, output, step));
            }
        }

        /** Makes the graph for the shapes of a sample, unless it is there. */
        private BackwardGraph.Built prepare(Map<String, OnnxValue> sample) {
            Map<String, ValueType> own = Feed.types(sample);
            BackwardGraph.Built known = built;
            if (known != null && own.equals(shapes)) {
                return known;
            }
            close();
            shapes = own;
            BackwardGraph.Built made = BackwardGraph.of(model.graph(), own, values, watched);
            if (!made.gradients().isEmpty()) {
                opened = Session.open(model.withGraph(made.graph()), session);
            }
            built = made;
            return made;
        }

        private void close() {
            if (opened != null) {
                opened.close();
                opened = null;
            }
        }

        Map<PrunableTensor, List<OutputMoments>> finish() {
            close();
            BackwardGraph.Built graph = built;
            result.keySet()
                    .removeIf(tensor -> graph == null
                            || tensor.uses().stream()
                                    .anyMatch(use -> !graph.gradients()
                                            .containsKey(use.node().output(0))));
            return result;
        }
    }
}
