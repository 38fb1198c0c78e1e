package org.lanewise.cli;

import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.lanewise.quantization.AccuracyTarget;
import picocli.CommandLine.Option;

/** What the model that is made must reach: static quantization leaves layers in fp32 until it does, pruning gives layers fewer zeros. */
final class TargetOptions {
    /** The names of all of them. */
    static final List<String> OPTIONS =
            List.of("--target-sqnr", "--target-agreement", "--target-cosine", "--target-accuracy-loss");

    @Option(
            names = "--target-sqnr",
            paramLabel = "DB",
            description = "Reach this signal to noise of the outputs on the calibration data.")
    private @Nullable Double sqnr;

    @Option(
            names = "--target-agreement",
            paramLabel = "SHARE",
            description = "Or this share (0 to 1) of samples with the same top-1.")
    private @Nullable Double agreement;

    @Option(names = "--target-cosine", paramLabel = "C", description = "Or this cosine of outputs.")
    private @Nullable Double cosine;

    @Option(
            names = "--target-accuracy-loss",
            paramLabel = "POINTS",
            description =
                    "Or lose at most so many points (percent of samples) of top-1 accuracy against labels, such as"
                            + " 0.3.")
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

    /** Refuses a loss of accuracy without labels. */
    static void requireLabels(@Nullable TargetOptions target, CalibrationSamples samples) {
        if (target != null && target.isLoss() && samples.labels().isEmpty()) {
            throw new CliException("--target-accuracy-loss counts right answers: give the right classes with --labels"
                    + " FILE (a CIFAR-10 .bin file has its own)");
        }
    }
}
