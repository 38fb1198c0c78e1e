package org.lanewise.kernels.conv;

import static org.lanewise.kernels.conv.ConvVector.clamp;
import static org.lanewise.kernels.conv.ConvVector.fma;
import static org.lanewise.kernels.conv.ConvVector.load;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;
import org.lanewise.kernels.Species;

/** Depthwise 3x3 over several rows at once: for one vector of channels after the other, the taps stay in registers. */
final class DepthwiseBlocks {
    private static final VectorSpecies<Float> F = Species.F32;
    private static final int LANES = F.length();

    private DepthwiseBlocks() {}

    /** Two output pixels a step of {@code rows} interior rows, 3x3, stride 1, no dilation; {@code pairs} steps. */
    static void block3Stride1(
            float[] x,
            int at,
            int line,
            int rows,
            int rowStep,
            int pairs,
            float[] w,
            int channels,
            float[] bias,
            int biasOff,
            float[] y,
            int out,
            int outRow,
            float lo,
            float hi) {
        FloatVector low = FloatVector.broadcast(F, lo);
        FloatVector high = FloatVector.broadcast(F, hi);
        int inStep = 2 * channels;
        int outStep = 2 * channels;
        int c2 = 2 * channels;
        int c3 = 3 * channels;
        for (int c = 0; c < channels; c += LANES) {
            int cc = Math.max(0, Math.min(c, channels - LANES));
            FloatVector b = load(bias, biasOff + cc);
            FloatVector w0 = load(w, cc);
            FloatVector w1 = load(w, cc + channels);
            FloatVector w2 = load(w, cc + 2 * channels);
            FloatVector w3 = load(w, cc + 3 * channels);
            FloatVector w4 = load(w, cc + 4 * channels);
            FloatVector w5 = load(w, cc + 5 * channels);
            FloatVector w6 = load(w, cc + 6 * channels);
            FloatVector w7 = load(w, cc + 7 * channels);
            FloatVector w8 = load(w, cc + 8 * channels);
            for (int r = 0; r < rows; r++) {
                int o0 = at + cc + r * rowStep;
                int o1 = o0 + line;
                int o2 = o1 + line;
                int q = out + cc + r * outRow;
                for (int i = 0; i < pairs; i++) {
                    int p = i * inStep;
                    FloatVector a0;
                    FloatVector a1;
                    FloatVector v;
                    v = load(x, o0 + p);
                    a0 = fma(v, w0, b);
                    v = load(x, o0 + p + channels);
                    a0 = fma(v, w1, a0);
                    a1 = fma(v, w0, b);
                    v = load(x, o0 + p + c2);
                    a0 = fma(v, w2, a0);
                    a1 = fma(v, w1, a1);
                    v = load(x, o0 + p + c3);
                    a1 = fma(v, w2, a1);
                    v = load(x, o1 + p);
                    a0 = fma(v, w3, a0);
                    v = load(x, o1 + p + channels);
                    a0 = fma(v, w4, a0);
                    a1 = fma(v, w3, a1);
                    v = load(x, o1 + p + c2);
                    a0 = fma(v, w5, a0);
                    a1 = fma(v, w4, a1);
                    v = load(x, o1 + p + c3);
                    a1 = fma(v, w5, a1);
                    v = load(x, o2 + p);
                    a0 = fma(v, w6, a0);
                    v = load(x, o2 + p + channels);
                    a0 = fma(v, w7, a0);
                    a1 = fma(v, w6, a1);
                    v = load(x, o2 + p + c2);
                    a0 = fma(v, w8, a0);
                    a1 = fma(v, w7, a1);
                    v = load(x, o2 + p + c3);
                    a1 = fma(v, w8, a1);
                    clamp(a0, low, high).intoArray(y, q + i * outStep);
                    clamp(a1, low, high).intoArray(y, q + i * outStep + channels);
                }
            }
        }
    }

