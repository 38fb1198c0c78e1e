package org.lanewise.cli.output;

import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import org.lanewise.quantization.compare.ErrorJump;
import org.lanewise.quantization.compare.LayerResult;
import org.lanewise.quantization.compare.LayerWeights;
import org.lanewise.quantization.compare.OutputStatistics;

/**
 * What {@code lanewise compare} found.
 *
 * @param reference the model that is right
 * @param candidate the one that is compared with it
 * @param samples inputs that the outputs are compared on
 * @param layerSamples inputs that the layers are compared on
 * @param layers pairs of layers, in the order of the reference's graph
 * @param jump the first layer where the error jumps, {@code null} if there is none
 * @param unmatchedReference layers of the reference without a partner
 * @param unmatchedCandidate layers of the candidate without a partner
 * @param inBodies layers of the reference in bodies of {@code If}, {@code Loop} and {@code Scan}, which are not compared
 * @param outputs the outputs
 * @param latencies how long runs take, by number of threads
 */
public record ComparisonReport(
        ModelFile reference,
        ModelFile candidate,
        int samples,
        int layerSamples,
        List<LayerResult> layers,
        @Nullable ErrorJump jump,
        List<String> unmatchedReference,
        List<String> unmatchedCandidate,
        List<String> inBodies,
        List<OutputStatistics> outputs,
        List<Latency> latencies) {
    /** Copies the lists. */
    public ComparisonReport {
        layers = List.copyOf(layers);
        unmatchedReference = List.copyOf(unmatchedReference);
        unmatchedCandidate = List.copyOf(unmatchedCandidate);
        inBodies = List.copyOf(inBodies);
        outputs = List.copyOf(outputs);
        latencies = List.copyOf(latencies);
    }

    /**
     * A model's file.
     *
     * @param name as the user gave it
     * @param bytes on disk
     * @param gzipBytes compressed by gzip
     */
    public record ModelFile(String name, long bytes, long gzipBytes) {}

    /**
     * Times of a run in microseconds, in turns.
     *
     * @param threads of both
     * @param reference of the reference
     * @param candidate of the candidate
     */
    public record Latency(int threads, Spread reference, Spread candidate) {
        /** How many times as fast the candidate is. */
        public double speedUp() {
            return reference.median / candidate.median;
        }
    }

    /** A time that a tenth of the turns, half of them and nine tenths did not exceed. */
    public record Spread(double low, double median, double high) {}

    /** What is to be said where {@link #isUnrelated()}. */
    public static final String UNRELATED =
            "most layers have nothing in common: is the candidate made from the reference?";

    /** What is said of {@link #inBodies}; empty if there are none. */
    public String bodies() {
        return inBodies.isEmpty()
                ? ""
                : inBodies.size()
                        + (inBodies.size() == 1 ? " layer in a body is" : " layers in bodies are")
                        + " not compared:";
    }

    /** Whether each layer's own error was measured. */
    public boolean hasIsolated() {
        return layers.stream().anyMatch(layer -> layer.isolated() != null);
    }

    /**
     * Whether most layers have less signal than error, as layers of models have that were trained apart: then their comparison says nothing about quantization or pruning.
     */
    public boolean isUnrelated() {
        long lost = layers.stream().filter(layer -> layer.error().sqnr() < 0).count();
        return 2 * lost > layers.size();
    }

    /** What can be said of saturated integer sums, in a sentence; empty if there are none. */
    public String saturation() {
        List<LayerResult> integer =
                layers.stream().filter(layer -> layer.sums() != null).toList();
        if (integer.isEmpty()) {
            return "";
        }
        double most = 0;
        StringBuilder open = new StringBuilder();
        for (LayerResult layer : integer) {
            var sums = layer.sums();
            if (sums != null) {
                most = Math.max(most, sums.bits());
                if (!sums.fitsInt32()) {
                    open.append(open.isEmpty() ? "" : ", ").append(layer.name());
                }
            }
        }
        return open.isEmpty()
                ? String.format(
                        Locale.ROOT,
                        "saturated sums: 0, proved: the sums of %s at most %.1f of 31 bits",
                        integer.size() == 1 ? "1 layer need" : integer.size() + " layers need",
                        most)
                : "saturated sums: possible in " + open;
    }

    /** Share of all weights of the reference's layers that are zero, NaN where it is not known. */
    public double referenceZeros() {
        return zeroShare(true);
    }

    /** The same for the candidate. */
    public double candidateZeros() {
        return zeroShare(false);
    }

    private double zeroShare(boolean ofReference) {
        long zeros = 0;
        long elements = 0;
        for (LayerResult layer : layers) {
            LayerWeights weights = ofReference ? layer.referenceWeights() : layer.candidateWeights();
            if (weights != null && weights.zeros() >= 0) {
                zeros += weights.zeros();
                elements += weights.elements();
            }
        }
        return elements == 0 ? Double.NaN : (double) zeros / elements;
    }

    /** Share of weights that are zero, NaN where it is not known. */
    public static double zeroShare(LayerWeights weights) {
        return weights.zeros() < 0 || weights.elements() == 0
                ? Double.NaN
                : (double) weights.zeros() / weights.elements();
    }
}
