package org.lanewise.kernels.elementwise;

import org.lanewise.kernels.Simd;

/** Conversions between {@code float} and the 16-bit formats, which are stored as the bits of {@code short} elements. */
public final class HalfPrecision {
    private HalfPrecision() {}

    /** y = the value of the IEEE 754 binary16 numbers x. */
    public static void fromFloat16(short[] x, int xOffset, float[] y, int yOffset, int n) {
        for (int i = 0; i < n; i++) {
            y[yOffset + i] = Float.float16ToFloat(x[xOffset + i]);
        }
    }

    /** y = the binary16 numbers nearest to x, ties to even; too large becomes infinite. */
    public static void toFloat16(float[] x, int xOffset, short[] y, int yOffset, int n) {
        for (int i = 0; i < n; i++) {
            y[yOffset + i] = Float.floatToFloat16(x[xOffset + i]);
        }
    }

    /** y = the value of the bfloat16 numbers x. */
    public static void fromBfloat16(short[] x, int xOffset, float[] y, int yOffset, int n) {
        int done = Simd.ENABLED ? HalfPrecisionVector.fromBfloat16(x, xOffset, y, yOffset, n) : 0;
        for (int i = done; i < n; i++) {
            y[yOffset + i] = Float.intBitsToFloat(x[xOffset + i] << 16);
        }
    }

    /** y = the bfloat16 numbers nearest to x, ties to even; NaN stays NaN. */
    public static void toBfloat16(float[] x, int xOffset, short[] y, int yOffset, int n) {
        int done = Simd.ENABLED ? HalfPrecisionVector.toBfloat16(x, xOffset, y, yOffset, n) : 0;
        for (int i = done; i < n; i++) {
            y[yOffset + i] = toBfloat16(x[xOffset + i]);
        }
    }

    /** The bits of the bfloat16 number nearest to x, ties to even. */
    public static short toBfloat16(float x) {
        int bits = Float.floatToRawIntBits(x);
        int rounded = bits + 0x7fff + (bits >>> 16 & 1);
        return (short) ((Float.isNaN(x) ? bits | 0x400000 : rounded) >>> 16);
    }

    /** The value of a bfloat16 number given by its bits. */
    public static float fromBfloat16(short bits) {
        return Float.intBitsToFloat(bits << 16);
    }
}
