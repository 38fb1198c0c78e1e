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

/** Products with panels of bytes, runs of 3: see {@link Int8Tiles}. */
final class Int8Bytes3 {
    private static final VectorSpecies<Byte> I8 =
            VectorSpecies.of(byte.class, VectorShape.forBitSize(Math.max(64, Simd.BITS / 2)));

    /** Says which class loop-carried vectors have: C2 would ask a profile that all users of vectors share. */
    private static final Class<? extends Vector<Integer>> TYPE = I32.vectorType();

    private static final int LANES = Simd.LANES;
    private static final int NR = Gemm.NR;
    private static final short START = Int8Tiles.START;

    private Int8Bytes3() {}

    /** 3 rows by 2 panels. */
    static void tile3x2(
            int[] a, int aOff, int lda, byte[] b, int bOff, int panelStride, int runs, int[] c, int cOff, int ldc) {
        int a1 = aOff + lda;
        int a2 = aOff + 2 * lda;
        int b1 = bOff + panelStride;
        IntVector s00 = IntVector.zero(I32);
        IntVector h00 = IntVector.zero(I32);
        IntVector s01 = IntVector.zero(I32);
        IntVector h01 = IntVector.zero(I32);
        IntVector s10 = IntVector.zero(I32);
        IntVector h10 = IntVector.zero(I32);
        IntVector s11 = IntVector.zero(I32);
        IntVector h11 = IntVector.zero(I32);
        IntVector s20 = IntVector.zero(I32);
        IntVector h20 = IntVector.zero(I32);
        IntVector s21 = IntVector.zero(I32);
        IntVector h21 = IntVector.zero(I32);
        ShortVector start = ShortVector.broadcast(I16, START);
        for (int t = 0; t < runs; t++) {
            ShortVector w0 = (ShortVector)
                    ByteVector.fromArray(I8, b, bOff + t * (3 * NR)).convertShape(VectorOperators.B2S, I16, 0);
            ShortVector w1 = (ShortVector)
                    ByteVector.fromArray(I8, b, b1 + t * (3 * NR)).convertShape(VectorOperators.B2S, I16, 0);
            ShortVector x = IntVector.broadcast(I32, a[aOff + t * 3]).reinterpretAsShorts();
            ShortVector q00 = start.add(x.mul(w0));
            ShortVector q01 = start.add(x.mul(w1));
            x = IntVector.broadcast(I32, a[a1 + t * 3]).reinterpretAsShorts();
            ShortVector q10 = start.add(x.mul(w0));
            ShortVector q11 = start.add(x.mul(w1));
            x = IntVector.broadcast(I32, a[a2 + t * 3]).reinterpretAsShorts();
            ShortVector q20 = start.add(x.mul(w0));
            ShortVector q21 = start.add(x.mul(w1));
            w0 = (ShortVector)
                    ByteVector.fromArray(I8, b, bOff + t * (3 * NR) + NR).convertShape(VectorOperators.B2S, I16, 0);
            w1 = (ShortVector)
                    ByteVector.fromArray(I8, b, b1 + t * (3 * NR) + NR).convertShape(VectorOperators.B2S, I16, 0);
            x = IntVector.broadcast(I32, a[aOff + t * 3 + 1]).reinterpretAsShorts();
            q00 = q00.add(x.mul(w0));
            q01 = q01.add(x.mul(w1));
            x = IntVector.broadcast(I32, a[a1 + t * 3 + 1]).reinterpretAsShorts();
            q10 = q10.add(x.mul(w0));
            q11 = q11.add(x.mul(w1));
            x = IntVector.broadcast(I32, a[a2 + t * 3 + 1]).reinterpretAsShorts();
            q20 = q20.add(x.mul(w0));
            q21 = q21.add(x.mul(w1));
            w0 = (ShortVector)
                    ByteVector.fromArray(I8, b, bOff + t * (3 * NR) + 2 * NR).convertShape(VectorOperators.B2S, I16, 0);
            w1 = (ShortVector)
                    ByteVector.fromArray(I8, b, b1 + t * (3 * NR) + 2 * NR).convertShape(VectorOperators.B2S, I16, 0);
            x = IntVector.broadcast(I32, a[aOff + t * 3 + 2]).reinterpretAsShorts();
            q00 = q00.add(x.mul(w0));
            q01 = q01.add(x.mul(w1));
            x = IntVector.broadcast(I32, a[a1 + t * 3 + 2]).reinterpretAsShorts();
            q10 = q10.add(x.mul(w0));
            q11 = q11.add(x.mul(w1));
            x = IntVector.broadcast(I32, a[a2 + t * 3 + 2]).reinterpretAsShorts();
            q20 = q20.add(x.mul(w0));
            q21 = q21.add(x.mul(w1));
            IntVector e = q00.reinterpretAsInts();
            s00 = e.add(s00);
            h00 = e.lanewise(VectorOperators.LSHR, 16).add(h00);
            e = q01.reinterpretAsInts();
            s01 = e.add(s01);
            h01 = e.lanewise(VectorOperators.LSHR, 16).add(h01);
            e = q10.reinterpretAsInts();
            s10 = e.add(s10);
            h10 = e.lanewise(VectorOperators.LSHR, 16).add(h10);
            e = q11.reinterpretAsInts();
            s11 = e.add(s11);
            h11 = e.lanewise(VectorOperators.LSHR, 16).add(h11);
            e = q20.reinterpretAsInts();
            s20 = e.add(s20);
            h20 = e.lanewise(VectorOperators.LSHR, 16).add(h20);
            e = q21.reinterpretAsInts();
            s21 = e.add(s21);
            h21 = e.lanewise(VectorOperators.LSHR, 16).add(h21);
        }
        int excess = runs * START;
        IntVector high = (IntVector) TYPE.cast(h00);
        ((IntVector) TYPE.cast(s00))
                .sub(high.lanewise(VectorOperators.LSHL, 16))
                .sub(excess)
                .intoArray(c, cOff);
        high.sub(excess).intoArray(c, cOff + LANES);
        high = (IntVector) TYPE.cast(h01);
        ((IntVector) TYPE.cast(s01))
                .sub(high.lanewise(VectorOperators.LSHL, 16))
                .sub(excess)
                .intoArray(c, cOff + NR);
        high.sub(excess).intoArray(c, cOff + NR + LANES);
        high = (IntVector) TYPE.cast(h10);
        ((IntVector) TYPE.cast(s10))
                .sub(high.lanewise(VectorOperators.LSHL, 16))
                .sub(excess)
                .intoArray(c, cOff + ldc);
        high.sub(excess).intoArray(c, cOff + ldc + LANES);
        high = (IntVector) TYPE.cast(h11);
        ((IntVector) TYPE.cast(s11))
                .sub(high.lanewise(VectorOperators.LSHL, 16))
                .sub(excess)
                .intoArray(c, cOff + ldc + NR);
        high.sub(excess).intoArray(c, cOff + ldc + NR + LANES);
        high = (IntVector) TYPE.cast(h20);
        ((IntVector) TYPE.cast(s20))
                .sub(high.lanewise(VectorOperators.LSHL, 16))
                .sub(excess)
                .intoArray(c, cOff + 2 * ldc);
        high.sub(excess).intoArray(c, cOff + 2 * ldc + LANES);
        high = (IntVector) TYPE.cast(h21);
        ((IntVector) TYPE.cast(s21))
                .sub(high.lanewise(VectorOperators.LSHL, 16))
                .sub(excess)
                .intoArray(c, cOff + 2 * ldc + NR);
        high.sub(excess).intoArray(c, cOff + 2 * ldc + NR + LANES);
    }

