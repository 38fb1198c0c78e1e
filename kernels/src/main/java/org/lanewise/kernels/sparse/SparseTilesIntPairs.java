package org.lanewise.kernels.sparse;

import static org.lanewise.kernels.Species.F32;
import static org.lanewise.kernels.Species.I32;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.Vector;
import org.lanewise.kernels.Simd;

/** {@link SparseTilesPairs} where ports are shared, on lists of {@code int}, as {@link SparseTilesInts}. */
final class SparseTilesIntPairs {
    /** Says which class loop-carried vectors have: C2 would ask a profile that all users of vectors share. */
    private static final Class<? extends Vector<Float>> TYPE = F32.vectorType();

    private static final int L = Simd.LANES;

    private SparseTilesIntPairs() {}

    /** Arguments as of {@link SparseTiles#run}, but {@code lists}, {@code from} and {@code to}, which are those of {@link ChannelLists} in halves. */
    static void run(
            int[] lists, int from, int to, float[] x, int tile, int in, float[] y, int out, int pitch, float lower) {
        FloatVector least = FloatVector.broadcast(F32, lower);
        int i = from;
        while (i < to) {
            int set = i;
            int end = 2 * lists[i];
            int from0 = in + lists[i + 1] * SparseTiles.ROWS;
            int from1 = in + lists[i + 2] * SparseTiles.ROWS;
            int from2 = in + lists[i + 3] * SparseTiles.ROWS;
            int from3 = in + lists[i + 4] * SparseTiles.ROWS;
            FloatVector a0 = (FloatVector) TYPE.cast(FloatVector.fromArray(F32, x, from0));
            FloatVector a1 = (FloatVector) TYPE.cast(FloatVector.fromArray(F32, x, from0 + L));
            FloatVector a2 = (FloatVector) TYPE.cast(FloatVector.fromArray(F32, x, from0 + 2 * L));
            FloatVector a3 = (FloatVector) TYPE.cast(FloatVector.fromArray(F32, x, from0 + 3 * L));
            FloatVector b0 = (FloatVector) TYPE.cast(FloatVector.fromArray(F32, x, from1));
            FloatVector b1 = (FloatVector) TYPE.cast(FloatVector.fromArray(F32, x, from1 + L));
            FloatVector b2 = (FloatVector) TYPE.cast(FloatVector.fromArray(F32, x, from1 + 2 * L));
            FloatVector b3 = (FloatVector) TYPE.cast(FloatVector.fromArray(F32, x, from1 + 3 * L));
            FloatVector c0 = (FloatVector) TYPE.cast(FloatVector.fromArray(F32, x, from2));
            FloatVector c1 = (FloatVector) TYPE.cast(FloatVector.fromArray(F32, x, from2 + L));
            FloatVector c2 = (FloatVector) TYPE.cast(FloatVector.fromArray(F32, x, from2 + 2 * L));
            FloatVector c3 = (FloatVector) TYPE.cast(FloatVector.fromArray(F32, x, from2 + 3 * L));
            FloatVector d0 = (FloatVector) TYPE.cast(FloatVector.fromArray(F32, x, from3));
            FloatVector d1 = (FloatVector) TYPE.cast(FloatVector.fromArray(F32, x, from3 + L));
            FloatVector d2 = (FloatVector) TYPE.cast(FloatVector.fromArray(F32, x, from3 + 2 * L));
            FloatVector d3 = (FloatVector) TYPE.cast(FloatVector.fromArray(F32, x, from3 + 3 * L));
            for (i += 2 * ChannelLists.SET_HEADER; i < end; i += 16) {
                int x0 = tile + lists[i + 1];
                FloatVector ab0 = FloatVector.fromArray(F32, x, x0);
                FloatVector ab1 = FloatVector.fromArray(F32, x, x0 + L);
                FloatVector ab2 = FloatVector.fromArray(F32, x, x0 + 2 * L);
                FloatVector ab3 = FloatVector.fromArray(F32, x, x0 + 3 * L);
                FloatVector w0 = IntVector.broadcast(I32, lists[i]).reinterpretAsFloats();
                a0 = (FloatVector)
                        TYPE.cast(Simd.FMA ? w0.fma(ab0, a0) : w0.mul(ab0).add(a0));
                a1 = (FloatVector)
                        TYPE.cast(Simd.FMA ? w0.fma(ab1, a1) : w0.mul(ab1).add(a1));
                a2 = (FloatVector)
                        TYPE.cast(Simd.FMA ? w0.fma(ab2, a2) : w0.mul(ab2).add(a2));
                a3 = (FloatVector)
                        TYPE.cast(Simd.FMA ? w0.fma(ab3, a3) : w0.mul(ab3).add(a3));
                FloatVector w1 = IntVector.broadcast(I32, lists[i + 2]).reinterpretAsFloats();
                b0 = (FloatVector)
                        TYPE.cast(Simd.FMA ? w1.fma(ab0, b0) : w1.mul(ab0).add(b0));
                b1 = (FloatVector)
                        TYPE.cast(Simd.FMA ? w1.fma(ab1, b1) : w1.mul(ab1).add(b1));
                b2 = (FloatVector)
                        TYPE.cast(Simd.FMA ? w1.fma(ab2, b2) : w1.mul(ab2).add(b2));
                b3 = (FloatVector)
                        TYPE.cast(Simd.FMA ? w1.fma(ab3, b3) : w1.mul(ab3).add(b3));
                int x4 = tile + lists[i + 9];
                FloatVector w4 = IntVector.broadcast(I32, lists[i + 8]).reinterpretAsFloats();
                FloatVector ax0 = FloatVector.fromArray(F32, x, x4);
                FloatVector ax1 = FloatVector.fromArray(F32, x, x4 + L);
                FloatVector ax2 = FloatVector.fromArray(F32, x, x4 + 2 * L);
                FloatVector ax3 = FloatVector.fromArray(F32, x, x4 + 3 * L);
                a0 = (FloatVector)
                        TYPE.cast(Simd.FMA ? w4.fma(ax0, a0) : w4.mul(ax0).add(a0));
                a1 = (FloatVector)
                        TYPE.cast(Simd.FMA ? w4.fma(ax1, a1) : w4.mul(ax1).add(a1));
                a2 = (FloatVector)
                        TYPE.cast(Simd.FMA ? w4.fma(ax2, a2) : w4.mul(ax2).add(a2));
                a3 = (FloatVector)
                        TYPE.cast(Simd.FMA ? w4.fma(ax3, a3) : w4.mul(ax3).add(a3));
                int x5 = tile + lists[i + 11];
                FloatVector w5 = IntVector.broadcast(I32, lists[i + 10]).reinterpretAsFloats();
                FloatVector bx0 = FloatVector.fromArray(F32, x, x5);
                FloatVector bx1 = FloatVector.fromArray(F32, x, x5 + L);
                FloatVector bx2 = FloatVector.fromArray(F32, x, x5 + 2 * L);
                FloatVector bx3 = FloatVector.fromArray(F32, x, x5 + 3 * L);
                b0 = (FloatVector)
                        TYPE.cast(Simd.FMA ? w5.fma(bx0, b0) : w5.mul(bx0).add(b0));
                b1 = (FloatVector)
                        TYPE.cast(Simd.FMA ? w5.fma(bx1, b1) : w5.mul(bx1).add(b1));
                b2 = (FloatVector)
                        TYPE.cast(Simd.FMA ? w5.fma(bx2, b2) : w5.mul(bx2).add(b2));
                b3 = (FloatVector)
                        TYPE.cast(Simd.FMA ? w5.fma(bx3, b3) : w5.mul(bx3).add(b3));
                int x2 = tile + lists[i + 5];
                FloatVector cd0 = FloatVector.fromArray(F32, x, x2);
                FloatVector cd1 = FloatVector.fromArray(F32, x, x2 + L);
                FloatVector cd2 = FloatVector.fromArray(F32, x, x2 + 2 * L);
                FloatVector cd3 = FloatVector.fromArray(F32, x, x2 + 3 * L);
                FloatVector w2 = IntVector.broadcast(I32, lists[i + 4]).reinterpretAsFloats();
                c0 = (FloatVector)
                        TYPE.cast(Simd.FMA ? w2.fma(cd0, c0) : w2.mul(cd0).add(c0));
                c1 = (FloatVector)
                        TYPE.cast(Simd.FMA ? w2.fma(cd1, c1) : w2.mul(cd1).add(c1));
                c2 = (FloatVector)
                        TYPE.cast(Simd.FMA ? w2.fma(cd2, c2) : w2.mul(cd2).add(c2));
                c3 = (FloatVector)
                        TYPE.cast(Simd.FMA ? w2.fma(cd3, c3) : w2.mul(cd3).add(c3));
                FloatVector w3 = IntVector.broadcast(I32, lists[i + 6]).reinterpretAsFloats();
                d0 = (FloatVector)
                        TYPE.cast(Simd.FMA ? w3.fma(cd0, d0) : w3.mul(cd0).add(d0));
                d1 = (FloatVector)
                        TYPE.cast(Simd.FMA ? w3.fma(cd1, d1) : w3.mul(cd1).add(d1));
                d2 = (FloatVector)
                        TYPE.cast(Simd.FMA ? w3.fma(cd2, d2) : w3.mul(cd2).add(d2));
                d3 = (FloatVector)
                        TYPE.cast(Simd.FMA ? w3.fma(cd3, d3) : w3.mul(cd3).add(d3));
                int x6 = tile + lists[i + 13];
                FloatVector w6 = IntVector.broadcast(I32, lists[i + 12]).reinterpretAsFloats();
                FloatVector cx0 = FloatVector.fromArray(F32, x, x6);
                FloatVector cx1 = FloatVector.fromArray(F32, x, x6 + L);
                FloatVector cx2 = FloatVector.fromArray(F32, x, x6 + 2 * L);
                FloatVector cx3 = FloatVector.fromArray(F32, x, x6 + 3 * L);
                c0 = (FloatVector)
                        TYPE.cast(Simd.FMA ? w6.fma(cx0, c0) : w6.mul(cx0).add(c0));
                c1 = (FloatVector)
                        TYPE.cast(Simd.FMA ? w6.fma(cx1, c1) : w6.mul(cx1).add(c1));
                c2 = (FloatVector)
                        TYPE.cast(Simd.FMA ? w6.fma(cx2, c2) : w6.mul(cx2).add(c2));
                c3 = (FloatVector)
                        TYPE.cast(Simd.FMA ? w6.fma(cx3, c3) : w6.mul(cx3).add(c3));
                int x7 = tile + lists[i + 15];
                FloatVector w7 = IntVector.broadcast(I32, lists[i + 14]).reinterpretAsFloats();
                FloatVector dx0 = FloatVector.fromArray(F32, x, x7);
                FloatVector dx1 = FloatVector.fromArray(F32, x, x7 + L);
                FloatVector dx2 = FloatVector.fromArray(F32, x, x7 + 2 * L);
                FloatVector dx3 = FloatVector.fromArray(F32, x, x7 + 3 * L);
                d0 = (FloatVector)
                        TYPE.cast(Simd.FMA ? w7.fma(dx0, d0) : w7.mul(dx0).add(d0));
                d1 = (FloatVector)
                        TYPE.cast(Simd.FMA ? w7.fma(dx1, d1) : w7.mul(dx1).add(d1));
                d2 = (FloatVector)
                        TYPE.cast(Simd.FMA ? w7.fma(dx2, d2) : w7.mul(dx2).add(d2));
                d3 = (FloatVector)
                        TYPE.cast(Simd.FMA ? w7.fma(dx3, d3) : w7.mul(dx3).add(d3));
            }
            int to0 = out + lists[set + 1] * pitch;
            int to1 = out + lists[set + 2] * pitch;
            int to2 = out + lists[set + 3] * pitch;
            int to3 = out + lists[set + 4] * pitch;
            a0.blend(least, a0.lt(least)).intoArray(y, to0);
            a1.blend(least, a1.lt(least)).intoArray(y, to0 + L);
            a2.blend(least, a2.lt(least)).intoArray(y, to0 + 2 * L);
            a3.blend(least, a3.lt(least)).intoArray(y, to0 + 3 * L);
            b0.blend(least, b0.lt(least)).intoArray(y, to1);
            b1.blend(least, b1.lt(least)).intoArray(y, to1 + L);
            b2.blend(least, b2.lt(least)).intoArray(y, to1 + 2 * L);
            b3.blend(least, b3.lt(least)).intoArray(y, to1 + 3 * L);
            c0.blend(least, c0.lt(least)).intoArray(y, to2);
            c1.blend(least, c1.lt(least)).intoArray(y, to2 + L);
            c2.blend(least, c2.lt(least)).intoArray(y, to2 + 2 * L);
            c3.blend(least, c3.lt(least)).intoArray(y, to2 + 3 * L);
            d0.blend(least, d0.lt(least)).intoArray(y, to3);
            d1.blend(least, d1.lt(least)).intoArray(y, to3 + L);
            d2.blend(least, d2.lt(least)).intoArray(y, to3 + 2 * L);
            d3.blend(least, d3.lt(least)).intoArray(y, to3 + 3 * L);
        }
    }
}
