package org.lanewise.kernels.quant;

import org.lanewise.kernels.Simd;

/**
 * The product of two quantized tensors as a quantized tensor: {@code y = saturate(round((a - aZero) (b - bZero) r + yZero))} with {@code r = aScale bScale / yScale}, ties to
 * even; product and sum are rounded to {@code float}. The zero point is added before rounding, as ONNX Runtime's {@code com.microsoft.QLinearMul} does. Immutable.
 */
public final class ByteMul {
    private final int aZero;
    private final int bZero;
    private final float ratio;
    private final float yZero;
    private final boolean unsigned;

    /** @param unsigned whether all bytes are uint8; int8 otherwise */
    public ByteMul(float aScale, int aZero, float bScale, int bZero, float yScale, int yZero, boolean unsigned) {
        this.aZero = aZero;
        this.bZero = bZero;
        this.ratio = aScale * bScale / yScale;
        this.yZero = yZero;
        this.unsigned = unsigned;
    }

    /**
     * Multiplies rows of {@code n} elements.
     *
     * @param aStep 1, or 0 where one element of a belongs to the whole row
     * @param bStep likewise for b
     */
    public void run(byte[] a, int aOff, int aStep, byte[] b, int bOff, int bStep, byte[] y, int yOff, int n) {
        int done = 0;
        if (Simd.WIDENS_BYTES && aStep == 1 && bStep == 1) {
            done = n - n % Simd.LANES;
            ByteSumVector.product(aZero, bZero, ratio, yZero, unsigned, a, aOff, b, bOff, y, yOff, done);
        }
        int mask = unsigned ? 0xff : -1;
        float low = QuantizeScalar.smallest(unsigned);
        float high = QuantizeScalar.largest(unsigned);
        for (int i = done; i < n; i++) {
            int product = ((a[aOff + i * aStep] & mask) - aZero) * ((b[bOff + i * bStep] & mask) - bZero);
            float limited = Math.min(Math.max(product * ratio + yZero, low), high);
            y[yOff + i] = (byte) (int) (limited + QuantizeScalar.ROUNDER - QuantizeScalar.ROUNDER);
        }
    }
}
