package org.lanewise.quantization.prune;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.lanewise.quantization.QuantizationException;
import org.lanewise.quantization.model.BackwardGraph;
import org.lanewise.quantization.model.Feed;
import org.lanewise.quantization.model.WeightLayer;
import org.lanewise.runtime.RunException;
import org.lanewise.runtime.graph.Graph;
import org.lanewise.runtime.graph.GraphEditor;
import org.lanewise.runtime.graph.Initializer;
import org.lanewise.runtime.graph.Model;
import org.lanewise.runtime.graph.Node;
import org.lanewise.runtime.session.SessionOptions;
import org.lanewise.runtime.tensor.DataType;
import org.lanewise.runtime.tensor.OnnxValue;
import org.lanewise.runtime.tensor.Tensor;

/**
 * Adapts the weights that pruning left, and biases, of all layers together so that the scores of the pruned model come back to those of the dense one: gradient descent on their squared difference, relative to the dense scores' squares,
 * over mixtures of the calibration inputs. No labels are needed and no zero is lost. Every tenth sample takes no part, neither here nor in choosing zeros; the weights that are best on those are kept, those from before included.
 *
 * <p>Sources: G. Hinton, O. Vinyals and J. Dean, Distilling the Knowledge in a Neural Network, arXiv 1503.02531, section 2.1 (matching logits); for samples {@link SampleMixture}, for steps {@link AdaptedConstant}.
 */
final class Reconstruction {
    /** Fewer, not counting variants, say too little of other inputs. */
    static final int LEAST_SAMPLES = 20;

    /** Bytes of samples that are held in memory, of each part. */
    private static final long MOST_BYTES = 512L << 20;

    private static final int BATCH = 32;
    private static final int COMPARISONS = 20;

    private final Model dense;
    private final List<PrunableTensor> tensors;
    private final int passes;
    private final Feed feed;
    private final SessionOptions session;
    private final String obstacle;

    /**
     * Looks whether it can be done.
     *
     * @param dense the model whose scores are wanted
     * @param tensors whose weights may change, and the biases of their layers
     * @param passes over the samples
     */
    Reconstruction(Model dense, List<PrunableTensor> tensors, int passes, Feed feed, SessionOptions session) {
        this.dense = dense;
        this.tensors = tensors;
        this.passes = passes;
        this.feed = feed;
        this.session = session.withSparseWeights(false);
        this.obstacle = findObstacle();
    }

    /**
     * What came out.
     *
     * @param model the adapted model, or the one given
     * @param note what was done, or why nothing was
     */
    record Result(Model model, String note) {}

    /** The samples that everything else is calibrated on: not those that show whether scores came closer. */
    Feed calibration() {
        return obstacle.isEmpty() ? new Feed(new SampleSplit(feed.data(), false), feed.progress()) : feed;
    }

    private String findObstacle() {
        if (feed.data().originals() < LEAST_SAMPLES) {
            return "there are " + feed.data().originals() + " samples, " + LEAST_SAMPLES + " are needed";
        }
        List<Map<String, OnnxValue>> first = new ArrayList<>();
        feed.data().forEach(1, first::add);
        boolean none = derivatives(dense, first.getFirst(), candidates(dense))
                .gradients()
                .isEmpty();
        return none ? "no layer has an output whose effect on the scores has a known derivative" : "";
    }

    private static BackwardGraph.Built derivatives(
            Model model, Map<String, OnnxValue> sample, Map<String, Tensor> constants) {
        return BackwardGraph.of(model.graph(), Feed.types(sample), constants.keySet(), List.of());
    }

    /** Adapts {@code pruned}, which has the same values as the dense model. */
    Result apply(Model pruned) {
        if (!obstacle.isEmpty()) {
            return new Result(pruned, "scores not reconstructed: " + obstacle);
        }
        List<Map<String, OnnxValue>> fitted = read(new SampleSplit(feed.data(), false));
        List<Map<String, OnnxValue>> apart = read(new SampleSplit(feed.data(), true));
        Map<String, Tensor> candidates = candidates(pruned);
        BackwardGraph.Built known = derivatives(pruned, fitted.getFirst(), candidates);
        Set<String> weights = tensors.stream().map(PrunableTensor::name).collect(Collectors.toSet());
        List<AdaptedConstant> constants = new ArrayList<>();
        List<String> unknown = new ArrayList<>();
        candidates.forEach((name, tensor) -> {
            if (known.gradients().containsKey(name)) {
                constants.add(new AdaptedConstant(name, tensor, weights.contains(name)));
            } else {
                unknown.add(name);
            }
        });
        String left = unknown.isEmpty()
                ? ""
                : "; left as they were, for want of a known derivative: " + String.join(", ", unknown);
        try (Teacher teacher = new Teacher(dense, known.seeds(), session)) {
            teacher.weigh(fitted);
            Result result = descend(pruned, teacher, constants, fitted, apart);
            return new Result(result.model, result.note + left);
        } catch (RunException e) {
            throw new QuantizationException("reconstructing scores: " + e.getMessage());
        }
    }

