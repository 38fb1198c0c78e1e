package org.lanewise.quantization.prune;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.lanewise.quantization.QuantizationException;
import org.lanewise.quantization.model.Feed;
import org.lanewise.quantization.model.Hessian;
import org.lanewise.quantization.model.WeightLayer;
import org.lanewise.runtime.graph.GraphEditor;
import org.lanewise.runtime.graph.Model;
import org.lanewise.runtime.session.Inference;
import org.lanewise.runtime.session.SessionOptions;
import org.lanewise.runtime.tensor.FloatTensor;
import org.lanewise.runtime.tensor.OnnxValue;

/** Second moments of what the layers of a tensor of weights read, for each of its groups. */
final class LayerInputs {
    /** Second moments of so many layers are made at once as fit in here. */
    private static final long MOST_BYTES = 512L << 20;

    /** Rows cost K^2 each; this many multiplications are spent on a layer, within the bounds below. */
    private static final double STEPS = 1L << 33;

    /** The share of the mean of the diagonal that damps second moments of very many rows. */
    private static final double LEAST_DAMPING = 0.0003;

    /** Few rows say little of other inputs: damping grows with columns for each row, up to what is usual. */
    private static final double DAMPING_GROWTH = 10;

    private static final int LEAST_ROWS = 8192;
    private static final int MOST_ROWS = 32768;

    private final List<Hessian> hessians = new ArrayList<>();
    private final List<@Nullable Drift> drifts = new ArrayList<>();
    private final Map<Integer, double[]> factors = new HashMap<>();
    private final Map<Integer, Curvature> curvatures = new HashMap<>();
    private final Map<Integer, Surgeon> surgeons = new HashMap<>();
    private List<OutputMoments> outputs = List.of();

    Hessian hessian(int group) {
        return hessians.get(group);
    }

    /** Has costs counted at the model's scores, for all groups. */
    void setOutputs(List<OutputMoments> moments) {
        outputs = moments;
    }

    /** What changes of a group's weights cost. */
    Curvature curvature(int group) {
        return curvatures.computeIfAbsent(group, g -> {
            Hessian hessian = hessians.get(g);
            OutputMoments own = outputs.isEmpty() ? null : outputs.get(g);
            return new Curvature(hessian.damped(damping(g)), hessian.size(), hessian.rows(), own);
        });
    }

    private double damping(int group) {
        Hessian hessian = hessians.get(group);
        double columnsPerRow = (double) hessian.size() / Math.max(1, hessian.rows());
        return Math.min(Hessian.DAMPING, LEAST_DAMPING * (1 + DAMPING_GROWTH * columnsPerRow));
    }

    /** The upper factor of the inverse of a group's second moments. */
    double[] factor(int group) {
        return factors.computeIfAbsent(group, g -> hessians.get(g).inverseFactor(damping(g)));
    }

    /** What a group's outputs have drifted by; {@code null} if it was not looked at. */
    @Nullable
    Drift drift(int group) {
        return drifts.get(group);
    }

    Surgeon surgeon(int group, WeightMatrix matrix, SparsityPattern pattern) {
        return surgeons.computeIfAbsent(group, g -> new Surgeon(matrix, pattern, curvature(g)));
    }

    /** Bytes that the inputs of {@code tensor} take, with their factor and what they cost at the outputs. */
    private static long bytes(PrunableTensor tensor) {
        return 3L * tensor.groups() * Hessian.bytes(tensor.columns()) + OutputMoments.bytes(tensor);
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
     * @param dense what outputs shall be kept to; {@code null} if they are not looked at
     * @throws QuantizationException if an input is not finite
     */
    static Map<PrunableTensor, LayerInputs> collect(
            Model model,
            @Nullable Model dense,
            List<PrunableTensor> tensors,
            Feed feed,
            SessionOptions session,
            String phase) {
        Map<PrunableTensor, LayerInputs> result = new LinkedHashMap<>();
        List<Source> sources = new ArrayList<>();
        Set<String> watched = new LinkedHashSet<>();
        long samples = Math.max(1, feed.data().size());
        GraphEditor editor = new GraphEditor(model.graph());
        Inference types = Inference.of(model.graph());
        for (PrunableTensor tensor : tensors) {
            LayerInputs own = new LayerInputs();
            int rows = tensor.layer().outputs() / tensor.groups();
            int most = most(tensor, samples);
            for (int group = 0; group < tensor.groups(); group++) {
                Hessian hessian = new Hessian(tensor.columns());
                Drift drift = dense == null ? null : new Drift(rows, tensor.columns());
                own.hessians.add(hessian);
                own.drifts.add(drift);
                for (WeightLayer use : tensor.uses()) {
                    String target = Drift.target(editor, types, use);
                    String kept = sources.stream().anyMatch(other -> other.target.equals(target) && other.layer != use)
                            ? use.node().output(0)
                            : target;
                    sources.add(new Source(use, new Patches(use, group), most, hessian, drift, kept));
                    watched.add(use.node().input(0));
                    if (dense != null) {
                        watched.add(kept);
                    }
                }
            }
            result.put(tensor, own);
        }
        if (dense == null) {
            feed.runUpTo(
                    model, watched, session, phase, values -> sources.forEach(source -> source.add(values, Map.of())));
        } else {
            feed.runBoth(
                    model,
                    dense,
                    watched,
                    session,
                    phase,
                    (values, right) -> sources.forEach(source -> source.add(values, right)));
        }
        sources.forEach(Source::check);
        return result;
    }

    /** Rows that are taken of a sample. */
    private static int most(PrunableTensor tensor, long samples) {
        double affordable = STEPS / ((double) tensor.columns() * tensor.columns());
        double rows = Math.clamp(affordable, LEAST_ROWS, MOST_ROWS);
        return (int) Math.ceil(rows / samples / tensor.uses().size());
    }

    /** Where rows come from and go to. */
    private record Source(
            WeightLayer layer,
            Patches patches,
            int most,
            Hessian hessian,
            @Nullable Drift drift,
            String target) {
        void add(Map<String, OnnxValue> values, Map<String, OnnxValue> right) {
            if (!(values.get(layer.node().input(0)) instanceof FloatTensor x)) {
                return;
            }
            int step = patches.outputStep(x);
            patches.forEach(x, most, hessian.size(), (row, from, output) -> {
                hessian.add(row, from);
                if (drift != null
                        && values.get(target) instanceof FloatTensor now
                        && right.get(target) instanceof FloatTensor dense) {
                    drift.add(row, from, dense, now, output, step);
                }
            });
        }

        void check() {
            if (!hessian.isFinite()) {
                throw new QuantizationException("the input of " + layer.node().path()
                        + " has NaN or infinite values: does the dense model work on this data?");
            }
        }
    }
}
