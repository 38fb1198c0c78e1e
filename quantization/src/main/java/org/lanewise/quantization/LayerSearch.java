package org.lanewise.quantization;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import org.lanewise.runtime.graph.Model;

/**
 * Finds few layers to leave in fp32 so that the quantized model meets a target. If it does not with all of them quantized, each layer is quantized alone and the outputs compared; then the shortest run of
 * the most sensitive ones that suffices is found by bisection, and each of those that turns out not to be needed is quantized after all.
 */
final class LayerSearch {
    private final OutputComparison comparison;
    private final AccuracyTarget target;
    private final Function<Set<String>, Model> quantizer;
    private final Map<String, Double> sensitivities = new LinkedHashMap<>();
    private final List<String> notes = new ArrayList<>();
    private final ProgressListener progress;
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
        if (meets(all)) {
            notes.add("all layers quantized meet the target: " + text(all));
            return Set.of();
        }
        for (String layer : layers) {
            Set<String> others = new LinkedHashSet<>(layers);
            others.remove(layer);
            sensitivities.put(layer, comparison.score(quantizer.apply(others)).sqnr());
            progress.progress("each layer alone", sensitivities.size(), layers.size());
        }
        List<String> worst = new ArrayList<>(layers);
        worst.sort(Comparator.comparingDouble(layer -> sensitivities.getOrDefault(layer, 0.0)));
        expected = 2 + Integer.SIZE - Integer.numberOfLeadingZeros(layers.size());
        int tooFew = 0;
        int enough = layers.size();
        while (enough - tooFew > 1) {
            int middle = (tooFew + enough) / 2;
            if (meets(score(new LinkedHashSet<>(worst.subList(0, middle))))) {
                enough = middle;
            } else {
                tooFew = middle;
            }
        }
        expected = measured + enough + 1;
        Set<String> kept = new LinkedHashSet<>(worst.subList(0, enough));
        for (String layer : worst.subList(0, enough).reversed()) {
            Set<String> fewer = new LinkedHashSet<>(kept);
            fewer.remove(layer);
            if (kept.size() > 1 && meets(score(fewer))) {
                kept = fewer;
            }
        }
        notes.add("all layers quantized: " + text(all) + "; with " + kept.size() + " of " + layers.size() + " in fp32: "
                + (kept.size() == layers.size() ? "nothing is quantized" : text(score(kept))));
        return kept;
    }

    private OutputComparison.Score score(Set<String> kept) {
        OutputComparison.Score score = comparison.score(quantizer.apply(kept));
        measured++;
        progress.progress("choosing layers", measured, Math.max(measured, expected));
        return score;
    }

    private boolean meets(OutputComparison.Score score) {
        return score.of(target.metric()) >= target.value();
    }

    private static String text(OutputComparison.Score score) {
        return String.format(
                Locale.ROOT,
                "SQNR %.1f dB, top-1 agreement %.4f, cosine %.5f",
                score.sqnr(),
                score.agreement(),
                score.cosine());
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
