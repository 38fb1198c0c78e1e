package org.lanewise.kernels.gemm;

import static org.lanewise.kernels.Species.F64;
import static org.lanewise.kernels.Species.I64;

import java.lang.invoke.VarHandle;
import jdk.incubator.vector.DoubleVector;
import jdk.incubator.vector.LongVector;
import jdk.incubator.vector.ShortVector;
import jdk.incubator.vector.Vector;
import jdk.incubator.vector.VectorOperators;
import org.lanewise.kernels.Simd;

/**
 * The tile of {@link TripleTiles} for rows whose sums of eight products need no more than 16 bits: {@code x = a0 + a1 * 2^16 + a2 * 2^32}. What a run comes to is added to sums twice, as 64-bit numbers (S) and as
 * 16-bit lanes (L): two operations where {@link TripleTiles8} needs three, which counts where integer operations share their ports with multiply-adds.
 *
 * <p>S and L tell what each lane sums to: with {@code s(i)} for the true sum of lane i, {@code S = sum of s(i) * 2^(16 i)}, L has the lower 16 bits of each, so lane {@code i + 1} of {@code S - L} is
 * {@code floor(s(i) / 2^16)}, as long as that has 16 bits: for 2^16 runs. Each run starts from {@link #START}, which keeps its lanes from 0 to 65535.
 */
final class TripleLanes {
    /** Bits of a part. */
    static final int BITS = Short.SIZE;

    /** The factor of the second row. */
    static final double SECOND = 1L << BITS;

    /** The factor of the third row. */
    static final double THIRD = 1L << 2 * BITS;

    /** What each part of a run starts from; it may move by less. */
    static final int LEVEL = 1 << BITS - 1;

    /** What a sum of a run starts from. */
    private static final double START = 0x1p52 + LEVEL * (1 + SECOND + THIRD);

    /** Says which class stored vectors have: C2 would ask a profile that all users of vectors share. */
    private static final Class<? extends Vector<Long>> TYPE = I64.vectorType();

    private static final int LANES = Simd.LANES / 2;

    /** The bits of a lane. */
    private static final long LOW = 0xffff;

    /** Where {@link #START} is, before the weights. */
    private static final int START_AT = -3;

    private TripleLanes() {}

    /** Writes what the tile expects before the weights, the first of which is at {@code wide}. */
    static void constants(double[] d, int wide) {
        d[wide + START_AT] = START;
    }

