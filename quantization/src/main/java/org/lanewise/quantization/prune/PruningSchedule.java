package org.lanewise.quantization.prune;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import org.lanewise.quantization.AccuracyTarget;
import org.lanewise.quantization.ProgressListener;
import org.lanewise.quantization.model.OutputComparison;

/**
 * Finds how many zeros each layer can have so that a target is met and there are many together.
 *
 * <p>The noise that a layer alone puts on the outputs is known for a few shares. Of these the ones on the lower convex hull are the steps of a layer; steps of all layers are taken in the order of the noise they cost for each zero they bring, which for
 * noises that add up is the best there is for any number of zeros. How many steps of this order can be taken is found by bisection, each time pruning and comparing the whole model. After that further steps are tried one by one,
 * in the same order, a layer being left alone where one fails.
 */
final class PruningSchedule {
    private static final double[] SHARES = {0.3, 0.4, 0.5, 0.6, 0.7, 0.75, 0.8, 0.85, 0.9, 0.95, 0.98};

    private final Pruner pruner;
    private final OutputComparison comparison;
    private final AccuracyTarget target;
    private final ProgressListener progress;
    private final List<String> notes = new ArrayList<>();
    private int measured;
    private int expected;

    PruningSchedule(Pruner pruner, OutputComparison comparison, AccuracyTarget target, ProgressListener progress) {
        this.pruner = pruner;
        this.comparison = comparison;
        this.target = target;
        this.progress = progress;
    }

    /** Shares that are tried for each layer, the largest being {@code most}. */
    static List<Double> shares(double most) {
        List<Double> shares = new ArrayList<>();
        for (double share : SHARES) {
            if (share < most) {
                shares.add(share);
            }
        }
        shares.add(most);
        return shares;
    }

    /** A layer gets {@code zeros} zeros instead of fewer. */
    record Step(PrunableTensor tensor, long zeros, double price) {}

    /** The steps of a layer: ascending in zeros and in price, the noise for each further zero. */
    static List<Step> steps(PrunableTensor tensor, LayerSensitivity sensitivity) {
        List<Step> steps = new ArrayList<>();
        long zeros = 0;
        double noise = 0;
        List<LayerSensitivity.Point> points = sensitivity.points();
        for (int from = 0; from < points.size(); ) {
            int best = -1;
            double least = Double.POSITIVE_INFINITY;
            for (int i = from; i < points.size(); i++) {
                long more = points.get(i).zeros() - zeros;
                double price = (noise(points.get(i)) - noise) / more;
                if (more > 0 && price <= least) {
                    best = i;
                    least = price;
                }
            }
            if (best < 0) {
                break;
            }
            steps.add(new Step(tensor, points.get(best).zeros(), least));
            zeros = points.get(best).zeros();
            noise = noise(points.get(best));
            from = best + 1;
        }
        return steps;
    }

    private static double noise(LayerSensitivity.Point point) {
        return Double.isNaN(point.sqnr()) ? Double.MAX_VALUE : Math.pow(10, -point.sqnr() / 10);
    }

    private static List<Step> ordered(List<PrunableTensor> tensors, List<LayerSensitivity> sensitivities) {
        Map<String, PrunableTensor> names = Pruning.byName(tensors);
        List<Step> steps = new ArrayList<>();
        for (LayerSensitivity sensitivity : sensitivities) {
            steps.addAll(steps(Objects.requireNonNull(names.get(sensitivity.name())), sensitivity));
        }
        steps.sort(Comparator.comparingDouble(Step::price));
        return steps;
    }

    /** Zeros of the layers; those that get none are missing. */
    Map<PrunableTensor, Long> search(List<PrunableTensor> tensors, List<LayerSensitivity> sensitivities) {
        List<Step> steps = ordered(tensors, sensitivities);
        expected = 2 + Integer.SIZE - Integer.numberOfLeadingZeros(steps.size()) + tensors.size();
        int enough = 0;
        int tooMany = steps.size() + 1;
        if (meets(taken(steps.subList(0, steps.size())))) {
            enough = steps.size();
        } else {
            tooMany = steps.size();
        }
        while (tooMany - enough > 1) {
            int middle = (enough + tooMany) / 2;
            if (meets(taken(steps.subList(0, middle)))) {
                enough = middle;
            } else {
                tooMany = middle;
            }
        }
        Map<PrunableTensor, Long> zeros = taken(steps.subList(0, enough));
        List<Step> rest = new ArrayList<>(steps.subList(enough, steps.size()));
        while (!rest.isEmpty()) {
            Step step = rest.removeFirst();
            Map<PrunableTensor, Long> more = new LinkedHashMap<>(zeros);
            more.put(step.tensor, step.zeros);
            if (meets(more)) {
                zeros = more;
            } else {
                rest.removeIf(other -> other.tensor == step.tensor);
            }
        }
        report(tensors, zeros);
        return zeros;
    }

    private static Map<PrunableTensor, Long> taken(List<Step> steps) {
        Map<PrunableTensor, Long> zeros = new LinkedHashMap<>();
        steps.forEach(step -> zeros.merge(step.tensor, step.zeros, Math::max));
        return zeros;
    }

    private boolean meets(Map<PrunableTensor, Long> zeros) {
        boolean met = zeros.isEmpty()
                || comparison.score(pruner.run(zeros, false).model()).meets(target);
        measured++;
        progress.progress("choosing shares", measured, Math.max(measured, expected));
        return met;
    }

    private void report(List<PrunableTensor> tensors, Map<PrunableTensor, Long> zeros) {
        long size = tensors.stream().mapToLong(PrunableTensor::size).sum();
        long count = zeros.values().stream().mapToLong(Long::longValue).sum();
        notes.add(
                zeros.isEmpty()
                        ? "not even the first step of any layer meets the target: nothing is pruned"
                        : String.format(
                                Locale.ROOT,
                                "%.1f %% zeros over %d of %d layers meet the target: %s",
                                100.0 * count / size,
                                zeros.size(),
                                tensors.size(),
                                comparison.score(pruner.run(zeros, false).model())));
    }

    List<String> notes() {
        return notes;
    }
}
