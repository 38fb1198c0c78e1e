package org.lanewise.kernels.quant;

/** {@code y = (x - zero) scale} from 8 bits, as ONNX {@code DequantizeLinear}. */
public final class Dequantize {
    private Dequantize() {}

    /**
     * Dequantizes {@code n} elements with one scale.
     *
     * @param unsigned whether x holds uint8; int8 otherwise
     */
    public static void run(byte[] x, int xOff, float[] y, int yOff, int n, float scale, int zero, boolean unsigned) {
        int done = QuantizeVector.AVAILABLE ? QuantizeVector.dequantize(x, xOff, y, yOff, n, scale, zero, unsigned) : 0;
        QuantizeScalar.dequantize(x, xOff + done, y, yOff + done, n - done, scale, zero, unsigned);
    }

    /** {@code y = x - zero}: a scale of 1. */
    public static void centre(byte[] x, int xOff, float[] y, int yOff, int n, int zero, boolean unsigned) {
        int done = QuantizeVector.AVAILABLE ? QuantizeVector.centre(x, xOff, y, yOff, n, zero, unsigned) : 0;
        QuantizeScalar.dequantize(x, xOff + done, y, yOff + done, n - done, 1, zero, unsigned);
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
