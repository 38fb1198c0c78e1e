package org.lanewise.kernels.quant;

import org.jspecify.annotations.Nullable;

/** Integer sums to quantized or floating values, with a scale for each column of a matrix. */
public final class Rescale {
    private Rescale() {}

    /**
     * {@code y = saturate(round(x scale) + zero)}, ties to even, for {@code n} neighbouring columns; x and the product are rounded to {@code float}, as in {@link Quantize#rescale}.
     *
     * @param scales from {@code scaleOff} on
     * @param scaleStep 1, or 0 where all columns share one
     */
    public static void toBytes(
            int[] x,
            int xOff,
            byte[] y,
            int yOff,
            int n,
            float[] scales,
            int scaleOff,
            int scaleStep,
            int zero,
            boolean unsigned) {
        if (scaleStep == 0) {
            Quantize.rescale(x, xOff, y, yOff, n, scales[scaleOff], zero, unsigned);
            return;
        }
        float low = QuantizeScalar.smallest(unsigned) - zero;
        float high = QuantizeScalar.largest(unsigned) - zero;
        for (int i = 0; i < n; i++) {
            float limited = Math.min(Math.max(x[xOff + i] * scales[scaleOff + i], low), high);
            y[yOff + i] = (byte) ((int) (limited + QuantizeScalar.ROUNDER - QuantizeScalar.ROUNDER) + zero);
        }
    }

    /**
     * {@code y = x scale + bias} for {@code n} neighbouring columns; x, the product and the sum are rounded to {@code float}.
     *
     * @param scales from {@code scaleOff} on
     * @param scaleStep 1, or 0 where all columns share one
     * @param bias from {@code biasOff} on, or null
     */
    public static void toFloats(
            int[] x,
            int xOff,
            float[] y,
            int yOff,
            int n,
            float[] scales,
            int scaleOff,
            int scaleStep,
            float @Nullable [] bias,
            int biasOff) {
        for (int i = 0; i < n; i++) {
            y[yOff + i] = x[xOff + i] * scales[scaleOff + i * scaleStep];
        }
        for (int i = 0; bias != null && i < n; i++) {
            y[yOff + i] += bias[biasOff + i];
        }
    }
}
