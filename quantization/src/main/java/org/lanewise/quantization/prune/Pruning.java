package org.lanewise.quantization.prune;

import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.lanewise.quantization.AccuracyTarget;
import org.lanewise.quantization.CalibrationData;
import org.lanewise.quantization.ProgressListener;
import org.lanewise.quantization.QuantizationException;
import org.lanewise.quantization.model.Feed;
import org.lanewise.quantization.model.LeftLayer;
import org.lanewise.quantization.model.OutputComparison;
import org.lanewise.quantization.model.Preparation;
import org.lanewise.quantization.model.Scope;
import org.lanewise.quantization.model.WeightLayer;
import org.lanewise.runtime.graph.Graph;
import org.lanewise.runtime.graph.Initializer;
import org.lanewise.runtime.graph.Model;
import org.lanewise.runtime.graph.Node;
import org.lanewise.runtime.session.SessionOptions;
import org.lanewise.runtime.tensor.Tensor;

/**
 * Pruning without training: weights of {@code Conv}, {@code Gemm} and {@code MatMul} become exactly zero.
 *
 * <p>Batch normalization is folded first, so that sizes of weights can be compared. Biases stay as they are unless they are to be corrected or scores reconstructed. Where several layers share a tensor of weights it is pruned once, for the inputs of all of
 * them. By default layers stay dense that are tiny, depthwise, the first of an image or the last of a classifier with few weights; {@link PruningOptions#include} has them pruned, too. Bodies of {@code If}, {@code Loop} and {@code Scan} stay as
 * they are; the result names what is in them.
 */
public final class Pruning {
    private static final int MIN_OPSET = 7;

    private final Model model;
    private final List<PrunableTensor> all;
    private final PruningOptions options;
    private final SessionOptions session;
    private final @Nullable Feed feed;

    private Pruning(Model model, PruningOptions options, SessionOptions session, @Nullable Feed feed) {
        this.model = model;
        this.all = PrunableTensors.of(model.graph(), options.include(), options.exclude());
        this.options = options;
        this.session = session;
        this.feed = feed;
    }

    private static Pruning of(
            Model model,
            @Nullable CalibrationData data,
            PruningOptions options,
            SessionOptions session,
            ProgressListener progress) {
        Model prepared = Preparation.apply(model, MIN_OPSET);
        if (data == null) {
            refuseWithout(options);
        } else if (data.size() == 0) {
            throw new QuantizationException("there is no calibration data: give at least one sample");
        }
        return new Pruning(prepared, options, session, data == null ? null : new Feed(data, progress));
    }

    private static void refuseWithout(PruningOptions options) {
        String what = options.method() == PruningMethod.SECOND_ORDER
                ? "second-order pruning"
                : options.biasCorrection()
                        ? "bias correction"
                        : options.reconstruction() > 0 ? "reconstruction" : options.target() != null ? "a target" : "";
        if (!what.isEmpty()) {
            throw new QuantizationException(what + " needs calibration data: give real inputs");
        }
    }

    /**
     * Prunes {@code model}; the one given stays as it is.
     *
     * @param data real inputs; {@code null} for pruning by magnitude alone
     * @param session how the model is run on them
     * @throws QuantizationException if it cannot be pruned as asked, saying what to do
     */
    public static PruningResult apply(
            Model model,
            @Nullable CalibrationData data,
            PruningOptions options,
            SessionOptions session,
            ProgressListener progress) {
        return of(model, data, options, session, progress).run(progress);
    }

    /**
     * What pruning each layer alone does to the outputs.
     *
     * @param data real inputs
     * @param shares of zeros to try, each from 0 to below 1; not looked at where the pattern says it itself
     * @throws QuantizationException as {@link #apply}
     */
    public static List<LayerSensitivity> sensitivity(
            Model model,
            CalibrationData data,
            PruningOptions options,
            List<Double> shares,
            SessionOptions session,
            ProgressListener progress) {
        Pruning run = of(model, data, options, session, progress);
        return run.sensitivities(shares, run.comparison(), progress);
    }

