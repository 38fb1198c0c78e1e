package org.lanewise.quantization.prune;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.lanewise.quantization.model.Feed;
import org.lanewise.quantization.model.Graphs;
import org.lanewise.quantization.model.WeightLayer;
import org.lanewise.runtime.graph.Graph;
import org.lanewise.runtime.graph.Initializer;
import org.lanewise.runtime.graph.Model;
import org.lanewise.runtime.session.SessionOptions;
import org.lanewise.runtime.tensor.DataType;
import org.lanewise.runtime.tensor.Tensor;

/** Gives tensors of weights the zeros that are asked for. Layers are pruned in the order of the graph, each calibrated on what the pruned layers before it give. */
final class Pruner {
    private final Model model;
    private final List<PrunableTensor> tensors;
    private final List<PrunableTensor> adapting;
    private final PruningOptions options;
    private final SessionOptions session;
    private final @Nullable Feed feed;

    /**
     * For some of the tensors {@code all} of {@code model}.
     *
     * @param feed calibration data; {@code null} if there is none
     */
    Pruner(Model model, List<PrunableTensor> all, PruningOptions options, SessionOptions session, @Nullable Feed feed) {
        this.model = model;
        this.tensors = all.stream().filter(PrunableTensor::isPruned).toList();
        this.adapting = all.stream().filter(PrunableTensor::adapts).toList();
        this.options = options;
        this.session = session;
        this.feed = feed;
    }

    /**
     * What came out.
     *
     * @param model the pruned model
     * @param sqnr of the outputs of layers in dB, by the name of their weights; empty if it was not measured
     * @param notes what could not be done
     */
    record Outcome(Model model, Map<String, Double> sqnr, List<String> notes) {}

    /** Weights of a tensor after pruning; what is lost in each output channel's mean and in its square. */
    private record Pruned(float[] weights, double[] lostMeans, double sqnr) {}

    float[] weights(PrunableTensor tensor) {
        return initializer(tensor).tensor().toFloatArray();
    }

    private Initializer initializer(PrunableTensor tensor) {
        return Objects.requireNonNull(model.graph().initializers().get(tensor.name()));
    }

    /** As many zeros of each tensor as the sparsity gives it. */
    Map<PrunableTensor, Long> zeros() {
        Map<PrunableTensor, Long> zeros = new LinkedHashMap<>();
        if (options.pattern().isFixed()) {
            tensors.forEach(tensor -> zeros.put(tensor, tensor.fixedZeros(options.pattern())));
        } else if (options.scope() == PruningScope.GLOBAL && isOfScores() && feed != null) {
            return OutputShares.of(model, tensors, options, feed, session);
        } else if (options.scope() == PruningScope.LAYER) {
            tensors.forEach(tensor -> zeros.put(tensor, Math.round(options.sparsity() * tensor.size())));
        } else {
            List<WeightMatrix> all = new ArrayList<>();
            tensors.forEach(tensor -> all.addAll(tensor.matrices(weights(tensor))));
            long size = all.stream().mapToLong(matrix -> matrix.w().length).sum();
            List<boolean[]> masks = Masks.of(all, options.pattern(), Math.round(options.sparsity() * size));
            int at = 0;
            for (PrunableTensor tensor : tensors) {
                long count = 0;
                for (int group = 0; group < tensor.groups(); group++) {
                    for (boolean pruned : masks.get(at)) {
                        count += pruned ? 1 : 0;
                    }
                    at++;
                }
                zeros.put(tensor, count);
            }
        }
        return zeros;
    }

    /**
     * Prunes the tensors that {@code zeros} has.
     *
     * @param measured whether errors of layers are wanted
     */
    Outcome run(Map<PrunableTensor, Long> zeros, boolean measured) {
        boolean needsInputs = options.method() == PruningMethod.SECOND_ORDER || options.biasCorrection() || measured;
        Outcome outcome = new Outcome(model, new LinkedHashMap<>(), new ArrayList<>());
        Feed data = feed;
        if (data == null || !needsInputs) {
            Map<String, Tensor> weights = new LinkedHashMap<>();
            zeros.forEach((tensor, count) ->
                    weights.put(tensor.name(), tensor(tensor, prune(tensor, count, null).weights)));
            return new Outcome(
                    model.withGraph(Graphs.withConstants(model.graph(), weights)), outcome.sqnr, outcome.notes);
        }
        List<PrunableTensor> chosen = options.method() == PruningMethod.SECOND_ORDER && options.sequential()
                ? adapting
                : List.copyOf(zeros.keySet());
        List<List<PrunableTensor>> steps = new ArrayList<>();
        for (List<PrunableTensor> wave :
                options.sequential() ? PrunableTensors.waves(model.graph(), chosen) : List.of(chosen)) {
            steps.addAll(LayerInputs.parts(wave));
        }
        for (int i = 0; i < steps.size(); i++) {
            String phase = "calibrating layers, step " + (i + 1) + " of " + steps.size();
            Map<PrunableTensor, LayerInputs> inputs = LayerInputs.collect(
                    options.sequential() ? outcome.model : model,
                    options.sequential() && i > 0 ? model : null,
                    steps.get(i),
                    data,
                    session,
                    phase);
            if (isOfScores()) {
                OutputMoments.collect(
                                outcome.model, prunedOf(steps.get(i), zeros), data, session, phase + ", backwards")
                        .forEach((tensor, moments) ->
                                Objects.requireNonNull(inputs.get(tensor)).setOutputs(moments));
            }
            Map<PrunableTensor, Pruned> pruned = new LinkedHashMap<>();
            inputs.forEach((tensor, own) -> pruned.put(tensor, prune(tensor, zeros.getOrDefault(tensor, 0L), own)));
            outcome = with(outcome, pruned);
        }
        return outcome;
    }

