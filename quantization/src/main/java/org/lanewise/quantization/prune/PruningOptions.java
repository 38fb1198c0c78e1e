package org.lanewise.quantization.prune;

import org.jspecify.annotations.Nullable;
import org.lanewise.quantization.AccuracyTarget;
import org.lanewise.quantization.LayerSelection;

/**
 * How {@link Pruning} works.
 *
 * @param method how weights are chosen
 * @param pattern which weights become zero together
 * @param scope how zeros are shared out among layers
 * @param sparsity share of the weights of the layers that are pruned which become zero, 0 to 1; the largest share of any layer where there is a {@code target}; not looked at where the pattern says it itself
 * @param biasCorrection whether biases make up for what the mean of a layer's outputs loses; needs data
 * @param sequential whether each layer is calibrated on what the layers before it give when they are pruned, rather than dense
 * @param include layers that are pruned although they stay dense unless told otherwise
 * @param exclude layers that stay dense
 * @param target what the pruned model must reach, with as many zeros as that leaves; {@code null} for {@code sparsity} whatever it costs
 * @param reconstruction passes over the data at the end, in which all weights left are adapted together so that the pruned model's scores come closer to the dense one's; 0 for none. Needs data, and is not for a {@code target}
 * @param evaluationSamples how many samples outputs are compared on, for {@code target} and for sensitivities
 */
public record PruningOptions(
        PruningMethod method,
        SparsityPattern pattern,
        PruningScope scope,
        double sparsity,
        boolean biasCorrection,
        boolean sequential,
        LayerSelection include,
        LayerSelection exclude,
        @Nullable AccuracyTarget target,
        int reconstruction,
        int evaluationSamples) {
    /** Half of the weights of each layer, by second-order information, without any pattern. */
    public static final PruningOptions DEFAULT = new PruningOptions(
            PruningMethod.SECOND_ORDER,
            SparsityPattern.UNSTRUCTURED,
            PruningScope.GLOBAL,
            0.5,
            false,
            true,
            LayerSelection.ALL,
            LayerSelection.ALL,
            null,
            0,
            32);

    /** Refuses a sparsity outside [0, 1), fewer than one sample and reconstruction with a target. */
    public PruningOptions {
        if (!(sparsity >= 0 && sparsity < 1)) {
            throw new IllegalArgumentException("the sparsity is a share from 0 to below 1, got " + sparsity);
        }
        if (reconstruction < 0) {
            throw new IllegalArgumentException("passes of reconstruction cannot be negative, got " + reconstruction);
        }
        if (reconstruction > 0 && target != null) {
            throw new IllegalArgumentException("reconstruction is not for a target, which is measured before it");
        }
        if (evaluationSamples < 1) {
            throw new IllegalArgumentException("at least one sample must be compared, got " + evaluationSamples);
        }
    }

    /** With another method. */
    public PruningOptions withMethod(PruningMethod other) {
        return new PruningOptions(
                other,
                pattern,
                scope,
                sparsity,
                biasCorrection,
                sequential,
                include,
                exclude,
                target,
                reconstruction,
                evaluationSamples);
    }

    /** With another pattern. */
    public PruningOptions withPattern(SparsityPattern other) {
        return new PruningOptions(
                method,
                other,
                scope,
                sparsity,
                biasCorrection,
                sequential,
                include,
                exclude,
                target,
                reconstruction,
                evaluationSamples);
    }

    /** With zeros shared out in another way. */
    public PruningOptions withScope(PruningScope other) {
        return new PruningOptions(
                method,
                pattern,
                other,
                sparsity,
                biasCorrection,
                sequential,
                include,
                exclude,
                target,
                reconstruction,
                evaluationSamples);
    }

    /** With another share of zeros. */
    public PruningOptions withSparsity(double other) {
        return new PruningOptions(
                method,
                pattern,
                scope,
                other,
                biasCorrection,
                sequential,
                include,
                exclude,
                target,
                reconstruction,
                evaluationSamples);
    }

    /** With or without bias correction. */
    public PruningOptions withBiasCorrection(boolean on) {
        return new PruningOptions(
                method,
                pattern,
                scope,
                sparsity,
                on,
                sequential,
                include,
                exclude,
                target,
                reconstruction,
                evaluationSamples);
    }

    /** Calibrated on pruned or on dense predecessors. */
    public PruningOptions withSequential(boolean on) {
        return new PruningOptions(
                method,
                pattern,
                scope,
                sparsity,
                biasCorrection,
                on,
                include,
                exclude,
                target,
                reconstruction,
                evaluationSamples);
    }

    /** With other layers pruned that would stay dense. */
    public PruningOptions withInclude(LayerSelection other) {
        return new PruningOptions(
                method,
                pattern,
                scope,
                sparsity,
                biasCorrection,
                sequential,
                other,
                exclude,
                target,
                reconstruction,
                evaluationSamples);
    }

    /** With other layers left dense. */
    public PruningOptions withExclude(LayerSelection other) {
        return new PruningOptions(
                method,
                pattern,
                scope,
                sparsity,
                biasCorrection,
                sequential,
                include,
                other,
                target,
                reconstruction,
                evaluationSamples);
    }

    /** With an accuracy to reach. */
    public PruningOptions withTarget(@Nullable AccuracyTarget other) {
        return new PruningOptions(
                method,
                pattern,
                scope,
                sparsity,
                biasCorrection,
                sequential,
                include,
                exclude,
                other,
                reconstruction,
                evaluationSamples);
    }

    /** With another number of passes of reconstruction. */
    public PruningOptions withReconstruction(int passes) {
        return new PruningOptions(
                method,
                pattern,
                scope,
                sparsity,
                biasCorrection,
                sequential,
                include,
                exclude,
                target,
                passes,
                evaluationSamples);
    }

    /** With another number of samples that outputs are compared on. */
    public PruningOptions withEvaluationSamples(int count) {
        return new PruningOptions(
                method,
                pattern,
                scope,
                sparsity,
                biasCorrection,
                sequential,
                include,
                exclude,
                target,
                reconstruction,
                count);
    }
}
