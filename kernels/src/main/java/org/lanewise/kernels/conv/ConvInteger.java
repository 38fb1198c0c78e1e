package org.lanewise.kernels.conv;

import java.util.Arrays;

/**
 * Convolution of 8-bit integers with zero points, summed in 32 bits (ONNX ConvInteger), one to three dimensions, channels-first:
 * {@code y[n, m, o] = sum over c, k of (x[n, c, i] - xZero) * (w[m, c, k] - wZero[m])}. The padding contributes nothing. Exact; sums wrap
 * modulo 2^32.
 */
public final class ConvInteger {
    private static final int UNSIGNED = 0xff;

    private ConvInteger() {}

    /** Elements of scratch that {@link #run} needs: one widened input plane of each channel of a group, and one filter. */
    public static int scratchSize(ConvGeometry g) {
        return g.groupInChannels() * (g.inputPixels() + g.taps());
    }

    /** The integer that a byte stands for. */
    private static int widen(byte value, boolean unsigned) {
        return unsigned ? value & UNSIGNED : value;
    }

    /**
     * Computes output planes {@code fromPlane} to {@code toPlane} (exclusive) of the N * M there are.
     *
     * @param xUnsigned whether x holds uint8; int8 otherwise
     * @param xZero the value of x that stands for 0
     * @param w {@code (M, C/group, K1..Kr)}
     * @param wZero the values of w that stand for 0: one for all or one per output channel
     * @param scratch {@link #scratchSize} values from {@code scratchOff} on
     */
    public static void run(
            ConvGeometry g,
            byte[] x,
            int xOff,
            boolean xUnsigned,
            int xZero,
            byte[] w,
            int wOff,
            boolean wUnsigned,
            int[] wZero,
            int[] y,
            int yOff,
            int[] scratch,
            int scratchOff,
            int fromPlane,
            int toPlane) {
        if (wZero.length != 1 && wZero.length != g.outChannels()) {
            throw new IllegalArgumentException("weights have " + wZero.length
                    + " zero points, expected 1 or one for each of " + g.outChannels() + " channels");
        }
        int pixels = g.outputPixels();
        int planes = g.groupInChannels() * g.inputPixels();
        int depth = g.depth();
        int filter = scratchOff + planes;
        int widened = -1;
        for (int plane = fromPlane; plane < toPlane; plane++) {
            int m = plane % g.outChannels();
            int imageGroup = plane / g.outChannels() * g.group() + m / g.groupOutChannels();
            if (imageGroup != widened) {
                for (int i = 0; i < planes; i++) {
                    scratch[scratchOff + i] = widen(x[xOff + imageGroup * planes + i], xUnsigned) - xZero;
                }
                widened = imageGroup;
            }
            int zero = wZero[wZero.length == 1 ? 0 : m];
            for (int i = 0; i < depth; i++) {
                scratch[filter + i] = widen(w[wOff + m * depth + i], wUnsigned) - zero;
            }
            int out = yOff + plane * pixels;
            Arrays.fill(y, out, out + pixels, 0);
            for (int c = 0; c < g.groupInChannels(); c++) {
                ConvRows.add(g, scratch, scratchOff + c * g.inputPixels(), scratch, filter + c * g.taps(), y, out);
            }
        }
    }
}
