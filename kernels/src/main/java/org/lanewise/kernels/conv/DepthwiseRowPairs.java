package org.lanewise.kernels.conv;

import static org.lanewise.kernels.Species.F32;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.Vector;
import jdk.incubator.vector.VectorOperators;
import org.lanewise.kernels.Simd;

/**
 * Depthwise 3x3, two output rows at a time: 16 loads for 36 multiply-adds where one row takes 12 for 18. A load that crosses a cache line counts twice, and
 * arrays seldom begin with one, so loads are what limits these kernels.
 */
final class DepthwiseRowPairs {
    private static final int LANES = Simd.LANES;

    /** Says which class stored vectors have: C2 would ask a profile that vectors of other widths share. */
    private static final Class<? extends Vector<Float>> TYPE = F32.vectorType();

    private DepthwiseRowPairs() {}

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
            float lo,
            float hi) {
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
                        lo,
                        hi);
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
            float lo,
            float hi) {
        FloatVector low = FloatVector.broadcast(F32, lo);
        FloatVector high = FloatVector.broadcast(F32, hi);
        FloatVector b = FloatVector.fromArray(F32, bias, biasAt);
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
            a0 = a0.blend(low, a0.compare(VectorOperators.LT, low));
            ((FloatVector) TYPE.cast(a0.blend(high, a0.compare(VectorOperators.GT, high)))).intoArray(y, out + p);
            a1 = a1.blend(low, a1.compare(VectorOperators.LT, low));
            ((FloatVector) TYPE.cast(a1.blend(high, a1.compare(VectorOperators.GT, high))))
                    .intoArray(y, out + p + channels);
            d0 = d0.blend(low, d0.compare(VectorOperators.LT, low));
            ((FloatVector) TYPE.cast(d0.blend(high, d0.compare(VectorOperators.GT, high)))).intoArray(y, below + p);
            d1 = d1.blend(low, d1.compare(VectorOperators.LT, low));
            ((FloatVector) TYPE.cast(d1.blend(high, d1.compare(VectorOperators.GT, high))))
                    .intoArray(y, below + p + channels);
        }
    }
}
