package org.lanewise.quantization;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.lanewise.quantization.model.Feed;
import org.lanewise.quantization.model.Graphs;
import org.lanewise.quantization.model.LeftLayer;
import org.lanewise.quantization.model.OutputComparison;
import org.lanewise.quantization.model.Preparation;
import org.lanewise.quantization.model.Scope;
import org.lanewise.quantization.model.WeightLayer;
import org.lanewise.runtime.graph.Graph;
import org.lanewise.runtime.graph.Initializer;
import org.lanewise.runtime.graph.Model;
import org.lanewise.runtime.graph.Node;
import org.lanewise.runtime.session.Inference;
import org.lanewise.runtime.session.SessionOptions;

/**
 * Post-training static quantization: weights become int8 and activations 8-bit integers whose ranges are measured once, on real inputs.
 *
 * <p>Batch normalization is folded first. {@code Conv}, {@code ConvTranspose}, {@code Gemm} and {@code MatMul} with constant weights become integer, and so does what connects them: additions and
 * multiplications, concatenation, pooling, activations. {@code Relu} and {@code Clip} belong to the layer before them. Operators that only move values share scale and zero point with their input,
 * a {@code Concat} with all its inputs unless their ranges differ by more than {@value #MOST_SHARED} times. The result of a product that only fp32 operators read is not quantized. Biases are int32 in
 * steps of input times weights; where one would not fit, the scale of its weights is raised.
 */
public final class StaticQuantization {
    private static final int MIN_OPSET = 9;

    /** The first opset in which scales may differ by channel. */
    private static final int PER_AXIS_OPSET = 13;

    /** Of inputs of a {@code Concat} whose ranges differ more than this, the narrow ones would lose too much by sharing. */
    private static final double MOST_SHARED = 4;

    private final Model model;
    private final Inference types;
    private final StaticOptions options;
    private final SessionOptions session;
    private final Feed feed;
    private final Map<String, Range> ranges = new LinkedHashMap<>();
    private final List<String> notes = new ArrayList<>();
    private final Map<String, Double> sensitivities = new LinkedHashMap<>();
    private final Map<String, String> reasons = new LinkedHashMap<>();

    private StaticQuantization(Model model, StaticOptions options, SessionOptions session, Feed feed) {
        this.model = model;
        this.types = Inference.of(model.graph());
        this.options = options;
        this.session = session;
        this.feed = feed;
    }

    /**
     * Quantizes {@code model}.
     *
     * @param data real inputs; 100 to 500 are usually enough
     * @param session how the model is run on them
     * @throws QuantizationException if it cannot be quantized as asked, saying what to do
     */
    public static QuantizationResult apply(
            Model model,
            CalibrationData data,
            StaticOptions options,
            SessionOptions session,
            ProgressListener progress) {
        long before = Graphs.constantBytes(model.graph());
        Model prepared = OpsetUpgrade.apply(Preparation.apply(model, MIN_OPSET), PER_AXIS_OPSET);
        List<String> pairs = List.of();
        if (options.equalization()) {
            Equalization.Result equalized = Equalization.apply(prepared);
            prepared = equalized.model();
            pairs = equalized.pairs();
        }
        StaticQuantization run = new StaticQuantization(prepared, options, session, new Feed(data, progress));
        if (options.equalization()) {
            run.notes.add(pairs.isEmpty() ? "no layers to equalize" : "equalized: " + String.join(", ", pairs));
        }
        return run.run(data, progress, before);
    }

