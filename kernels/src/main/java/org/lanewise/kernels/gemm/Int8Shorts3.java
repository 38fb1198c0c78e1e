package org.lanewise.kernels.gemm;

import static org.lanewise.kernels.Species.I16;
import static org.lanewise.kernels.Species.I32;

import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.ShortVector;
import jdk.incubator.vector.Vector;
import jdk.incubator.vector.VectorOperators;
import org.lanewise.kernels.Simd;

/** Products with panels of widened values, two an int, runs of 3: see {@link Int8Tiles}. */
final class Int8Shorts3 {

    /** Says which class loop-carried vectors have: C2 would ask a profile that all users of vectors share. */
    private static final Class<? extends Vector<Integer>> TYPE = I32.vectorType();

    private static final int LANES = Simd.LANES;
    private static final int NR = Gemm.NR;
    private static final short START = Int8Tiles.START;

    private Int8Shorts3() {}

    /** 3 rows by 2 panels. */
    static void tile3x2(
            int[] a, int aOff, int lda, int[] b, int bOff, int panelStride, int runs, int[] c, int cOff, int ldc) {
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
            ShortVector w0 = IntVector.fromArray(I32, b, bOff + t * (3 * LANES)).reinterpretAsShorts();
            ShortVector w1 = IntVector.fromArray(I32, b, b1 + t * (3 * LANES)).reinterpretAsShorts();
            ShortVector x = IntVector.broadcast(I32, a[aOff + t * 3]).reinterpretAsShorts();
            ShortVector q00 = start.add(x.mul(w0));
            ShortVector q01 = start.add(x.mul(w1));
            x = IntVector.broadcast(I32, a[a1 + t * 3]).reinterpretAsShorts();
            ShortVector q10 = start.add(x.mul(w0));
            ShortVector q11 = start.add(x.mul(w1));
            x = IntVector.broadcast(I32, a[a2 + t * 3]).reinterpretAsShorts();
            ShortVector q20 = start.add(x.mul(w0));
            ShortVector q21 = start.add(x.mul(w1));
            w0 = IntVector.fromArray(I32, b, bOff + t * (3 * LANES) + LANES).reinterpretAsShorts();
            w1 = IntVector.fromArray(I32, b, b1 + t * (3 * LANES) + LANES).reinterpretAsShorts();
            x = IntVector.broadcast(I32, a[aOff + t * 3 + 1]).reinterpretAsShorts();
            q00 = q00.add(x.mul(w0));
            q01 = q01.add(x.mul(w1));
            x = IntVector.broadcast(I32, a[a1 + t * 3 + 1]).reinterpretAsShorts();
            q10 = q10.add(x.mul(w0));
            q11 = q11.add(x.mul(w1));
            x = IntVector.broadcast(I32, a[a2 + t * 3 + 1]).reinterpretAsShorts();
            q20 = q20.add(x.mul(w0));
            q21 = q21.add(x.mul(w1));
            w0 = IntVector.fromArray(I32, b, bOff + t * (3 * LANES) + 2 * LANES).reinterpretAsShorts();
            w1 = IntVector.fromArray(I32, b, b1 + t * (3 * LANES) + 2 * LANES).reinterpretAsShorts();
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
            int[] a, int aOff, int lda, int[] b, int bOff, int panelStride, int runs, int[] c, int cOff, int ldc) {
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
            ShortVector w0 = IntVector.fromArray(I32, b, bOff + t * (3 * LANES)).reinterpretAsShorts();
            ShortVector w1 = IntVector.fromArray(I32, b, b1 + t * (3 * LANES)).reinterpretAsShorts();
            ShortVector x = IntVector.broadcast(I32, a[aOff + t * 3]).reinterpretAsShorts();
            ShortVector q00 = start.add(x.mul(w0));
            ShortVector q01 = start.add(x.mul(w1));
            x = IntVector.broadcast(I32, a[a1 + t * 3]).reinterpretAsShorts();
            ShortVector q10 = start.add(x.mul(w0));
            ShortVector q11 = start.add(x.mul(w1));
            w0 = IntVector.fromArray(I32, b, bOff + t * (3 * LANES) + LANES).reinterpretAsShorts();
            w1 = IntVector.fromArray(I32, b, b1 + t * (3 * LANES) + LANES).reinterpretAsShorts();
            x = IntVector.broadcast(I32, a[aOff + t * 3 + 1]).reinterpretAsShorts();
            q00 = q00.add(x.mul(w0));
            q01 = q01.add(x.mul(w1));
            x = IntVector.broadcast(I32, a[a1 + t * 3 + 1]).reinterpretAsShorts();
            q10 = q10.add(x.mul(w0));
            q11 = q11.add(x.mul(w1));
            w0 = IntVector.fromArray(I32, b, bOff + t * (3 * LANES) + 2 * LANES).reinterpretAsShorts();
            w1 = IntVector.fromArray(I32, b, b1 + t * (3 * LANES) + 2 * LANES).reinterpretAsShorts();
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

    /** 6 rows by 1 panel. */
    static void tile6x1(
            int[] a, int aOff, int lda, int[] b, int bOff, int panelStride, int runs, int[] c, int cOff, int ldc) {
        int a1 = aOff + lda;
        int a2 = aOff + 2 * lda;
        int a3 = aOff + 3 * lda;
        int a4 = aOff + 4 * lda;
        int a5 = aOff + 5 * lda;
        IntVector s00 = IntVector.zero(I32);
        IntVector h00 = IntVector.zero(I32);
        IntVector s10 = IntVector.zero(I32);
        IntVector h10 = IntVector.zero(I32);
        IntVector s20 = IntVector.zero(I32);
        IntVector h20 = IntVector.zero(I32);
        IntVector s30 = IntVector.zero(I32);
        IntVector h30 = IntVector.zero(I32);
        IntVector s40 = IntVector.zero(I32);
        IntVector h40 = IntVector.zero(I32);
        IntVector s50 = IntVector.zero(I32);
        IntVector h50 = IntVector.zero(I32);
        ShortVector start = ShortVector.broadcast(I16, START);
        for (int t = 0; t < runs; t++) {
            ShortVector w0 = IntVector.fromArray(I32, b, bOff + t * (3 * LANES)).reinterpretAsShorts();
            ShortVector x = IntVector.broadcast(I32, a[aOff + t * 3]).reinterpretAsShorts();
            ShortVector q00 = start.add(x.mul(w0));
            x = IntVector.broadcast(I32, a[a1 + t * 3]).reinterpretAsShorts();
            ShortVector q10 = start.add(x.mul(w0));
            x = IntVector.broadcast(I32, a[a2 + t * 3]).reinterpretAsShorts();
            ShortVector q20 = start.add(x.mul(w0));
            x = IntVector.broadcast(I32, a[a3 + t * 3]).reinterpretAsShorts();
            ShortVector q30 = start.add(x.mul(w0));
            x = IntVector.broadcast(I32, a[a4 + t * 3]).reinterpretAsShorts();
            ShortVector q40 = start.add(x.mul(w0));
            x = IntVector.broadcast(I32, a[a5 + t * 3]).reinterpretAsShorts();
            ShortVector q50 = start.add(x.mul(w0));
            w0 = IntVector.fromArray(I32, b, bOff + t * (3 * LANES) + LANES).reinterpretAsShorts();
            x = IntVector.broadcast(I32, a[aOff + t * 3 + 1]).reinterpretAsShorts();
            q00 = q00.add(x.mul(w0));
            x = IntVector.broadcast(I32, a[a1 + t * 3 + 1]).reinterpretAsShorts();
            q10 = q10.add(x.mul(w0));
            x = IntVector.broadcast(I32, a[a2 + t * 3 + 1]).reinterpretAsShorts();
            q20 = q20.add(x.mul(w0));
            x = IntVector.broadcast(I32, a[a3 + t * 3 + 1]).reinterpretAsShorts();
            q30 = q30.add(x.mul(w0));
            x = IntVector.broadcast(I32, a[a4 + t * 3 + 1]).reinterpretAsShorts();
            q40 = q40.add(x.mul(w0));
            x = IntVector.broadcast(I32, a[a5 + t * 3 + 1]).reinterpretAsShorts();
            q50 = q50.add(x.mul(w0));
            w0 = IntVector.fromArray(I32, b, bOff + t * (3 * LANES) + 2 * LANES).reinterpretAsShorts();
            x = IntVector.broadcast(I32, a[aOff + t * 3 + 2]).reinterpretAsShorts();
            q00 = q00.add(x.mul(w0));
            x = IntVector.broadcast(I32, a[a1 + t * 3 + 2]).reinterpretAsShorts();
            q10 = q10.add(x.mul(w0));
            x = IntVector.broadcast(I32, a[a2 + t * 3 + 2]).reinterpretAsShorts();
            q20 = q20.add(x.mul(w0));
            x = IntVector.broadcast(I32, a[a3 + t * 3 + 2]).reinterpretAsShorts();
            q30 = q30.add(x.mul(w0));
            x = IntVector.broadcast(I32, a[a4 + t * 3 + 2]).reinterpretAsShorts();
            q40 = q40.add(x.mul(w0));
            x = IntVector.broadcast(I32, a[a5 + t * 3 + 2]).reinterpretAsShorts();
            q50 = q50.add(x.mul(w0));
            IntVector e = q00.reinterpretAsInts();
            s00 = e.add(s00);
            h00 = e.lanewise(VectorOperators.LSHR, 16).add(h00);
            e = q10.reinterpretAsInts();
            s10 = e.add(s10);
            h10 = e.lanewise(VectorOperators.LSHR, 16).add(h10);
            e = q20.reinterpretAsInts();
            s20 = e.add(s20);
            h20 = e.lanewise(VectorOperators.LSHR, 16).add(h20);
            e = q30.reinterpretAsInts();
            s30 = e.add(s30);
            h30 = e.lanewise(VectorOperators.LSHR, 16).add(h30);
            e = q40.reinterpretAsInts();
            s40 = e.add(s40);
            h40 = e.lanewise(VectorOperators.LSHR, 16).add(h40);
            e = q50.reinterpretAsInts();
            s50 = e.add(s50);
            h50 = e.lanewise(VectorOperators.LSHR, 16).add(h50);
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
        high = (IntVector) TYPE.cast(h30);
        ((IntVector) TYPE.cast(s30))
                .sub(high.lanewise(VectorOperators.LSHL, 16))
                .sub(excess)
                .intoArray(c, cOff + 3 * ldc);
        high.sub(excess).intoArray(c, cOff + 3 * ldc + LANES);
        high = (IntVector) TYPE.cast(h40);
        ((IntVector) TYPE.cast(s40))
                .sub(high.lanewise(VectorOperators.LSHL, 16))
                .sub(excess)
                .intoArray(c, cOff + 4 * ldc);
        high.sub(excess).intoArray(c, cOff + 4 * ldc + LANES);
        high = (IntVector) TYPE.cast(h50);
        ((IntVector) TYPE.cast(s50))
                .sub(high.lanewise(VectorOperators.LSHL, 16))
                .sub(excess)
                .intoArray(c, cOff + 5 * ldc);
        high.sub(excess).intoArray(c, cOff + 5 * ldc + LANES);
    }

    /** 3 rows by 1 panel. */
    static void tile3x1(
            int[] a, int aOff, int lda, int[] b, int bOff, int panelStride, int runs, int[] c, int cOff, int ldc) {
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
            ShortVector w0 = IntVector.fromArray(I32, b, bOff + t * (3 * LANES)).reinterpretAsShorts();
            ShortVector x = IntVector.broadcast(I32, a[aOff + t * 3]).reinterpretAsShorts();
            ShortVector q00 = start.add(x.mul(w0));
            x = IntVector.broadcast(I32, a[a1 + t * 3]).reinterpretAsShorts();
            ShortVector q10 = start.add(x.mul(w0));
            x = IntVector.broadcast(I32, a[a2 + t * 3]).reinterpretAsShorts();
            ShortVector q20 = start.add(x.mul(w0));
            w0 = IntVector.fromArray(I32, b, bOff + t * (3 * LANES) + LANES).reinterpretAsShorts();
            x = IntVector.broadcast(I32, a[aOff + t * 3 + 1]).reinterpretAsShorts();
            q00 = q00.add(x.mul(w0));
            x = IntVector.broadcast(I32, a[a1 + t * 3 + 1]).reinterpretAsShorts();
            q10 = q10.add(x.mul(w0));
            x = IntVector.broadcast(I32, a[a2 + t * 3 + 1]).reinterpretAsShorts();
            q20 = q20.add(x.mul(w0));
            w0 = IntVector.fromArray(I32, b, bOff + t * (3 * LANES) + 2 * LANES).reinterpretAsShorts();
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
