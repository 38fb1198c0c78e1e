package org.lanewise.kernels.gemm;

import static org.lanewise.kernels.Species.I16;
import static org.lanewise.kernels.Species.I32;

import jdk.incubator.vector.ByteVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.ShortVector;
import jdk.incubator.vector.Vector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorShape;
import jdk.incubator.vector.VectorSpecies;
import org.lanewise.kernels.Simd;

/** Adds the products of {@link Int8Excess} to sums: a whole chunk of steps in 16 bits, a vector of weights each. */
final class Int8ExcessVector {
    private static final VectorSpecies<Byte> HALF =
            VectorSpecies.of(byte.class, VectorShape.forBitSize(Math.max(64, Simd.BITS / 2)));

    /** Says which class loop-carried vectors have: C2 would ask a profile that all users of vectors share. */
    private static final Class<? extends Vector<Short>> TYPE = I16.vectorType();

    private static final int LANES = Simd.LANES;
    private static final short START = Int8Tiles.START;

    private Int8ExcessVector() {}

    /** 6 rows by a panel. */
    static void add6x1(
            int[] a, int aOff, int lda, int[] steps, byte[] weights, int from, int to, int[] c, int cOff, int ldc) {
        int lda2 = 2 * lda;
        int lda3 = 3 * lda;
        int lda4 = 4 * lda;
        int lda5 = 5 * lda;
        ShortVector start = ShortVector.broadcast(I16, START);
        ShortVector q0 = start;
        ShortVector q1 = start;
        ShortVector q2 = start;
        ShortVector q3 = start;
        ShortVector q4 = start;
        ShortVector q5 = start;
        for (int t = from; t < to; t++) {
            int k = aOff + steps[t];
            ShortVector w = (ShortVector)
                    ByteVector.fromArray(HALF, weights, t * (2 * LANES)).convertShape(VectorOperators.B2S, I16, 0);
            q0 = w.mul(IntVector.broadcast(I32, a[k]).reinterpretAsShorts()).add(q0);
            q1 = w.mul(IntVector.broadcast(I32, a[k + lda]).reinterpretAsShorts())
                    .add(q1);
            q2 = w.mul(IntVector.broadcast(I32, a[k + lda2]).reinterpretAsShorts())
                    .add(q2);
            q3 = w.mul(IntVector.broadcast(I32, a[k + lda3]).reinterpretAsShorts())
                    .add(q3);
            q4 = w.mul(IntVector.broadcast(I32, a[k + lda4]).reinterpretAsShorts())
                    .add(q4);
            q5 = w.mul(IntVector.broadcast(I32, a[k + lda5]).reinterpretAsShorts())
                    .add(q5);
        }
        IntVector e = ((ShortVector) TYPE.cast(q0)).reinterpretAsInts();
        e.and(0xffff).sub(START).add(IntVector.fromArray(I32, c, cOff)).intoArray(c, cOff);
        e.lanewise(VectorOperators.LSHR, 16)
                .sub(START)
                .add(IntVector.fromArray(I32, c, cOff + LANES))
                .intoArray(c, cOff + LANES);
        int c1 = cOff + ldc;
        e = ((ShortVector) TYPE.cast(q1)).reinterpretAsInts();
        e.and(0xffff).sub(START).add(IntVector.fromArray(I32, c, c1)).intoArray(c, c1);
        e.lanewise(VectorOperators.LSHR, 16)
                .sub(START)
                .add(IntVector.fromArray(I32, c, c1 + LANES))
                .intoArray(c, c1 + LANES);
        int c2 = cOff + 2 * ldc;
        e = ((ShortVector) TYPE.cast(q2)).reinterpretAsInts();
        e.and(0xffff).sub(START).add(IntVector.fromArray(I32, c, c2)).intoArray(c, c2);
        e.lanewise(VectorOperators.LSHR, 16)
                .sub(START)
                .add(IntVector.fromArray(I32, c, c2 + LANES))
                .intoArray(c, c2 + LANES);
        int c3 = cOff + 3 * ldc;
        e = ((ShortVector) TYPE.cast(q3)).reinterpretAsInts();
        e.and(0xffff).sub(START).add(IntVector.fromArray(I32, c, c3)).intoArray(c, c3);
        e.lanewise(VectorOperators.LSHR, 16)
                .sub(START)
                .add(IntVector.fromArray(I32, c, c3 + LANES))
                .intoArray(c, c3 + LANES);
        int c4 = cOff + 4 * ldc;
        e = ((ShortVector) TYPE.cast(q4)).reinterpretAsInts();
        e.and(0xffff).sub(START).add(IntVector.fromArray(I32, c, c4)).intoArray(c, c4);
        e.lanewise(VectorOperators.LSHR, 16)
                .sub(START)
                .add(IntVector.fromArray(I32, c, c4 + LANES))
                .intoArray(c, c4 + LANES);
        int c5 = cOff + 5 * ldc;
        e = ((ShortVector) TYPE.cast(q5)).reinterpretAsInts();
        e.and(0xffff).sub(START).add(IntVector.fromArray(I32, c, c5)).intoArray(c, c5);
        e.lanewise(VectorOperators.LSHR, 16)
                .sub(START)
                .add(IntVector.fromArray(I32, c, c5 + LANES))
                .intoArray(c, c5 + LANES);
    }

    /** One row by a panel. */
    static void add1x1(int[] a, int aOff, int[] steps, byte[] weights, int from, int to, int[] c, int cOff) {
        ShortVector start = ShortVector.broadcast(I16, START);
        ShortVector q0 = start;
        for (int t = from; t < to; t++) {
            int k = aOff + steps[t];
            ShortVector w = (ShortVector)
                    ByteVector.fromArray(HALF, weights, t * (2 * LANES)).convertShape(VectorOperators.B2S, I16, 0);
            q0 = w.mul(IntVector.broadcast(I32, a[k]).reinterpretAsShorts()).add(q0);
        }
        IntVector e = ((ShortVector) TYPE.cast(q0)).reinterpretAsInts();
        e.and(0xffff).sub(START).add(IntVector.fromArray(I32, c, cOff)).intoArray(c, cOff);
        e.lanewise(VectorOperators.LSHR, 16)
                .sub(START)
                .add(IntVector.fromArray(I32, c, cOff + LANES))
                .intoArray(c, cOff + LANES);
    }
}
