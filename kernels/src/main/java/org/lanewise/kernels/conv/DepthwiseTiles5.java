package org.lanewise.kernels.conv;

import static org.lanewise.kernels.Species.F32;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.Vector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;
import org.lanewise.kernels.Simd;
import org.lanewise.kernels.Species;

/** {@link DepthwiseTiles} of 5 taps a row. */
final class DepthwiseTiles5 {
    /** Says which class loop-carried vectors have: C2 would ask a profile that all users of vectors share. */
    private static final Class<? extends Vector<Float>> TYPE = Species.F32.vectorType();

    private static final VectorSpecies<Float> F = Species.F32;
    private static final int LANES = F.length();

    private DepthwiseTiles5() {}

    /** {@link DepthwiseTiles#PIXELS} interior pixels of one row, any number of rows of 5 taps, stride 1, no horizontal dilation. */
    static void stride1(
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
            FloatVector a0 = FloatVector.fromArray(F32, bias, biasOff + cc);
            FloatVector a1 = a0;
            FloatVector a2 = a0;
            FloatVector a3 = a0;
            for (int ky = 0; ky < rows; ky++) {
                int p = at + cc + ky * tapLine;
                int q = wAt + cc + ky * 5 * channels;
                FloatVector w0 = FloatVector.fromArray(F32, w, q);
                FloatVector w1 = FloatVector.fromArray(F32, w, q + channels);
                FloatVector w2 = FloatVector.fromArray(F32, w, q + 2 * channels);
                FloatVector w3 = FloatVector.fromArray(F32, w, q + 3 * channels);
                FloatVector w4 = FloatVector.fromArray(F32, w, q + 4 * channels);
                FloatVector v;
                v = FloatVector.fromArray(F32, x, p);
                a0 = Simd.FMA ? v.fma(w0, a0) : v.mul(w0).add(a0);
                v = FloatVector.fromArray(F32, x, p + channels);
                a0 = Simd.FMA ? v.fma(w1, a0) : v.mul(w1).add(a0);
                a1 = Simd.FMA ? v.fma(w0, a1) : v.mul(w0).add(a1);
                v = FloatVector.fromArray(F32, x, p + 2 * channels);
                a0 = Simd.FMA ? v.fma(w2, a0) : v.mul(w2).add(a0);
                a1 = Simd.FMA ? v.fma(w1, a1) : v.mul(w1).add(a1);
                a2 = Simd.FMA ? v.fma(w0, a2) : v.mul(w0).add(a2);
                v = FloatVector.fromArray(F32, x, p + 3 * channels);
                a0 = Simd.FMA ? v.fma(w3, a0) : v.mul(w3).add(a0);
                a1 = Simd.FMA ? v.fma(w2, a1) : v.mul(w2).add(a1);
                a2 = Simd.FMA ? v.fma(w1, a2) : v.mul(w1).add(a2);
                a3 = Simd.FMA ? v.fma(w0, a3) : v.mul(w0).add(a3);
                v = FloatVector.fromArray(F32, x, p + 4 * channels);
                a0 = Simd.FMA ? v.fma(w4, a0) : v.mul(w4).add(a0);
                a1 = Simd.FMA ? v.fma(w3, a1) : v.mul(w3).add(a1);
                a2 = Simd.FMA ? v.fma(w2, a2) : v.mul(w2).add(a2);
                a3 = Simd.FMA ? v.fma(w1, a3) : v.mul(w1).add(a3);
                v = FloatVector.fromArray(F32, x, p + 5 * channels);
                a1 = Simd.FMA ? v.fma(w4, a1) : v.mul(w4).add(a1);
                a2 = Simd.FMA ? v.fma(w3, a2) : v.mul(w3).add(a2);
                a3 = Simd.FMA ? v.fma(w2, a3) : v.mul(w2).add(a3);
                v = FloatVector.fromArray(F32, x, p + 6 * channels);
                a2 = Simd.FMA ? v.fma(w4, a2) : v.mul(w4).add(a2);
                a3 = Simd.FMA ? v.fma(w3, a3) : v.mul(w3).add(a3);
                v = FloatVector.fromArray(F32, x, p + 7 * channels);
                a3 = Simd.FMA ? v.fma(w4, a3) : v.mul(w4).add(a3);
            }
            int q = out + cc;
            a0 = ((FloatVector) TYPE.cast(a0))
                    .blend(low, ((FloatVector) TYPE.cast(a0)).compare(VectorOperators.LT, low));
            ((FloatVector) TYPE.cast(a0))
                    .blend(high, ((FloatVector) TYPE.cast(a0)).compare(VectorOperators.GT, high))
                    .intoArray(y, q);
            a1 = ((FloatVector) TYPE.cast(a1))
                    .blend(low, ((FloatVector) TYPE.cast(a1)).compare(VectorOperators.LT, low));
            ((FloatVector) TYPE.cast(a1))
                    .blend(high, ((FloatVector) TYPE.cast(a1)).compare(VectorOperators.GT, high))
                    .intoArray(y, q + channels);
            a2 = ((FloatVector) TYPE.cast(a2))
                    .blend(low, ((FloatVector) TYPE.cast(a2)).compare(VectorOperators.LT, low));
            ((FloatVector) TYPE.cast(a2))
                    .blend(high, ((FloatVector) TYPE.cast(a2)).compare(VectorOperators.GT, high))
                    .intoArray(y, q + 2 * channels);
            a3 = ((FloatVector) TYPE.cast(a3))
                    .blend(low, ((FloatVector) TYPE.cast(a3)).compare(VectorOperators.LT, low));
            ((FloatVector) TYPE.cast(a3))
                    .blend(high, ((FloatVector) TYPE.cast(a3)).compare(VectorOperators.GT, high))
                    .intoArray(y, q + 3 * channels);
        }
    }

    /** {@link DepthwiseTiles#PIXELS} interior pixels of one row, any number of rows of 5 taps, stride 2, no horizontal dilation. */
    static void stride2(
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
            FloatVector a0 = FloatVector.fromArray(F32, bias, biasOff + cc);
            FloatVector a1 = a0;
            FloatVector a2 = a0;
            FloatVector a3 = a0;
            for (int ky = 0; ky < rows; ky++) {
                int p = at + cc + ky * tapLine;
                int q = wAt + cc + ky * 5 * channels;
                FloatVector w0 = FloatVector.fromArray(F32, w, q);
                FloatVector w1 = FloatVector.fromArray(F32, w, q + channels);
                FloatVector w2 = FloatVector.fromArray(F32, w, q + 2 * channels);
                FloatVector w3 = FloatVector.fromArray(F32, w, q + 3 * channels);
                FloatVector w4 = FloatVector.fromArray(F32, w, q + 4 * channels);
                FloatVector v;
                v = FloatVector.fromArray(F32, x, p);
                a0 = Simd.FMA ? v.fma(w0, a0) : v.mul(w0).add(a0);
                v = FloatVector.fromArray(F32, x, p + channels);
                a0 = Simd.FMA ? v.fma(w1, a0) : v.mul(w1).add(a0);
                v = FloatVector.fromArray(F32, x, p + 2 * channels);
                a0 = Simd.FMA ? v.fma(w2, a0) : v.mul(w2).add(a0);
                a1 = Simd.FMA ? v.fma(w0, a1) : v.mul(w0).add(a1);
                v = FloatVector.fromArray(F32, x, p + 3 * channels);
                a0 = Simd.FMA ? v.fma(w3, a0) : v.mul(w3).add(a0);
                a1 = Simd.FMA ? v.fma(w1, a1) : v.mul(w1).add(a1);
                v = FloatVector.fromArray(F32, x, p + 4 * channels);
                a0 = Simd.FMA ? v.fma(w4, a0) : v.mul(w4).add(a0);
                a1 = Simd.FMA ? v.fma(w2, a1) : v.mul(w2).add(a1);
                a2 = Simd.FMA ? v.fma(w0, a2) : v.mul(w0).add(a2);
                v = FloatVector.fromArray(F32, x, p + 5 * channels);
                a1 = Simd.FMA ? v.fma(w3, a1) : v.mul(w3).add(a1);
                a2 = Simd.FMA ? v.fma(w1, a2) : v.mul(w1).add(a2);
                v = FloatVector.fromArray(F32, x, p + 6 * channels);
                a1 = Simd.FMA ? v.fma(w4, a1) : v.mul(w4).add(a1);
                a2 = Simd.FMA ? v.fma(w2, a2) : v.mul(w2).add(a2);
                a3 = Simd.FMA ? v.fma(w0, a3) : v.mul(w0).add(a3);
                v = FloatVector.fromArray(F32, x, p + 7 * channels);
                a2 = Simd.FMA ? v.fma(w3, a2) : v.mul(w3).add(a2);
                a3 = Simd.FMA ? v.fma(w1, a3) : v.mul(w1).add(a3);
                v = FloatVector.fromArray(F32, x, p + 8 * channels);
                a2 = Simd.FMA ? v.fma(w4, a2) : v.mul(w4).add(a2);
                a3 = Simd.FMA ? v.fma(w2, a3) : v.mul(w2).add(a3);
                v = FloatVector.fromArray(F32, x, p + 9 * channels);
                a3 = Simd.FMA ? v.fma(w3, a3) : v.mul(w3).add(a3);
                v = FloatVector.fromArray(F32, x, p + 10 * channels);
                a3 = Simd.FMA ? v.fma(w4, a3) : v.mul(w4).add(a3);
            }
            int q = out + cc;
            a0 = ((FloatVector) TYPE.cast(a0))
                    .blend(low, ((FloatVector) TYPE.cast(a0)).compare(VectorOperators.LT, low));
            ((FloatVector) TYPE.cast(a0))
                    .blend(high, ((FloatVector) TYPE.cast(a0)).compare(VectorOperators.GT, high))
                    .intoArray(y, q);
            a1 = ((FloatVector) TYPE.cast(a1))
                    .blend(low, ((FloatVector) TYPE.cast(a1)).compare(VectorOperators.LT, low));
            ((FloatVector) TYPE.cast(a1))
                    .blend(high, ((FloatVector) TYPE.cast(a1)).compare(VectorOperators.GT, high))
                    .intoArray(y, q + channels);
            a2 = ((FloatVector) TYPE.cast(a2))
                    .blend(low, ((FloatVector) TYPE.cast(a2)).compare(VectorOperators.LT, low));
            ((FloatVector) TYPE.cast(a2))
                    .blend(high, ((FloatVector) TYPE.cast(a2)).compare(VectorOperators.GT, high))
                    .intoArray(y, q + 2 * channels);
            a3 = ((FloatVector) TYPE.cast(a3))
                    .blend(low, ((FloatVector) TYPE.cast(a3)).compare(VectorOperators.LT, low));
            ((FloatVector) TYPE.cast(a3))
                    .blend(high, ((FloatVector) TYPE.cast(a3)).compare(VectorOperators.GT, high))
                    .intoArray(y, q + 3 * channels);
        }
    }
}
