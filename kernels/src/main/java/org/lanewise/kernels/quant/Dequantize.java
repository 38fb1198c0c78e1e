package org.lanewise.kernels.quant;

import org.lanewise.kernels.Simd;

/** {@code y = (x - zero) scale} from 8 bits, as ONNX {@code DequantizeLinear}. */
public final class Dequantize {
    private Dequantize() {}

    /**
     * Dequantizes {@code n} elements with one scale.
     *
     * @param unsigned whether x holds uint8; int8 otherwise
     */
    public static void run(byte[] x, int xOff, float[] y, int yOff, int n, float scale, int zero, boolean unsigned) {
        int done = Simd.WIDENS_BYTES ? QuantizeVector.dequantize(x, xOff, y, yOff, n, scale, zero, unsigned) : 0;
        QuantizeScalar.dequantize(x, xOff + done, y, yOff + done, n - done, scale, zero, unsigned);
    }

    /** {@code y = x - zero}: a scale of 1. */
    public static void centre(byte[] x, int xOff, float[] y, int yOff, int n, int zero, boolean unsigned) {
        int done = Simd.WIDENS_BYTES ? QuantizeVector.centre(x, xOff, y, yOff, n, zero, unsigned) : 0;
        QuantizeScalar.dequantize(x, xOff + done, y, yOff + done, n - done, 1, zero, unsigned);
    }

    /** The same of {@code pixels} pixels of {@code channels} values, {@code step} apart in x, side by side in y. */
    public static void centrePixels(
            byte[] x, int xOff, int step, int pixels, int channels, float[] y, int yOff, int zero, boolean unsigned) {
        int done = 0;
        for (; Simd.WIDENS_BYTES && done + Simd.LANES <= channels; done += Simd.LANES) {
            QuantizeVector.centreColumns(x, xOff + done, step, pixels, y, yOff + done, channels, zero, unsigned);
        }
        for (int p = 0; p < pixels && done < channels; p++) {
            int from = xOff + p * step + done;
            int to = yOff + p * channels + done;
            QuantizeScalar.dequantize(x, from, y, to, channels - done, 1, zero, unsigned);
        }
    }

    /**
     * Dequantizes {@code n} elements with a scale and zero point for each.
     *
     * @param zeros from {@code parameters} on, as {@code scales}
     */
    public static void run(
            byte[] x,
            int xOff,
            float[] y,
            int yOff,
            int n,
            float[] scales,
            int[] zeros,
            int parameters,
            boolean unsigned) {
        QuantizeScalar.dequantize(x, xOff, y, yOff, n, scales, zeros, parameters, unsigned);
    }
}
