package org.lanewise.quantization.compare;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.lanewise.quantization.model.Scope;
import org.lanewise.runtime.graph.Graph;
import org.lanewise.runtime.graph.Model;
import org.lanewise.runtime.graph.Node;
import org.lanewise.runtime.session.Session;
import org.lanewise.runtime.session.SessionOptions;
import org.lanewise.runtime.tensor.OnnxValue;
import org.lanewise.runtime.tensor.Tensor;

/**
 * Compares two models layer by layer on inputs that come one after the other; kept are sums, not values.
 *
 * <p>The values come from copies of both graphs that have the results of the matched layers as further outputs. They are optimized as the options say, as a rule like the models themselves: what is looked at is the end
 * of a layer, after bias and activation, and in a quantized model the codes behind the quantizer, which are the values that fused integer operators hand on, too. So fusions within a layer stay, and what is compared
 * is what runs. Fusions beyond a layer (a residual addition in the epilogue of a convolution, fused attention) do not happen in the copies, because their inner values are asked for; results then differ from the
 * model's by rounding. Without optimization every node runs as the standard says.
 *
 * <p>For a layer's own error, a third copy of the candidate has each matched result replaced, where it is used, by an input that the reference's value is given to, quantized with the candidate's quantizer.
 */
public final class LayerComparison implements AutoCloseable {
    private final List<Layer> layers = new ArrayList<>();
    private final Map<Layer, Layer> partners;
    private final List<String> unmatchedReference;
    private final List<String> unmatchedCandidate;
    private final GraphIndex referenceIndex;
    private final Session reference;
    private final Session candidate;
    private final @Nullable Session isolated;
    private final Map<String, String> cuts;
    private final Map<Layer, Gathered> gathered = new LinkedHashMap<>();

    /** What is gathered of a pair. */
    private static final class Gathered {
        final ErrorStatistics error = new ErrorStatistics();
        final ErrorStatistics isolated = new ErrorStatistics();
        final @Nullable CodeStatistics codes;

        Gathered(@Nullable Quantizer quantizer) {
            codes = quantizer == null ? null : new CodeStatistics(quantizer);
        }
    }

    /**
     * Matches the layers of two models.
     *
     * @param options how their copies are run
     * @param isolated whether each layer's own error is wanted, too, which takes a third run for each input
     */
    public LayerComparison(Model reference, Model candidate, SessionOptions options, boolean isolated) {
        referenceIndex = new GraphIndex(reference.graph());
        GraphIndex candidateIndex = new GraphIndex(candidate.graph());
        List<Layer> referenceLayers = Layers.of(referenceIndex);
        List<Layer> candidateLayers = Layers.of(candidateIndex);
        partners = LayerMatching.match(referenceLayers, candidateLayers);
        referenceLayers.stream().filter(partners::containsKey).forEach(layers::add);
        unmatchedReference = LayerMatching.without(referenceLayers, partners.keySet());
        unmatchedCandidate = LayerMatching.without(candidateLayers, partners.values());
        layers.forEach(layer -> gathered.put(layer, new Gathered(partner(layer).quantizer())));
        Collection<String> taps =
                layers.stream().map(layer -> partner(layer).tap()).toList();
        this.reference = open(
                reference,
                Taps.withOutputs(
                        reference.graph(),
                        referenceIndex.types(),
                        layers.stream().map(Layer::value).toList()),
                options);
        this.candidate = open(candidate, Taps.withOutputs(candidate.graph(), candidateIndex.types(), taps), options);
        if (isolated) {
            Taps.Cut cut = Taps.cut(candidateIndex, partners.values());
            cuts = cut.inputs();
            this.isolated = open(candidate, Taps.withOutputs(cut.graph(), candidateIndex.types(), taps), options);
        } else {
            cuts = Map.of();
            this.isolated = null;
        }
    }

    private static Session open(Model model, Graph graph, SessionOptions options) {
        return Session.open(model.withGraph(graph), options);
    }

    private Layer partner(Layer layer) {
        Layer partner = partners.get(layer);
        if (partner == null) {
            throw new IllegalStateException(layer.name() + " has no partner");
        }
        return partner;
    }

    /**
     * Adds an input of both models.
     *
     * @throws org.lanewise.runtime.RunException if it does not fit one of them
     * @throws IllegalArgumentException if results of a pair have different shapes
     */
    public void add(Map<String, ? extends OnnxValue> inputs) {
        Map<String, OnnxValue> expected = reference.run(inputs, null);
        Map<String, OnnxValue> got = candidate.run(inputs, null);
        for (Layer layer : layers) {
            Gathered sums = of(layer);
            Tensor tensor = tensor(got, partner(layer).tap());
            float[] wanted = tensor(expected, layer.value()).toFloatArray();
            sums.error.add(wanted, values(layer, tensor(expected, layer.value()), tensor));
            if (sums.codes != null) {
                sums.codes.add(wanted, tensor);
            }
        }
        if (isolated != null) {
            Map<String, OnnxValue> results = isolated.run(withCuts(inputs, expected), null);
            for (Layer layer : layers) {
                Tensor wanted = tensor(expected, layer.value());
                Tensor tensor = tensor(results, partner(layer).tap());
                of(layer).isolated.add(wanted.toFloatArray(), values(layer, wanted, tensor));
            }
        }
    }