    /** 4 triples of rows by two vectors of columns; sums start from what is at {@code from}, zeros at first, and end at {@code sums}: S of both vectors, then L, for each triple. */
    static void tile4(double[] d, int aOff, int lda, int bOff, int runs, int from, int sums) {
        int a1 = aOff + lda;
        int a2 = aOff + 2 * lda;
        int a3 = aOff + 3 * lda;
        LongVector s00 = DoubleVector.fromArray(F64, d, from).reinterpretAsLongs();
        LongVector s01 = DoubleVector.fromArray(F64, d, from + LANES).reinterpretAsLongs();
        ShortVector l00 = DoubleVector.fromArray(F64, d, from + 2 * LANES).reinterpretAsShorts();
        ShortVector l01 = DoubleVector.fromArray(F64, d, from + 3 * LANES).reinterpretAsShorts();
        LongVector s10 = DoubleVector.fromArray(F64, d, from + 4 * LANES).reinterpretAsLongs();
        LongVector s11 = DoubleVector.fromArray(F64, d, from + 5 * LANES).reinterpretAsLongs();
        ShortVector l10 = DoubleVector.fromArray(F64, d, from + 6 * LANES).reinterpretAsShorts();
        ShortVector l11 = DoubleVector.fromArray(F64, d, from + 7 * LANES).reinterpretAsShorts();
        LongVector s20 = DoubleVector.fromArray(F64, d, from + 8 * LANES).reinterpretAsLongs();
        LongVector s21 = DoubleVector.fromArray(F64, d, from + 9 * LANES).reinterpretAsLongs();
        ShortVector l20 = DoubleVector.fromArray(F64, d, from + 10 * LANES).reinterpretAsShorts();
        ShortVector l21 = DoubleVector.fromArray(F64, d, from + 11 * LANES).reinterpretAsShorts();
        LongVector s30 = DoubleVector.fromArray(F64, d, from + 12 * LANES).reinterpretAsLongs();
        LongVector s31 = DoubleVector.fromArray(F64, d, from + 13 * LANES).reinterpretAsLongs();
        ShortVector l30 = DoubleVector.fromArray(F64, d, from + 14 * LANES).reinterpretAsShorts();
        ShortVector l31 = DoubleVector.fromArray(F64, d, from + 15 * LANES).reinterpretAsShorts();
        for (int t = 0; t < runs; t++) {
            VarHandle.acquireFence();
            DoubleVector start = DoubleVector.broadcast(F64, d[bOff + START_AT]);
            DoubleVector w0 = DoubleVector.fromArray(F64, d, bOff + t * (16 * LANES));
            DoubleVector w1 = DoubleVector.fromArray(F64, d, bOff + t * (16 * LANES) + LANES);
            DoubleVector x = DoubleVector.broadcast(F64, d[aOff + t * 8]);
            DoubleVector d00 = x.fma(w0, start);
            DoubleVector d01 = x.fma(w1, start);
            x = DoubleVector.broadcast(F64, d[a1 + t * 8]);
            DoubleVector d10 = x.fma(w0, start);
            DoubleVector d11 = x.fma(w1, start);
            x = DoubleVector.broadcast(F64, d[a2 + t * 8]);
            DoubleVector d20 = x.fma(w0, start);
            DoubleVector d21 = x.fma(w1, start);
            x = DoubleVector.broadcast(F64, d[a3 + t * 8]);
            DoubleVector d30 = x.fma(w0, start);
            DoubleVector d31 = x.fma(w1, start);
            VarHandle.acquireFence();
            w0 = DoubleVector.fromArray(F64, d, bOff + t * (16 * LANES) + 2 * LANES);
            w1 = DoubleVector.fromArray(F64, d, bOff + t * (16 * LANES) + 3 * LANES);
            x = DoubleVector.broadcast(F64, d[aOff + t * 8 + 1]);
            d00 = x.fma(w0, d00);
            d01 = x.fma(w1, d01);
            x = DoubleVector.broadcast(F64, d[a1 + t * 8 + 1]);
            d10 = x.fma(w0, d10);
            d11 = x.fma(w1, d11);
            x = DoubleVector.broadcast(F64, d[a2 + t * 8 + 1]);
            d20 = x.fma(w0, d20);
            d21 = x.fma(w1, d21);
            x = DoubleVector.broadcast(F64, d[a3 + t * 8 + 1]);
            d30 = x.fma(w0, d30);
            d31 = x.fma(w1, d31);
            VarHandle.acquireFence();
            w0 = DoubleVector.fromArray(F64, d, bOff + t * (16 * LANES) + 4 * LANES);
            w1 = DoubleVector.fromArray(F64, d, bOff + t * (16 * LANES) + 5 * LANES);
            x = DoubleVector.broadcast(F64, d[aOff + t * 8 + 2]);
            d00 = x.fma(w0, d00);
            d01 = x.fma(w1, d01);
            x = DoubleVector.broadcast(F64, d[a1 + t * 8 + 2]);
            d10 = x.fma(w0, d10);
            d11 = x.fma(w1, d11);
            x = DoubleVector.broadcast(F64, d[a2 + t * 8 + 2]);
            d20 = x.fma(w0, d20);
            d21 = x.fma(w1, d21);
            x = DoubleVector.broadcast(F64, d[a3 + t * 8 + 2]);
            d30 = x.fma(w0, d30);
            d31 = x.fma(w1, d31);
            VarHandle.acquireFence();
            w0 = DoubleVector.fromArray(F64, d, bOff + t * (16 * LANES) + 6 * LANES);
            w1 = DoubleVector.fromArray(F64, d, bOff + t * (16 * LANES) + 7 * LANES);
            x = DoubleVector.broadcast(F64, d[aOff + t * 8 + 3]);
            d00 = x.fma(w0, d00);
            d01 = x.fma(w1, d01);
            x = DoubleVector.broadcast(F64, d[a1 + t * 8 + 3]);
            d10 = x.fma(w0, d10);
            d11 = x.fma(w1, d11);
            x = DoubleVector.broadcast(F64, d[a2 + t * 8 + 3]);
            d20 = x.fma(w0, d20);
            d21 = x.fma(w1, d21);
            x = DoubleVector.broadcast(F64, d[a3 + t * 8 + 3]);
            d30 = x.fma(w0, d30);
            d31 = x.fma(w1, d31);
            VarHandle.acquireFence();
            w0 = DoubleVector.fromArray(F64, d, bOff + t * (16 * LANES) + 8 * LANES);
            w1 = DoubleVector.fromArray(F64, d, bOff + t * (16 * LANES) + 9 * LANES);
            x = DoubleVector.broadcast(F64, d[aOff + t * 8 + 4]);
            d00 = x.fma(w0, d00);
            d01 = x.fma(w1, d01);
            x = DoubleVector.broadcast(F64, d[a1 + t * 8 + 4]);
            d10 = x.fma(w0, d10);
            d11 = x.fma(w1, d11);
            x = DoubleVector.broadcast(F64, d[a2 + t * 8 + 4]);
            d20 = x.fma(w0, d20);
            d21 = x.fma(w1, d21);
            x = DoubleVector.broadcast(F64, d[a3 + t * 8 + 4]);
            d30 = x.fma(w0, d30);
            d31 = x.fma(w1, d31);
            VarHandle.acquireFence();
            w0 = DoubleVector.fromArray(F64, d, bOff + t * (16 * LANES) + 10 * LANES);
            w1 = DoubleVector.fromArray(F64, d, bOff + t * (16 * LANES) + 11 * LANES);
            x = DoubleVector.broadcast(F64, d[aOff + t * 8 + 5]);
            d00 = x.fma(w0, d00);
            d01 = x.fma(w1, d01);
            x = DoubleVector.broadcast(F64, d[a1 + t * 8 + 5]);
            d10 = x.fma(w0, d10);
            d11 = x.fma(w1, d11);
            x = DoubleVector.broadcast(F64, d[a2 + t * 8 + 5]);
            d20 = x.fma(w0, d20);
            d21 = x.fma(w1, d21);
            x = DoubleVector.broadcast(F64, d[a3 + t * 8 + 5]);
            d30 = x.fma(w0, d30);
            d31 = x.fma(w1, d31);
            VarHandle.acquireFence();
            w0 = DoubleVector.fromArray(F64, d, bOff + t * (16 * LANES) + 12 * LANES);
            w1 = DoubleVector.fromArray(F64, d, bOff + t * (16 * LANES) + 13 * LANES);
            x = DoubleVector.broadcast(F64, d[aOff + t * 8 + 6]);
            d00 = x.fma(w0, d00);
            d01 = x.fma(w1, d01);
            x = DoubleVector.broadcast(F64, d[a1 + t * 8 + 6]);
            d10 = x.fma(w0, d10);
            d11 = x.fma(w1, d11);
            x = DoubleVector.broadcast(F64, d[a2 + t * 8 + 6]);
            d20 = x.fma(w0, d20);
            d21 = x.fma(w1, d21);
            x = DoubleVector.broadcast(F64, d[a3 + t * 8 + 6]);
            d30 = x.fma(w0, d30);
            d31 = x.fma(w1, d31);
            VarHandle.acquireFence();
            w0 = DoubleVector.fromArray(F64, d, bOff + t * (16 * LANES) + 14 * LANES);
            w1 = DoubleVector.fromArray(F64, d, bOff + t * (16 * LANES) + 15 * LANES);
            x = DoubleVector.broadcast(F64, d[aOff + t * 8 + 7]);
            d00 = x.fma(w0, d00);
            d01 = x.fma(w1, d01);
            x = DoubleVector.broadcast(F64, d[a1 + t * 8 + 7]);
            d10 = x.fma(w0, d10);
            d11 = x.fma(w1, d11);
            x = DoubleVector.broadcast(F64, d[a2 + t * 8 + 7]);
            d20 = x.fma(w0, d20);
            d21 = x.fma(w1, d21);
            x = DoubleVector.broadcast(F64, d[a3 + t * 8 + 7]);
            d30 = x.fma(w0, d30);
            d31 = x.fma(w1, d31);
            VarHandle.acquireFence();
            LongVector e = d00.reinterpretAsLongs();
            s00 = e.add(s00);
            l00 = e.reinterpretAsShorts().add(l00);
            e = d01.reinterpretAsLongs();
            s01 = e.add(s01);
            l01 = e.reinterpretAsShorts().add(l01);
            e = d10.reinterpretAsLongs();
            s10 = e.add(s10);
            l10 = e.reinterpretAsShorts().add(l10);
            e = d11.reinterpretAsLongs();
            s11 = e.add(s11);
            l11 = e.reinterpretAsShorts().add(l11);
            e = d20.reinterpretAsLongs();
            s20 = e.add(s20);
            l20 = e.reinterpretAsShorts().add(l20);
            e = d21.reinterpretAsLongs();
            s21 = e.add(s21);
            l21 = e.reinterpretAsShorts().add(l21);
            e = d30.reinterpretAsLongs();
            s30 = e.add(s30);
            l30 = e.reinterpretAsShorts().add(l30);
            e = d31.reinterpretAsLongs();
            s31 = e.add(s31);
            l31 = e.reinterpretAsShorts().add(l31);
        }
        ((LongVector) TYPE.cast(s00)).reinterpretAsDoubles().intoArray(d, sums);
        ((LongVector) TYPE.cast(s01)).reinterpretAsDoubles().intoArray(d, sums + LANES);
        ((LongVector) TYPE.cast(l00.reinterpretAsLongs()))
                .reinterpretAsDoubles()
                .intoArray(d, sums + 2 * LANES);
        ((LongVector) TYPE.cast(l01.reinterpretAsLongs()))
                .reinterpretAsDoubles()
                .intoArray(d, sums + 3 * LANES);
        ((LongVector) TYPE.cast(s10)).reinterpretAsDoubles().intoArray(d, sums + 4 * LANES);
        ((LongVector) TYPE.cast(s11)).reinterpretAsDoubles().intoArray(d, sums + 5 * LANES);
        ((LongVector) TYPE.cast(l10.reinterpretAsLongs()))
                .reinterpretAsDoubles()
                .intoArray(d, sums + 6 * LANES);
        ((LongVector) TYPE.cast(l11.reinterpretAsLongs()))
                .reinterpretAsDoubles()
                .intoArray(d, sums + 7 * LANES);
        ((LongVector) TYPE.cast(s20)).reinterpretAsDoubles().intoArray(d, sums + 8 * LANES);
        ((LongVector) TYPE.cast(s21)).reinterpretAsDoubles().intoArray(d, sums + 9 * LANES);
        ((LongVector) TYPE.cast(l20.reinterpretAsLongs()))
                .reinterpretAsDoubles()
                .intoArray(d, sums + 10 * LANES);
        ((LongVector) TYPE.cast(l21.reinterpretAsLongs()))
                .reinterpretAsDoubles()
                .intoArray(d, sums + 11 * LANES);
        ((LongVector) TYPE.cast(s30)).reinterpretAsDoubles().intoArray(d, sums + 12 * LANES);
        ((LongVector) TYPE.cast(s31)).reinterpretAsDoubles().intoArray(d, sums + 13 * LANES);
        ((LongVector) TYPE.cast(l30.reinterpretAsLongs()))
                .reinterpretAsDoubles()
                .intoArray(d, sums + 14 * LANES);
        ((LongVector) TYPE.cast(l31.reinterpretAsLongs()))
                .reinterpretAsDoubles()
                .intoArray(d, sums + 15 * LANES);
    }

