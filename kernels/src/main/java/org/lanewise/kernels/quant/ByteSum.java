package org.lanewise.kernels.quant;

import org.lanewise.kernels.Simd;

/**
 * The sum of two quantized tensors as a quantized tensor: {@code y = saturate(round(rb b + fixed + ra a))} with {@code ra = aScale / yScale}, {@code rb = bScale / yScale} and
 * {@code fixed = yZero - (ra aZero + rb bZero)}; ties to even. The zero point is added before rounding, as ONNX Runtime's {@code com.microsoft.QLinearAdd} does, so a tie may go the other
 * way than in {@code QuantizeLinear}. Both sums with {@code rb b} and {@code ra a} are rounded to {@code float} once, as by a fused multiply-add. Immutable.
 */
public final class ByteSum {
    private static final boolean VECTORS = Simd.WIDENS_BYTES && Simd.FMA;

    /** Sums of 255 times such factors are finite, with something to spare. */
    private static final float LARGEST = 0x1p100f;

    private final float ra;
    private final float rb;
    private final float fixed;
    private final boolean unsigned;
    private final boolean finite;

    /** @param unsigned whether all bytes are uint8; int8 otherwise */
    public ByteSum(float aScale, int aZero, float bScale, int bZero, float yScale, int yZero, boolean unsigned) {
        this.unsigned = unsigned;
        this.ra = aScale / yScale;
        this.rb = bScale / yScale;
        this.fixed = yZero - (ra * aZero + rb * bZero);
        this.finite = Math.abs(ra) < LARGEST && Math.abs(rb) < LARGEST;
    }

    /**
     * Adds rows of {@code n} elements.
     *
     * @param aStep 1, or 0 where one element of a belongs to the whole row
     * @param bStep likewise for b
     */
    public void run(byte[] x, int xOff, int aStep, byte[] z, int zOff, int bStep, byte[] y, int yOff, int n) {
        int done = 0;
        if (VECTORS && finite && aStep == 1 && bStep == 1) {
            done = n - n % Simd.LANES;
            ByteSumVector.sum(ra, rb, fixed, unsigned, x, xOff, z, zOff, y, yOff, done);
        }
        int mask = unsigned ? 0xff : -1;
        float low = QuantizeScalar.smallest(unsigned);
        float high = QuantizeScalar.largest(unsigned);
        for (int i = done; i < n; i++) {
            int a = x[xOff + i * aStep] & mask;
            int b = z[zOff + i * bStep] & mask;
            float limited = Math.min(Math.max(fma(a, ra, fma(b, rb, fixed)), low), high);
            y[yOff + i] = (byte) (int) (limited + QuantizeScalar.ROUNDER - QuantizeScalar.ROUNDER);
        }
    }

    /** {@code byteValue factor + added}, rounded once: the product is exact in {@code double}. */
    private static float fma(int byteValue, float factor, float added) {
        return Simd.FMA ? Math.fma(byteValue, factor, added) : (float) ((double) byteValue * factor + added);
    }
}
