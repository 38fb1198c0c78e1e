package org.lanewise.quantization;

/**
 * How {@link WeightOnlyQuantization} works.
 *
 * @param bits 4 or 8
 * @param blockSize weights of a column that share a scale: a power of two from 16 on
 * @param symmetric whether 0 lies in the middle, without zero points
 * @param rounding how integers are chosen
 * @param format how weights are stored
 * @param embeddings whether tables that {@code Gather} reads become int8
 * @param exclude layers that stay in fp32
 */
public record WeightOnlyOptions(
        int bits,
        int blockSize,
        boolean symmetric,
        Rounding rounding,
        Format format,
        boolean embeddings,
        LayerSelection exclude) {
    /** How integers are chosen. */
    public enum Rounding {
        /** The nearest; needs no data. */
        NEAREST,
        /**
         * One after the other, those that follow making up for the error as far as the inputs seen in calibration allow. Source: E. Frantar et al., GPTQ: Accurate Post-Training Quantization for
         * Generative Pre-trained Transformers, ICLR 2023.
         */
        GPTQ
    }

    /** How weights are stored. */
    public enum Format {
        /** {@code MatMulNBits} of {@code com.microsoft}. */
        MATMUL_NBITS,
        /** Blocked {@code DequantizeLinear} of opset 21. */
        DEQUANTIZE_LINEAR
    }

    /** Four bits in blocks of 32 with zero points, rounded to nearest, as {@code MatMulNBits}. */
    public static final WeightOnlyOptions DEFAULT =
            new WeightOnlyOptions(4, 32, false, Rounding.NEAREST, Format.MATMUL_NBITS, true, LayerSelection.ALL);

    /** Refuses what is not defined. */
    public WeightOnlyOptions {
        if (bits != 4 && bits != 8) {
            throw new IllegalArgumentException("weights can have 4 or 8 bits, got " + bits);
        }
        if (blockSize < 16 || Integer.bitCount(blockSize) != 1) {
            throw new IllegalArgumentException(
                    "a block must have a power of two of weights from 16 on, got " + blockSize);
        }
    }

    /** With so many bits. */
    public WeightOnlyOptions withBits(int count) {
        return new WeightOnlyOptions(count, blockSize, symmetric, rounding, format, embeddings, exclude);
    }

    /** With blocks of so many weights. */
    public WeightOnlyOptions withBlockSize(int size) {
        return new WeightOnlyOptions(bits, size, symmetric, rounding, format, embeddings, exclude);
    }

    /** With or without zero points. */
    public WeightOnlyOptions withSymmetric(boolean on) {
        return new WeightOnlyOptions(bits, blockSize, on, rounding, format, embeddings, exclude);
    }

    /** Rounded in another way. */
    public WeightOnlyOptions withRounding(Rounding other) {
        return new WeightOnlyOptions(bits, blockSize, symmetric, other, format, embeddings, exclude);
    }

    /** Stored in another way. */
    public WeightOnlyOptions withFormat(Format other) {
        return new WeightOnlyOptions(bits, blockSize, symmetric, rounding, other, embeddings, exclude);
    }

    /** With or without tables. */
    public WeightOnlyOptions withEmbeddings(boolean on) {
        return new WeightOnlyOptions(bits, blockSize, symmetric, rounding, format, on, exclude);
    }

    /** With other layers left in fp32. */
    public WeightOnlyOptions withExclude(LayerSelection other) {
        return new WeightOnlyOptions(bits, blockSize, symmetric, rounding, format, embeddings, other);
    }
}
