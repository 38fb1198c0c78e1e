package org.lanewise.kernels.sparse;

import static org.lanewise.kernels.Species.F32;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.Vector;
import org.lanewise.kernels.Simd;

/** {@link SparseTilesVector} where four channels share a list: each load of activations is multiplied four times. */
final class SparseTilesVector4 {
    /** Says which class loop-carried vectors have: C2 would ask a profile that all users of vectors share. */
    private static final Class<? extends Vector<Float>> TYPE = F32.vectorType();

    private static final int L = Simd.LANES;

    private SparseTilesVector4() {}

    /** Arguments as of {@link SparseTiles#runShared}; 16 sums. */
    static void run(
            float[] lists, int from, int to, float[] x, int tile, int in, float[] y, int out, int pitch, float lower) {
        FloatVector least = FloatVector.broadcast(F32, lower);
        int i = from;
        while (i < to) {
            int end = Float.floatToRawIntBits(lists[i]);
            int n = Float.floatToRawIntBits(lists[i + 1]);
            int at = in + n * SparseTiles.ROWS;
            FloatVector a0 = (FloatVector) TYPE.cast(FloatVector.fromArray(F32, x, at));
            FloatVector a1 = (FloatVector) TYPE.cast(FloatVector.fromArray(F32, x, at + L));
            FloatVector a2 = (FloatVector) TYPE.cast(FloatVector.fromArray(F32, x, at + 2 * L));
            FloatVector a3 = (FloatVector) TYPE.cast(FloatVector.fromArray(F32, x, at + 3 * L));
            FloatVector b0 = (FloatVector) TYPE.cast(FloatVector.fromArray(F32, x, at + 4 * L));
            FloatVector b1 = (FloatVector) TYPE.cast(FloatVector.fromArray(F32, x, at + 5 * L));
            FloatVector b2 = (FloatVector) TYPE.cast(FloatVector.fromArray(F32, x, at + 6 * L));
            FloatVector b3 = (FloatVector) TYPE.cast(FloatVector.fromArray(F32, x, at + 7 * L));
            FloatVector c0 = (FloatVector) TYPE.cast(FloatVector.fromArray(F32, x, at + 8 * L));
            FloatVector c1 = (FloatVector) TYPE.cast(FloatVector.fromArray(F32, x, at + 9 * L));
            FloatVector c2 = (FloatVector) TYPE.cast(FloatVector.fromArray(F32, x, at + 10 * L));
            FloatVector c3 = (FloatVector) TYPE.cast(FloatVector.fromArray(F32, x, at + 11 * L));
            FloatVector d0 = (FloatVector) TYPE.cast(FloatVector.fromArray(F32, x, at + 12 * L));
            FloatVector d1 = (FloatVector) TYPE.cast(FloatVector.fromArray(F32, x, at + 13 * L));
            FloatVector d2 = (FloatVector) TYPE.cast(FloatVector.fromArray(F32, x, at + 14 * L));
            FloatVector d3 = (FloatVector) TYPE.cast(FloatVector.fromArray(F32, x, at + 15 * L));
            for (i += 2; i < end; i += 5) {
                int row = tile + Float.floatToRawIntBits(lists[i + 4]);
                FloatVector x0 = FloatVector.fromArray(F32, x, row);
                FloatVector x1 = FloatVector.fromArray(F32, x, row + L);
                FloatVector x2 = FloatVector.fromArray(F32, x, row + 2 * L);
                FloatVector x3 = FloatVector.fromArray(F32, x, row + 3 * L);
                FloatVector a = FloatVector.broadcast(F32, lists[i]);
                a0 = (FloatVector)
                        TYPE.cast(Simd.FMA ? x0.fma(a, a0) : x0.mul(a).add(a0));
                a1 = (FloatVector)
                        TYPE.cast(Simd.FMA ? x1.fma(a, a1) : x1.mul(a).add(a1));
                a2 = (FloatVector)
                        TYPE.cast(Simd.FMA ? x2.fma(a, a2) : x2.mul(a).add(a2));
                a3 = (FloatVector)
                        TYPE.cast(Simd.FMA ? x3.fma(a, a3) : x3.mul(a).add(a3));
                FloatVector b = FloatVector.broadcast(F32, lists[i + 1]);
                b0 = (FloatVector)
                        TYPE.cast(Simd.FMA ? x0.fma(b, b0) : x0.mul(b).add(b0));
                b1 = (FloatVector)
                        TYPE.cast(Simd.FMA ? x1.fma(b, b1) : x1.mul(b).add(b1));
                b2 = (FloatVector)
                        TYPE.cast(Simd.FMA ? x2.fma(b, b2) : x2.mul(b).add(b2));
                b3 = (FloatVector)
                        TYPE.cast(Simd.FMA ? x3.fma(b, b3) : x3.mul(b).add(b3));
                FloatVector c = FloatVector.broadcast(F32, lists[i + 2]);
                c0 = (FloatVector)
                        TYPE.cast(Simd.FMA ? x0.fma(c, c0) : x0.mul(c).add(c0));
                c1 = (FloatVector)
                        TYPE.cast(Simd.FMA ? x1.fma(c, c1) : x1.mul(c).add(c1));
                c2 = (FloatVector)
                        TYPE.cast(Simd.FMA ? x2.fma(c, c2) : x2.mul(c).add(c2));
                c3 = (FloatVector)
                        TYPE.cast(Simd.FMA ? x3.fma(c, c3) : x3.mul(c).add(c3));
                FloatVector d = FloatVector.broadcast(F32, lists[i + 3]);
                d0 = (FloatVector)
                        TYPE.cast(Simd.FMA ? x0.fma(d, d0) : x0.mul(d).add(d0));
                d1 = (FloatVector)
                        TYPE.cast(Simd.FMA ? x1.fma(d, d1) : x1.mul(d).add(d1));
                d2 = (FloatVector)
                        TYPE.cast(Simd.FMA ? x2.fma(d, d2) : x2.mul(d).add(d2));
                d3 = (FloatVector)
                        TYPE.cast(Simd.FMA ? x3.fma(d, d3) : x3.mul(d).add(d3));
            }
            int to0 = out + n * pitch;
            a0.blend(least, a0.lt(least)).intoArray(y, to0);
            a1.blend(least, a1.lt(least)).intoArray(y, to0 + L);
            a2.blend(least, a2.lt(least)).intoArray(y, to0 + 2 * L);
            a3.blend(least, a3.lt(least)).intoArray(y, to0 + 3 * L);
            b0.blend(least, b0.lt(least)).intoArray(y, to0 + pitch);
            b1.blend(least, b1.lt(least)).intoArray(y, to0 + pitch + L);
            b2.blend(least, b2.lt(least)).intoArray(y, to0 + pitch + 2 * L);
            b3.blend(least, b3.lt(least)).intoArray(y, to0 + pitch + 3 * L);
            c0.blend(least, c0.lt(least)).intoArray(y, to0 + 2 * pitch);
            c1.blend(least, c1.lt(least)).intoArray(y, to0 + 2 * pitch + L);
            c2.blend(least, c2.lt(least)).intoArray(y, to0 + 2 * pitch + 2 * L);
            c3.blend(least, c3.lt(least)).intoArray(y, to0 + 2 * pitch + 3 * L);
            d0.blend(least, d0.lt(least)).intoArray(y, to0 + 3 * pitch);
            d1.blend(least, d1.lt(least)).intoArray(y, to0 + 3 * pitch + L);
            d2.blend(least, d2.lt(least)).intoArray(y, to0 + 3 * pitch + 2 * L);
            d3.blend(least, d3.lt(least)).intoArray(y, to0 + 3 * pitch + 3 * L);
        }
    }

