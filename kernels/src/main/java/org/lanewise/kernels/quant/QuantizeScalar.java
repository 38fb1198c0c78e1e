package org.lanewise.kernels.quant;

/** The scalar kernels of {@link Quantize} and {@link Dequantize}. */
final class QuantizeScalar {
    /** Adding and subtracting it rounds to the nearest integer, ties to even, for magnitudes up to 2^22. */
    static final float ROUNDER = 0x1.8p23f;

    private QuantizeScalar() {}

    static int smallest(boolean unsigned) {
        return unsigned ? 0 : Byte.MIN_VALUE;
    }

    static int largest(boolean unsigned) {
        return unsigned ? 255 : Byte.MAX_VALUE;
    }

    static void quantize(float[] x, int xOff, byte[] y, int yOff, int n, float scale, int zero, boolean unsigned) {
        float low = smallest(unsigned) - zero; // bounds are integers, so limiting before rounding is the same as after
        float high = largest(unsigned) - zero;
        for (int i = 0; i < n; i++) {
            float limited = Math.min(Math.max(x[xOff + i] / scale, low), high);
            y[yOff + i] = (byte) ((int) (limited + ROUNDER - ROUNDER) + zero);
        }
    }

    static void quantize(
            float[] x,
            int xOff,
            byte[] y,
            int yOff,
            int n,
            float[] scales,
            int[] zeros,
            int parameters,
            boolean unsigned) {
        for (int i = 0; i < n; i++) {
            int zero = zeros[parameters + i];
            float limited = Math.min(
                    Math.max(x[xOff + i] / scales[parameters + i], smallest(unsigned) - zero),
                    largest(unsigned) - zero);
            y[yOff + i] = (byte) ((int) (limited + ROUNDER - ROUNDER) + zero);
        }
    }

    static void rescale(int[] x, int xOff, byte[] y, int yOff, int n, float scale, int zero, boolean unsigned) {
        float low = smallest(unsigned) - zero;
        float high = largest(unsigned) - zero;
        for (int i = 0; i < n; i++) {
            float limited = Math.min(Math.max(x[xOff + i] * scale, low), high);
            y[yOff + i] = (byte) ((int) (limited + ROUNDER - ROUNDER) + zero);
        }
    }

    static void dequantize(byte[] x, int xOff, float[] y, int yOff, int n, float scale, int zero, boolean unsigned) {
        int mask = unsigned ? 0xff : -1;
        for (int i = 0; i < n; i++) {
            y[yOff + i] = ((x[xOff + i] & mask) - zero) * scale;
        }
    }

    static void dequantize(
            byte[] x,
            int xOff,
            float[] y,
            int yOff,
            int n,
            float[] scales,
            int[] zeros,
            int parameters,
            boolean unsigned) {
        int mask = unsigned ? 0xff : -1;
        for (int i = 0; i < n; i++) {
            y[yOff + i] = ((x[xOff + i] & mask) - zeros[parameters + i]) * scales[parameters + i];
        }
    }
}
