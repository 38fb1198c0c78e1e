package org.lanewise.kernels.quant;

import org.lanewise.kernels.Simd;

/**
 * {@code y = saturate(round(x / scale) + zero)} to 8 bits, ties to even, as ONNX {@code QuantizeLinear}. The quotient is rounded to {@code float} first.
 * NaN gives the zero point.
 */
public final class Quantize {
    private Quantize() {}

    /**
     * Quantizes {@code n} elements with one scale.
     *
     * @param unsigned whether y holds uint8; int8 otherwise
     * @param zero in the range of the type of y
     */
    public static void run(float[] x, int xOff, byte[] y, int yOff, int n, float scale, int zero, boolean unsigned) {
        int done = Simd.WIDENS_BYTES ? QuantizeVector.quantize(x, xOff, y, yOff, n, scale, zero, unsigned) : 0;
        QuantizeScalar.quantize(x, xOff + done, y, yOff + done, n - done, scale, zero, unsigned);
    }

    /**
     * Quantizes {@code n} elements with a scale and zero point for each.
     *
     * @param zeros from {@code parameters} on, as {@code scales}
     */
    public static void run(
            float[] x,
            int xOff,
            byte[] y,
            int yOff,
            int n,
            float[] scales,
            int[] zeros,
            int parameters,
            boolean unsigned) {
        QuantizeScalar.quantize(x, xOff, y, yOff, n, scales, zeros, parameters, unsigned);
    }

    /** {@code y = saturate(round(x scale) + zero)} of integer sums, as in ONNX {@code QLinearConv}; x and the product are rounded to {@code float}. */
    public static void rescale(int[] x, int xOff, byte[] y, int yOff, int n, float scale, int zero, boolean unsigned) {
        int done = Simd.WIDENS_BYTES ? QuantizeVector.rescale(x, xOff, y, yOff, n, scale, zero, unsigned) : 0;
        QuantizeScalar.rescale(x, xOff + done, y, yOff + done, n - done, scale, zero, unsigned);
    }

    /** Limits bytes to {@code low..high}, in place. */
    public static void limit(byte[] y, int yOff, int n, int low, int high, boolean unsigned) {
        int mask = unsigned ? 0xff : -1;
        for (int i = yOff; i < yOff + n; i++) {
            y[i] = (byte) Math.min(Math.max(y[i] & mask, low), high);
        }
    }
}