    private QuantizationResult run(CalibrationData data, ProgressListener progress, long before) {
        Graph graph = model.graph();
        List<Node> candidates = candidates(graph);
        List<Scope> scopes = Scope.of(graph);
        List<Node> tables = options.embeddings() ? EmbeddingTables.find(scopes.getFirst()) : List.of();
        List<Node> known = new ArrayList<>(candidates);
        known.addAll(tables);
        options.exclude().check(known);
        Scheme full = scheme(Set.of());
        if (full.layers().isEmpty()) {
            throw new QuantizationException(
                    "the model has no layer to quantize: no Conv, ConvTranspose, Gemm or MatMul with constant fp32"
                            + " weights is left" + LeftLayer.elsewhere(graph));
        }
        Observation observation = observe(full, data, progress);
        Map<Node, QdqWriter.LayerWeights> corrected =
                options.biasCorrection() ? corrected(full, observation) : Map.of();
        Set<String> kept = new LinkedHashSet<>();
        if (options.target() != null) {
            if (options.target().metric() == AccuracyTarget.Metric.ACCURACY_LOSS
                    && data.labels().isEmpty()) {
                throw new QuantizationException(
                        "a loss of accuracy is measured against labels: give the right classes");
            }
            LayerSearch search = new LayerSearch(
                    new OutputComparison(model, options.evaluationSamples(), feed, session),
                    options.target(),
                    out -> model.withGraph(write(scheme(out), corrected)),
                    progress);
            kept.addAll(search.run(
                    full.layers().stream().map(layer -> layer.node().name()).toList()));
            sensitivities.putAll(search.sensitivities());
            notes.addAll(search.notes());
            kept.forEach(name -> reasons.put(name, "left out to meet the target"));
        }
        Scheme chosen = kept.isEmpty() ? full : scheme(kept);
        Graph quantized = write(chosen, corrected);
        List<LayerReport> reports = reports(candidates, full, chosen);
        quantized = withTables(quantized, tables, reports);
        for (LeftLayer layer : LeftLayer.of(scopes, candidates)) {
            reports.add(LayerReport.of(layer, reason(layer)));
        }
        if (options.format() == QuantizedFormat.QOPERATOR) {
            quantized = QOperatorRewrite.apply(quantized);
        }
        return new QuantizationResult(
                model.withGraph(quantized), describe(data), reports, notes, before, Graphs.constantBytes(quantized));
    }

    private Graph withTables(Graph graph, List<Node> tables, List<LayerReport> reports) {
        Scope main = Scope.of(graph).getFirst();
        for (Node gather : tables) {
            String excluded = options.exclude().exclusion(gather);
            Initializer table = Objects.requireNonNull(graph.initializers().get(gather.input(0)));
            Node current = Objects.requireNonNull(main.editor().producer(gather.output(0)));
            long after = excluded.isEmpty() ? EmbeddingTables.rewrite(main, current) : table.bytes();
            reports.add(new LayerReport(
                    gather.name(), gather.opType(), excluded, table.bytes(), after, null, null, Double.NaN));
        }
        return main.build();
    }

    private String reason(LeftLayer layer) {
        String excluded = options.exclude().exclusion(layer.node());
        if (!excluded.isEmpty()) {
            return excluded;
        }
        return layer.isInBody()
                ? "in " + layer.scope().place() + "; static quantization is for the main graph"
                : "static quantization has no form for " + layer.what();
    }

    private String describe(CalibrationData data) {
        String method = options.method().name().toLowerCase(Locale.ROOT).replace('_', '-');
        if (options.method() == CalibrationMethod.PERCENTILE) {
            method += " " + options.percentile();
        }
        return "static, " + options.format() + ", "
                + options.activations().name().toLowerCase(Locale.ROOT).replace('_', ' ')
                + " activations, int8 weights "
                + (options.perChannel() ? "per channel" : "per tensor") + ", " + method + " over " + data.size()
                + (data.size() == 1 ? " sample" : " samples") + (options.equalization() ? ", equalization" : "")
                + (options.biasCorrection() ? ", bias correction" : "");
    }

    private List<Node> candidates(Graph graph) {
        Scheme all = Scheme.of(graph, types, node -> true, node -> true);
        return all.nodes().stream()
                .filter(node -> all.layer(node) != null || Scheme.isJoin(node))
                .toList();
    }

    /** The scheme without layers the user excludes and those in {@code out}. */
    private Scheme scheme(Set<String> out) {
        return Scheme.of(
                model.graph(),
                types,
                node -> options.exclude().exclusion(node).isEmpty() && !out.contains(node.name()),
                node -> options.exclude().exclusion(node).isEmpty());
    }

    private Observation observe(Scheme full, CalibrationData data, ProgressListener progress) {
        Set<String> roots = new LinkedHashSet<>();
        full.values().forEach(value -> roots.add(full.root(value)));
        Map<String, Integer> axes = new LinkedHashMap<>();
        if (options.biasCorrection()) {
            full.layers().forEach(layer -> axes.put(layer.node().input(0), layer.channelAxis()));
        }
        Observation observation = Observation.run(model, roots, axes, data, session, progress);
        for (String value : full.values()) {
            String root = full.root(value);
            ranges.computeIfAbsent(
                    root,
                    name -> RangeFinder.find(
                            observation.histogram(name),
                            options.method(),
                            options.percentile(),
                            options.activations()));
            ranges.put(value, Objects.requireNonNull(ranges.get(root)));
        }
        return observation;
    }

    private Range range(String value) {
        return Objects.requireNonNull(ranges.get(value), value);
    }

