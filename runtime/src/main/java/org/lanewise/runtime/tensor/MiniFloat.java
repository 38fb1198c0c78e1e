package org.lanewise.runtime.tensor;

/**
 * Values of the floating-point types of 8 and 4 bits: sign, exponent, mantissa as in the ONNX specification ("float stored in 8 bits"), after
 * Micikevicius et al., <i>FP8 Formats for Deep Learning</i>, and the OCP Microscaling formats.
 */
public final class MiniFloat {
    private MiniFloat() {}

    /**
     * The value with these bits.
     *
     * @param type one of the {@code FLOAT8*} types or {@code FLOAT4E2M1}
     * @param bits the bits, in the low end of the byte
     */
    public static float decode(DataType type, byte bits) {
        int b = Byte.toUnsignedInt(bits);
        return switch (type) {
            case FLOAT8E4M3FN -> (b & 0x7f) == 0x7f ? Float.NaN : value(b >> 7, b >> 3 & 15, b & 7, 3, 7);
            case FLOAT8E4M3FNUZ -> b == 0x80 ? Float.NaN : value(b >> 7, b >> 3 & 15, b & 7, 3, 8);
            case FLOAT8E5M2 ->
                (b & 0x7f) > 0x7c
                        ? Float.NaN
                        : (b & 0x7f) == 0x7c
                                ? (b >> 7 == 0 ? Float.POSITIVE_INFINITY : Float.NEGATIVE_INFINITY)
                                : value(b >> 7, b >> 2 & 31, b & 3, 2, 15);
            case FLOAT8E5M2FNUZ -> b == 0x80 ? Float.NaN : value(b >> 7, b >> 2 & 31, b & 3, 2, 16);
            case FLOAT4E2M1 -> value(b >> 3 & 1, b >> 1 & 3, b & 1, 1, 1);
            case FLOAT8E8M0 -> b == 0xff ? Float.NaN : (float) Math.scalb(1.0, b - 127);
            default -> throw new IllegalArgumentException(type + " is not a floating-point type of 8 bits or fewer");
        };
    }

    private static float value(int sign, int exponent, int mantissa, int mantissaBits, int bias) {
        float magnitude = exponent == 0
                ? Math.scalb((float) mantissa, 1 - bias - mantissaBits)
                : Math.scalb((float) (mantissa | 1 << mantissaBits), exponent - bias - mantissaBits);
        return sign == 0 ? magnitude : -magnitude;
    }
}
