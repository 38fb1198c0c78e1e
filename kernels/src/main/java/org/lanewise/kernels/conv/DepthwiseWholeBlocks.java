package org.lanewise.kernels.conv;

import static org.lanewise.kernels.Species.F32;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorSpecies;
import org.lanewise.kernels.Simd;
import org.lanewise.kernels.Species;
import org.lanewise.kernels.quant.WholeEnd;

/** {@link DepthwiseRowPairs} and {@link DepthwiseBlocks} of whole numbers, ending with a scale for each channel, rounding and limits on registers. */
final class DepthwiseWholeBlocks {
    private static final VectorSpecies<Integer> I32 = Species.I32;
    private static final int LANES = Simd.LANES;

    private DepthwiseWholeBlocks() {}

    /** Two output pixels a step of two interior rows, stride 1, no dilation; {@code pairs} steps. Arguments as in {@link DepthwiseBlocks}, at least two rows. */
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
            WholeEnd end) {
        for (int c = 0; c < channels; c += LANES) {
            int cc = Math.max(0, Math.min(c, channels - LANES));
            for (int r = 0; r < rows; r += 2) {
                int top = Math.min(r, rows - 2);
                pair(
                        x,
                        at + cc + top * rowStep,
                        line,
                        pairs,
                        w,
                        cc,
                        channels,
                        bias,
                        biasOff + cc,
                        y,
                        out + cc + top * outRow,
                        outRow,
                        end);
            }
        }
    }

    private static void pair(
            float[] x,
            int at,
            int line,
            int pairs,
            float[] w,
            int wAt,
            int channels,
            float[] bias,
            int biasAt,
            float[] y,
            int out,
            int outRow,
            WholeEnd end) {
        IntVector low = IntVector.broadcast(I32, end.low());
        IntVector high = IntVector.broadcast(I32, end.high());
        FloatVector rounder = FloatVector.broadcast(F32, WholeEnd.ROUNDER);
        FloatVector b = FloatVector.fromArray(F32, bias, biasAt);
        FloatVector scale = FloatVector.fromArray(F32, end.scales(), wAt);
        FloatVector w0 = FloatVector.fromArray(F32, w, wAt);
        FloatVector w1 = FloatVector.fromArray(F32, w, wAt + channels);
        FloatVector w2 = FloatVector.fromArray(F32, w, wAt + 2 * channels);
        FloatVector w3 = FloatVector.fromArray(F32, w, wAt + 3 * channels);
        FloatVector w4 = FloatVector.fromArray(F32, w, wAt + 4 * channels);
        FloatVector w5 = FloatVector.fromArray(F32, w, wAt + 5 * channels);
        FloatVector w6 = FloatVector.fromArray(F32, w, wAt + 6 * channels);
        FloatVector w7 = FloatVector.fromArray(F32, w, wAt + 7 * channels);
        FloatVector w8 = FloatVector.fromArray(F32, w, wAt + 8 * channels);
        int step = 2 * channels;
        int c2 = 2 * channels;
        int c3 = 3 * channels;
        int at1 = at + line;
        int at2 = at1 + line;
        int at3 = at2 + line;
        int below = out + outRow;
        for (int i = 0; i < pairs; i++) {
            int p = i * step;
            FloatVector v;
            FloatVector a0;
            FloatVector a1;
            FloatVector d0;
            FloatVector d1;
            v = FloatVector.fromArray(F32, x, at + p);
            a0 = Simd.FMA ? v.fma(w0, b) : v.mul(w0).add(b);
            v = FloatVector.fromArray(F32, x, at + p + channels);
            a0 = Simd.FMA ? v.fma(w1, a0) : v.mul(w1).add(a0);
            a1 = Simd.FMA ? v.fma(w0, b) : v.mul(w0).add(b);
            v = FloatVector.fromArray(F32, x, at + p + c2);
            a0 = Simd.FMA ? v.fma(w2, a0) : v.mul(w2).add(a0);
            a1 = Simd.FMA ? v.fma(w1, a1) : v.mul(w1).add(a1);
            v = FloatVector.fromArray(F32, x, at + p + c3);
            a1 = Simd.FMA ? v.fma(w2, a1) : v.mul(w2).add(a1);
            v = FloatVector.fromArray(F32, x, at1 + p);
            a0 = Simd.FMA ? v.fma(w3, a0) : v.mul(w3).add(a0);
            d0 = Simd.FMA ? v.fma(w0, b) : v.mul(w0).add(b);
            v = FloatVector.fromArray(F32, x, at1 + p + channels);
            a0 = Simd.FMA ? v.fma(w4, a0) : v.mul(w4).add(a0);
            a1 = Simd.FMA ? v.fma(w3, a1) : v.mul(w3).add(a1);
            d0 = Simd.FMA ? v.fma(w1, d0) : v.mul(w1).add(d0);
            d1 = Simd.FMA ? v.fma(w0, b) : v.mul(w0).add(b);
            v = FloatVector.fromArray(F32, x, at1 + p + c2);
            a0 = Simd.FMA ? v.fma(w5, a0) : v.mul(w5).add(a0);
            a1 = Simd.FMA ? v.fma(w4, a1) : v.mul(w4).add(a1);
            d0 = Simd.FMA ? v.fma(w2, d0) : v.mul(w2).add(d0);
            d1 = Simd.FMA ? v.fma(w1, d1) : v.mul(w1).add(d1);
            v = FloatVector.fromArray(F32, x, at1 + p + c3);
            a1 = Simd.FMA ? v.fma(w5, a1) : v.mul(w5).add(a1);
            d1 = Simd.FMA ? v.fma(w2, d1) : v.mul(w2).add(d1);
            v = FloatVector.fromArray(F32, x, at2 + p);
            a0 = Simd.FMA ? v.fma(w6, a0) : v.mul(w6).add(a0);
            d0 = Simd.FMA ? v.fma(w3, d0) : v.mul(w3).add(d0);
            v = FloatVector.fromArray(F32, x, at2 + p + channels);
            a0 = Simd.FMA ? v.fma(w7, a0) : v.mul(w7).add(a0);
            a1 = Simd.FMA ? v.fma(w6, a1) : v.mul(w6).add(a1);
            d0 = Simd.FMA ? v.fma(w4, d0) : v.mul(w4).add(d0);
            d1 = Simd.FMA ? v.fma(w3, d1) : v.mul(w3).add(d1);
            v = FloatVector.fromArray(F32, x, at2 + p + c2);
            a0 = Simd.FMA ? v.fma(w8, a0) : v.mul(w8).add(a0);
            a1 = Simd.FMA ? v.fma(w7, a1) : v.mul(w7).add(a1);
            d0 = Simd.FMA ? v.fma(w5, d0) : v.mul(w5).add(d0);
            d1 = Simd.FMA ? v.fma(w4, d1) : v.mul(w4).add(d1);
            v = FloatVector.fromArray(F32, x, at2 + p + c3);
            a1 = Simd.FMA ? v.fma(w8, a1) : v.mul(w8).add(a1);
            d1 = Simd.FMA ? v.fma(w5, d1) : v.mul(w5).add(d1);
            v = FloatVector.fromArray(F32, x, at3 + p);
            d0 = Simd.FMA ? v.fma(w6, d0) : v.mul(w6).add(d0);
            v = FloatVector.fromArray(F32, x, at3 + p + channels);
            d0 = Simd.FMA ? v.fma(w7, d0) : v.mul(w7).add(d0);
            d1 = Simd.FMA ? v.fma(w6, d1) : v.mul(w6).add(d1);
            v = FloatVector.fromArray(F32, x, at3 + p + c2);
            d0 = Simd.FMA ? v.fma(w8, d0) : v.mul(w8).add(d0);
            d1 = Simd.FMA ? v.fma(w7, d1) : v.mul(w7).add(d1);
            v = FloatVector.fromArray(F32, x, at3 + p + c3);
            d1 = Simd.FMA ? v.fma(w8, d1) : v.mul(w8).add(d1);
            IntVector a0Bits = a0.mul(scale).add(rounder).reinterpretAsInts();
            a0Bits.max(low).min(high).reinterpretAsFloats().sub(rounder).intoArray(y, out + p);
            IntVector a1Bits = a1.mul(scale).add(rounder).reinterpretAsInts();
            a1Bits.max(low).min(high).reinterpretAsFloats().sub(rounder).intoArray(y, out + p + channels);
            IntVector d0Bits = d0.mul(scale).add(rounder).reinterpretAsInts();
            d0Bits.max(low).min(high).reinterpretAsFloats().sub(rounder).intoArray(y, below + p);
            IntVector d1Bits = d1.mul(scale).add(rounder).reinterpretAsInts();
            d1Bits.max(low).min(high).reinterpretAsFloats().sub(rounder).intoArray(y, below + p + channels);
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
            WholeEnd end) {
        IntVector low = IntVector.broadcast(I32, end.low());
        IntVector high = IntVector.broadcast(I32, end.high());
        FloatVector rounder = FloatVector.broadcast(F32, WholeEnd.ROUNDER);
        int inStep = 4 * channels;
        int outStep = 2 * channels;
        int c2 = 2 * channels;
        int c3 = 3 * channels;
        int c4 = 4 * channels;
        for (int c = 0; c < channels; c += LANES) {
            int cc = Math.max(0, Math.min(c, channels - LANES));
            FloatVector b = FloatVector.fromArray(F32, bias, biasOff + cc);
            FloatVector scale = FloatVector.fromArray(F32, end.scales(), cc);
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
                    IntVector a0Bits = a0.mul(scale).add(rounder).reinterpretAsInts();
                    a0Bits.max(low).min(high).reinterpretAsFloats().sub(rounder).intoArray(y, q + i * outStep);
                    IntVector a1Bits = a1.mul(scale).add(rounder).reinterpretAsInts();
                    a1Bits.max(low)
                            .min(high)
                            .reinterpretAsFloats()
                            .sub(rounder)
                            .intoArray(y, q + i * outStep + channels);
                }
            }
        }
    }
}
