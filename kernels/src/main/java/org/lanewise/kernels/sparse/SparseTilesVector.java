package org.lanewise.kernels.sparse;

import static org.lanewise.kernels.Species.F32;
import static org.lanewise.kernels.Species.I32;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.Vector;
import org.lanewise.kernels.Simd;
import org.lanewise.kernels.gemm.Epilogue;

/** {@link SparseTiles} on vectors where each channel has a list of its own. */
final class SparseTilesVector {
    /** Says which class loop-carried vectors have: C2 would ask a profile that all users of vectors share. */
    private static final Class<? extends Vector<Float>> TYPE = F32.vectorType();

    private static final int L = Simd.LANES;

    private SparseTilesVector() {}

    /** Four lists at a time; arguments as of {@link SparseTiles#run}. */
    static void four(
            long[] lists, int from, int to, float[] x, int tile, int in, float[] y, int out, int pitch, float lower) {
        FloatVector least = FloatVector.broadcast(F32, lower);
        int i = from;
        while (i < to) {
            int end = (int) lists[i];
            int n0 = (int) (lists[i] >>> 32);
            int n1 = (int) lists[i + 1];
            int n2 = (int) (lists[i + 1] >>> 32);
            int n3 = (int) lists[i + 2];
            i += 3;
            long p0 = lists[i];
            long p1 = lists[i + 1];
            long p2 = lists[i + 2];
            long p3 = lists[i + 3];
            int from0 = in + n0 * SparseTiles.ROWS;
            int from1 = in + n1 * SparseTiles.ROWS;
            int from2 = in + n2 * SparseTiles.ROWS;
            int from3 = in + n3 * SparseTiles.ROWS;
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
            for (; i < end; i += 4) {
                long q0 = p0;
                long q1 = p1;
                long q2 = p2;
                long q3 = p3;
                p0 = lists[i + 4];
                p1 = lists[i + 5];
                p2 = lists[i + 6];
                p3 = lists[i + 7];
                int x0 = tile + (int) (q0 >>> 32);
                FloatVector w0 = IntVector.broadcast(I32, (int) q0).reinterpretAsFloats();
                FloatVector ax0 = FloatVector.fromArray(F32, x, x0);
                FloatVector ax1 = FloatVector.fromArray(F32, x, x0 + L);
                FloatVector ax2 = FloatVector.fromArray(F32, x, x0 + 2 * L);
                FloatVector ax3 = FloatVector.fromArray(F32, x, x0 + 3 * L);
                a0 = (FloatVector)
                        TYPE.cast(Simd.FMA ? ax0.fma(w0, a0) : ax0.mul(w0).add(a0));
                a1 = (FloatVector)
                        TYPE.cast(Simd.FMA ? ax1.fma(w0, a1) : ax1.mul(w0).add(a1));
                a2 = (FloatVector)
                        TYPE.cast(Simd.FMA ? ax2.fma(w0, a2) : ax2.mul(w0).add(a2));
                a3 = (FloatVector)
                        TYPE.cast(Simd.FMA ? ax3.fma(w0, a3) : ax3.mul(w0).add(a3));
                int x1 = tile + (int) (q1 >>> 32);
                FloatVector w1 = IntVector.broadcast(I32, (int) q1).reinterpretAsFloats();
                FloatVector bx0 = FloatVector.fromArray(F32, x, x1);
                FloatVector bx1 = FloatVector.fromArray(F32, x, x1 + L);
                FloatVector bx2 = FloatVector.fromArray(F32, x, x1 + 2 * L);
                FloatVector bx3 = FloatVector.fromArray(F32, x, x1 + 3 * L);
                b0 = (FloatVector)
                        TYPE.cast(Simd.FMA ? bx0.fma(w1, b0) : bx0.mul(w1).add(b0));
                b1 = (FloatVector)
                        TYPE.cast(Simd.FMA ? bx1.fma(w1, b1) : bx1.mul(w1).add(b1));
                b2 = (FloatVector)
                        TYPE.cast(Simd.FMA ? bx2.fma(w1, b2) : bx2.mul(w1).add(b2));
                b3 = (FloatVector)
                        TYPE.cast(Simd.FMA ? bx3.fma(w1, b3) : bx3.mul(w1).add(b3));
                int x2 = tile + (int) (q2 >>> 32);
                FloatVector w2 = IntVector.broadcast(I32, (int) q2).reinterpretAsFloats();
                FloatVector cx0 = FloatVector.fromArray(F32, x, x2);
                FloatVector cx1 = FloatVector.fromArray(F32, x, x2 + L);
                FloatVector cx2 = FloatVector.fromArray(F32, x, x2 + 2 * L);
                FloatVector cx3 = FloatVector.fromArray(F32, x, x2 + 3 * L);
                c0 = (FloatVector)
                        TYPE.cast(Simd.FMA ? cx0.fma(w2, c0) : cx0.mul(w2).add(c0));
                c1 = (FloatVector)
                        TYPE.cast(Simd.FMA ? cx1.fma(w2, c1) : cx1.mul(w2).add(c1));
                c2 = (FloatVector)
                        TYPE.cast(Simd.FMA ? cx2.fma(w2, c2) : cx2.mul(w2).add(c2));
                c3 = (FloatVector)
                        TYPE.cast(Simd.FMA ? cx3.fma(w2, c3) : cx3.mul(w2).add(c3));
                int x3 = tile + (int) (q3 >>> 32);
                FloatVector w3 = IntVector.broadcast(I32, (int) q3).reinterpretAsFloats();
                FloatVector dx0 = FloatVector.fromArray(F32, x, x3);
                FloatVector dx1 = FloatVector.fromArray(F32, x, x3 + L);
                FloatVector dx2 = FloatVector.fromArray(F32, x, x3 + 2 * L);
                FloatVector dx3 = FloatVector.fromArray(F32, x, x3 + 3 * L);
                d0 = (FloatVector)
                        TYPE.cast(Simd.FMA ? dx0.fma(w3, d0) : dx0.mul(w3).add(d0));
                d1 = (FloatVector)
                        TYPE.cast(Simd.FMA ? dx1.fma(w3, d1) : dx1.mul(w3).add(d1));
                d2 = (FloatVector)
                        TYPE.cast(Simd.FMA ? dx2.fma(w3, d2) : dx2.mul(w3).add(d2));
                d3 = (FloatVector)
                        TYPE.cast(Simd.FMA ? dx3.fma(w3, d3) : dx3.mul(w3).add(d3));
            }
            int to0 = out + n0 * pitch;
            int to1 = out + n1 * pitch;
            int to2 = out + n2 * pitch;
            int to3 = out + n3 * pitch;
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

    /** Two lists at a time, for 16 vector registers. */
    static void two(
            long[] lists, int from, int to, float[] x, int tile, int in, float[] y, int out, int pitch, float lower) {
        FloatVector least = FloatVector.broadcast(F32, lower);
        int i = from;
        while (i < to) {
            int end = (int) lists[i];
            int n0 = (int) (lists[i] >>> 32);
            int n1 = (int) lists[i + 1];
            i += 2;
            long p0 = lists[i];
            long p1 = lists[i + 1];
            int from0 = in + n0 * SparseTiles.ROWS;
            int from1 = in + n1 * SparseTiles.ROWS;
            FloatVector a0 = (FloatVector) TYPE.cast(FloatVector.fromArray(F32, x, from0));
            FloatVector a1 = (FloatVector) TYPE.cast(FloatVector.fromArray(F32, x, from0 + L));
            FloatVector a2 = (FloatVector) TYPE.cast(FloatVector.fromArray(F32, x, from0 + 2 * L));
            FloatVector a3 = (FloatVector) TYPE.cast(FloatVector.fromArray(F32, x, from0 + 3 * L));
            FloatVector b0 = (FloatVector) TYPE.cast(FloatVector.fromArray(F32, x, from1));
            FloatVector b1 = (FloatVector) TYPE.cast(FloatVector.fromArray(F32, x, from1 + L));
            FloatVector b2 = (FloatVector) TYPE.cast(FloatVector.fromArray(F32, x, from1 + 2 * L));
            FloatVector b3 = (FloatVector) TYPE.cast(FloatVector.fromArray(F32, x, from1 + 3 * L));
            for (; i < end; i += 2) {
                long q0 = p0;
                long q1 = p1;
                p0 = lists[i + 2];
                p1 = lists[i + 3];
                int x0 = tile + (int) (q0 >>> 32);
                FloatVector w0 = IntVector.broadcast(I32, (int) q0).reinterpretAsFloats();
                FloatVector ax0 = FloatVector.fromArray(F32, x, x0);
                FloatVector ax1 = FloatVector.fromArray(F32, x, x0 + L);
                FloatVector ax2 = FloatVector.fromArray(F32, x, x0 + 2 * L);
                FloatVector ax3 = FloatVector.fromArray(F32, x, x0 + 3 * L);
                a0 = (FloatVector)
                        TYPE.cast(Simd.FMA ? ax0.fma(w0, a0) : ax0.mul(w0).add(a0));
                a1 = (FloatVector)
                        TYPE.cast(Simd.FMA ? ax1.fma(w0, a1) : ax1.mul(w0).add(a1));
                a2 = (FloatVector)
                        TYPE.cast(Simd.FMA ? ax2.fma(w0, a2) : ax2.mul(w0).add(a2));
                a3 = (FloatVector)
                        TYPE.cast(Simd.FMA ? ax3.fma(w0, a3) : ax3.mul(w0).add(a3));
                int x1 = tile + (int) (q1 >>> 32);
                FloatVector w1 = IntVector.broadcast(I32, (int) q1).reinterpretAsFloats();
                FloatVector bx0 = FloatVector.fromArray(F32, x, x1);
                FloatVector bx1 = FloatVector.fromArray(F32, x, x1 + L);
                FloatVector bx2 = FloatVector.fromArray(F32, x, x1 + 2 * L);
                FloatVector bx3 = FloatVector.fromArray(F32, x, x1 + 3 * L);
                b0 = (FloatVector)
                        TYPE.cast(Simd.FMA ? bx0.fma(w1, b0) : bx0.mul(w1).add(b0));
                b1 = (FloatVector)
                        TYPE.cast(Simd.FMA ? bx1.fma(w1, b1) : bx1.mul(w1).add(b1));
                b2 = (FloatVector)
                        TYPE.cast(Simd.FMA ? bx2.fma(w1, b2) : bx2.mul(w1).add(b2));
                b3 = (FloatVector)
                        TYPE.cast(Simd.FMA ? bx3.fma(w1, b3) : bx3.mul(w1).add(b3));
            }
            int to0 = out + n0 * pitch;
            int to1 = out + n1 * pitch;
            a0.blend(least, a0.lt(least)).intoArray(y, to0);
            a1.blend(least, a1.lt(least)).intoArray(y, to0 + L);
            a2.blend(least, a2.lt(least)).intoArray(y, to0 + 2 * L);
            a3.blend(least, a3.lt(least)).intoArray(y, to0 + 3 * L);
            b0.blend(least, b0.lt(least)).intoArray(y, to1);
            b1.blend(least, b1.lt(least)).intoArray(y, to1 + L);
            b2.blend(least, b2.lt(least)).intoArray(y, to1 + 2 * L);
            b3.blend(least, b3.lt(least)).intoArray(y, to1 + 3 * L);
        }
    }

    /** {@link SparseTiles#start} on vectors. */
    static void start(Epilogue e, int from, int to, float[] sums, int sumsOff) {
        for (int n = 0; n < to - from; n++) {
            FloatVector bias = FloatVector.broadcast(F32, e.columnBias(from + n));
            int at = sumsOff + n * 4 * L;
            ((FloatVector) TYPE.cast(bias)).intoArray(sums, at);
            ((FloatVector) TYPE.cast(bias)).intoArray(sums, at + L);
            ((FloatVector) TYPE.cast(bias)).intoArray(sums, at + 2 * L);
            ((FloatVector) TYPE.cast(bias)).intoArray(sums, at + 3 * L);
        }
    }
}