    /** Only two of the four vectors of each channel, those that offsets point to: eight sums. */
    static void runHalf(
            float[] lists, int from, int to, float[] x, int tile, int in, float[] y, int out, int pitch, float lower) {
        FloatVector least = FloatVector.broadcast(F32, lower);
        int i = from;
        while (i < to) {
            int end = Float.floatToRawIntBits(lists[i]);
            int n = Float.floatToRawIntBits(lists[i + 1]);
            int at = in + n * SparseTiles.ROWS;
            FloatVector a0 = (FloatVector) TYPE.cast(FloatVector.fromArray(F32, x, at));
            FloatVector a1 = (FloatVector) TYPE.cast(FloatVector.fromArray(F32, x, at + L));
            FloatVector b0 = (FloatVector) TYPE.cast(FloatVector.fromArray(F32, x, at + 4 * L));
            FloatVector b1 = (FloatVector) TYPE.cast(FloatVector.fromArray(F32, x, at + 5 * L));
            FloatVector c0 = (FloatVector) TYPE.cast(FloatVector.fromArray(F32, x, at + 8 * L));
            FloatVector c1 = (FloatVector) TYPE.cast(FloatVector.fromArray(F32, x, at + 9 * L));
            FloatVector d0 = (FloatVector) TYPE.cast(FloatVector.fromArray(F32, x, at + 12 * L));
            FloatVector d1 = (FloatVector) TYPE.cast(FloatVector.fromArray(F32, x, at + 13 * L));
            for (i += 2; i < end; i += 5) {
                int row = tile + Float.floatToRawIntBits(lists[i + 4]);
                FloatVector x0 = FloatVector.fromArray(F32, x, row);
                FloatVector x1 = FloatVector.fromArray(F32, x, row + L);
                FloatVector a = FloatVector.broadcast(F32, lists[i]);
                a0 = (FloatVector)
                        TYPE.cast(Simd.FMA ? x0.fma(a, a0) : x0.mul(a).add(a0));
                a1 = (FloatVector)
                        TYPE.cast(Simd.FMA ? x1.fma(a, a1) : x1.mul(a).add(a1));
                FloatVector b = FloatVector.broadcast(F32, lists[i + 1]);
                b0 = (FloatVector)
                        TYPE.cast(Simd.FMA ? x0.fma(b, b0) : x0.mul(b).add(b0));
                b1 = (FloatVector)
                        TYPE.cast(Simd.FMA ? x1.fma(b, b1) : x1.mul(b).add(b1));
                FloatVector c = FloatVector.broadcast(F32, lists[i + 2]);
                c0 = (FloatVector)
                        TYPE.cast(Simd.FMA ? x0.fma(c, c0) : x0.mul(c).add(c0));
                c1 = (FloatVector)
                        TYPE.cast(Simd.FMA ? x1.fma(c, c1) : x1.mul(c).add(c1));
                FloatVector d = FloatVector.broadcast(F32, lists[i + 3]);
                d0 = (FloatVector)
                        TYPE.cast(Simd.FMA ? x0.fma(d, d0) : x0.mul(d).add(d0));
                d1 = (FloatVector)
                        TYPE.cast(Simd.FMA ? x1.fma(d, d1) : x1.mul(d).add(d1));
            }
            int to0 = out + n * pitch;
            a0.blend(least, a0.lt(least)).intoArray(y, to0);
            a1.blend(least, a1.lt(least)).intoArray(y, to0 + L);
            b0.blend(least, b0.lt(least)).intoArray(y, to0 + pitch);
            b1.blend(least, b1.lt(least)).intoArray(y, to0 + pitch + L);
            c0.blend(least, c0.lt(least)).intoArray(y, to0 + 2 * pitch);
            c1.blend(least, c1.lt(least)).intoArray(y, to0 + 2 * pitch + L);
            d0.blend(least, d0.lt(least)).intoArray(y, to0 + 3 * pitch);
            d1.blend(least, d1.lt(least)).intoArray(y, to0 + 3 * pitch + L);
        }
    }
}
