package org.lanewise.quantization.compare;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.lanewise.runtime.tensor.PartialShape;

/**
 * Finds the layers of two models that do the same. Two layers can be a pair if they have the same {@linkplain Layer#operator operator}, results of shapes that agree as far as they are known, and
 * equally many weights (where neither is packed). Of those that can be:
 *
 * <ol>
 *   <li>values of the same name along the layer, endings that quantization tools append left out;
 *   <li>nodes of the same name, endings left out again;
 *   <li>position: the longest sequence of pairs that is in order in both models, of what is left.
 * </ol>
 *
 * <p>Names count only if they mean something: exporters that number nodes give the same names to different layers. A way of naming is used if at least half of the layers of the smaller model find a layer of
 * their name in the other model, and nine in ten of those can be a pair with it.
 */
final class LayerMatching {
    private static final Pattern ENDINGS = Pattern.compile(
            "((_(quantized|quant|(Quantize|Dequantize)Linear(_(Input|Output))?|fake_quant|output_quantized)(_\\d+)?)|/duplicated)+$");

    private static final double NAMED_SHARE = 0.5;
    private static final double FITTING_SHARE = 0.9;

    private final List<Layer> reference;
    private final List<Layer> candidate;
    private final Map<Layer, Layer> pairs = new HashMap<>();
    private final Set<Layer> taken = new HashSet<>();

    private LayerMatching(List<Layer> reference, List<Layer> candidate) {
        this.reference = reference;
        this.candidate = candidate;
    }

    /**
     * The candidate's layer for each of the reference's, which those without a match are not in.
     *
     * @param reference the layers of the reference
     * @param candidate the layers of the candidate
     */
    static Map<Layer, Layer> match(List<Layer> reference, List<Layer> candidate) {
        LayerMatching matching = new LayerMatching(reference, candidate);
        matching.byName(Layer::values);
        matching.byName(layer -> List.of(layer.node().name()));
        matching.byPosition();
        return matching.pairs;
    }

    /** A name without what tools append when they quantize. */
    static String plain(String name) {
        return ENDINGS.matcher(name).replaceFirst("");
    }

    private void byName(Function<Layer, Collection<String>> names) {
        Map<String, Layer> named = new HashMap<>();
        for (Layer layer : reference) {
            for (String name : names.apply(layer)) {
                named.putIfAbsent(plain(name), layer);
            }
        }
        named.remove("");
        Map<Layer, Layer> found = new HashMap<>();
        int hits = 0;
        int fitting = 0;
        for (Layer layer : candidate) {
            Layer hit = null;
            for (String name : names.apply(layer)) {
                hit = named.getOrDefault(plain(name), hit);
            }
            if (hit != null) {
                hits++;
                fitting += fit(hit, layer) ? 1 : 0;
                found.put(layer, hit);
            }
        }
        if (hits < NAMED_SHARE * Math.min(reference.size(), candidate.size()) || fitting < FITTING_SHARE * hits) {
            return;
        }
        for (Layer layer : candidate) {
            Layer hit = found.get(layer);
            if (hit != null && fit(hit, layer) && !pairs.containsKey(hit) && !taken.contains(layer)) {
                pair(hit, layer);
            }
        }
    }

    private void pair(Layer ofReference, Layer ofCandidate) {
        pairs.put(ofReference, ofCandidate);
        taken.add(ofCandidate);
    }

    private void byPosition() {
        List<Layer> left =
                reference.stream().filter(layer -> !pairs.containsKey(layer)).toList();
        List<Layer> right =
                candidate.stream().filter(layer -> !taken.contains(layer)).toList();
        // length[i][j]: the longest common sequence of left from i on and right from j on
        int[][] length = new int[left.size() + 1][right.size() + 1];
        for (int i = left.size() - 1; i >= 0; i--) {
            for (int j = right.size() - 1; j >= 0; j--) {
                length[i][j] = fit(left.get(i), right.get(j))
                        ? length[i + 1][j + 1] + 1
                        : Math.max(length[i + 1][j], length[i][j + 1]);
            }
        }
        int i = 0;
        int j = 0;
        while (i < left.size() && j < right.size()) {
            if (fit(left.get(i), right.get(j))) {
                pair(left.get(i++), right.get(j++));
            } else if (length[i + 1][j] >= length[i][j + 1]) {
                i++;
            } else {
                j++;
            }
        }
    }

    /** Whether two layers can be a pair. */
    private static boolean fit(Layer a, Layer b) {
        return a.operator().equals(b.operator()) && agree(a.shape(), b.shape()) && agree(a.weights(), b.weights());
    }

    private static boolean agree(@Nullable LayerWeights a, @Nullable LayerWeights b) {
        return a == null || b == null || a.zeros() < 0 || b.zeros() < 0 || a.elements() == b.elements();
    }

    private static boolean agree(PartialShape a, PartialShape b) {
        if (!a.isRanked() || !b.isRanked()) {
            return true;
        }
        if (a.rank() != b.rank()) {
            return false;
        }
        for (int axis = 0; axis < a.rank(); axis++) {
            if (a.dim(axis) >= 0 && b.dim(axis) >= 0 && a.dim(axis) != b.dim(axis)) {
                return false;
            }
        }
        return true;
    }

    /** The layers of a list that have no partner. */
    static List<String> without(List<Layer> layers, Collection<Layer> matched) {
        List<String> names = new ArrayList<>();
        Set<Layer> partners = new HashSet<>(matched);
        layers.stream().filter(layer -> !partners.contains(layer)).forEach(layer -> names.add(layer.name()));
        return names;
    }
}
