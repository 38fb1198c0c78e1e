package org.lanewise.cli;

import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.lanewise.quantization.AccuracyTarget;
import picocli.CommandLine.Option;

/** What the quantized model must reach; layers are left in fp32 until it does. */
final class TargetOptions {
    @Option(
            names = "--target-sqnr",
            paramLabel = "DB",
            description = "static: leave the fewest layers in fp32 with which outputs have this signal to noise.")
    private @Nullable Double sqnr;

    @Option(
            names = "--target-agreement",
            paramLabel = "SHARE",
            description = "The same for the share (0 to 1) of samples with the same top-1.")
    private @Nullable Double agreement;

    @Option(names = "--target-cosine", paramLabel = "C", description = "The same for the cosine of outputs.")
    private @Nullable Double cosine;

    @Option(
            names = "--target-accuracy-loss",
            paramLabel = "POINTS",
            description = "The same for the points (percent of samples) of top-1 accuracy against labels that may be"
                    + " lost, such as 0.3.")
    private @Nullable Double loss;

    AccuracyTarget value() {
        if (sqnr != null) {
            return new AccuracyTarget(AccuracyTarget.Metric.SQNR, sqnr);
        }
        if (agreement != null) {
            return new AccuracyTarget(AccuracyTarget.Metric.AGREEMENT, agreement);
        }
        return cosine != null
                ? new AccuracyTarget(AccuracyTarget.Metric.COSINE, cosine)
                : new AccuracyTarget(AccuracyTarget.Metric.ACCURACY_LOSS, Objects.requireNonNull(loss));
    }

    /** Whether it is one that needs labels. */
    boolean isLoss() {
        return loss != null;
    }
}