    private PruningResult run(ProgressListener progress) {
        List<PrunableTensor> pruned =
                all.stream().filter(PrunableTensor::isPruned).toList();
        Reconstruction reconstruction = reconstruction();
        Feed calibration = reconstruction == null ? feed : reconstruction.calibration();
        Pruner pruner = new Pruner(model, all, options, session, calibration);
        List<String> notes = new ArrayList<>();
        List<LayerSensitivity> sensitivities = List.of();
        Pruner.Outcome outcome;
        Map<PrunableTensor, Long> zeros;
        if (options.target() == null) {
            zeros = pruner.zeros();
            refuseNothing(pruned, zeros);
            outcome = pruner.run(zeros, true);
        } else {
            OutputComparison comparison = comparison();
            if (options.target().metric() == AccuracyTarget.Metric.ACCURACY_LOSS && !comparison.isLabelled()) {
                throw new QuantizationException(
                        "a loss of accuracy is measured against labels: give the right classes");
            }
            sensitivities = sensitivities(
                    options.pattern().isFixed() ? List.of() : PruningSchedule.shares(options.sparsity()),
                    comparison,
                    progress);
            PruningSchedule schedule = new PruningSchedule(pruner, comparison, options.target(), progress);
            zeros = schedule.search(pruned, sensitivities);
            notes.addAll(schedule.notes());
            outcome = pruner.run(zeros, true);
        }
        notes.addAll(outcome.notes());
        if (reconstruction != null) {
            Reconstruction.Result result = reconstruction.apply(outcome.model());
            notes.add(result.note());
            outcome = new Pruner.Outcome(result.model(), outcome.sqnr(), notes);
        }
        return new PruningResult(outcome.model(), describe(), layers(zeros, outcome), notes, sensitivities);
    }

    private void refuseNothing(List<PrunableTensor> pruned, Map<PrunableTensor, Long> zeros) {
        long weights = pruned.stream().mapToLong(PrunableTensor::size).sum();
        long wanted = zeros.values().stream().mapToLong(Long::longValue).sum();
        long already = pruned.stream()
                .mapToLong(tensor -> zeros(model.graph(), tensor))
                .sum();
        if (wanted == 0) {
            throw new QuantizationException(String.format(
                    Locale.ROOT,
                    "%s of %,d weights is not one of them: give a larger sparsity",
                    options.sparsity(),
                    weights));
        }
        if (wanted <= already && !options.pattern().isFixed()) {
            throw new QuantizationException(String.format(
                    Locale.ROOT,
                    "of the weights to prune %.1f %% are zero already, a sparsity of %s makes none more: give a larger"
                            + " one",
                    100.0 * already / weights,
                    options.sparsity()));
        }
    }

    /** How scores are brought back at the end; {@code null} if that is not wanted. */
    private @Nullable Reconstruction reconstruction() {
        if (feed == null || options.reconstruction() == 0) {
            return null;
        }
        List<PrunableTensor> adapting =
                all.stream().filter(PrunableTensor::adapts).toList();
        return new Reconstruction(model, adapting, options.reconstruction(), feed, session);
    }

    private OutputComparison comparison() {
        if (feed == null) {
            throw new IllegalStateException("no data");
        }
        return new OutputComparison(model, options.evaluationSamples(), feed, session);
    }

