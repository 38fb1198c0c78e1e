package org.lanewise.kernels.quant;

/** {@link Quantize} and {@link Dequantize} for 16-bit integers. The loops are plain: C2 vectorizes them. */
public final class QuantizeShort {
    private QuantizeShort() {}

    /**
     * {@code y = saturate(round(x / scale) + zero)} for {@code n} elements, ties to even.
     *
     * @param zeros from {@code first} on, as {@code scales}
     * @param step 1 if every element has its own scale and zero point, 0 if they share those at {@code first}
     * @param unsigned whether y holds uint16; int16 otherwise
     */
    public static void quantize(
            float[] x,
            int xOff,
            short[] y,
            int yOff,
            int n,
            float[] scales,
            int[] zeros,
            int first,
            int step,
            boolean unsigned) {
        int smallest = unsigned ? 0 : Short.MIN_VALUE;
        int largest = unsigned ? 0xffff : Short.MAX_VALUE;
        if (step == 0) {
            float scale = scales[first];
            int zero = zeros[first];
            float low = smallest - zero; // bounds are integers, so limiting before rounding is the same as after
            float high = largest - zero;
            for (int i = 0; i < n; i++) {
                float limited = Math.min(Math.max(x[xOff + i] / scale, low), high);
                y[yOff + i] = (short) ((int) (limited + QuantizeScalar.ROUNDER - QuantizeScalar.ROUNDER) + zero);
            }
            return;
        }
        for (int i = 0; i < n; i++) {
            int zero = zeros[first + i];
            float limited =
                    Math.min(Math.max(x[xOff + i] / scales[first + i], smallest - zero), (float) (largest - zero));
            y[yOff + i] = (short) ((int) (limited + QuantizeScalar.ROUNDER - QuantizeScalar.ROUNDER) + zero);
        }
    }

    /**
     * {@code y = (x - zero) scale} for {@code n} elements; scales and zero points as in {@link #quantize}.
     *
     * @param unsigned whether x holds uint16; int16 otherwise
     */
    public static void dequantize(
            short[] x,
            int xOff,
            float[] y,
            int yOff,
            int n,
            float[] scales,
            int[] zeros,
            int first,
            int step,
            boolean unsigned) {
        int mask = unsigned ? 0xffff : -1;
        if (step == 0) {
            float scale = scales[first];
            int zero = zeros[first];
            for (int i = 0; i < n; i++) {
                y[yOff + i] = ((x[xOff + i] & mask) - zero) * scale;
            }
            return;
        }
        for (int i = 0; i < n; i++) {
            y[yOff + i] = ((x[xOff + i] & mask) - zeros[first + i]) * scales[first + i];
        }
    }
}
