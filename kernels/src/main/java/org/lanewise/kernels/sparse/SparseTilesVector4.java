package org.lanewise.kernels.sparse;

import static org.lanewise.kernels.Species.F32;
import static org.lanewise.kernels.Species.I32;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.Vector;
import org.lanewise.kernels.Simd;

/** {@link SparseTiles} on vectors where four channels share a list: each load of activations is multiplied four times. */
final class SparseTilesVector4 {
    /** Says which class loop-carried vectors have: C2 would ask a profile that all users of vectors share. */
    private static final Class<? extends Vector<Float>> TYPE = F32.vectorType();

    private static final int L = Simd.LANES;

    private SparseTilesVector4() {}

    /** Arguments as of {@link SparseTiles#run}; 16 sums. */
    static void run(long[] lists, int from, int to, float[] x, int tile, int in, float[] y, int out, int pitch) {
        int i = from;
        while (i < to) {
            int end = (int) lists[i];
            int n0 = (int) (lists[i] >>> 32);
            i += 1;
            long p0 = lists[i];
            long p1 = lists[i + 1];
            long p2 = lists[i + 2];
            int from0 = in + n0 * SparseTiles.ROWS;
            FloatVector a0 = (FloatVector) TYPE.cast(FloatVector.fromArray(F32, x, from0));
            FloatVector a1 = (FloatVector) TYPE.cast(FloatVector.fromArray(F32, x, from0 + L));
            FloatVector a2 = (FloatVector) TYPE.cast(FloatVector.fromArray(F32, x, from0 + 2 * L));
            FloatVector a3 = (FloatVector) TYPE.cast(FloatVector.fromArray(F32, x, from0 + 3 * L));
            FloatVector b0 = (FloatVector) TYPE.cast(FloatVector.fromArray(F32, x, from0 + SparseTiles.ROWS));
            FloatVector b1 = (FloatVector) TYPE.cast(FloatVector.fromArray(F32, x, from0 + SparseTiles.ROWS + L));
            FloatVector b2 = (FloatVector) TYPE.cast(FloatVector.fromArray(F32, x, from0 + SparseTiles.ROWS + 2 * L));
            FloatVector b3 = (FloatVector) TYPE.cast(FloatVector.fromArray(F32, x, from0 + SparseTiles.ROWS + 3 * L));
            FloatVector c0 = (FloatVector) TYPE.cast(FloatVector.fromArray(F32, x, from0 + 2 * SparseTiles.ROWS));
            FloatVector c1 = (FloatVector) TYPE.cast(FloatVector.fromArray(F32, x, from0 + 2 * SparseTiles.ROWS + L));
            FloatVector c2 =
                    (FloatVector) TYPE.cast(FloatVector.fromArray(F32, x, from0 + 2 * SparseTiles.ROWS + 2 * L));
            FloatVector c3 =
                    (FloatVector) TYPE.cast(FloatVector.fromArray(F32, x, from0 + 2 * SparseTiles.ROWS + 3 * L));
            FloatVector d0 = (FloatVector) TYPE.cast(FloatVector.fromArray(F32, x, from0 + 3 * SparseTiles.ROWS));
            FloatVector d1 = (FloatVector) TYPE.cast(FloatVector.fromArray(F32, x, from0 + 3 * SparseTiles.ROWS + L));
            FloatVector d2 =
                    (FloatVector) TYPE.cast(FloatVector.fromArray(F32, x, from0 + 3 * SparseTiles.ROWS + 2 * L));
            FloatVector d3 =
                    (FloatVector) TYPE.cast(FloatVector.fromArray(F32, x, from0 + 3 * SparseTiles.ROWS + 3 * L));
            for (; i < end; i += 3) {
                long q0 = p0;
                long q1 = p1;
                long q2 = p2;
                p0 = lists[i + 3];
                p1 = lists[i + 4];
                p2 = lists[i + 5];
                int x0 = tile + (int) q2;
                FloatVector ax0 = FloatVector.fromArray(F32, x, x0);
                FloatVector ax1 = FloatVector.fromArray(F32, x, x0 + L);
                FloatVector ax2 = FloatVector.fromArray(F32, x, x0 + 2 * L);
                FloatVector ax3 = FloatVector.fromArray(F32, x, x0 + 3 * L);
                FloatVector w0 = IntVector.broadcast(I32, (int) q0).reinterpretAsFloats();
                a0 = (FloatVector)
                        TYPE.cast(Simd.FMA ? ax0.fma(w0, a0) : ax0.mul(w0).add(a0));
                a1 = (FloatVector)
                        TYPE.cast(Simd.FMA ? ax1.fma(w0, a1) : ax1.mul(w0).add(a1));
                a2 = (FloatVector)
                        TYPE.cast(Simd.FMA ? ax2.fma(w0, a2) : ax2.mul(w0).add(a2));
                a3 = (FloatVector)
                        TYPE.cast(Simd.FMA ? ax3.fma(w0, a3) : ax3.mul(w0).add(a3));
                FloatVector w1 = IntVector.broadcast(I32, (int) (q0 >>> 32)).reinterpretAsFloats();
                b0 = (FloatVector)
                        TYPE.cast(Simd.FMA ? ax0.fma(w1, b0) : ax0.mul(w1).add(b0));
                b1 = (FloatVector)
                        TYPE.cast(Simd.FMA ? ax1.fma(w1, b1) : ax1.mul(w1).add(b1));
                b2 = (FloatVector)
                        TYPE.cast(Simd.FMA ? ax2.fma(w1, b2) : ax2.mul(w1).add(b2));
                b3 = (FloatVector)
                        TYPE.cast(Simd.FMA ? ax3.fma(w1, b3) : ax3.mul(w1).add(b3));
                FloatVector w2 = IntVector.broadcast(I32, (int) q1).reinterpretAsFloats();
                c0 = (FloatVector)
                        TYPE.cast(Simd.FMA ? ax0.fma(w2, c0) : ax0.mul(w2).add(c0));
                c1 = (FloatVector)
                        TYPE.cast(Simd.FMA ? ax1.fma(w2, c1) : ax1.mul(w2).add(c1));
                c2 = (FloatVector)
                        TYPE.cast(Simd.FMA ? ax2.fma(w2, c2) : ax2.mul(w2).add(c2));
                c3 = (FloatVector)
                        TYPE.cast(Simd.FMA ? ax3.fma(w2, c3) : ax3.mul(w2).add(c3));
                FloatVector w3 = IntVector.broadcast(I32, (int) (q1 >>> 32)).reinterpretAsFloats();
                d0 = (FloatVector)
                        TYPE.cast(Simd.FMA ? ax0.fma(w3, d0) : ax0.mul(w3).add(d0));
                d1 = (FloatVector)
                        TYPE.cast(Simd.FMA ? ax1.fma(w3, d1) : ax1.mul(w3).add(d1));
                d2 = (FloatVector)
                        TYPE.cast(Simd.FMA ? ax2.fma(w3, d2) : ax2.mul(w3).add(d2));
                d3 = (FloatVector)
                        TYPE.cast(Simd.FMA ? ax3.fma(w3, d3) : ax3.mul(w3).add(d3));
            }
            int to0 = out + n0 * pitch;
            a0.intoArray(y, to0);
            a1.intoArray(y, to0 + L);
            a2.intoArray(y, to0 + 2 * L);
            a3.intoArray(y, to0 + 3 * L);
            b0.intoArray(y, to0 + pitch);
            b1.intoArray(y, to0 + pitch + L);
            b2.intoArray(y, to0 + pitch + 2 * L);
            b3.intoArray(y, to0 + pitch + 3 * L);
            c0.intoArray(y, to0 + 2 * pitch);
            c1.intoArray(y, to0 + 2 * pitch + L);
            c2.intoArray(y, to0 + 2 * pitch + 2 * L);
            c3.intoArray(y, to0 + 2 * pitch + 3 * L);
            d0.intoArray(y, to0 + 3 * pitch);
            d1.intoArray(y, to0 + 3 * pitch + L);
            d2.intoArray(y, to0 + 3 * pitch + 2 * L);
            d3.intoArray(y, to0 + 3 * pitch + 3 * L);
        }
    }