    private Result descend(
            Model pruned,
            Teacher teacher,
            List<AdaptedConstant> constants,
            List<Map<String, OnnxValue>> fitted,
            List<Map<String, OnnxValue>> apart) {
        double first = teacher.error(pruned, apart);
        double best = first;
        Model kept = pruned;
        try (Student student = new Student(pruned, constants, teacher.weights(), session)) {
            Descent descent = new Descent(teacher, student, fitted);
            for (int pass = 0; pass < passes; pass++) {
                descent.pass(pass);
                if ((pass + 1) % Math.ceilDiv(passes, COMPARISONS) == 0 || pass + 1 == passes) {
                    Model now = student.now();
                    double error = teacher.error(now, apart);
                    if (error < best) {
                        best = error;
                        kept = now;
                    }
                }
            }
        }
        return new Result(kept, describe(first, best, fitted.size(), apart.size()));
    }

    /** As many of the samples as fit in memory. */
    private static List<Map<String, OnnxValue>> read(SampleSplit part) {
        List<Map<String, OnnxValue>> samples = new ArrayList<>();
        long[] bytes = {0};
        part.forEach(part.size(), sample -> {
            for (OnnxValue value : sample.values()) {
                bytes[0] += value instanceof Tensor tensor ? tensor.type().serializedBytes(tensor.size()) : 0;
            }
            if (bytes[0] <= MOST_BYTES || samples.isEmpty()) {
                samples.add(sample);
            }
        });
        return samples;
    }

    /** The weights in {@code model}, and the biases that only their layers have. */
    private Map<String, Tensor> candidates(Model model) {
        Graph graph = model.graph();
        GraphEditor editor = new GraphEditor(graph);
        Map<String, Tensor> found = new LinkedHashMap<>();
        Set<Node> nodes = new LinkedHashSet<>();
        for (PrunableTensor tensor : tensors) {
            for (WeightLayer use : tensor.uses()) {
                Node node = editor.producer(use.node().output(0));
                if (node != null) {
                    nodes.add(node);
                }
            }
            Initializer own = graph.initializers().get(tensor.name());
            if (own != null) {
                found.put(tensor.name(), own.tensor());
            }
        }
        for (Node node : nodes) {
            String name = node.input(2);
            Initializer bias = graph.initializers().get(name);
            if (bias != null
                    && bias.type() == DataType.FLOAT
                    && !graph.isOutput(name)
                    && !graph.isInput(name)
                    && nodes.containsAll(editor.consumers(name))) {
                found.put(name, bias.tensor());
            }
        }
        return found;
    }

    /** Passes over samples in batches, in another order each time. */
    private final class Descent {
        private final SplittableRandom random = new SplittableRandom(1);
        private final Teacher teacher;
        private final Student student;
        private final SampleMixture mixture;
        private final int[] order;

        Descent(Teacher teacher, Student student, List<Map<String, OnnxValue>> samples) {
            this.teacher = teacher;
            this.student = student;
            this.mixture = new SampleMixture(samples, random);
            this.order = IntStream.range(0, samples.size()).toArray();
        }

        void pass(int pass) {
            shuffle();
            int batches = Math.ceilDiv(order.length, BATCH);
            for (int batch = 0; batch < batches; batch++) {
                for (int i = batch * BATCH; i < Math.min(order.length, (batch + 1) * BATCH); i++) {
                    Map<String, OnnxValue> sample = mixture.next(order[i]);
                    student.add(sample, teacher.scores(sample));
                    long done = (long) pass * order.length + i + 1;
                    feed.progress().progress("reconstructing scores", done, (long) passes * order.length);
                }
                student.step((pass + (double) batch / batches) / passes);
            }
        }

        private void shuffle() {
            for (int i = order.length - 1; i > 0; i--) {
                int other = random.nextInt(i + 1);
                int kept = order[i];
                order[i] = order[other];
                order[other] = kept;
            }
        }
    }

    private String describe(double first, double best, int fitted, int apart) {
        String samples = apart + " samples kept apart";
        return best < first
                ? String.format(
                        Locale.ROOT,
                        "scores reconstructed in %d passes over %d samples: SQNR %.1f -> %.1f dB on %s",
                        passes,
                        fitted,
                        -10 * Math.log10(first),
                        -10 * Math.log10(best),
                        samples)
                : "scores not reconstructed: no pass brought them closer to the dense model's on " + samples;
    }
}
