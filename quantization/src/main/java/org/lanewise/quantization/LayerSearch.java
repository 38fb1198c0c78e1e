package org.lanewise.quantization;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import org.lanewise.quantization.model.OutputComparison;
import org.lanewise.runtime.graph.Model;

/**
 * Finds few layers to leave in fp32 so that the quantized model meets a target.
 *
 * <p>If it does not with all of them quantized, layers are ranked in two ways: by the outputs with each alone quantized, and by those with each alone left out. For either ranking the shortest
 * run of the worst that suffices is found by bisection, and of those each is quantized after all that turns out not to be needed, in passes until none is found. The smaller set is taken. So none of
 * the layers it has can be quantized, the others staying as they are, without missing the target; a smaller set of other layers may exist, which only trying all sets would tell.
 */
final class LayerSearch {
    private final OutputComparison comparison;
    private final AccuracyTarget target;
    private final Function<Set<String>, Model> quantizer;
    private final Map<String, Double> sensitivities = new LinkedHashMap<>();
    private final List<String> notes = new ArrayList<>();
    private final ProgressListener progress;
    private final Map<Set<String>, OutputComparison.Score> scores = new HashMap<>();
    private int measured;
    private int expected = 1;

    /**
     * A search.
     *
     * @param quantizer gives the model with these layers left in fp32
     */
    LayerSearch(
            OutputComparison comparison,
            AccuracyTarget target,
            Function<Set<String>, Model> quantizer,
            ProgressListener progress) {
        this.progress = progress;
        this.comparison = comparison;
        this.target = target;
        this.quantizer = quantizer;
    }

    /** The layers of {@code layers} to leave in fp32. */
    Set<String> run(List<String> layers) {
        OutputComparison.Score all = score(Set.of());
        if (all.meets(target)) {
            notes.add("all layers quantized meet the target: " + all);
            return Set.of();
        }
        for (String layer : layers) {
            sensitivities.put(layer, score(without(layers, layer)).sqnr());
            progress.progress("each layer alone", sensitivities.size(), layers.size());
        }
        Set<String> kept = fewest(layers, sensitivities);
        if (kept.size() > 1) {
            Map<String, Double> gains = new LinkedHashMap<>();
            for (String layer : layers) {
                gains.put(layer, -score(Set.of(layer)).sqnr());
                progress.progress("all but each layer", gains.size(), layers.size());
            }
            Set<String> other = fewest(layers, gains);
            kept = other.size() < kept.size() ? other : kept;
        }
        notes.add("all layers quantized: " + all + "; with " + kept.size() + " of " + layers.size() + " in fp32: "
                + (kept.size() == layers.size() ? "nothing is quantized" : score(kept)));
        return kept;
    }

    /** The layers to leave out if those with the least {@code ranks} go first. */
    private Set<String> fewest(List<String> layers, Map<String, Double> ranks) {
        List<String> worst = new ArrayList<>(layers);
        worst.sort(Comparator.comparingDouble(layer -> ranks.getOrDefault(layer, 0.0)));
        expected = measured + Integer.SIZE - Integer.numberOfLeadingZeros(layers.size()) + 1;
        int tooFew = 0;
        int enough = layers.size();
        while (enough - tooFew > 1) {
            int middle = (tooFew + enough) / 2;
            if (suffices(new LinkedHashSet<>(worst.subList(0, middle)))) {
                enough = middle;
            } else {
                tooFew = middle;
            }
        }
        expected = measured + enough + 1;
        return needed(worst.subList(0, enough));
    }

    /** Those of {@code kept} without which the target is missed: what leaves one out again, until that changes nothing. */
    private Set<String> needed(List<String> kept) {
        Set<String> needed = new LinkedHashSet<>(kept);
        int before;
        do {
            before = needed.size();
            for (String layer : List.copyOf(needed).reversed()) {
                Set<String> fewer = without(needed, layer);
                if (!fewer.isEmpty() && suffices(fewer)) {
                    needed = fewer;
                }
            }
        } while (needed.size() < before);
        return needed;
    }

    private static Set<String> without(Collection<String> layers, String layer) {
        Set<String> others = new LinkedHashSet<>(layers);
        others.remove(layer);
        return others;
    }

    private boolean suffices(Set<String> kept) {
        boolean met = score(kept).meets(target);
        measured++;
        progress.progress("choosing layers", measured, Math.max(measured, expected));
        return met;
    }

    private OutputComparison.Score score(Set<String> kept) {
        OutputComparison.Score known = scores.get(kept);
        if (known != null) {
            return known;
        }
        OutputComparison.Score score = comparison.score(quantizer.apply(kept));
        scores.put(Set.copyOf(kept), score);
        return score;
    }

    /** SQNR in dB with each layer alone quantized; empty if that was not measured. */
    Map<String, Double> sensitivities() {
        return sensitivities;
    }

    /** What was found, a sentence each. */
    List<String> notes() {
        return notes;
    }
}
