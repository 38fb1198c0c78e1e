package org.lanewise.kernels.conv;

import static org.lanewise.kernels.conv.ConvVector.clamp;
import static org.lanewise.kernels.conv.ConvVector.fma;
import static org.lanewise.kernels.conv.ConvVector.load;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;
import org.lanewise.kernels.Species;

/** Depthwise over a few neighbouring interior pixels of one row. */
final class DepthwiseTiles {
    /** Pixels computed together. */
    static final int PIXELS = 4;

    private static final VectorSpecies<Float> F = Species.F32;
    private static final int LANES = F.length();

    private DepthwiseTiles() {}

    /** {@link #PIXELS} interior pixels of one row, any kernel, stride and dilation. */
    static void tile(
            float[] x,
            int at,
            int tapLine,
            int tapStep,
            int step,
            int rows,
            int kernel,
            float[] w,
            int wAt,
            int channels,
            float[] bias,
            int biasOff,
            float[] y,
            int out,
            float lo,
            float hi) {
        FloatVector low = FloatVector.broadcast(F, lo);
        FloatVector high = FloatVector.broadcast(F, hi);
        for (int c = 0; c < channels; c += LANES) {
            int cc = Math.max(0, Math.min(c, channels - LANES));
            FloatVector a0 = load(bias, biasOff + cc);
            FloatVector a1 = a0;
            FloatVector a2 = a0;
            FloatVector a3 = a0;
            for (int ky = 0; ky < rows; ky++) {
                int p = at + cc + ky * tapLine;
                int q = wAt + cc + ky * kernel * channels;
                for (int kx = 0; kx < kernel; kx++) {
                    FloatVector tap = load(w, q + kx * channels);
                    int o = p + kx * tapStep;
                    a0 = fma(load(x, o), tap, a0);
                    a1 = fma(load(x, o + step), tap, a1);
                    a2 = fma(load(x, o + 2 * step), tap, a2);
                    a3 = fma(load(x, o + 3 * step), tap, a3);
                }
            }
            int q = out + cc;
            clamp(a0, low, high).intoArray(y, q);
            clamp(a1, low, high).intoArray(y, q + channels);
            clamp(a2, low, high).intoArray(y, q + 2 * channels);
            clamp(a3, low, high).intoArray(y, q + 3 * channels);
        }
    }

    /** {@link #PIXELS} interior pixels of one row, any number of rows of 3 taps, stride 1, no horizontal dilation. */
    static void tile3Stride1(
            float[] x,
            int at,
            int tapLine,
            int rows,
            float[] w,
            int wAt,
            int channels,
            float[] bias,
            int biasOff,
            float[] y,
            int out,
            float lo,
            float hi) {
        FloatVector low = FloatVector.broadcast(F, lo);
        FloatVector high = FloatVector.broadcast(F, hi);
        for (int c = 0; c < channels; c += LANES) {
            int cc = Math.max(0, Math.min(c, channels - LANES));
            FloatVector a0 = load(bias, biasOff + cc);
            FloatVector a1 = a0;
            FloatVector a2 = a0;
            FloatVector a3 = a0;
            for (int ky = 0; ky < rows; ky++) {
                int p = at + cc + ky * tapLine;
                int q = wAt + cc + ky * 3 * channels;
                FloatVector w0 = load(w, q);
                FloatVector w1 = load(w, q + channels);
                FloatVector w2 = load(w, q + 2 * channels);
                FloatVector v;
                v = load(x, p);
                a0 = fma(v, w0, a0);
                v = load(x, p + channels);
                a0 = fma(v, w1, a0);
                a1 = fma(v, w0, a1);
                v = load(x, p + 2 * channels);
                a0 = fma(v, w2, a0);
                a1 = fma(v, w1, a1);
                a2 = fma(v, w0, a2);
                v = load(x, p + 3 * channels);
                a1 = fma(v, w2, a1);
                a2 = fma(v, w1, a2);
                a3 = fma(v, w0, a3);
                v = load(x, p + 4 * channels);
                a2 = fma(v, w2, a2);
                a3 = fma(v, w1, a3);
                v = load(x, p + 5 * channels);
                a3 = fma(v, w2, a3);
            }
            int q = out + cc;
            clamp(a0, low, high).intoArray(y, q);
            clamp(a1, low, high).intoArray(y, q + channels);
            clamp(a2, low, high).intoArray(y, q + 2 * channels);
            clamp(a3, low, high).intoArray(y, q + 3 * channels);
        }
    }

