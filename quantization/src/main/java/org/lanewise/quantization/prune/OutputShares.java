package org.lanewise.quantization.prune;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.lanewise.quantization.model.Feed;
import org.lanewise.runtime.graph.Graph;
import org.lanewise.runtime.graph.Initializer;
import org.lanewise.runtime.graph.Model;
import org.lanewise.runtime.session.SessionOptions;

/**
 * Shares zeros out among tensors so that they cost the model's scores least. For each the order is found in which its weights go, and what each costs there; one threshold over all costs says how many zeros a tensor gets. Costs of
 * different tensors can be compared because {@link OutputMoments} measure them where they all end up; tensors for which there are none, or whose order would take too long to find, get the same share each.
 */
final class OutputShares {
    /** The largest share of a tensor. */
    private static final double MOST = 0.97;

    private final Graph graph;
    private final PruningOptions options;
    private final Map<PrunableTensor, List<Costs>> costs = new LinkedHashMap<>();

    private OutputShares(Graph graph, PruningOptions options) {
        this.graph = graph;
        this.options = options;
    }

    /** What units of weights cost, and how many weights each has. */
    private record Costs(float[] values, int[] sizes) {
        static Costs of(Threshold.Units units) {
            int[] count = {0};
            units.forEach((cost, size) -> count[0]++);
            Costs costs = new Costs(new float[count[0]], new int[count[0]]);
            count[0] = 0;
            units.forEach((cost, size) -> {
                costs.values[count[0]] = cost;
                costs.sizes[count[0]++] = size;
            });
            return costs;
        }

        void forEach(Threshold.Action action) {
            for (int i = 0; i < values.length; i++) {
                action.accept(values[i], sizes[i]);
            }
        }
    }

    /** How many weights of each of {@code tensors} are to be zero. */
    static Map<PrunableTensor, Long> of(
            Model model, List<PrunableTensor> tensors, PruningOptions options, Feed feed, SessionOptions session) {
        OutputShares shares = new OutputShares(model.graph(), options);
        List<List<PrunableTensor>> parts =
                LayerInputs.parts(tensors.stream().filter(shares::isAffordable).toList());
        int done = 0;
        for (List<PrunableTensor> part : parts) {
            String phase = "sharing out zeros, step " + ++done + " of " + parts.size();
            Map<PrunableTensor, LayerInputs> inputs = LayerInputs.collect(model, null, part, feed, session, phase);
            OutputMoments.collect(model, part, feed, session, phase + ", backwards")
                    .forEach((tensor, moments) -> {
                        LayerInputs own = Objects.requireNonNull(inputs.remove(tensor));
                        own.setOutputs(moments);
                        shares.add(tensor, own);
                        feed.progress().progress("sharing out zeros", shares.costs.size(), tensors.size());
                    });
        }
        return shares.zeros(tensors);
    }

    private List<WeightMatrix> matrices(PrunableTensor tensor) {
        Initializer weights = Objects.requireNonNull(graph.initializers().get(tensor.name()));
        return tensor.matrices(weights.tensor().toFloatArray());
    }

    private boolean isAffordable(PrunableTensor tensor) {
        return matrices(tensor).stream()
                .allMatch(matrix -> Surgeon.isAffordable(matrix, options.pattern(), matrix.w().length));
    }

    private void add(PrunableTensor tensor, LayerInputs inputs) {
        List<WeightMatrix> matrices = matrices(tensor);
        double most = Math.max(MOST, options.sparsity());
        List<Costs> own = new ArrayList<>();
        for (int group = 0; group < matrices.size(); group++) {
            WeightMatrix matrix = matrices.get(group);
            own.add(Costs.of(new Surgeon(matrix, options.pattern(), inputs.curvature(group)).costs(most)));
        }
        costs.put(tensor, own);
    }

    private Map<PrunableTensor, Long> zeros(List<PrunableTensor> tensors) {
        Map<PrunableTensor, Long> zeros = new LinkedHashMap<>();
        long shared = 0;
        for (PrunableTensor tensor : tensors) {
            shared += costs.containsKey(tensor) ? tensor.size() : 0;
            zeros.put(tensor, Math.round(options.sparsity() * tensor.size()));
        }
        Threshold threshold = Threshold.of(
                action -> costs.values().forEach(all -> all.forEach(one -> one.forEach(action))),
                Math.round(options.sparsity() * shared));
        costs.forEach((tensor, all) -> {
            long[] count = {0};
            all.forEach(one -> one.forEach((cost, size) -> count[0] += threshold.takes(cost, size) ? size : 0));
            zeros.put(tensor, count[0]);
        });
        return zeros;
    }
}
