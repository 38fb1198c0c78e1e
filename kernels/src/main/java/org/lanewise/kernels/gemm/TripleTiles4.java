package org.lanewise.kernels.gemm;

import static org.lanewise.kernels.Species.F64;
import static org.lanewise.kernels.Species.I64;

import java.lang.invoke.VarHandle;
import jdk.incubator.vector.DoubleVector;
import jdk.incubator.vector.LongVector;
import jdk.incubator.vector.Vector;
import org.lanewise.kernels.Simd;

/**
 * {@link TripleTiles} in runs of 4. Sums start from what is at {@code from} and end at {@code sums}.
 *
 * <p>The fences are no instructions: they keep C2 from loading the weights of a whole run first, and from holding what a sum starts from and the mask of the middle part, which stand before the weights, in registers: there are none
 * left, and a sum on the stack halves the speed.
 */
final class TripleTiles4 {
    /** Says which class stored vectors have: C2 would ask a profile that all users of vectors share. */
    private static final Class<? extends Vector<Long>> TYPE = I64.vectorType();

    private static final int LANES = Simd.LANES / 2;

    private TripleTiles4() {}

    /** 4 triples of rows by two vectors of columns. */
    static void tile4(double[] d, int aOff, int lda, int bOff, int runs, int from, int sums) {
        int a1 = aOff + lda;
        int a2 = aOff + 2 * lda;
        int a3 = aOff + 3 * lda;
        LongVector s00 = DoubleVector.fromArray(F64, d, from).reinterpretAsLongs();
        LongVector s01 = DoubleVector.fromArray(F64, d, from + LANES).reinterpretAsLongs();
        LongVector m00 = DoubleVector.fromArray(F64, d, from + 2 * LANES).reinterpretAsLongs();
        LongVector m01 = DoubleVector.fromArray(F64, d, from + 3 * LANES).reinterpretAsLongs();
        LongVector s10 = DoubleVector.fromArray(F64, d, from + 4 * LANES).reinterpretAsLongs();
        LongVector s11 = DoubleVector.fromArray(F64, d, from + 5 * LANES).reinterpretAsLongs();
        LongVector m10 = DoubleVector.fromArray(F64, d, from + 6 * LANES).reinterpretAsLongs();
        LongVector m11 = DoubleVector.fromArray(F64, d, from + 7 * LANES).reinterpretAsLongs();
        LongVector s20 = DoubleVector.fromArray(F64, d, from + 8 * LANES).reinterpretAsLongs();
        LongVector s21 = DoubleVector.fromArray(F64, d, from + 9 * LANES).reinterpretAsLongs();
        LongVector m20 = DoubleVector.fromArray(F64, d, from + 10 * LANES).reinterpretAsLongs();
        LongVector m21 = DoubleVector.fromArray(F64, d, from + 11 * LANES).reinterpretAsLongs();
        LongVector s30 = DoubleVector.fromArray(F64, d, from + 12 * LANES).reinterpretAsLongs();
        LongVector s31 = DoubleVector.fromArray(F64, d, from + 13 * LANES).reinterpretAsLongs();
        LongVector m30 = DoubleVector.fromArray(F64, d, from + 14 * LANES).reinterpretAsLongs();
        LongVector m31 = DoubleVector.fromArray(F64, d, from + 15 * LANES).reinterpretAsLongs();
        for (int t = 0; t < runs; t++) {
            VarHandle.acquireFence();
            DoubleVector w0 = DoubleVector.fromArray(F64, d, bOff + t * (8 * LANES));
            DoubleVector w1 = DoubleVector.fromArray(F64, d, bOff + t * (8 * LANES) + LANES);
            DoubleVector start = DoubleVector.broadcast(F64, d[bOff - 2]);
            DoubleVector x = DoubleVector.broadcast(F64, d[aOff + t * 4]);
            DoubleVector d00 = x.fma(w0, start);
            DoubleVector d01 = x.fma(w1, start);
            x = DoubleVector.broadcast(F64, d[a1 + t * 4]);
            DoubleVector d10 = x.fma(w0, start);
            DoubleVector d11 = x.fma(w1, start);
            x = DoubleVector.broadcast(F64, d[a2 + t * 4]);
            DoubleVector d20 = x.fma(w0, start);
            DoubleVector d21 = x.fma(w1, start);
            x = DoubleVector.broadcast(F64, d[a3 + t * 4]);
            DoubleVector d30 = x.fma(w0, start);
            DoubleVector d31 = x.fma(w1, start);
            VarHandle.acquireFence();
            w0 = DoubleVector.fromArray(F64, d, bOff + t * (8 * LANES) + 2 * LANES);
            w1 = DoubleVector.fromArray(F64, d, bOff + t * (8 * LANES) + 3 * LANES);
            x = DoubleVector.broadcast(F64, d[aOff + t * 4 + 1]);
            d00 = x.fma(w0, d00);
            d01 = x.fma(w1, d01);
            x = DoubleVector.broadcast(F64, d[a1 + t * 4 + 1]);
            d10 = x.fma(w0, d10);
            d11 = x.fma(w1, d11);
            x = DoubleVector.broadcast(F64, d[a2 + t * 4 + 1]);
            d20 = x.fma(w0, d20);
            d21 = x.fma(w1, d21);
            x = DoubleVector.broadcast(F64, d[a3 + t * 4 + 1]);
            d30 = x.fma(w0, d30);
            d31 = x.fma(w1, d31);
            VarHandle.acquireFence();
            w0 = DoubleVector.fromArray(F64, d, bOff + t * (8 * LANES) + 4 * LANES);
            w1 = DoubleVector.fromArray(F64, d, bOff + t * (8 * LANES) + 5 * LANES);
            x = DoubleVector.broadcast(F64, d[aOff + t * 4 + 2]);
            d00 = x.fma(w0, d00);
            d01 = x.fma(w1, d01);
            x = DoubleVector.broadcast(F64, d[a1 + t * 4 + 2]);
            d10 = x.fma(w0, d10);
            d11 = x.fma(w1, d11);
            x = DoubleVector.broadcast(F64, d[a2 + t * 4 + 2]);
            d20 = x.fma(w0, d20);
            d21 = x.fma(w1, d21);
            x = DoubleVector.broadcast(F64, d[a3 + t * 4 + 2]);
            d30 = x.fma(w0, d30);
            d31 = x.fma(w1, d31);
            VarHandle.acquireFence();
            w0 = DoubleVector.fromArray(F64, d, bOff + t * (8 * LANES) + 6 * LANES);
            w1 = DoubleVector.fromArray(F64, d, bOff + t * (8 * LANES) + 7 * LANES);
            x = DoubleVector.broadcast(F64, d[aOff + t * 4 + 3]);
            d00 = x.fma(w0, d00);
            d01 = x.fma(w1, d01);
            x = DoubleVector.broadcast(F64, d[a1 + t * 4 + 3]);
            d10 = x.fma(w0, d10);
            d11 = x.fma(w1, d11);
            x = DoubleVector.broadcast(F64, d[a2 + t * 4 + 3]);
            d20 = x.fma(w0, d20);
            d21 = x.fma(w1, d21);
            x = DoubleVector.broadcast(F64, d[a3 + t * 4 + 3]);
            d30 = x.fma(w0, d30);
            d31 = x.fma(w1, d31);
            VarHandle.acquireFence();
            LongVector middle = DoubleVector.broadcast(F64, d[bOff - 1]).reinterpretAsLongs();
            LongVector e = d00.reinterpretAsLongs();
            s00 = e.add(s00);
            m00 = e.and(middle).add(m00);
            e = d01.reinterpretAsLongs();
            s01 = e.add(s01);
            m01 = e.and(middle).add(m01);
            e = d10.reinterpretAsLongs();
            s10 = e.add(s10);
            m10 = e.and(middle).add(m10);
            e = d11.reinterpretAsLongs();
            s11 = e.add(s11);
            m11 = e.and(middle).add(m11);
            e = d20.reinterpretAsLongs();
            s20 = e.add(s20);
            m20 = e.and(middle).add(m20);
            e = d21.reinterpretAsLongs();
            s21 = e.add(s21);
            m21 = e.and(middle).add(m21);
            e = d30.reinterpretAsLongs();
            s30 = e.add(s30);
            m30 = e.and(middle).add(m30);
            e = d31.reinterpretAsLongs();
            s31 = e.add(s31);
            m31 = e.and(middle).add(m31);
        }
        ((LongVector) TYPE.cast(s00)).reinterpretAsDoubles().intoArray(d, sums);
        ((LongVector) TYPE.cast(s01)).reinterpretAsDoubles().intoArray(d, sums + LANES);
        ((LongVector) TYPE.cast(m00)).reinterpretAsDoubles().intoArray(d, sums + 2 * LANES);
        ((LongVector) TYPE.cast(m01)).reinterpretAsDoubles().intoArray(d, sums + 3 * LANES);
        ((LongVector) TYPE.cast(s10)).reinterpretAsDoubles().intoArray(d, sums + 4 * LANES);
        ((LongVector) TYPE.cast(s11)).reinterpretAsDoubles().intoArray(d, sums + 5 * LANES);
        ((LongVector) TYPE.cast(m10)).reinterpretAsDoubles().intoArray(d, sums + 6 * LANES);
        ((LongVector) TYPE.cast(m11)).reinterpretAsDoubles().intoArray(d, sums + 7 * LANES);
        ((LongVector) TYPE.cast(s20)).reinterpretAsDoubles().intoArray(d, sums + 8 * LANES);
        ((LongVector) TYPE.cast(s21)).reinterpretAsDoubles().intoArray(d, sums + 9 * LANES);
        ((LongVector) TYPE.cast(m20)).reinterpretAsDoubles().intoArray(d, sums + 10 * LANES);
        ((LongVector) TYPE.cast(m21)).reinterpretAsDoubles().intoArray(d, sums + 11 * LANES);
        ((LongVector) TYPE.cast(s30)).reinterpretAsDoubles().intoArray(d, sums + 12 * LANES);
        ((LongVector) TYPE.cast(s31)).reinterpretAsDoubles().intoArray(d, sums + 13 * LANES);
        ((LongVector) TYPE.cast(m30)).reinterpretAsDoubles().intoArray(d, sums + 14 * LANES);
        ((LongVector) TYPE.cast(m31)).reinterpretAsDoubles().intoArray(d, sums + 15 * LANES);
    }

