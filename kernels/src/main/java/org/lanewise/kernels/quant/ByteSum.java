package org.lanewise.kernels.quant;

/**
 * The sum of two quantized tensors as a quantized tensor: {@code y = saturate(round(rb b + fixed + ra a))} with {@code ra = aScale / yScale}, {@code rb = bScale / yScale} and
 * {@code fixed = yZero - (ra aZero + rb bZero)}; ties to even. The zero point is added before rounding, as ONNX Runtime's {@code com.microsoft.QLinearAdd} does, so a tie may go the other
 * way than in {@code QuantizeLinear}. Both sums with {@code rb b} and {@code ra a} are rounded to {@code float} once, as by a fused multiply-add. Immutable.
 */
public final class ByteSum {
    private final double[] a = new double[ByteValues.SIZE]; // ra a, exact
    private final double[] b = new double[ByteValues.SIZE]; // rb b + fixed, rounded to float
    private final boolean unsigned;

    /** @param unsigned whether all bytes are uint8; int8 otherwise */
    public ByteSum(
            float aScale, int aZero, float bScale, int bZero, float yScale, int yZero, boolean unsigned) {
        this.unsigned = unsigned;
        float ra = aScale / yScale;
        float rb = bScale / yScale;
        float fixed = yZero - (ra * aZero + rb * bZero);
        for (int i = 0; i < ByteValues.SIZE; i++) {
            int value = unsigned ? i : (byte) i;
            a[i] = (double) ra * value;
            b[i] = (float) ((double) rb * value + fixed);
        }
    }

    /**
     * Adds rows of {@code n} elements.
     *
     * @param aStep 1, or 0 where one element of a belongs to the whole row
     * @param bStep likewise for b
     */
    public void run(byte[] x, int xOff, int aStep, byte[] z, int zOff, int bStep, byte[] y, int yOff, int n) {
        float low = QuantizeScalar.smallest(unsigned);
        float high = QuantizeScalar.largest(unsigned);
        for (int i = 0; i < n; i++) {
            float sum = (float) (a[x[xOff + i * aStep] & 0xff] + b[z[zOff + i * bStep] & 0xff]);
            float limited = Math.min(Math.max(sum, low), high);
            y[yOff + i] = (byte) (int) (limited + QuantizeScalar.ROUNDER - QuantizeScalar.ROUNDER);
        }
    }
}
