package org.lanewise.kernels.quant;

/**
 * What tiles need to make sums whole numbers on registers, {@link Requantization#whole}: {@code bits(sum * scale[m] + ROUNDER)}, limited, less the rounder.
 *
 * @param scales one for each channel, and more for whole vectors behind the last; must not be changed
 * @param low bits of the smallest result with the rounder added: such bits are in the order of the numbers
 * @param high bits of the largest
 */
@SuppressWarnings("ArrayRecordComponent") // compared by nobody
public record WholeEnd(float[] scales, int low, int high) {
    /** Adding and subtracting it rounds to the nearest integer, ties to even, for magnitudes up to 2^22. */
    public static final float ROUNDER = QuantizeScalar.ROUNDER;
}