    /** 3 triples of rows by two vectors of columns. */
    static void tile3(double[] d, int aOff, int lda, int bOff, int runs, int from, int sums) {
        int a1 = aOff + lda;
        int a2 = aOff + 2 * lda;
        LongVector s00 = DoubleVector.fromArray(F64, d, from).reinterpretAsLongs();
        LongVector s01 = DoubleVector.fromArray(F64, d, from + LANES).reinterpretAsLongs();
        LongVector m00 = DoubleVector.fromArray(F64, d, from + 2 * LANES).reinterpretAsLongs();
        LongVector m01 = DoubleVector.fromArray(F64, d, from + 3 * LANES).reinterpretAsLongs();
        LongVector s10 = DoubleVector.fromArray(F64, d, from + 4 * LANES).reinterpretAsLongs();
        LongVector s11 = DoubleVector.fromArray(F64, d, from + 5 * LANES).reinterpretAsLongs();
        LongVector m10 = DoubleVector.fromArray(F64, d, from + 6 * LANES).reinterpretAsLongs();
        LongVector m11 = DoubleVector.fromArray(F64, d, from + 7 * LANES).reinterpretAsLongs();
        LongVector s20 = DoubleVector.fromArray(F64, d, from + 8 * LANES).reinterpretAsLongs();
        LongVector s21 = DoubleVector.fromArray(F64, d, from + 9 * LANES).reinterpretAsLongs();
        LongVector m20 = DoubleVector.fromArray(F64, d, from + 10 * LANES).reinterpretAsLongs();
        LongVector m21 = DoubleVector.fromArray(F64, d, from + 11 * LANES).reinterpretAsLongs();
        for (int t = 0; t < runs; t++) {
            VarHandle.acquireFence();
            DoubleVector w0 = DoubleVector.fromArray(F64, d, bOff + t * (8 * LANES));
            DoubleVector w1 = DoubleVector.fromArray(F64, d, bOff + t * (8 * LANES) + LANES);
            DoubleVector start = DoubleVector.broadcast(F64, d[bOff - 2]);
            DoubleVector x = DoubleVector.broadcast(F64, d[aOff + t * 4]);
            DoubleVector d00 = x.fma(w0, start);
            DoubleVector d01 = x.fma(w1, start);
            x = DoubleVector.broadcast(F64, d[a1 + t * 4]);
            DoubleVector d10 = x.fma(w0, start);
            DoubleVector d11 = x.fma(w1, start);
            x = DoubleVector.broadcast(F64, d[a2 + t * 4]);
            DoubleVector d20 = x.fma(w0, start);
            DoubleVector d21 = x.fma(w1, start);
            VarHandle.acquireFence();
            w0 = DoubleVector.fromArray(F64, d, bOff + t * (8 * LANES) + 2 * LANES);
            w1 = DoubleVector.fromArray(F64, d, bOff + t * (8 * LANES) + 3 * LANES);
            x = DoubleVector.broadcast(F64, d[aOff + t * 4 + 1]);
            d00 = x.fma(w0, d00);
            d01 = x.fma(w1, d01);
            x = DoubleVector.broadcast(F64, d[a1 + t * 4 + 1]);
            d10 = x.fma(w0, d10);
            d11 = x.fma(w1, d11);
            x = DoubleVector.broadcast(F64, d[a2 + t * 4 + 1]);
            d20 = x.fma(w0, d20);
            d21 = x.fma(w1, d21);
            VarHandle.acquireFence();
            w0 = DoubleVector.fromArray(F64, d, bOff + t * (8 * LANES) + 4 * LANES);
            w1 = DoubleVector.fromArray(F64, d, bOff + t * (8 * LANES) + 5 * LANES);
            x = DoubleVector.broadcast(F64, d[aOff + t * 4 + 2]);
            d00 = x.fma(w0, d00);
            d01 = x.fma(w1, d01);
            x = DoubleVector.broadcast(F64, d[a1 + t * 4 + 2]);
            d10 = x.fma(w0, d10);
            d11 = x.fma(w1, d11);
            x = DoubleVector.broadcast(F64, d[a2 + t * 4 + 2]);
            d20 = x.fma(w0, d20);
            d21 = x.fma(w1, d21);
            VarHandle.acquireFence();
            w0 = DoubleVector.fromArray(F64, d, bOff + t * (8 * LANES) + 6 * LANES);
            w1 = DoubleVector.fromArray(F64, d, bOff + t * (8 * LANES) + 7 * LANES);
            x = DoubleVector.broadcast(F64, d[aOff + t * 4 + 3]);
            d00 = x.fma(w0, d00);
            d01 = x.fma(w1, d01);
            x = DoubleVector.broadcast(F64, d[a1 + t * 4 + 3]);
            d10 = x.fma(w0, d10);
            d11 = x.fma(w1, d11);
            x = DoubleVector.broadcast(F64, d[a2 + t * 4 + 3]);
            d20 = x.fma(w0, d20);
            d21 = x.fma(w1, d21);
            VarHandle.acquireFence();
            LongVector middle = DoubleVector.broadcast(F64, d[bOff - 1]).reinterpretAsLongs();
            LongVector e = d00.reinterpretAsLongs();
            s00 = e.add(s00);
            m00 = e.and(middle).add(m00);
            e = d01.reinterpretAsLongs();
            s01 = e.add(s01);
            m01 = e.and(middle).add(m01);
            e = d10.reinterpretAsLongs();
            s10 = e.add(s10);
            m10 = e.and(middle).add(m10);
            e = d11.reinterpretAsLongs();
            s11 = e.add(s11);
            m11 = e.and(middle).add(m11);
            e = d20.reinterpretAsLongs();
            s20 = e.add(s20);
            m20 = e.and(middle).add(m20);
            e = d21.reinterpretAsLongs();
            s21 = e.add(s21);
            m21 = e.and(middle).add(m21);
        }
        ((LongVector) TYPE.cast(s00)).reinterpretAsDoubles().intoArray(d, sums);
        ((LongVector) TYPE.cast(s01)).reinterpretAsDoubles().intoArray(d, sums + LANES);
        ((LongVector) TYPE.cast(m00)).reinterpretAsDoubles().intoArray(d, sums + 2 * LANES);
        ((LongVector) TYPE.cast(m01)).reinterpretAsDoubles().intoArray(d, sums + 3 * LANES);
        ((LongVector) TYPE.cast(s10)).reinterpretAsDoubles().intoArray(d, sums + 4 * LANES);
        ((LongVector) TYPE.cast(s11)).reinterpretAsDoubles().intoArray(d, sums + 5 * LANES);
        ((LongVector) TYPE.cast(m10)).reinterpretAsDoubles().intoArray(d, sums + 6 * LANES);
        ((LongVector) TYPE.cast(m11)).reinterpretAsDoubles().intoArray(d, sums + 7 * LANES);
        ((LongVector) TYPE.cast(s20)).reinterpretAsDoubles().intoArray(d, sums + 8 * LANES);
        ((LongVector) TYPE.cast(s21)).reinterpretAsDoubles().intoArray(d, sums + 9 * LANES);
        ((LongVector) TYPE.cast(m20)).reinterpretAsDoubles().intoArray(d, sums + 10 * LANES);
        ((LongVector) TYPE.cast(m21)).reinterpretAsDoubles().intoArray(d, sums + 11 * LANES);
    }

