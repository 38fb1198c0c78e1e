package org.lanewise.kernels.sparse;

import static org.lanewise.kernels.Species.F32;
import static org.lanewise.kernels.Species.I32;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.Vector;
import org.lanewise.kernels.Simd;

/**
 * {@link SparseTilesVector#four} where ports are shared, on lists of {@code int}. The value of an entry is broadcast straight from memory, which takes no port of a multiply-add, where one out of a {@code long} takes two, for a shift and for the
 * way to a vector register. Loads are multiplied where they are needed, nothing is read a step ahead: what that keeps in registers would be spilled to vector registers and come back by the ports of multiply-adds.
 */
final class SparseTilesInts {
    /** Says which class loop-carried vectors have: C2 would ask a profile that all users of vectors share. */
    private static final Class<? extends Vector<Float>> TYPE = F32.vectorType();

    private static final int L = Simd.LANES;

    private SparseTilesInts() {}

    /** Arguments as of {@link SparseTiles#run}, but {@code lists}, {@code from} and {@code to}, which are those of {@link ChannelLists} in halves. */
    static void four(
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
            for (i += 2 * ChannelLists.SET_HEADER; i < end; i += 8) {
                FloatVector w0 = IntVector.broadcast(I32, lists[i]).reinterpretAsFloats();
                int x0 = tile + lists[i + 1];
                FloatVector ax0 = FloatVector.fromArray(F32, x, x0);
                FloatVector ax1 = FloatVector.fromArray(F32, x, x0 + L);
                FloatVector ax2 = FloatVector.fromArray(F32, x, x0 + 2 * L);
                FloatVector ax3 = FloatVector.fromArray(F32, x, x0 + 3 * L);
                a0 = (FloatVector)
                        TYPE.cast(Simd.FMA ? w0.fma(ax0, a0) : w0.mul(ax0).add(a0));
                a1 = (FloatVector)
                        TYPE.cast(Simd.FMA ? w0.fma(ax1, a1) : w0.mul(ax1).add(a1));
                a2 = (FloatVector)
                        TYPE.cast(Simd.FMA ? w0.fma(ax2, a2) : w0.mul(ax2).add(a2));
                a3 = (FloatVector)
                        TYPE.cast(Simd.FMA ? w0.fma(ax3, a3) : w0.mul(ax3).add(a3));
                FloatVector w1 = IntVector.broadcast(I32, lists[i + 2]).reinterpretAsFloats();
                int x1 = tile + lists[i + 3];
                FloatVector bx0 = FloatVector.fromArray(F32, x, x1);
                FloatVector bx1 = FloatVector.fromArray(F32, x, x1 + L);
                FloatVector bx2 = FloatVector.fromArray(F32, x, x1 + 2 * L);
                FloatVector bx3 = FloatVector.fromArray(F32, x, x1 + 3 * L);
                b0 = (FloatVector)
                        TYPE.cast(Simd.FMA ? w1.fma(bx0, b0) : w1.mul(bx0).add(b0));
                b1 = (FloatVector)
                        TYPE.cast(Simd.FMA ? w1.fma(bx1, b1) : w1.mul(bx1).add(b1));
                b2 = (FloatVector)
                        TYPE.cast(Simd.FMA ? w1.fma(bx2, b2) : w1.mul(bx2).add(b2));
                b3 = (FloatVector)
                        TYPE.cast(Simd.FMA ? w1.fma(bx3, b3) : w1.mul(bx3).add(b3));
                FloatVector w2 = IntVector.broadcast(I32, lists[i + 4]).reinterpretAsFloats();
                int x2 = tile + lists[i + 5];
                FloatVector cx0 = FloatVector.fromArray(F32, x, x2);
                FloatVector cx1 = FloatVector.fromArray(F32, x, x2 + L);
                FloatVector cx2 = FloatVector.fromArray(F32, x, x2 + 2 * L);
                FloatVector cx3 = FloatVector.fromArray(F32, x, x2 + 3 * L);
                c0 = (FloatVector)
                        TYPE.cast(Simd.FMA ? w2.fma(cx0, c0) : w2.mul(cx0).add(c0));
                c1 = (FloatVector)
                        TYPE.cast(Simd.FMA ? w2.fma(cx1, c1) : w2.mul(cx1).add(c1));
                c2 = (FloatVector)
                        TYPE.cast(Simd.FMA ? w2.fma(cx2, c2) : w2.mul(cx2).add(c2));
                c3 = (FloatVector)
                        TYPE.cast(Simd.FMA ? w2.fma(cx3, c3) : w2.mul(cx3).add(c3));
                FloatVector w3 = IntVector.broadcast(I32, lists[i + 6]).reinterpretAsFloats();
                int x3 = tile + lists[i + 7];
                FloatVector dx0 = FloatVector.fromArray(F32, x, x3);
                FloatVector dx1 = FloatVector.fromArray(F32, x, x3 + L);
                FloatVector dx2 = FloatVector.fromArray(F32, x, x3 + 2 * L);
                FloatVector dx3 = FloatVector.fromArray(F32, x, x3 + 3 * L);
                d0 = (FloatVector)
                        TYPE.cast(Simd.FMA ? w3.fma(dx0, d0) : w3.mul(dx0).add(d0));
                d1 = (FloatVector)
                        TYPE.cast(Simd.FMA ? w3.fma(dx1, d1) : w3.mul(dx1).add(d1));
                d2 = (FloatVector)
                        TYPE.cast(Simd.FMA ? w3.fma(dx2, d2) : w3.mul(dx2).add(d2));
                d3 = (FloatVector)
                        TYPE.cast(Simd.FMA ? w3.fma(dx3, d3) : w3.mul(dx3).add(d3));
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
