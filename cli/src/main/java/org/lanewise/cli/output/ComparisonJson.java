package org.lanewise.cli.output;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.lanewise.cli.output.ComparisonReport.Latency;
import org.lanewise.cli.output.ComparisonReport.ModelFile;
import org.lanewise.cli.output.ComparisonReport.Spread;
import org.lanewise.quantization.compare.ErrorJump;
import org.lanewise.quantization.compare.ErrorStatistics;
import org.lanewise.quantization.compare.LayerResult;
import org.lanewise.quantization.compare.LayerWeights;
import org.lanewise.quantization.compare.OutputStatistics;
import org.lanewise.quantization.compare.SumBound;

/**
 * A comparison as an object for programs. Keys stay as they are under the name in {@code schema}; new ones may be added. What there is not, and numbers that are not finite (the SQNR of a layer without any error), are
 * {@code null}. Shares are between 0 and 1.
 */
public final class ComparisonJson {
    private static final String SCHEMA = "lanewise-compare-1";

    private ComparisonJson() {}

    /** The whole report. */
    public static Map<String, Object> of(ComparisonReport report) {
        Map<String, Object> object = new LinkedHashMap<>();
        object.put("schema", SCHEMA);
        object.put("reference", file(report.reference(), report.referenceZeros()));
        object.put("candidate", file(report.candidate(), report.candidateZeros()));
        object.put("samples", report.samples());
        object.put("layer_samples", report.layerSamples());
        object.put("layers", report.layers().stream().map(ComparisonJson::layer).toList());
        object.put("jump", jump(report));
        object.put("unmatched_reference", report.unmatchedReference());
        object.put("unmatched_candidate", report.unmatchedCandidate());
        object.put("layers_in_bodies", report.inBodies());
        object.put(
                "outputs", report.outputs().stream().map(ComparisonJson::output).toList());
        object.put(
                "latency",
                report.latencies().stream().map(ComparisonJson::latency).toList());
        return object;
    }

    private static Map<String, Object> file(ModelFile file, double zeros) {
        Map<String, Object> object = new LinkedHashMap<>();
        object.put("model", file.name());
        object.put("bytes", file.bytes());
        object.put("gzip_bytes", file.gzipBytes());
        object.put("zero_share", finite(zeros));
        return object;
    }

    private static Map<String, Object> layer(LayerResult layer) {
        Map<String, Object> object = new LinkedHashMap<>();
        object.put("name", layer.name());
        object.put("candidate_name", layer.candidateName());
        object.put("operator", layer.operator());
        object.put("inputs", layer.inputs());
        object.put("quantized", layer.quantized());
        object.put("error", error(layer.error()));
        ErrorStatistics isolated = layer.isolated();
        object.put("isolated_error", isolated == null ? null : error(isolated));
        object.put("range_used", finite(layer.rangeUsed()));
        object.put("clipped_share", finite(layer.clippedShare()));
        object.put("reference_weights", weights(layer.referenceWeights()));
        object.put("candidate_weights", weights(layer.candidateWeights()));
        object.put("integer_sums", sums(layer.sums()));
        return object;
    }

    private static Map<String, Object> error(ErrorStatistics error) {
        Map<String, Object> object = new LinkedHashMap<>();
        object.put("sqnr_db", finite(error.sqnr()));
        object.put("cosine", finite(error.cosine()));
        object.put("max", finite(error.maxError()));
        object.put("mean", finite(error.meanError()));
        object.put("reference_rms", finite(error.referenceRms()));
        object.put("values", error.count());
        object.put("broken", error.broken());
        return object;
    }

    private static @Nullable Map<String, Object> weights(@Nullable LayerWeights weights) {
        if (weights == null) {
            return null;
        }
        Map<String, Object> object = new LinkedHashMap<>();
        object.put("type", weights.type().onnxName());
        object.put("elements", weights.elements());
        object.put("zeros", weights.zeros() < 0 ? null : weights.zeros());
        object.put("bytes", weights.bytes());
        return object;
    }

    private static @Nullable Map<String, Object> sums(@Nullable SumBound sums) {
        if (sums == null) {
            return null;
        }
        Map<String, Object> object = new LinkedHashMap<>();
        object.put("largest_possible", sums.largest());
        object.put("saturated", sums.fitsInt32() ? 0 : null);
        return object;
    }

    private static @Nullable Map<String, Object> jump(ComparisonReport report) {
        ErrorJump jump = report.jump();
        if (jump == null) {
            return null;
        }
        Map<String, Object> object = new LinkedHashMap<>();
        object.put("layer", jump.layer());
        object.put("name", report.layers().get(jump.layer()).name());
        object.put("before_db", finite(jump.before()));
        object.put("after_db", finite(jump.after()));
        return object;
    }

    private static Map<String, Object> output(OutputStatistics output) {
        Map<String, Object> object = new LinkedHashMap<>();
        boolean ranked = output.isRanked();
        boolean labelled = output.labelled() > 0;
        object.put("name", output.name());
        object.put("error", error(output.error()));
        object.put("mean_cosine", finite(output.meanCosine()));
        object.put("least_cosine", finite(output.leastCosine()));
        object.put("classes", ranked ? output.classCount() : null);
        object.put("top1_agreement", ranked ? output.top1Agreement() : null);
        object.put("top5_agreement", ranked ? output.top5Agreement() : null);
        object.put("labelled", output.labelled());
        object.put("top1_accuracy", labelled ? both(output.top1Accuracy()) : null);
        object.put("top5_accuracy", labelled ? both(output.top5Accuracy()) : null);
        return object;
    }

    private static Map<String, Object> both(double[] shares) {
        Map<String, Object> object = new LinkedHashMap<>();
        object.put("reference", finite(shares[0]));
        object.put("candidate", finite(shares[1]));
        return object;
    }

    private static Map<String, Object> latency(Latency latency) {
        Map<String, Object> object = new LinkedHashMap<>();
        object.put("threads", latency.threads());
        object.put("reference_us", spread(latency.reference()));
        object.put("candidate_us", spread(latency.candidate()));
        object.put("speed_up", finite(latency.speedUp()));
        return object;
    }

    private static List<Object> spread(Spread spread) {
        return List.of(spread.low(), spread.median(), spread.high());
    }

    private static @Nullable Double finite(double value) {
        return Double.isFinite(value) ? value : null;
    }
}