    private Map<String, OnnxValue> withCuts(Map<String, ? extends OnnxValue> inputs, Map<String, OnnxValue> expected) {
        Map<String, OnnxValue> all = new HashMap<>(inputs);
        for (Layer layer : layers) {
            Layer partner = partner(layer);
            Tensor wanted = tensor(expected, layer.value());
            String plain = cuts.get(partner.value());
            Quantizer quantizer = partner.quantizer();
            if (quantizer == null) {
                put(all, plain, wanted);
                continue;
            }
            // In a model of integer operators the result and its codes are one value
            put(all, partner.value().equals(quantizer.codes()) ? null : plain, wanted);
            String codes = cuts.get(quantizer.codes());
            if (codes != null) {
                all.put(codes, quantizer.quantize(wanted));
            }
        }
        return all;
    }

    private static void put(Map<String, OnnxValue> all, @Nullable String name, Tensor value) {
        if (name != null) {
            all.put(name, value);
        }
    }

    private Gathered of(Layer layer) {
        Gathered sums = gathered.get(layer);
        if (sums == null) {
            throw new IllegalStateException(layer.name() + " is not compared");
        }
        return sums;
    }

    private static Tensor tensor(Map<String, OnnxValue> values, String name) {
        if (values.get(name) instanceof Tensor tensor) {
            return tensor;
        }
        throw new IllegalArgumentException("'" + name + "' is no tensor");
    }

    private float[] values(Layer layer, Tensor wanted, Tensor got) {
        if (!wanted.shape().equals(got.shape())) {
            throw new IllegalArgumentException("layer '%s' gives %s, '%s' of the candidate %s"
                    .formatted(layer.name(), wanted, partner(layer).name(), got));
        }
        Quantizer quantizer = partner(layer).quantizer();
        return quantizer == null ? got.toFloatArray() : quantizer.dequantize(got);
    }

    /** What has been found so far, in the order of the reference's graph. */
    public List<LayerResult> results() {
        Map<String, Integer> places = new HashMap<>();
        List<LayerResult> results = new ArrayList<>();
        for (Layer layer : layers) {
            Layer partner = partner(layer);
            Gathered sums = of(layer);
            results.add(new LayerResult(
                    layer.name(),
                    partner.name(),
                    layer.operator(),
                    inputs(layer, places),
                    sums.codes != null,
                    sums.error,
                    isolated == null ? null : sums.isolated,
                    sums.codes == null ? Double.NaN : sums.codes.rangeUsed(),
                    sums.codes == null ? Double.NaN : sums.codes.clippedShare(),
                    layer.weights(),
                    partner.weights(),
                    partner.sums()));
            places.put(layer.value(), results.size() - 1);
        }
        return results;
    }

    /** Places of the layers that lie next above a layer. */
    private List<Integer> inputs(Layer layer, Map<String, Integer> places) {
        Set<Integer> found = new TreeSet<>();
        Set<String> seen = new HashSet<>();
        List<String> open = new ArrayList<>(layer.node().inputs());
        while (!open.isEmpty()) {
            String value = open.removeLast();
            Integer place = places.get(value);
            Node producer = referenceIndex.producer(value);
            if (place != null) {
                found.add(place);
            } else if (producer != null && seen.add(value)) {
                open.addAll(producer.inputs());
            }
        }
        return List.copyOf(found);
    }

    /** Layers of the reference that nothing in the candidate corresponds to. */
    public List<String> unmatchedReference() {
        return List.copyOf(unmatchedReference);
    }

    /** Layers of the reference in bodies of {@code If}, {@code Loop} and {@code Scan}, which are not compared, with where they are. */
    public List<String> layersInBodies() {
        List<String> names = new ArrayList<>();
        for (Scope scope : Scope.of(referenceIndex.graph())) {
            if (scope.outer() != null) {
                for (Layer layer : Layers.of(new GraphIndex(scope.graph(), scope.types()))) {
                    names.add(layer.name() + " in " + scope.place());
                }
            }
        }
        return names;
    }

    /** Layers of the candidate that nothing in the reference corresponds to. */
    public List<String> unmatchedCandidate() {
        return List.copyOf(unmatchedCandidate);
    }

    @Override
    public void close() {
        reference.close();
        candidate.close();
        if (isolated != null) {
            isolated.close();
        }
    }
}