    /** 2 triples of rows by two vectors of columns. */
    static void tile2(double[] d, int aOff, int lda, int bOff, int runs, int from, int sums) {
        int a1 = aOff + lda;
        LongVector s00 = DoubleVector.fromArray(F64, d, from).reinterpretAsLongs();
        LongVector s01 = DoubleVector.fromArray(F64, d, from + LANES).reinterpretAsLongs();
        LongVector m00 = DoubleVector.fromArray(F64, d, from + 2 * LANES).reinterpretAsLongs();
        LongVector m01 = DoubleVector.fromArray(F64, d, from + 3 * LANES).reinterpretAsLongs();
        LongVector s10 = DoubleVector.fromArray(F64, d, from + 4 * LANES).reinterpretAsLongs();
        LongVector s11 = DoubleVector.fromArray(F64, d, from + 5 * LANES).reinterpretAsLongs();
        LongVector m10 = DoubleVector.fromArray(F64, d, from + 6 * LANES).reinterpretAsLongs();
        LongVector m11 = DoubleVector.fromArray(F64, d, from + 7 * LANES).reinterpretAsLongs();
        for (int t = 0; t < runs; t++) {
            VarHandle.acquireFence();
            DoubleVector w0 = DoubleVector.fromArray(F64, d, bOff + t * (8 * LANES));
            DoubleVector w1 = DoubleVector.fromArray(F64, d, bOff + t * (8 * LANES) + LANES);
            DoubleVector start = DoubleVector.broadcast(F64, d[bOff - 2]);
            DoubleVector x = DoubleVector.broadcast(F64, d[aOff + t * 4]);
            DoubleVector d00 = x.fma(w0, start);
            DoubleVector d01 = x.fma(w1, start);
            x = DoubleVector.broadcast(F64, d[a1 + t * 4]);
            DoubleVector d10 = x.fma(w0, start);
            DoubleVector d11 = x.fma(w1, start);
            VarHandle.acquireFence();
            w0 = DoubleVector.fromArray(F64, d, bOff + t * (8 * LANES) + 2 * LANES);
            w1 = DoubleVector.fromArray(F64, d, bOff + t * (8 * LANES) + 3 * LANES);
            x = DoubleVector.broadcast(F64, d[aOff + t * 4 + 1]);
            d00 = x.fma(w0, d00);
            d01 = x.fma(w1, d01);
            x = DoubleVector.broadcast(F64, d[a1 + t * 4 + 1]);
            d10 = x.fma(w0, d10);
            d11 = x.fma(w1, d11);
            VarHandle.acquireFence();
            w0 = DoubleVector.fromArray(F64, d, bOff + t * (8 * LANES) + 4 * LANES);
            w1 = DoubleVector.fromArray(F64, d, bOff + t * (8 * LANES) + 5 * LANES);
            x = DoubleVector.broadcast(F64, d[aOff + t * 4 + 2]);
            d00 = x.fma(w0, d00);
            d01 = x.fma(w1, d01);
            x = DoubleVector.broadcast(F64, d[a1 + t * 4 + 2]);
            d10 = x.fma(w0, d10);
            d11 = x.fma(w1, d11);
            VarHandle.acquireFence();
            w0 = DoubleVector.fromArray(F64, d, bOff + t * (8 * LANES) + 6 * LANES);
            w1 = DoubleVector.fromArray(F64, d, bOff + t * (8 * LANES) + 7 * LANES);
            x = DoubleVector.broadcast(F64, d[aOff + t * 4 + 3]);
            d00 = x.fma(w0, d00);
            d01 = x.fma(w1, d01);
            x = DoubleVector.broadcast(F64, d[a1 + t * 4 + 3]);
            d10 = x.fma(w0, d10);
            d11 = x.fma(w1, d11);
            VarHandle.acquireFence();
            LongVector middle = DoubleVector.broadcast(F64, d[bOff - 1]).reinterpretAsLongs();
            LongVector e = d00.reinterpretAsLongs();
            s00 = e.add(s00);
            m00 = e.and(middle).add(m00);
            e = d01.reinterpretAsLongs();
            s01 = e.add(s01);
            m01 = e.and(middle).add(m01);
            e = d10.reinterpretAsLongs();
            s10 = e.add(s10);
            m10 = e.and(middle).add(m10);
            e = d11.reinterpretAsLongs();
            s11 = e.add(s11);
            m11 = e.and(middle).add(m11);
        }
        ((LongVector) TYPE.cast(s00)).reinterpretAsDoubles().intoArray(d, sums);
        ((LongVector) TYPE.cast(s01)).reinterpretAsDoubles().intoArray(d, sums + LANES);
        ((LongVector) TYPE.cast(m00)).reinterpretAsDoubles().intoArray(d, sums + 2 * LANES);
        ((LongVector) TYPE.cast(m01)).reinterpretAsDoubles().intoArray(d, sums + 3 * LANES);
        ((LongVector) TYPE.cast(s10)).reinterpretAsDoubles().intoArray(d, sums + 4 * LANES);
        ((LongVector) TYPE.cast(s11)).reinterpretAsDoubles().intoArray(d, sums + 5 * LANES);
        ((LongVector) TYPE.cast(m10)).reinterpretAsDoubles().intoArray(d, sums + 6 * LANES);
        ((LongVector) TYPE.cast(m11)).reinterpretAsDoubles().intoArray(d, sums + 7 * LANES);
    }
}