    /** {@link #PIXELS} interior pixels of one row, any number of rows of 3 taps, stride 2, no horizontal dilation. */
    static void tile3Stride2(
            float[] x,
            int at,
            int tapLine,
            int rows,
            float[] w,
            int wAt,
            int channels,
            float[] bias,
            int biasOff,
            float[] y,
            int out,
            float lo,
            float hi) {
        FloatVector low = FloatVector.broadcast(F, lo);
        FloatVector high = FloatVector.broadcast(F, hi);
        for (int c = 0; c < channels; c += LANES) {
            int cc = Math.max(0, Math.min(c, channels - LANES));
            FloatVector a0 = load(bias, biasOff + cc);
            FloatVector a1 = a0;
            FloatVector a2 = a0;
            FloatVector a3 = a0;
            for (int ky = 0; ky < rows; ky++) {
                int p = at + cc + ky * tapLine;
                int q = wAt + cc + ky * 3 * channels;
                FloatVector w0 = load(w, q);
                FloatVector w1 = load(w, q + channels);
                FloatVector w2 = load(w, q + 2 * channels);
                FloatVector v;
                v = load(x, p);
                a0 = fma(v, w0, a0);
                v = load(x, p + channels);
                a0 = fma(v, w1, a0);
                v = load(x, p + 2 * channels);
                a0 = fma(v, w2, a0);
                a1 = fma(v, w0, a1);
                v = load(x, p + 3 * channels);
                a1 = fma(v, w1, a1);
                v = load(x, p + 4 * channels);
                a1 = fma(v, w2, a1);
                a2 = fma(v, w0, a2);
                v = load(x, p + 5 * channels);
                a2 = fma(v, w1, a2);
                v = load(x, p + 6 * channels);
                a2 = fma(v, w2, a2);
                a3 = fma(v, w0, a3);
                v = load(x, p + 7 * channels);
                a3 = fma(v, w1, a3);
                v = load(x, p + 8 * channels);
                a3 = fma(v, w2, a3);
            }
            int q = out + cc;
            clamp(a0, low, high).intoArray(y, q);
            clamp(a1, low, high).intoArray(y, q + channels);
            clamp(a2, low, high).intoArray(y, q + 2 * channels);
            clamp(a3, low, high).intoArray(y, q + 3 * channels);
        }
    }

    /** {@link #PIXELS} interior pixels of one row, any number of rows of 5 taps, stride 1, no horizontal dilation. */
    static void tile5Stride1(
            float[] x,
            int at,
            int tapLine,
            int rows,
            float[] w,
            int wAt,
            int channels,
            float[] bias,
            int biasOff,
            float[] y,
            int out,
            float lo,
            float hi) {
        FloatVector low = FloatVector.broadcast(F, lo);
        FloatVector high = FloatVector.broadcast(F, hi);
        for (int c = 0; c < channels; c += LANES) {
            int cc = Math.max(0, Math.min(c, channels - LANES));
            FloatVector a0 = load(bias, biasOff + cc);
            FloatVector a1 = a0;
            FloatVector a2 = a0;
            FloatVector a3 = a0;
            for (int ky = 0; ky < rows; ky++) {
                int p = at + cc + ky * tapLine;
                int q = wAt + cc + ky * 5 * channels;
                FloatVector w0 = load(w, q);
                FloatVector w1 = load(w, q + channels);
                FloatVector w2 = load(w, q + 2 * channels);
                FloatVector w3 = load(w, q + 3 * channels);
                FloatVector w4 = load(w, q + 4 * channels);
                FloatVector v;
                v = load(x, p);
                a0 = fma(v, w0, a0);
                v = load(x, p + channels);
                a0 = fma(v, w1, a0);
                a1 = fma(v, w0, a1);
                v = load(x, p + 2 * channels);
                a0 = fma(v, w2, a0);
                a1 = fma(v, w1, a1);
                a2 = fma(v, w0, a2);
                v = load(x, p + 3 * channels);
                a0 = fma(v, w3, a0);
                a1 = fma(v, w2, a1);
                a2 = fma(v, w1, a2);
                a3 = fma(v, w0, a3);
                v = load(x, p + 4 * channels);
                a0 = fma(v, w4, a0);
                a1 = fma(v, w3, a1);
                a2 = fma(v, w2, a2);
                a3 = fma(v, w1, a3);
                v = load(x, p + 5 * channels);
                a1 = fma(v, w4, a1);
                a2 = fma(v, w3, a2);
                a3 = fma(v, w2, a3);
                v = load(x, p + 6 * channels);
                a2 = fma(v, w4, a2);
                a3 = fma(v, w3, a3);
                v = load(x, p + 7 * channels);
                a3 = fma(v, w4, a3);
            }
            int q = out + cc;
            clamp(a0, low, high).intoArray(y, q);
            clamp(a1, low, high).intoArray(y, q + channels);
            clamp(a2, low, high).intoArray(y, q + 2 * channels);
            clamp(a3, low, high).intoArray(y, q + 3 * channels);
        }
    }