    /** Whether weights are chosen by what they cost at the model's scores; a search for a target, which prunes again and again, goes by the layers' outputs. */
    private boolean isOfScores() {
        return options.method() == PruningMethod.SECOND_ORDER && options.target() == null;
    }

    private static List<PrunableTensor> prunedOf(List<PrunableTensor> tensors, Map<PrunableTensor, Long> zeros) {
        return tensors.stream()
                .filter(tensor -> zeros.getOrDefault(tensor, 0L) > 0)
                .toList();
    }

    /** The model with one tensor pruned. */
    Model alone(PrunableTensor tensor, long zeros, @Nullable LayerInputs inputs) {
        Outcome dense = new Outcome(model, new LinkedHashMap<>(), new ArrayList<>());
        return with(dense, Map.of(tensor, prune(tensor, zeros, inputs))).model;
    }

    private Outcome with(Outcome outcome, Map<PrunableTensor, Pruned> pruned) {
        Map<String, Tensor> weights = new LinkedHashMap<>();
        pruned.forEach((tensor, result) -> {
            weights.put(tensor.name(), tensor(tensor, result.weights));
            outcome.sqnr.put(tensor.name(), result.sqnr);
        });
        Graph graph = Graphs.withConstants(outcome.model.graph(), weights);
        if (options.biasCorrection()) {
            BiasCorrection correction = new BiasCorrection(graph);
            pruned.forEach((tensor, result) -> {
                for (WeightLayer use : tensor.uses()) {
                    outcome.notes.addAll(correction.add(use, result.lostMeans));
                }
            });
            graph = correction.build();
        }
        return new Outcome(outcome.model.withGraph(graph), outcome.sqnr, outcome.notes);
    }

    private static Tensor tensor(PrunableTensor tensor, float[] weights) {
        return Tensor.wrap(DataType.FLOAT, tensor.layer().shape(), weights, 0);
    }

    private Pruned prune(PrunableTensor tensor, long zeros, @Nullable LayerInputs inputs) {
        float[] stored = weights(tensor).clone();
        List<WeightMatrix> dense = tensor.matrices(stored);
        List<WeightMatrix> pruned = new ArrayList<>();
        Loss loss = new Loss(tensor.layer().outputs());
        if (options.method() == PruningMethod.MAGNITUDE || inputs == null) {
            List<boolean[]> masks = Masks.of(dense, options.pattern(), zeros);
            for (int group = 0; group < dense.size(); group++) {
                pruned.add(dense.get(group).copy());
                pruned.get(group).clear(masks.get(group));
            }
        } else {
            int groups = tensor.groups();
            for (int group = 0; group < groups; group++) {
                long share = zeros * (group + 1) / groups - zeros * group / groups;
                pruned.add(secondOrder(dense.get(group), inputs, group, share));
            }
        }
        for (int group = 0; group < dense.size(); group++) {
            pruned.get(group).store(tensor.layer(), stored, group);
            if (inputs != null) {
                loss.add(dense.get(group), pruned.get(group), inputs, group);
            }
        }
        return new Pruned(stored, loss.means(), inputs == null ? Double.NaN : loss.sqnr());
    }

    private WeightMatrix secondOrder(WeightMatrix dense, LayerInputs inputs, int group, long zeros) {
        double[] factor = inputs.factor(group);
        Drift drift = inputs.drift(group);
        WeightMatrix wanted = drift == null ? dense : drift.corrected(dense, factor);
        WeightMatrix pruned = wanted.copy();
        if (zeros == 0) {
            return pruned;
        }
        boolean[] mask;
        if (Surgeon.isAffordable(wanted, options.pattern(), zeros)) {
            mask = inputs.surgeon(group, wanted, options.pattern()).mask(zeros);
            pruned.clear(mask);
        } else {
            mask = SecondOrder.prune(pruned, factor, options.pattern(), zeros);
        }
        Refit.apply(pruned, wanted, inputs.curvature(group), mask);
        return pruned;
    }
}