    /** 2 rows by 2 panels. */
    static void tile2x2(
            int[] a, int aOff, int lda, byte[] b, int bOff, int panelStride, int runs, int[] c, int cOff, int ldc) {
        int a1 = aOff + lda;
        int b1 = bOff + panelStride;
        IntVector s00 = IntVector.zero(I32);
        IntVector h00 = IntVector.zero(I32);
        IntVector s01 = IntVector.zero(I32);
        IntVector h01 = IntVector.zero(I32);
        IntVector s10 = IntVector.zero(I32);
        IntVector h10 = IntVector.zero(I32);
        IntVector s11 = IntVector.zero(I32);
        IntVector h11 = IntVector.zero(I32);
        ShortVector start = ShortVector.broadcast(I16, START);
        for (int t = 0; t < runs; t++) {
            ShortVector w0 = (ShortVector)
                    ByteVector.fromArray(I8, b, bOff + t * (3 * NR)).convertShape(VectorOperators.B2S, I16, 0);
            ShortVector w1 = (ShortVector)
                    ByteVector.fromArray(I8, b, b1 + t * (3 * NR)).convertShape(VectorOperators.B2S, I16, 0);
            ShortVector x = IntVector.broadcast(I32, a[aOff + t * 3]).reinterpretAsShorts();
            ShortVector q00 = start.add(x.mul(w0));
            ShortVector q01 = start.add(x.mul(w1));
            x = IntVector.broadcast(I32, a[a1 + t * 3]).reinterpretAsShorts();
            ShortVector q10 = start.add(x.mul(w0));
            ShortVector q11 = start.add(x.mul(w1));
            w0 = (ShortVector)
                    ByteVector.fromArray(I8, b, bOff + t * (3 * NR) + NR).convertShape(VectorOperators.B2S, I16, 0);
            w1 = (ShortVector)
                    ByteVector.fromArray(I8, b, b1 + t * (3 * NR) + NR).convertShape(VectorOperators.B2S, I16, 0);
            x = IntVector.broadcast(I32, a[aOff + t * 3 + 1]).reinterpretAsShorts();
            q00 = q00.add(x.mul(w0));
            q01 = q01.add(x.mul(w1));
            x = IntVector.broadcast(I32, a[a1 + t * 3 + 1]).reinterpretAsShorts();
            q10 = q10.add(x.mul(w0));
            q11 = q11.add(x.mul(w1));
            w0 = (ShortVector)
                    ByteVector.fromArray(I8, b, bOff + t * (3 * NR) + 2 * NR).convertShape(VectorOperators.B2S, I16, 0);
            w1 = (ShortVector)
                    ByteVector.fromArray(I8, b, b1 + t * (3 * NR) + 2 * NR).convertShape(VectorOperators.B2S, I16, 0);
            x = IntVector.broadcast(I32, a[aOff + t * 3 + 2]).reinterpretAsShorts();
            q00 = q00.add(x.mul(w0));
            q01 = q01.add(x.mul(w1));
            x = IntVector.broadcast(I32, a[a1 + t * 3 + 2]).reinterpretAsShorts();
            q10 = q10.add(x.mul(w0));
            q11 = q11.add(x.mul(w1));
            IntVector e = q00.reinterpretAsInts();
            s00 = e.add(s00);
            h00 = e.lanewise(VectorOperators.LSHR, 16).add(h00);
            e = q01.reinterpretAsInts();
            s01 = e.add(s01);
            h01 = e.lanewise(VectorOperators.LSHR, 16).add(h01);
            e = q10.reinterpretAsInts();
            s10 = e.add(s10);
            h10 = e.lanewise(VectorOperators.LSHR, 16).add(h10);
            e = q11.reinterpretAsInts();
            s11 = e.add(s11);
            h11 = e.lanewise(VectorOperators.LSHR, 16).add(h11);
        }
        int excess = runs * START;
        IntVector high = (IntVector) TYPE.cast(h00);
        ((IntVector) TYPE.cast(s00))
                .sub(high.lanewise(VectorOperators.LSHL, 16))
                .sub(excess)
                .intoArray(c, cOff);
        high.sub(excess).intoArray(c, cOff + LANES);
        high = (IntVector) TYPE.cast(h01);
        ((IntVector) TYPE.cast(s01))
                .sub(high.lanewise(VectorOperators.LSHL, 16))
                .sub(excess)
                .intoArray(c, cOff + NR);
        high.sub(excess).intoArray(c, cOff + NR + LANES);
        high = (IntVector) TYPE.cast(h10);
        ((IntVector) TYPE.cast(s10))
                .sub(high.lanewise(VectorOperators.LSHL, 16))
                .sub(excess)
                .intoArray(c, cOff + ldc);
        high.sub(excess).intoArray(c, cOff + ldc + LANES);
        high = (IntVector) TYPE.cast(h11);
        ((IntVector) TYPE.cast(s11))
                .sub(high.lanewise(VectorOperators.LSHL, 16))
                .sub(excess)
                .intoArray(c, cOff + ldc + NR);
        high.sub(excess).intoArray(c, cOff + ldc + NR + LANES);
    }

