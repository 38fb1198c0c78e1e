package org.lanewise.quantization;

import org.jspecify.annotations.Nullable;

/**
 * How {@link StaticQuantization} works.
 *
 * @param method how ranges of activations are chosen
 * @param percentile with {@link CalibrationMethod#PERCENTILE}: how many percent of the values lie within the range
 * @param activations the integers that activations become
 * @param perChannel whether each output channel of weights has a scale of its own
 * @param format how the model is written
 * @param equalization whether weights are evened out across layers first, see {@link Equalization}
 * @param biasCorrection whether biases make up for the mean error of quantized weights
 * @param embeddings whether tables that {@code Gather} reads rows of become int8, with a scale a row
 * @param exclude layers that stay in fp32
 * @param target what the quantized model must reach, layers being left in fp32 until it does; {@code null} for no such search
 * @param evaluationSamples how many samples are compared for {@code target}
 */
public record StaticOptions(
        CalibrationMethod method,
        double percentile,
        ActivationType activations,
        boolean perChannel,
        QuantizedFormat format,
        boolean equalization,
        boolean biasCorrection,
        boolean embeddings,
        LayerSelection exclude,
        @Nullable AccuracyTarget target,
        int evaluationSamples) {
    /** Percentile unless told otherwise. */
    public static final double DEFAULT_PERCENTILE = 99.99;

    /** From the smallest to the largest value, uint8 activations, int8 weights per channel, written as QDQ. */
    public static final StaticOptions DEFAULT = new StaticOptions(
            CalibrationMethod.MIN_MAX,
            DEFAULT_PERCENTILE,
            ActivationType.UINT8_ASYMMETRIC,
            true,
            QuantizedFormat.QDQ,
            false,
            false,
            true,
            LayerSelection.ALL,
            null,
            32);

    /** Refuses a percentile outside (50, 100] and fewer than one sample. */
    public StaticOptions {
        if (!(percentile > 50 && percentile <= 100)) {
            throw new IllegalArgumentException("the percentile must be above 50 and at most 100, got " + percentile);
        }
        if (evaluationSamples < 1) {
            throw new IllegalArgumentException("at least one sample must be compared, got " + evaluationSamples);
        }
    }

    /** With another way of choosing ranges. */
    public StaticOptions withMethod(CalibrationMethod other) {
        return new StaticOptions(
                other,
                percentile,
                activations,
                perChannel,
                format,
                equalization,
                biasCorrection,
                embeddings,
                exclude,
                target,
                evaluationSamples);
    }

    /** With another percentile. */
    public StaticOptions withPercentile(double other) {
        return new StaticOptions(
                method,
                other,
                activations,
                perChannel,
                format,
                equalization,
                biasCorrection,
                embeddings,
                exclude,
                target,
                evaluationSamples);
    }

    /** With other integers for activations. */
    public StaticOptions withActivations(ActivationType other) {
        return new StaticOptions(
                method,
                percentile,
                other,
                perChannel,
                format,
                equalization,
                biasCorrection,
                embeddings,
                exclude,
                target,
                evaluationSamples);
    }

    /** With a scale for each channel of weights, or one for all. */
    public StaticOptions withPerChannel(boolean on) {
        return new StaticOptions(
                method,
                percentile,
                activations,
                on,
                format,
                equalization,
                biasCorrection,
                embeddings,
                exclude,
                target,
                evaluationSamples);
    }

    /** Written in another form. */
    public StaticOptions withFormat(QuantizedFormat other) {
        return new StaticOptions(
                method,
                percentile,
                activations,
                perChannel,
                other,
                equalization,
                biasCorrection,
                embeddings,
                exclude,
                target,
                evaluationSamples);
    }

    /** With or without equalization. */
    public StaticOptions withEqualization(boolean on) {
        return new StaticOptions(
                method,
                percentile,
                activations,
                perChannel,
                format,
                on,
                biasCorrection,
                embeddings,
                exclude,
                target,
                evaluationSamples);
    }

    /** With or without bias correction. */
    public StaticOptions withBiasCorrection(boolean on) {
        return new StaticOptions(
                method,
                percentile,
                activations,
                perChannel,
                format,
                equalization,
                on,
                embeddings,
                exclude,
                target,
                evaluationSamples);
    }

    /** With tables of embeddings in int8 or as they are. */
    public StaticOptions withEmbeddings(boolean on) {
        return new StaticOptions(
                method,
                percentile,
                activations,
                perChannel,
                format,
                equalization,
                biasCorrection,
                on,
                exclude,
                target,
                evaluationSamples);
    }

    /** With other layers left in fp32. */
    public StaticOptions withExclude(LayerSelection other) {
        return new StaticOptions(
                method,
                percentile,
                activations,
                perChannel,
                format,
                equalization,
                biasCorrection,
                embeddings,
                other,
                target,
                evaluationSamples);
    }

    /** With an accuracy to reach. */
    public StaticOptions withTarget(@Nullable AccuracyTarget other) {
        return new StaticOptions(
                method,
                percentile,
                activations,
                perChannel,
                format,
                equalization,
                biasCorrection,
                embeddings,
                exclude,
                other,
                evaluationSamples);
    }

    /** With another number of samples that are compared for the target. */
    public StaticOptions withEvaluationSamples(int count) {
        return new StaticOptions(
                method,
                percentile,
                activations,
                perChannel,
                format,
                equalization,
                biasCorrection,
                embeddings,
                exclude,
                target,
                count);
    }
}
