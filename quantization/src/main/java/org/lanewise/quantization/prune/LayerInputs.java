package org.lanewise.quantization.prune;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.lanewise.quantization.QuantizationException;
import org.lanewise.quantization.model.Feed;
import org.lanewise.quantization.model.Hessian;
import org.lanewise.quantization.model.WeightLayer;
import org.lanewise.runtime.graph.Model;
import org.lanewise.runtime.session.SessionOptions;
import org.lanewise.runtime.tensor.FloatTensor;

/** Second moments of what the layers of a tensor of weights read, for each of its groups. */
final class LayerInputs {
    /** Second moments of so many layers are made at once as fit in here. */
    private static final long MOST_BYTES = 512L << 20;

    /** Rows cost K^2 each; this many multiplications are spent on a layer, within the bounds below. */
    private static final double STEPS = 1L << 33;

    private static final int LEAST_ROWS = 8192;
    private static final int MOST_ROWS = 32768;

    private final List<Hessian> hessians;
    private final Map<Integer, double[]> factors = new HashMap<>();

    private LayerInputs(List<Hessian> hessians) {
        this.hessians = hessians;
    }

    Hessian hessian(int group) {
        return hessians.get(group);
    }

    /** The upper factor of the inverse of a group's second moments. */
    double[] factor(int group) {
        return factors.computeIfAbsent(group, g -> hessians.get(g).inverseFactor());
    }

    /** Bytes that the inputs of {@code tensor} take, with their factor. */
    private static long bytes(PrunableTensor tensor) {
        return 2L * tensor.groups() * Hessian.bytes(tensor.columns());
    }

    /** Parts of {@code tensors} whose inputs fit in memory together. */
    static List<List<PrunableTensor>> parts(Collection<PrunableTensor> tensors) {
        List<List<PrunableTensor>> parts = new ArrayList<>();
        long used = MOST_BYTES;
        for (PrunableTensor tensor : tensors) {
            used += bytes(tensor);
            if (used > MOST_BYTES) {
                parts.add(new ArrayList<>());
                used = bytes(tensor);
            }
            parts.getLast().add(tensor);
        }
        return parts;
    }

    /**
     * Runs {@code model} on all samples.
     *
     * @param tensors whose inputs are looked at
     * @throws QuantizationException if an input is not finite
     */
    static Map<PrunableTensor, LayerInputs> collect(
            Model model, List<PrunableTensor> tensors, Feed feed, SessionOptions session, String phase) {
        Map<PrunableTensor, LayerInputs> result = new LinkedHashMap<>();
        Map<String, LayerInputs> shared = new HashMap<>();
        List<Source> sources = new ArrayList<>();
        Set<String> watched = new LinkedHashSet<>();
        long samples = Math.max(1, feed.data().size());
        for (PrunableTensor tensor : tensors) {
            boolean alone = tensor.layer().isConvolution() || tensor.uses().size() > 1;
            LayerInputs known = alone ? null : shared.get(tensor.inputs().getFirst());
            if (known != null) {
                result.put(tensor, known);
                continue;
            }
            LayerInputs own = new LayerInputs(new ArrayList<>());
            for (int group = 0; group < tensor.groups(); group++) {
                own.hessians.add(new Hessian(tensor.columns()));
            }
            int most = most(tensor, samples);
            for (WeightLayer use : tensor.uses()) {
                for (int group = 0; group < tensor.groups(); group++) {
                    sources.add(new Source(use, new Patches(use, group), most, own.hessian(group)));
                }
                watched.add(use.node().input(0));
            }
            result.put(tensor, own);
            if (!alone) {
                shared.put(tensor.inputs().getFirst(), own);
            }
        }
        feed.runUpTo(model, watched, session, phase, values -> sources.forEach(source -> {
            if (values.get(source.layer.node().input(0)) instanceof FloatTensor x) {
                source.patches.add(x, source.most, source.hessian);
            }
        }));
        sources.forEach(LayerInputs::check);
        return result;
    }

    /** Rows that are taken of a sample. */
    private static int most(PrunableTensor tensor, long samples) {
        double affordable = STEPS / ((double) tensor.columns() * tensor.columns());
        double rows = Math.clamp(affordable, LEAST_ROWS, MOST_ROWS);
        return (int) Math.ceil(rows / samples / tensor.uses().size());
    }

    private static void check(Source source) {
        if (!source.hessian.isFinite()) {
            throw new QuantizationException("the input of " + source.layer.node().path()
                    + " has NaN or infinite values: does the dense model work on this data?");
        }
    }

    /** Where rows come from and go to. */
    private record Source(WeightLayer layer, Patches patches, int most, Hessian hessian) {}
}