    /** 1 rows by 4 panels. */
    static void tile1x4(
            int[] a, int aOff, int lda, byte[] b, int bOff, int panelStride, int runs, int[] c, int cOff, int ldc) {
        int b1 = bOff + panelStride;
        int b2 = bOff + 2 * panelStride;
        int b3 = bOff + 3 * panelStride;
        IntVector s00 = IntVector.zero(I32);
        IntVector h00 = IntVector.zero(I32);
        IntVector s01 = IntVector.zero(I32);
        IntVector h01 = IntVector.zero(I32);
        IntVector s02 = IntVector.zero(I32);
        IntVector h02 = IntVector.zero(I32);
        IntVector s03 = IntVector.zero(I32);
        IntVector h03 = IntVector.zero(I32);
        ShortVector start = ShortVector.broadcast(I16, START);
        for (int t = 0; t < runs; t++) {
            ShortVector w0 = (ShortVector)
                    ByteVector.fromArray(I8, b, bOff + t * (3 * NR)).convertShape(VectorOperators.B2S, I16, 0);
            ShortVector w1 = (ShortVector)
                    ByteVector.fromArray(I8, b, b1 + t * (3 * NR)).convertShape(VectorOperators.B2S, I16, 0);
            ShortVector w2 = (ShortVector)
                    ByteVector.fromArray(I8, b, b2 + t * (3 * NR)).convertShape(VectorOperators.B2S, I16, 0);
            ShortVector w3 = (ShortVector)
                    ByteVector.fromArray(I8, b, b3 + t * (3 * NR)).convertShape(VectorOperators.B2S, I16, 0);
            ShortVector x = IntVector.broadcast(I32, a[aOff + t * 3]).reinterpretAsShorts();
            ShortVector q00 = start.add(x.mul(w0));
            ShortVector q01 = start.add(x.mul(w1));
            ShortVector q02 = start.add(x.mul(w2));
            ShortVector q03 = start.add(x.mul(w3));
            w0 = (ShortVector)
                    ByteVector.fromArray(I8, b, bOff + t * (3 * NR) + NR).convertShape(VectorOperators.B2S, I16, 0);
            w1 = (ShortVector)
                    ByteVector.fromArray(I8, b, b1 + t * (3 * NR) + NR).convertShape(VectorOperators.B2S, I16, 0);
            w2 = (ShortVector)
                    ByteVector.fromArray(I8, b, b2 + t * (3 * NR) + NR).convertShape(VectorOperators.B2S, I16, 0);
            w3 = (ShortVector)
                    ByteVector.fromArray(I8, b, b3 + t * (3 * NR) + NR).convertShape(VectorOperators.B2S, I16, 0);
            x = IntVector.broadcast(I32, a[aOff + t * 3 + 1]).reinterpretAsShorts();
            q00 = q00.add(x.mul(w0));
            q01 = q01.add(x.mul(w1));
            q02 = q02.add(x.mul(w2));
            q03 = q03.add(x.mul(w3));
            w0 = (ShortVector)
                    ByteVector.fromArray(I8, b, bOff + t * (3 * NR) + 2 * NR).convertShape(VectorOperators.B2S, I16, 0);
            w1 = (ShortVector)
                    ByteVector.fromArray(I8, b, b1 + t * (3 * NR) + 2 * NR).convertShape(VectorOperators.B2S, I16, 0);
            w2 = (ShortVector)
                    ByteVector.fromArray(I8, b, b2 + t * (3 * NR) + 2 * NR).convertShape(VectorOperators.B2S, I16, 0);
            w3 = (ShortVector)
                    ByteVector.fromArray(I8, b, b3 + t * (3 * NR) + 2 * NR).convertShape(VectorOperators.B2S, I16, 0);
            x = IntVector.broadcast(I32, a[aOff + t * 3 + 2]).reinterpretAsShorts();
            q00 = q00.add(x.mul(w0));
            q01 = q01.add(x.mul(w1));
            q02 = q02.add(x.mul(w2));
            q03 = q03.add(x.mul(w3));
            IntVector e = q00.reinterpretAsInts();
            s00 = e.add(s00);
            h00 = e.lanewise(VectorOperators.LSHR, 16).add(h00);
            e = q01.reinterpretAsInts();
            s01 = e.add(s01);
            h01 = e.lanewise(VectorOperators.LSHR, 16).add(h01);
            e = q02.reinterpretAsInts();
            s02 = e.add(s02);
            h02 = e.lanewise(VectorOperators.LSHR, 16).add(h02);
            e = q03.reinterpretAsInts();
            s03 = e.add(s03);
            h03 = e.lanewise(VectorOperators.LSHR, 16).add(h03);
        }
        int excess = runs * START;
        IntVector high = (IntVector) TYPE.cast(h00);
        ((IntVector) TYPE.cast(s00))
                .sub(high.lanewise(VectorOperators.LSHL, 16))
                .sub(excess)
                .intoArray(c, cOff);
        high.sub(excess).intoArray(c, cOff + LANES);
        high = (IntVector) TYPE.cast(h01);
        ((IntVector) TYPE.cast(s01))
                .sub(high.lanewise(VectorOperators.LSHL, 16))
                .sub(excess)
                .intoArray(c, cOff + NR);
        high.sub(excess).intoArray(c, cOff + NR + LANES);
        high = (IntVector) TYPE.cast(h02);
        ((IntVector) TYPE.cast(s02))
                .sub(high.lanewise(VectorOperators.LSHL, 16))
                .sub(excess)
                .intoArray(c, cOff + 2 * NR);
        high.sub(excess).intoArray(c, cOff + 2 * NR + LANES);
        high = (IntVector) TYPE.cast(h03);
        ((IntVector) TYPE.cast(s03))
                .sub(high.lanewise(VectorOperators.LSHL, 16))
                .sub(excess)
                .intoArray(c, cOff + 3 * NR);
        high.sub(excess).intoArray(c, cOff + 3 * NR + LANES);
    }

