package org.lanewise.kernels.conv;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Convolution of {@code double} values in one to three dimensions, channels-first: {@code y = bias + x * w}, one output row and tap at a time.
 * Meant to be right rather than fast; see {@link Conv} for {@code float}.
 */
public final class ConvDouble {
    private ConvDouble() {}

    /**
     * Computes output planes {@code fromPlane} to {@code toPlane} (exclusive) of the N * M there are.
     *
     * @param w {@code (M, C/group, K1..Kr)}
     * @param bias M values from {@code biasOff} on, or null
     */
    public static void run(
            ConvGeometry g,
            double[] x,
            int xOff,
            double[] w,
            int wOff,
            double @Nullable [] bias,
            int biasOff,
            double[] y,
            int yOff,
            int fromPlane,
            int toPlane) {
        int pixels = g.outputPixels();
        int channels = g.groupInChannels();
        for (int plane = fromPlane; plane < toPlane; plane++) {
            int m = plane % g.outChannels();
            int first = plane / g.outChannels() * g.inChannels() + m / g.groupOutChannels() * channels;
            int out = yOff + plane * pixels;
            Arrays.fill(y, out, out + pixels, bias == null ? 0 : bias[biasOff + m]);
            for (int c = 0; c < channels; c++) {
                ConvRows.add(
                        g, x, xOff + (first + c) * g.inputPixels(), w, wOff + (m * channels + c) * g.taps(), y, out);
            }
        }
    }
}