    /** {@link #PIXELS} interior pixels of one row, any number of rows of 5 taps, stride 2, no horizontal dilation. */
    static void tile5Stride2(
            float[] x,
            int at,
            int tapLine,
            int rows,
            float[] w,
            int wAt,
            int channels,
            float[] bias,
            int biasOff,
            float[] y,
            int out,
            float lo,
            float hi) {
        FloatVector low = FloatVector.broadcast(F, lo);
        FloatVector high = FloatVector.broadcast(F, hi);
        for (int c = 0; c < channels; c += LANES) {
            int cc = Math.max(0, Math.min(c, channels - LANES));
            FloatVector a0 = load(bias, biasOff + cc);
            FloatVector a1 = a0;
            FloatVector a2 = a0;
            FloatVector a3 = a0;
            for (int ky = 0; ky < rows; ky++) {
                int p = at + cc + ky * tapLine;
                int q = wAt + cc + ky * 5 * channels;
                FloatVector w0 = load(w, q);
                FloatVector w1 = load(w, q + channels);
                FloatVector w2 = load(w, q + 2 * channels);
                FloatVector w3 = load(w, q + 3 * channels);
                FloatVector w4 = load(w, q + 4 * channels);
                FloatVector v;
                v = load(x, p);
                a0 = fma(v, w0, a0);
                v = load(x, p + channels);
                a0 = fma(v, w1, a0);
                v = load(x, p + 2 * channels);
                a0 = fma(v, w2, a0);
                a1 = fma(v, w0, a1);
                v = load(x, p + 3 * channels);
                a0 = fma(v, w3, a0);
                a1 = fma(v, w1, a1);
                v = load(x, p + 4 * channels);
                a0 = fma(v, w4, a0);
                a1 = fma(v, w2, a1);
                a2 = fma(v, w0, a2);
                v = load(x, p + 5 * channels);
                a1 = fma(v, w3, a1);
                a2 = fma(v, w1, a2);
                v = load(x, p + 6 * channels);
                a1 = fma(v, w4, a1);
                a2 = fma(v, w2, a2);
                a3 = fma(v, w0, a3);
                v = load(x, p + 7 * channels);
                a2 = fma(v, w3, a2);
                a3 = fma(v, w1, a3);
                v = load(x, p + 8 * channels);
                a2 = fma(v, w4, a2);
                a3 = fma(v, w2, a3);
                v = load(x, p + 9 * channels);
                a3 = fma(v, w3, a3);
                v = load(x, p + 10 * channels);
                a3 = fma(v, w4, a3);
            }
            int q = out + cc;
            clamp(a0, low, high).intoArray(y, q);
            clamp(a1, low, high).intoArray(y, q + channels);
            clamp(a2, low, high).intoArray(y, q + 2 * channels);
            clamp(a3, low, high).intoArray(y, q + 3 * channels);
        }
    }
}