    /** Two output pixels a step of {@code rows} interior rows, 3x3, stride 2, no dilation; {@code pairs} steps. */
    static void block3Stride2(
            float[] x,
            int at,
            int line,
            int rows,
            int rowStep,
            int pairs,
            float[] w,
            int channels,
            float[] bias,
            int biasOff,
            float[] y,
            int out,
            int outRow,
            float lo,
            float hi) {
        FloatVector low = FloatVector.broadcast(F, lo);
        FloatVector high = FloatVector.broadcast(F, hi);
        int inStep = 4 * channels;
        int outStep = 2 * channels;
        int c2 = 2 * channels;
        int c3 = 3 * channels;
        int c4 = 4 * channels;
        for (int c = 0; c < channels; c += LANES) {
            int cc = Math.max(0, Math.min(c, channels - LANES));
            FloatVector b = load(bias, biasOff + cc);
            FloatVector w0 = load(w, cc);
            FloatVector w1 = load(w, cc + channels);
            FloatVector w2 = load(w, cc + 2 * channels);
            FloatVector w3 = load(w, cc + 3 * channels);
            FloatVector w4 = load(w, cc + 4 * channels);
            FloatVector w5 = load(w, cc + 5 * channels);
            FloatVector w6 = load(w, cc + 6 * channels);
            FloatVector w7 = load(w, cc + 7 * channels);
            FloatVector w8 = load(w, cc + 8 * channels);
            for (int r = 0; r < rows; r++) {
                int o0 = at + cc + r * rowStep;
                int o1 = o0 + line;
                int o2 = o1 + line;
                int q = out + cc + r * outRow;
                for (int i = 0; i < pairs; i++) {
                    int p = i * inStep;
                    FloatVector a0;
                    FloatVector a1;
                    FloatVector v;
                    v = load(x, o0 + p);
                    a0 = fma(v, w0, b);
                    v = load(x, o0 + p + channels);
                    a0 = fma(v, w1, a0);
                    v = load(x, o0 + p + c2);
                    a0 = fma(v, w2, a0);
                    a1 = fma(v, w0, b);
                    v = load(x, o0 + p + c3);
                    a1 = fma(v, w1, a1);
                    v = load(x, o0 + p + c4);
                    a1 = fma(v, w2, a1);
                    v = load(x, o1 + p);
                    a0 = fma(v, w3, a0);
                    v = load(x, o1 + p + channels);
                    a0 = fma(v, w4, a0);
                    v = load(x, o1 + p + c2);
                    a0 = fma(v, w5, a0);
                    a1 = fma(v, w3, a1);
                    v = load(x, o1 + p + c3);
                    a1 = fma(v, w4, a1);
                    v = load(x, o1 + p + c4);
                    a1 = fma(v, w5, a1);
                    v = load(x, o2 + p);
                    a0 = fma(v, w6, a0);
                    v = load(x, o2 + p + channels);
                    a0 = fma(v, w7, a0);
                    v = load(x, o2 + p + c2);
                    a0 = fma(v, w8, a0);
                    a1 = fma(v, w6, a1);
                    v = load(x, o2 + p + c3);
                    a1 = fma(v, w7, a1);
                    v = load(x, o2 + p + c4);
                    a1 = fma(v, w8, a1);
                    clamp(a0, low, high).intoArray(y, q + i * outStep);
                    clamp(a1, low, high).intoArray(y, q + i * outStep + channels);
                }
            }
        }
    }

    /** One pixel of each row over three rows of two taps: the left or right border of a 3x3 filter. */
    static void pixel3x2(
            float[] x,
            int at,
            int rows,
            int rowStep,
            int tapLine,
            int tapStep,
            float[] w,
            int wAt,
            int wLine,
            int channels,
            float[] bias,
            int biasOff,
            float[] y,
            int out,
            int outStep,
            float lo,
            float hi) {
        FloatVector low = FloatVector.broadcast(F, lo);
        FloatVector high = FloatVector.broadcast(F, hi);
        for (int c = 0; c < channels; c += LANES) {
            int cc = Math.max(0, Math.min(c, channels - LANES));
            int q = wAt + cc;
            FloatVector start = load(bias, biasOff + cc);
            FloatVector w0 = load(w, q);
            FloatVector w1 = load(w, q + channels);
            FloatVector w2 = load(w, q + wLine);
            FloatVector w3 = load(w, q + wLine + channels);
            FloatVector w4 = load(w, q + 2 * wLine);
            FloatVector w5 = load(w, q + 2 * wLine + channels);
            for (int r = 0; r < rows; r++) {
                int p = at + cc + r * rowStep;
                FloatVector a = fma(load(x, p), w0, start);
                a = fma(load(x, p + tapStep), w1, a);
                a = fma(load(x, p + tapLine), w2, a);
                a = fma(load(x, p + tapLine + tapStep), w3, a);
                a = fma(load(x, p + 2 * tapLine), w4, a);
                a = fma(load(x, p + 2 * tapLine + tapStep), w5, a);
                clamp(a, low, high).intoArray(y, out + cc + r * outStep);
            }
        }
    }
}
