package org.lanewise.kernels.pool;

import java.util.Arrays;
import org.lanewise.kernels.Simd;

/** Pooling over all pixels of an image (ONNX GlobalAveragePool, GlobalMaxPool). */
public final class GlobalPool {
    private GlobalPool() {}

    /** Mean of each plane of {@code pixels} contiguous values, for planes {@code fromPlane} to {@code toPlane}; NaN for no pixel. */
    public static void average(float[] x, int xOff, int pixels, float[] y, int yOff, int fromPlane, int toPlane) {
        for (int plane = fromPlane; plane < toPlane; plane++) {
            int at = xOff + plane * pixels;
            float sum = 0;
            if (Simd.ENABLED) {
                sum = GlobalPoolVector.sum(x, at, pixels);
            } else {
                for (int i = 0; i < pixels; i++) {
                    sum += x[at + i];
                }
            }
            y[yOff + plane] = sum / pixels;
        }
    }

    /** Mean of each plane of {@code pixels} contiguous values, for planes {@code fromPlane} to {@code toPlane}; NaN for no pixel. */
    public static void average(double[] x, int xOff, int pixels, double[] y, int yOff, int fromPlane, int toPlane) {
        for (int plane = fromPlane; plane < toPlane; plane++) {
            double sum = 0;
            for (int i = 0; i < pixels; i++) {
                sum += x[xOff + plane * pixels + i];
            }
            y[yOff + plane] = sum / pixels;
        }
    }

    /** Largest value of each plane of {@code pixels} contiguous values; NaN where there is one, negative infinity for no pixel. */
    public static void max(float[] x, int xOff, int pixels, float[] y, int yOff, int fromPlane, int toPlane) {
        for (int plane = fromPlane; plane < toPlane; plane++) {
            float best = Float.NEGATIVE_INFINITY;
            for (int i = 0; i < pixels; i++) {
                best = Math.max(best, x[xOff + plane * pixels + i]);
            }
            y[yOff + plane] = best;
        }
    }

    /** Largest value of each plane of {@code pixels} contiguous values; NaN where there is one, negative infinity for no pixel. */
    public static void max(double[] x, int xOff, int pixels, double[] y, int yOff, int fromPlane, int toPlane) {
        for (int plane = fromPlane; plane < toPlane; plane++) {
            double best = Double.NEGATIVE_INFINITY;
            for (int i = 0; i < pixels; i++) {
                best = Math.max(best, x[xOff + plane * pixels + i]);
            }
            y[yOff + plane] = best;
        }
    }

    /** Mean over the pixels of each image, channels-last: {@code (N, pixels, C)} to {@code (N, C)}, images {@code from} to {@code to}. */
    public static void averageNhwc(
            float[] x, int xOff, int pixels, int channels, float[] y, int yOff, int from, int to) {
        for (int n = from; n < to; n++) {
            int at = xOff + n * pixels * channels;
            int out = yOff + n * channels;
            if (Simd.ENABLED && channels >= Simd.LANES) {
                GlobalPoolVector.meanNhwc(x, at, pixels, channels, y, out);
                continue;
            }
            Arrays.fill(y, out, out + channels, 0f);
            for (int p = 0; p < pixels; p++) {
                for (int c = 0; c < channels; c++) {
                    y[out + c] += x[at + p * channels + c];
                }
            }
            for (int c = 0; c < channels; c++) {
                y[out + c] /= pixels;
            }
        }
    }

    /** Largest value over the pixels of each image, channels-last: {@code (N, pixels, C)} to {@code (N, C)}. */
    public static void maxNhwc(float[] x, int xOff, int pixels, int channels, float[] y, int yOff, int from, int to) {
        for (int n = from; n < to; n++) {
            int at = xOff + n * pixels * channels;
            int out = yOff + n * channels;
            Arrays.fill(y, out, out + channels, Float.NEGATIVE_INFINITY);
            for (int p = 0; p < pixels; p++) {
                for (int c = 0; c < channels; c++) {
                    y[out + c] = Math.max(y[out + c], x[at + p * channels + c]);
                }
            }
        }
    }
}