    private Graph write(Scheme scheme, Map<Node, QdqWriter.LayerWeights> corrected) {
        Map<String, Range> shared = shared(scheme);
        return new QdqWriter(
                        model.graph(),
                        scheme,
                        root -> Parameters.of(shared.getOrDefault(root, range(root)), options.activations()),
                        options,
                        model.opsets().getOrDefault("", PER_AXIS_OPSET),
                        corrected)
                .write();
    }

    /** One range for the inputs and the output of a {@code Concat}, where they are alike. */
    private Map<String, Range> shared(Scheme scheme) {
        Map<String, Set<String>> groups = new LinkedHashMap<>();
        for (Node node : scheme.nodes()) {
            if (!node.is("Concat") || !scheme.result(node).equals(node.output(0)) || !areAlike(scheme, node)) {
                continue;
            }
            Set<String> group = new LinkedHashSet<>();
            List<String> members = new ArrayList<>(node.inputs());
            members.add(node.output(0));
            for (String member : members) {
                String root = scheme.root(member);
                group.addAll(groups.getOrDefault(root, Set.of(root)));
            }
            group.forEach(root -> groups.put(root, group));
        }
        Map<String, Range> result = new LinkedHashMap<>();
        groups.forEach((root, group) -> result.put(
                root, group.stream().map(this::range).reduce(Range::union).orElseThrow()));
        return result;
    }

    private boolean areAlike(Scheme scheme, Node concat) {
        double narrowest = Double.POSITIVE_INFINITY;
        double widest = 0;
        for (String input : concat.inputs()) {
            double width = range(scheme.root(input)).width();
            if (width > 0) {
                narrowest = Math.min(narrowest, width);
                widest = Math.max(widest, width);
            }
        }
        return widest <= MOST_SHARED * narrowest;
    }

    /** Biases that make up for what quantized weights lose in the mean. */
    private Map<Node, QdqWriter.LayerWeights> corrected(Scheme full, Observation observation) {
        Map<Node, QdqWriter.LayerWeights> result = new LinkedHashMap<>();
        for (WeightLayer layer : full.layers()) {
            double[] means = observation.means(layer.node().input(0));
            boolean biased = layer.node().is("MatMul") || !layer.node().input(2).isEmpty();
            QdqWriter.LayerWeights own = QdqWriter.weightsOf(full.editor(), layer);
            boolean possible = means != null && means.length == layer.inputs() && (own.bias() != null || !biased);
            if (means == null || !possible) {
                notes.add("bias not corrected: " + layer.node().path());
                continue;
            }
            float scale = Parameters.of(range(full.root(layer.node().input(0))), options.activations())
                    .scale();
            Weights weights = Weights.of(layer, own.weights(), own.bias(), options.perChannel(), scale);
            double[] lost = new double[layer.outputs()];
            for (int i = 0; i < own.weights().length; i++) {
                lost[layer.outputOf(i)] +=
                        ((double) own.weights()[i] - weights.dequantized(layer, i)) * means[layer.inputOf(i)];
            }
            float[] bias = new float[layer.outputs()];
            for (int c = 0; c < bias.length; c++) {
                bias[c] = (float) ((own.bias() == null ? 0 : own.bias()[c]) + lost[c]);
            }
            result.put(layer.node(), new QdqWriter.LayerWeights(own.weights(), bias));
        }
        return result;
    }

    private List<LayerReport> reports(List<Node> candidates, Scheme full, Scheme chosen) {
        Map<String, Range> shared = shared(chosen);
        List<LayerReport> reports = new ArrayList<>();
        for (Node node : candidates) {
            boolean in = chosen.nodes().contains(node);
            String excluded = options.exclude().exclusion(node);
            String reason = in
                    ? ""
                    : !excluded.isEmpty()
                            ? excluded
                            : reasons.getOrDefault(node.name(), "connects layers that are left in fp32");
            WeightLayer layer = WeightLayer.of(full.editor(), types, node);
            long elements = layer == null ? 0 : layer.shape().size();
            long scales = layer == null ? 0 : 5L * (options.perChannel() ? layer.channels() : 1);
            String input = node.input(0);
            String output = chosen.result(node);
            reports.add(new LayerReport(
                    node.name(),
                    node.opType(),
                    reason,
                    elements * Float.BYTES,
                    in ? elements + scales : elements * Float.BYTES,
                    in && chosen.values().contains(input) ? represented(chosen, shared, input) : null,
                    in && chosen.values().contains(output) ? represented(chosen, shared, output) : null,
                    sensitivities.getOrDefault(node.name(), Double.NaN)));
        }
        return reports;
    }

    private Range represented(Scheme scheme, Map<String, Range> shared, String value) {
        String root = scheme.root(value);
        return Parameters.of(shared.getOrDefault(root, range(root)), options.activations())
                .range();
    }
}
