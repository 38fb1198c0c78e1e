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

    /**
     * The bits of {@code value} rounded to the nearest value of {@code type}, ties to even.
     *
     * <p>What is too large becomes the largest finite value when {@code saturate}, else infinity where the type has one, else NaN; infinities likewise.
     * {@code FLOAT4E2M1} always saturates and has no NaN: NaN becomes -0. {@code FLOAT8E8M0} is rounded up, see {@link #encodeScale}.
     *
     * @param type one of the {@code FLOAT8*} types or {@code FLOAT4E2M1}
     */
    public static byte encode(DataType type, float value, boolean saturate) {
        return switch (type) {
            case FLOAT8E4M3FN -> encode(value, 3, 7, 0x7e, saturate ? 0x7e : 0x7f, 0x7f);
            case FLOAT8E4M3FNUZ -> encodeUnsignedZero(value, 3, 8, saturate);
            case FLOAT8E5M2 -> encode(value, 2, 15, 0x7b, saturate ? 0x7b : 0x7c, 0x7e);
            case FLOAT8E5M2FNUZ -> encodeUnsignedZero(value, 2, 16, saturate);
            case FLOAT4E2M1 ->
                Float.isNaN(value)
                        ? 0x8
                        : (byte) (code(Math.abs(value), 1, 1, 7, 7) | Float.floatToRawIntBits(value) >>> 31 << 3);
            case FLOAT8E8M0 -> encodeScale(value, saturate, ScaleRounding.UP);
            default -> throw new IllegalArgumentException(type + " is not a floating-point type of 8 bits or fewer");
        };
    }

    /** How a value between two powers of two is rounded to {@code FLOAT8E8M0}. */
    public enum ScaleRounding {
        /** To the larger. */
        UP,
        /** To the smaller. */
        DOWN,
        /** To the nearer, in the middle to the larger. */
        NEAREST
    }

    /**
     * The bits of {@code value} as {@code FLOAT8E8M0}, a power of two. NaN and negative values become NaN; what is outside [2^-127, 2^127] becomes the
     * nearest power in that range when {@code saturate}, else NaN.
     */
    public static byte encodeScale(float value, boolean saturate, ScaleRounding rounding) {
        if (Float.isNaN(value) || value < 0) {
            return (byte) 0xff;
        }
        double wide = value; // every float but 0 is a normal double, so its exponent is its power
        int exponent = value == 0 ? Integer.MIN_VALUE / 2 : Math.getExponent(wide);
        double power = Math.scalb(1.0, exponent);
        boolean up = switch (rounding) {
            case UP -> wide > power;
            case DOWN -> false;
            case NEAREST -> wide >= 1.5 * power;
        };
        int code = exponent + 127 + (up && value > 0 && !Float.isInfinite(value) ? 1 : 0);
        if (code >= 0 && code <= 0xfe) {
            return (byte) code;
        }
        return (byte) (saturate ? Math.clamp(code, 0, 0xfe) : 0xff);
    }

    /**
     * {@code value} as a {@code float} that rounds further to any type with at most 22 bits of mantissa as {@code value} itself would: cut off, with the last bit
     * set where something was lost (rounding to odd).
     */
    public static float oddFloat(double value) {
        float nearest = (float) value;
        if (nearest == value || Double.isNaN(value)) {
            return nearest;
        }
        int bits = Float.floatToRawIntBits(nearest);
        return Float.intBitsToFloat((Math.abs((double) nearest) > Math.abs(value) ? bits - 1 : bits) | 1);
    }

    private static byte encode(float value, int mantissaBits, int bias, int max, int overflow, int nan) {
        int sign = Float.floatToRawIntBits(value) >>> 31 << 7;
        return (byte) (sign | (Float.isNaN(value) ? nan : code(Math.abs(value), mantissaBits, bias, max, overflow)));
    }

    /** For the types whose only zero is +0 and whose NaN has the bits of -0. */
    private static byte encodeUnsignedZero(float value, int mantissaBits, int bias, boolean saturate) {
        int code = Float.isNaN(value) ? 0x80 : code(Math.abs(value), mantissaBits, bias, 0x7f, saturate ? 0x7f : 0x80);
        return (byte) (code == 0 || code == 0x80 ? code : code | Float.floatToRawIntBits(value) >>> 31 << 7);
    }

    /** Exponent and mantissa of a magnitude, {@code overflow} where it rounds to more than {@code max}. */
    private static int code(float magnitude, int mantissaBits, int bias, int max, int overflow) {
        if (Float.isInfinite(magnitude)) {
            return overflow;
        }
        int exponent = Math.max(Math.getExponent(magnitude), 1 - bias);
        int steps = (int) Math.rint(Math.scalb((double) magnitude, mantissaBits - exponent));
        int code = (exponent + bias - 1 << mantissaBits)
                + steps; // a mantissa that rounds up to 2 carries into the exponent
        return code > max ? overflow : code;
    }

    private static float value(int sign, int exponent, int mantissa, int mantissaBits, int bias) {
        float magnitude = exponent == 0
                ? Math.scalb((float) mantissa, 1 - bias - mantissaBits)
                : Math.scalb((float) (mantissa | 1 << mantissaBits), exponent - bias - mantissaBits);
        return sign == 0 ? magnitude : -magnitude;
    }
}
