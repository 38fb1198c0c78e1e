package org.lanewise.kernels.conv;

import static org.lanewise.kernels.Species.F32;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.Vector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;
import org.lanewise.kernels.Simd;
import org.lanewise.kernels.Species;

/** Depthwise 3x3 over several rows at once: for one vector of channels after the other, the taps stay in registers. */
final class DepthwiseBlocks {
    private static final VectorSpecies<Float> F = Species.F32;
    private static final int LANES = F.length();

    /** Says which class stored vectors have: C2 would ask a profile that vectors of other widths share. */
    private static final Class<? extends Vector<Float>> TYPE = F.vectorType();

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
            FloatVector b = FloatVector.fromArray(F32, bias, biasOff + cc);
            FloatVector w0 = FloatVector.fromArray(F32, w, cc);
            FloatVector w1 = FloatVector.fromArray(F32, w, cc + channels);
            FloatVector w2 = FloatVector.fromArray(F32, w, cc + 2 * channels);
            FloatVector w3 = FloatVector.fromArray(F32, w, cc + 3 * channels);
            FloatVector w4 = FloatVector.fromArray(F32, w, cc + 4 * channels);
            FloatVector w5 = FloatVector.fromArray(F32, w, cc + 5 * channels);
            FloatVector w6 = FloatVector.fromArray(F32, w, cc + 6 * channels);
            FloatVector w7 = FloatVector.fromArray(F32, w, cc + 7 * channels);
            FloatVector w8 = FloatVector.fromArray(F32, w, cc + 8 * channels);
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
                    v = FloatVector.fromArray(F32, x, o0 + p);
                    a0 = Simd.FMA ? v.fma(w0, b) : v.mul(w0).add(b);
                    v = FloatVector.fromArray(F32, x, o0 + p + channels);
                    a0 = Simd.FMA ? v.fma(w1, a0) : v.mul(w1).add(a0);
                    a1 = Simd.FMA ? v.fma(w0, b) : v.mul(w0).add(b);
                    v = FloatVector.fromArray(F32, x, o0 + p + c2);
                    a0 = Simd.FMA ? v.fma(w2, a0) : v.mul(w2).add(a0);
                    a1 = Simd.FMA ? v.fma(w1, a1) : v.mul(w1).add(a1);
                    v = FloatVector.fromArray(F32, x, o0 + p + c3);
                    a1 = Simd.FMA ? v.fma(w2, a1) : v.mul(w2).add(a1);
                    v = FloatVector.fromArray(F32, x, o1 + p);
                    a0 = Simd.FMA ? v.fma(w3, a0) : v.mul(w3).add(a0);
                    v = FloatVector.fromArray(F32, x, o1 + p + channels);
                    a0 = Simd.FMA ? v.fma(w4, a0) : v.mul(w4).add(a0);
                    a1 = Simd.FMA ? v.fma(w3, a1) : v.mul(w3).add(a1);
                    v = FloatVector.fromArray(F32, x, o1 + p + c2);
                    a0 = Simd.FMA ? v.fma(w5, a0) : v.mul(w5).add(a0);
                    a1 = Simd.FMA ? v.fma(w4, a1) : v.mul(w4).add(a1);
                    v = FloatVector.fromArray(F32, x, o1 + p + c3);
                    a1 = Simd.FMA ? v.fma(w5, a1) : v.mul(w5).add(a1);
                    v = FloatVector.fromArray(F32, x, o2 + p);
                    a0 = Simd.FMA ? v.fma(w6, a0) : v.mul(w6).add(a0);
                    v = FloatVector.fromArray(F32, x, o2 + p + channels);
                    a0 = Simd.FMA ? v.fma(w7, a0) : v.mul(w7).add(a0);
                    a1 = Simd.FMA ? v.fma(w6, a1) : v.mul(w6).add(a1);
                    v = FloatVector.fromArray(F32, x, o2 + p + c2);
                    a0 = Simd.FMA ? v.fma(w8, a0) : v.mul(w8).add(a0);
                    a1 = Simd.FMA ? v.fma(w7, a1) : v.mul(w7).add(a1);
                    v = FloatVector.fromArray(F32, x, o2 + p + c3);
                    a1 = Simd.FMA ? v.fma(w8, a1) : v.mul(w8).add(a1);
                    a0 = a0.blend(low, a0.compare(VectorOperators.LT, low));
                    ((FloatVector) TYPE.cast(a0.blend(high, a0.compare(VectorOperators.GT, high))))
                            .intoArray(y, q + i * outStep);
                    a1 = a1.blend(low, a1.compare(VectorOperators.LT, low));
                    ((FloatVector) TYPE.cast(a1.blend(high, a1.compare(VectorOperators.GT, high))))
                            .intoArray(y, q + i * outStep + channels);
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
            FloatVector b = FloatVector.fromArray(F32, bias, biasOff + cc);
            FloatVector w0 = FloatVector.fromArray(F32, w, cc);
            FloatVector w1 = FloatVector.fromArray(F32, w, cc + channels);
            FloatVector w2 = FloatVector.fromArray(F32, w, cc + 2 * channels);
            FloatVector w3 = FloatVector.fromArray(F32, w, cc + 3 * channels);
            FloatVector w4 = FloatVector.fromArray(F32, w, cc + 4 * channels);
            FloatVector w5 = FloatVector.fromArray(F32, w, cc + 5 * channels);
            FloatVector w6 = FloatVector.fromArray(F32, w, cc + 6 * channels);
            FloatVector w7 = FloatVector.fromArray(F32, w, cc + 7 * channels);
            FloatVector w8 = FloatVector.fromArray(F32, w, cc + 8 * channels);
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
                    v = FloatVector.fromArray(F32, x, o0 + p);
                    a0 = Simd.FMA ? v.fma(w0, b) : v.mul(w0).add(b);
                    v = FloatVector.fromArray(F32, x, o0 + p + channels);
                    a0 = Simd.FMA ? v.fma(w1, a0) : v.mul(w1).add(a0);
                    v = FloatVector.fromArray(F32, x, o0 + p + c2);
                    a0 = Simd.FMA ? v.fma(w2, a0) : v.mul(w2).add(a0);
                    a1 = Simd.FMA ? v.fma(w0, b) : v.mul(w0).add(b);
                    v = FloatVector.fromArray(F32, x, o0 + p + c3);
                    a1 = Simd.FMA ? v.fma(w1, a1) : v.mul(w1).add(a1);
                    v = FloatVector.fromArray(F32, x, o0 + p + c4);
                    a1 = Simd.FMA ? v.fma(w2, a1) : v.mul(w2).add(a1);
                    v = FloatVector.fromArray(F32, x, o1 + p);
                    a0 = Simd.FMA ? v.fma(w3, a0) : v.mul(w3).add(a0);
                    v = FloatVector.fromArray(F32, x, o1 + p + channels);
                    a0 = Simd.FMA ? v.fma(w4, a0) : v.mul(w4).add(a0);
                    v = FloatVector.fromArray(F32, x, o1 + p + c2);
                    a0 = Simd.FMA ? v.fma(w5, a0) : v.mul(w5).add(a0);
                    a1 = Simd.FMA ? v.fma(w3, a1) : v.mul(w3).add(a1);
                    v = FloatVector.fromArray(F32, x, o1 + p + c3);
                    a1 = Simd.FMA ? v.fma(w4, a1) : v.mul(w4).add(a1);
                    v = FloatVector.fromArray(F32, x, o1 + p + c4);
                    a1 = Simd.FMA ? v.fma(w5, a1) : v.mul(w5).add(a1);
                    v = FloatVector.fromArray(F32, x, o2 + p);
                    a0 = Simd.FMA ? v.fma(w6, a0) : v.mul(w6).add(a0);
                    v = FloatVector.fromArray(F32, x, o2 + p + channels);
                    a0 = Simd.FMA ? v.fma(w7, a0) : v.mul(w7).add(a0);
                    v = FloatVector.fromArray(F32, x, o2 + p + c2);
                    a0 = Simd.FMA ? v.fma(w8, a0) : v.mul(w8).add(a0);
                    a1 = Simd.FMA ? v.fma(w6, a1) : v.mul(w6).add(a1);
                    v = FloatVector.fromArray(F32, x, o2 + p + c3);
                    a1 = Simd.FMA ? v.fma(w7, a1) : v.mul(w7).add(a1);
                    v = FloatVector.fromArray(F32, x, o2 + p + c4);
                    a1 = Simd.FMA ? v.fma(w8, a1) : v.mul(w8).add(a1);
                    a0 = a0.blend(low, a0.compare(VectorOperators.LT, low));
                    ((FloatVector) TYPE.cast(a0.blend(high, a0.compare(VectorOperators.GT, high))))
                            .intoArray(y, q + i * outStep);
                    a1 = a1.blend(low, a1.compare(VectorOperators.LT, low));
                    ((FloatVector) TYPE.cast(a1.blend(high, a1.compare(VectorOperators.GT, high))))
                            .intoArray(y, q + i * outStep + channels);
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
            FloatVector start = FloatVector.fromArray(F32, bias, biasOff + cc);
            FloatVector w0 = FloatVector.fromArray(F32, w, q);
            FloatVector w1 = FloatVector.fromArray(F32, w, q + channels);
            FloatVector w2 = FloatVector.fromArray(F32, w, q + wLine);
            FloatVector w3 = FloatVector.fromArray(F32, w, q + wLine + channels);
            FloatVector w4 = FloatVector.fromArray(F32, w, q + 2 * wLine);
            FloatVector w5 = FloatVector.fromArray(F32, w, q + 2 * wLine + channels);
            for (int r = 0; r < rows; r++) {
                int p = at + cc + r * rowStep;
                FloatVector a = Simd.FMA
                        ? FloatVector.fromArray(F32, x, p).fma(w0, start)
                        : FloatVector.fromArray(F32, x, p).mul(w0).add(start);
                a = Simd.FMA
                        ? FloatVector.fromArray(F32, x, p + tapStep).fma(w1, a)
                        : FloatVector.fromArray(F32, x, p + tapStep).mul(w1).add(a);
                a = Simd.FMA
                        ? FloatVector.fromArray(F32, x, p + tapLine).fma(w2, a)
                        : FloatVector.fromArray(F32, x, p + tapLine).mul(w2).add(a);
                a = Simd.FMA
                        ? FloatVector.fromArray(F32, x, p + tapLine + tapStep).fma(w3, a)
                        : FloatVector.fromArray(F32, x, p + tapLine + tapStep)
                                .mul(w3)
                                .add(a);
                a = Simd.FMA
                        ? FloatVector.fromArray(F32, x, p + 2 * tapLine).fma(w4, a)
                        : FloatVector.fromArray(F32, x, p + 2 * tapLine).mul(w4).add(a);
                a = Simd.FMA
                        ? FloatVector.fromArray(F32, x, p + 2 * tapLine + tapStep)
                                .fma(w5, a)
                        : FloatVector.fromArray(F32, x, p + 2 * tapLine + tapStep)
                                .mul(w5)
                                .add(a);
                a = a.blend(low, a.compare(VectorOperators.LT, low));
                ((FloatVector) TYPE.cast(a.blend(high, a.compare(VectorOperators.GT, high))))
                        .intoArray(y, out + cc + r * outStep);
            }
        }
    }
}
