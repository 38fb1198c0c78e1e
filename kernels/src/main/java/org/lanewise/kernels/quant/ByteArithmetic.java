package org.lanewise.kernels.quant;

import org.lanewise.kernels.Simd;

/**
 * Sums and products of quantized bytes, element by element, as com.microsoft {@code QLinearAdd} and {@code QLinearMul}:
 *
 * <pre>
 * add: y = saturate(round(aScale / yScale * (a - aZero) + bScale / yScale * (b - bZero)) + yZero)
 * mul: y = saturate(round(aScale * bScale / yScale * ((a - aZero) * (b - bZero))) + yZero)
 * </pre>
 *
 * <p>in {@code float}, every operation rounded, ties to even at the end. One instance per layer; immutable.
 *
 * @param aScale scale of a
 * @param aZero zero point of a
 * @param bScale scale of b
 * @param bZero zero point of b
 * @param yScale scale of y
 * @param yZero zero point of y
 * @param unsigned whether all three are uint8; int8 otherwise
 * @param lo smallest result: that of the type, or more for a fused Relu or Clip
 * @param hi largest result
 */
public record ByteArithmetic(
        float aScale, int aZero, float bScale, int bZero, float yScale, int yZero, boolean unsigned, int lo, int hi) {
    /** With the whole range of the type. */
    public static ByteArithmetic of(
            float aScale, int aZero, float bScale, int bZero, float yScale, int yZero, boolean unsigned) {
        int lo = QuantizeScalar.smallest(unsigned);
        return new ByteArithmetic(aScale, aZero, bScale, bZero, yScale, yZero, unsigned, lo, lo + 255);
    }

    /** {@code y = a + b} for {@code n} elements; y may be a or b at the same place. */
    public void add(byte[] a, int aOff, byte[] b, int bOff, byte[] y, int yOff, int n) {
        float left = aScale / yScale;
        float right = bScale / yScale;
        int done = 0;
        if (Simd.WIDENS_BYTES) {
            done = n - n % Simd.LANES;
            ByteArithmeticVector.add(this, left, right, a, aOff, b, bOff, y, yOff, done);
        }
        int mask = unsigned ? 0xff : -1;
        for (int i = done; i < n; i++) {
            y[yOff + i] = round(
                    ((a[aOff + i] & mask) - aZero) * left + ((b[bOff + i] & mask) - bZero) * right, lo, hi, yZero);
        }
    }

    /** {@code y = a b} for {@code n} elements; y may be a or b at the same place. */
    public void mul(byte[] a, int aOff, byte[] b, int bOff, byte[] y, int yOff, int n) {
        float scale = aScale * bScale / yScale;
        int done = 0;
        if (Simd.WIDENS_BYTES) {
            done = n - n % Simd.LANES;
            ByteArithmeticVector.mul(this, scale, a, aOff, b, bOff, y, yOff, done);
        }
        int mask = unsigned ? 0xff : -1;
        for (int i = done; i < n; i++) {
            y[yOff + i] = round(((a[aOff + i] & mask) - aZero) * ((b[bOff + i] & mask) - bZero) * scale, lo, hi, yZero);
        }
    }

    /**
     * One operand for all elements, {@code y = a + b} or {@code y = a b}, as a table for {@link ByteTable}; any requantization of bytes, {@code round((x - xZero) * (xScale /
     * yScale)) + yZero}, is the table of a sum with {@code bZero}.
     */
    public byte[] table(boolean product, byte b) {
        byte[] all = new byte[256];
        byte[] others = new byte[256];
        for (int i = 0; i < 256; i++) {
            all[i] = (byte) i;
            others[i] = b;
        }
        if (product) {
            mul(all, 0, others, 0, all, 0, 256);
        } else {
            add(all, 0, others, 0, all, 0, 256);
        }
        return all;
    }

    static byte round(float value, int lo, int hi, int zero) {
        float limited = Math.min(Math.max(value, lo - zero), hi - zero);
        return (byte) ((int) (limited + QuantizeScalar.ROUNDER - QuantizeScalar.ROUNDER) + zero);
    }
}