    private List<LayerSensitivity> sensitivities(
            List<Double> shares, OutputComparison comparison, ProgressListener progress) {
        List<PrunableTensor> pruned =
                all.stream().filter(PrunableTensor::isPruned).toList();
        Pruner pruner = new Pruner(model, all, options, session, feed);
        Function<PrunableTensor, List<Long>> zeros = tensor -> options.pattern().isFixed()
                ? List.of(tensor.fixedZeros(options.pattern()))
                : shares.stream()
                        .map(share -> Math.round(share * tensor.size()))
                        .toList();
        List<LayerSensitivity> result = new ArrayList<>();
        long steps = (long) pruned.size() * (options.pattern().isFixed() ? 1 : shares.size());
        long[] done = {0};
        boolean needsInputs = options.method() == PruningMethod.SECOND_ORDER || options.biasCorrection();
        for (List<PrunableTensor> part : LayerInputs.parts(pruned)) {
            Map<PrunableTensor, LayerInputs> inputs = needsInputs && feed != null
                    ? LayerInputs.collect(model, null, part, feed, session, "calibrating layers")
                    : Map.of();
            for (PrunableTensor tensor : part) {
                List<LayerSensitivity.Point> points = new ArrayList<>();
                // The largest first: with its order of weights known, smaller shares take no time
                for (long count : zeros.apply(tensor).reversed()) {
                    OutputComparison.Score score = comparison.score(pruner.alone(tensor, count, inputs.get(tensor)));
                    points.addFirst(new LayerSensitivity.Point(
                            (double) count / tensor.size(),
                            count,
                            score.sqnr(),
                            score.cosine(),
                            score.agreement(),
                            score.labelled() == 0 ? Double.NaN : score.lostPoints()));
                    progress.progress("each layer alone", ++done[0], steps);
                }
                result.add(new LayerSensitivity(
                        tensor.nodeName(), tensor.layer().node().opType(), tensor.size(), points));
            }
        }
        return result;
    }

    private List<PrunedLayer> layers(Map<PrunableTensor, Long> zeros, Pruner.Outcome outcome) {
        List<PrunedLayer> layers = new ArrayList<>();
        for (PrunableTensor tensor : all) {
            boolean chosen = zeros.getOrDefault(tensor, 0L) > 0;
            layers.add(new PrunedLayer(
                    tensor.nodeName(),
                    tensor.layer().node().opType(),
                    chosen || tensor.isPruned() && options.target() == null
                            ? ""
                            : tensor.isPruned() ? "left dense to meet the target" : tensor.denseReason(),
                    tensor.size(),
                    zeros(model.graph(), tensor),
                    zeros(outcome.model().graph(), tensor),
                    outcome.sqnr().getOrDefault(tensor.name(), Double.NaN)));
        }
        List<Node> known = all.stream()
                .flatMap(tensor -> tensor.uses().stream())
                .map(WeightLayer::node)
                .toList();
        for (LeftLayer layer : LeftLayer.of(Scope.of(model.graph()), known)) {
            String reason = layer.isInBody()
                    ? "in " + layer.scope().place() + "; the main graph is pruned"
                    : "no form for " + layer.what();
            Node node = layer.node();
            long own = layer.zeros();
            layers.add(new PrunedLayer(node.name(), node.opType(), reason, layer.size(), own, own, Double.NaN));
        }
        return layers;
    }

    private static long zeros(Graph graph, PrunableTensor tensor) {
        Initializer weights = graph.initializers().get(tensor.name());
        long zeros = 0;
        Tensor values = weights == null ? Tensor.of(new float[0]) : weights.tensor();
        for (int i = 0; i < values.size(); i++) {
            zeros += values.getDouble(i) == 0 ? 1 : 0;
        }
        return zeros;
    }

    private String describe() {
        String method = options.method().name().toLowerCase(Locale.ROOT).replace('_', '-');
        String shared = options.target() != null
                ? "as many zeros as the target leaves"
                : options.pattern().isFixed()
                        ? ""
                        : String.format(Locale.ROOT, "%s %% ", percent(options.sparsity()))
                                + (options.scope() == PruningScope.GLOBAL ? "over all layers" : "of each layer");
        long samples = feed == null ? 0 : feed.data().size();
        return List.of(
                        method,
                        options.pattern().toString(),
                        shared,
                        samples == 0 ? "" : "over " + samples + (samples == 1 ? " sample" : " samples"),
                        options.biasCorrection() ? "bias correction" : "")
                .stream()
                .filter(part -> !part.isEmpty())
                .collect(Collectors.joining(", "));
    }

    private static String percent(double share) {
        return BigDecimal.valueOf(share).movePointRight(2).stripTrailingZeros().toPlainString();
    }

    /** Tensors that are looked at, by the names of their nodes. */
    static Map<String, PrunableTensor> byName(List<PrunableTensor> tensors) {
        Map<String, PrunableTensor> names = new LinkedHashMap<>();
        tensors.forEach(tensor -> names.put(tensor.nodeName(), tensor));
        return names;
    }
}