    /**
     * Takes sums of {@code runs} runs apart: three rows of one vector of {@code int} for each triple, of even columns and odd ones in turns. The lower 16 bits of a sum are in a lane of L, the upper in the next of S - L.
     *
     * @param c the first row and column, from {@code cOff} on
     */
    static void finish(double[] d, int sums, int triples, int runs, int[] c, int cOff, int ldc) {
        int level = runs * LEVEL;
        for (int i = 0; i < triples; i++) {
            int at = sums + i * TripleTiles.SUMS;
            int to = cOff + i * (TripleTiles.ROWS * ldc);
            LongVector l0 = DoubleVector.fromArray(F64, d, at + 2 * LANES).reinterpretAsLongs();
            LongVector l1 = DoubleVector.fromArray(F64, d, at + 3 * LANES).reinterpretAsLongs();
            LongVector h0 =
                    DoubleVector.fromArray(F64, d, at).reinterpretAsLongs().sub(l0);
            LongVector h1 = DoubleVector.fromArray(F64, d, at + LANES)
                    .reinterpretAsLongs()
                    .sub(l1);
            LongVector even = l0.and(LOW).or(h0.and(LOW << BITS));
            LongVector odd = l1.and(LOW).or(h1.and(LOW << BITS));
            even.or(odd.lanewise(VectorOperators.LSHL, Integer.SIZE))
                    .reinterpretAsInts()
                    .sub(level)
                    .intoArray(c, to);
            even = l0.lanewise(VectorOperators.LSHR, BITS)
                    .and(LOW)
                    .or(h0.lanewise(VectorOperators.LSHR, BITS).and(LOW << BITS));
            odd = l1.lanewise(VectorOperators.LSHR, BITS)
                    .and(LOW)
                    .or(h1.lanewise(VectorOperators.LSHR, BITS).and(LOW << BITS));
            even.or(odd.lanewise(VectorOperators.LSHL, Integer.SIZE))
                    .reinterpretAsInts()
                    .sub(level)
                    .intoArray(c, to + ldc);
            even = l0.lanewise(VectorOperators.LSHR, 2 * BITS)
                    .and(LOW)
                    .or(h0.lanewise(VectorOperators.LSHR, 2 * BITS).and(LOW << BITS));
            odd = l1.lanewise(VectorOperators.LSHR, 2 * BITS)
                    .and(LOW)
                    .or(h1.lanewise(VectorOperators.LSHR, 2 * BITS).and(LOW << BITS));
            even.or(odd.lanewise(VectorOperators.LSHL, Integer.SIZE))
                    .reinterpretAsInts()
                    .sub(level)
                    .intoArray(c, to + 2 * ldc);
        }
    }
}