    /** 3 rows by 1 panel. */
    static void tile3x1(
            int[] a, int aOff, int lda, byte[] b, int bOff, int panelStride, int runs, int[] c, int cOff, int ldc) {
        int a1 = aOff + lda;
        int a2 = aOff + 2 * lda;
        IntVector s00 = IntVector.zero(I32);
        IntVector h00 = IntVector.zero(I32);
        IntVector s10 = IntVector.zero(I32);
        IntVector h10 = IntVector.zero(I32);
        IntVector s20 = IntVector.zero(I32);
        IntVector h20 = IntVector.zero(I32);
        ShortVector start = ShortVector.broadcast(I16, START);
        for (int t = 0; t < runs; t++) {
            ShortVector w0 = (ShortVector)
                    ByteVector.fromArray(I8, b, bOff + t * (3 * NR)).convertShape(VectorOperators.B2S, I16, 0);
            ShortVector x = IntVector.broadcast(I32, a[aOff + t * 3]).reinterpretAsShorts();
            ShortVector q00 = start.add(x.mul(w0));
            x = IntVector.broadcast(I32, a[a1 + t * 3]).reinterpretAsShorts();
            ShortVector q10 = start.add(x.mul(w0));
            x = IntVector.broadcast(I32, a[a2 + t * 3]).reinterpretAsShorts();
            ShortVector q20 = start.add(x.mul(w0));
            w0 = (ShortVector)
                    ByteVector.fromArray(I8, b, bOff + t * (3 * NR) + NR).convertShape(VectorOperators.B2S, I16, 0);
            x = IntVector.broadcast(I32, a[aOff + t * 3 + 1]).reinterpretAsShorts();
            q00 = q00.add(x.mul(w0));
            x = IntVector.broadcast(I32, a[a1 + t * 3 + 1]).reinterpretAsShorts();
            q10 = q10.add(x.mul(w0));
            x = IntVector.broadcast(I32, a[a2 + t * 3 + 1]).reinterpretAsShorts();
            q20 = q20.add(x.mul(w0));
            w0 = (ShortVector)
                    ByteVector.fromArray(I8, b, bOff + t * (3 * NR) + 2 * NR).convertShape(VectorOperators.B2S, I16, 0);
            x = IntVector.broadcast(I32, a[aOff + t * 3 + 2]).reinterpretAsShorts();
            q00 = q00.add(x.mul(w0));
            x = IntVector.broadcast(I32, a[a1 + t * 3 + 2]).reinterpretAsShorts();
            q10 = q10.add(x.mul(w0));
            x = IntVector.broadcast(I32, a[a2 + t * 3 + 2]).reinterpretAsShorts();
            q20 = q20.add(x.mul(w0));
            IntVector e = q00.reinterpretAsInts();
            s00 = e.add(s00);
            h00 = e.lanewise(VectorOperators.LSHR, 16).add(h00);
            e = q10.reinterpretAsInts();
            s10 = e.add(s10);
            h10 = e.lanewise(VectorOperators.LSHR, 16).add(h10);
            e = q20.reinterpretAsInts();
            s20 = e.add(s20);
            h20 = e.lanewise(VectorOperators.LSHR, 16).add(h20);
        }
        int excess = runs * START;
        IntVector high = (IntVector) TYPE.cast(h00);
        ((IntVector) TYPE.cast(s00))
                .sub(high.lanewise(VectorOperators.LSHL, 16))
                .sub(excess)
                .intoArray(c, cOff);
        high.sub(excess).intoArray(c, cOff + LANES);
        high = (IntVector) TYPE.cast(h10);
        ((IntVector) TYPE.cast(s10))
                .sub(high.lanewise(VectorOperators.LSHL, 16))
                .sub(excess)
                .intoArray(c, cOff + ldc);
        high.sub(excess).intoArray(c, cOff + ldc + LANES);
        high = (IntVector) TYPE.cast(h20);
        ((IntVector) TYPE.cast(s20))
                .sub(high.lanewise(VectorOperators.LSHL, 16))
                .sub(excess)
                .intoArray(c, cOff + 2 * ldc);
        high.sub(excess).intoArray(c, cOff + 2 * ldc + LANES);
    }
}