    /** The first two of the four vectors of rows, for 16 vector registers. */
    static void runHalf(long[] lists, int from, int to, float[] x, int tile, int in, float[] y, int out, int pitch) {
        int i = from;
        while (i < to) {
            int end = (int) lists[i];
            int n0 = (int) (lists[i] >>> 32);
            i += 1;
            long p0 = lists[i];
            long p1 = lists[i + 1];
            long p2 = lists[i + 2];
            int from0 = in + n0 * SparseTiles.ROWS;
            FloatVector a0 = (FloatVector) TYPE.cast(FloatVector.fromArray(F32, x, from0));
            FloatVector a1 = (FloatVector) TYPE.cast(FloatVector.fromArray(F32, x, from0 + L));
            FloatVector b0 = (FloatVector) TYPE.cast(FloatVector.fromArray(F32, x, from0 + SparseTiles.ROWS));
            FloatVector b1 = (FloatVector) TYPE.cast(FloatVector.fromArray(F32, x, from0 + SparseTiles.ROWS + L));
            FloatVector c0 = (FloatVector) TYPE.cast(FloatVector.fromArray(F32, x, from0 + 2 * SparseTiles.ROWS));
            FloatVector c1 = (FloatVector) TYPE.cast(FloatVector.fromArray(F32, x, from0 + 2 * SparseTiles.ROWS + L));
            FloatVector d0 = (FloatVector) TYPE.cast(FloatVector.fromArray(F32, x, from0 + 3 * SparseTiles.ROWS));
            FloatVector d1 = (FloatVector) TYPE.cast(FloatVector.fromArray(F32, x, from0 + 3 * SparseTiles.ROWS + L));
            for (; i < end; i += 3) {
                long q0 = p0;
                long q1 = p1;
                long q2 = p2;
                p0 = lists[i + 3];
                p1 = lists[i + 4];
                p2 = lists[i + 5];
                int x0 = tile + (int) q2;
                FloatVector ax0 = FloatVector.fromArray(F32, x, x0);
                FloatVector ax1 = FloatVector.fromArray(F32, x, x0 + L);
                FloatVector w0 = IntVector.broadcast(I32, (int) q0).reinterpretAsFloats();
                a0 = (FloatVector)
                        TYPE.cast(Simd.FMA ? ax0.fma(w0, a0) : ax0.mul(w0).add(a0));
                a1 = (FloatVector)
                        TYPE.cast(Simd.FMA ? ax1.fma(w0, a1) : ax1.mul(w0).add(a1));
                FloatVector w1 = IntVector.broadcast(I32, (int) (q0 >>> 32)).reinterpretAsFloats();
                b0 = (FloatVector)
                        TYPE.cast(Simd.FMA ? ax0.fma(w1, b0) : ax0.mul(w1).add(b0));
                b1 = (FloatVector)
                        TYPE.cast(Simd.FMA ? ax1.fma(w1, b1) : ax1.mul(w1).add(b1));
                FloatVector w2 = IntVector.broadcast(I32, (int) q1).reinterpretAsFloats();
                c0 = (FloatVector)
                        TYPE.cast(Simd.FMA ? ax0.fma(w2, c0) : ax0.mul(w2).add(c0));
                c1 = (FloatVector)
                        TYPE.cast(Simd.FMA ? ax1.fma(w2, c1) : ax1.mul(w2).add(c1));
                FloatVector w3 = IntVector.broadcast(I32, (int) (q1 >>> 32)).reinterpretAsFloats();
                d0 = (FloatVector)
                        TYPE.cast(Simd.FMA ? ax0.fma(w3, d0) : ax0.mul(w3).add(d0));
                d1 = (FloatVector)
                        TYPE.cast(Simd.FMA ? ax1.fma(w3, d1) : ax1.mul(w3).add(d1));
            }
            int to0 = out + n0 * pitch;
            a0.intoArray(y, to0);
            a1.intoArray(y, to0 + L);
            b0.intoArray(y, to0 + pitch);
            b1.intoArray(y, to0 + pitch + L);
            c0.intoArray(y, to0 + 2 * pitch);
            c1.intoArray(y, to0 + 2 * pitch + L);
            d0.intoArray(y, to0 + 3 * pitch);
            d1.intoArray(y, to0 + 3 * pitch + L);
        }
    }
}
