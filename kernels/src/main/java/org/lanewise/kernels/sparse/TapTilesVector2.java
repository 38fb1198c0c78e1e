package org.lanewise.kernels.sparse;

import static org.lanewise.kernels.Species.F32;
import static org.lanewise.kernels.Species.I32;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.Vector;
import org.lanewise.kernels.Simd;

/**
 * {@link TapTiles} on 32 vector registers, two lists at a time, one method for every width of a segment. Entries are read a step ahead, because loads whose
 * address has just been loaded are slow.
 */
final class TapTilesVector2 {
    /** Says which class loop-carried vectors have: C2 would ask a profile that all users of vectors share. */
    private static final Class<? extends Vector<Float>> TYPE = F32.vectorType();

    private static final int L = Simd.LANES;

    private TapTilesVector2() {}

    /** Arguments as {@link TapTiles#run}'s. */
    static void run(int width, long[] lists, int from, int to, float[] scratch, int tile, int sums) {
        switch (width) {
            case 4 -> run4(lists, from, to, scratch, tile, sums);
            case 5 -> run5(lists, from, to, scratch, tile, sums);
            case 6 -> run6(lists, from, to, scratch, tile, sums);
            case 7 -> run7(lists, from, to, scratch, tile, sums);
            case 8 -> run8(lists, from, to, scratch, tile, sums);
            default -> throw new IllegalArgumentException("segments have 4 to 8 pixels, got " + width);
        }
    }

    private static void run4(long[] lists, int from, int to, float[] scratch, int tile, int sums) {
        int i = from;
        while (i < to) {
            int end = (int) lists[i];
            int a = sums + (int) (lists[i] >>> 32) * 4 * L;
            int b = sums + (int) lists[i + 1] * 4 * L;
            i += 2;
            long aNext = lists[i];
            long bNext = lists[i + 1];
            FloatVector a0 = (FloatVector) TYPE.cast(FloatVector.fromArray(F32, scratch, a));
            FloatVector a1 = (FloatVector) TYPE.cast(FloatVector.fromArray(F32, scratch, a + L));
            FloatVector a2 = (FloatVector) TYPE.cast(FloatVector.fromArray(F32, scratch, a + 2 * L));
            FloatVector a3 = (FloatVector) TYPE.cast(FloatVector.fromArray(F32, scratch, a + 3 * L));
            FloatVector b0 = (FloatVector) TYPE.cast(FloatVector.fromArray(F32, scratch, b));
            FloatVector b1 = (FloatVector) TYPE.cast(FloatVector.fromArray(F32, scratch, b + L));
            FloatVector b2 = (FloatVector) TYPE.cast(FloatVector.fromArray(F32, scratch, b + 2 * L));
            FloatVector b3 = (FloatVector) TYPE.cast(FloatVector.fromArray(F32, scratch, b + 3 * L));
            for (; i < end; i += 2) {
                long aEntry = aNext;
                long bEntry = bNext;
                aNext = lists[i + 2];
                bNext = lists[i + 3];
                int x = tile + (int) (aEntry >>> 32);
                FloatVector v = IntVector.broadcast(I32, (int) aEntry).reinterpretAsFloats();
                FloatVector x0 = FloatVector.fromArray(F32, scratch, x);
                FloatVector x1 = FloatVector.fromArray(F32, scratch, x + L);
                FloatVector x2 = FloatVector.fromArray(F32, scratch, x + 2 * L);
                FloatVector x3 = FloatVector.fromArray(F32, scratch, x + 3 * L);
                a0 = (FloatVector)
                        TYPE.cast(Simd.FMA ? x0.fma(v, a0) : x0.mul(v).add(a0));
                a1 = (FloatVector)
                        TYPE.cast(Simd.FMA ? x1.fma(v, a1) : x1.mul(v).add(a1));
                a2 = (FloatVector)
                        TYPE.cast(Simd.FMA ? x2.fma(v, a2) : x2.mul(v).add(a2));
                a3 = (FloatVector)
                        TYPE.cast(Simd.FMA ? x3.fma(v, a3) : x3.mul(v).add(a3));
                int y = tile + (int) (bEntry >>> 32);
                FloatVector w = IntVector.broadcast(I32, (int) bEntry).reinterpretAsFloats();
                FloatVector y0 = FloatVector.fromArray(F32, scratch, y);
                FloatVector y1 = FloatVector.fromArray(F32, scratch, y + L);
                FloatVector y2 = FloatVector.fromArray(F32, scratch, y + 2 * L);
                FloatVector y3 = FloatVector.fromArray(F32, scratch, y + 3 * L);
                b0 = (FloatVector)
                        TYPE.cast(Simd.FMA ? y0.fma(w, b0) : y0.mul(w).add(b0));
                b1 = (FloatVector)
                        TYPE.cast(Simd.FMA ? y1.fma(w, b1) : y1.mul(w).add(b1));
                b2 = (FloatVector)
                        TYPE.cast(Simd.FMA ? y2.fma(w, b2) : y2.mul(w).add(b2));
                b3 = (FloatVector)
                        TYPE.cast(Simd.FMA ? y3.fma(w, b3) : y3.mul(w).add(b3));
            }
            a0.intoArray(scratch, a);
            a1.intoArray(scratch, a + L);
            a2.intoArray(scratch, a + 2 * L);
            a3.intoArray(scratch, a + 3 * L);
            b0.intoArray(scratch, b);
            b1.intoArray(scratch, b + L);
            b2.intoArray(scratch, b + 2 * L);
            b3.intoArray(scratch, b + 3 * L);
        }
    }

    private static void run5(long[] lists, int from, int to, float[] scratch, int tile, int sums) {
        int i = from;
        while (i < to) {
            int end = (int) lists[i];
            int a = sums + (int) (lists[i] >>> 32) * 5 * L;
            int b = sums + (int) lists[i + 1] * 5 * L;
            i += 2;
            long aNext = lists[i];
            long bNext = lists[i + 1];
            FloatVector a0 = (FloatVector) TYPE.cast(FloatVector.fromArray(F32, scratch, a));
            FloatVector a1 = (FloatVector) TYPE.cast(FloatVector.fromArray(F32, scratch, a + L));
            FloatVector a2 = (FloatVector) TYPE.cast(FloatVector.fromArray(F32, scratch, a + 2 * L));
            FloatVector a3 = (FloatVector) TYPE.cast(FloatVector.fromArray(F32, scratch, a + 3 * L));
            FloatVector a4 = (FloatVector) TYPE.cast(FloatVector.fromArray(F32, scratch, a + 4 * L));
            FloatVector b0 = (FloatVector) TYPE.cast(FloatVector.fromArray(F32, scratch, b));
            FloatVector b1 = (FloatVector) TYPE.cast(FloatVector.fromArray(F32, scratch, b + L));
            FloatVector b2 = (FloatVector) TYPE.cast(FloatVector.fromArray(F32, scratch, b + 2 * L));
            FloatVector b3 = (FloatVector) TYPE.cast(FloatVector.fromArray(F32, scratch, b + 3 * L));
            FloatVector b4 = (FloatVector) TYPE.cast(FloatVector.fromArray(F32, scratch, b + 4 * L));
            for (; i < end; i += 2) {
                long aEntry = aNext;
                long bEntry = bNext;
                aNext = lists[i + 2];
                bNext = lists[i + 3];
                int x = tile + (int) (aEntry >>> 32);
                FloatVector v = IntVector.broadcast(I32, (int) aEntry).reinterpretAsFloats();
                FloatVector x0 = FloatVector.fromArray(F32, scratch, x);
                FloatVector x1 = FloatVector.fromArray(F32, scratch, x + L);
                FloatVector x2 = FloatVector.fromArray(F32, scratch, x + 2 * L);
                FloatVector x3 = FloatVector.fromArray(F32, scratch, x + 3 * L);
                FloatVector x4 = FloatVector.fromArray(F32, scratch, x + 4 * L);
                a0 = (FloatVector)
                        TYPE.cast(Simd.FMA ? x0.fma(v, a0) : x0.mul(v).add(a0));
                a1 = (FloatVector)
                        TYPE.cast(Simd.FMA ? x1.fma(v, a1) : x1.mul(v).add(a1));
                a2 = (FloatVector)
                        TYPE.cast(Simd.FMA ? x2.fma(v, a2) : x2.mul(v).add(a2));
                a3 = (FloatVector)
                        TYPE.cast(Simd.FMA ? x3.fma(v, a3) : x3.mul(v).add(a3));
                a4 = (FloatVector)
                        TYPE.cast(Simd.FMA ? x4.fma(v, a4) : x4.mul(v).add(a4));
                int y = tile + (int) (bEntry >>> 32);
                FloatVector w = IntVector.broadcast(I32, (int) bEntry).reinterpretAsFloats();
                FloatVector y0 = FloatVector.fromArray(F32, scratch, y);
                FloatVector y1 = FloatVector.fromArray(F32, scratch, y + L);
                FloatVector y2 = FloatVector.fromArray(F32, scratch, y + 2 * L);
                FloatVector y3 = FloatVector.fromArray(F32, scratch, y + 3 * L);
                FloatVector y4 = FloatVector.fromArray(F32, scratch, y + 4 * L);
                b0 = (FloatVector)
                        TYPE.cast(Simd.FMA ? y0.fma(w, b0) : y0.mul(w).add(b0));
                b1 = (FloatVector)
                        TYPE.cast(Simd.FMA ? y1.fma(w, b1) : y1.mul(w).add(b1));
                b2 = (FloatVector)
                        TYPE.cast(Simd.FMA ? y2.fma(w, b2) : y2.mul(w).add(b2));
                b3 = (FloatVector)
                        TYPE.cast(Simd.FMA ? y3.fma(w, b3) : y3.mul(w).add(b3));
                b4 = (FloatVector)
                        TYPE.cast(Simd.FMA ? y4.fma(w, b4) : y4.mul(w).add(b4));
            }
            a0.intoArray(scratch, a);
            a1.intoArray(scratch, a + L);
            a2.intoArray(scratch, a + 2 * L);
            a3.intoArray(scratch, a + 3 * L);
            a4.intoArray(scratch, a + 4 * L);
            b0.intoArray(scratch, b);
            b1.intoArray(scratch, b + L);
            b2.intoArray(scratch, b + 2 * L);
            b3.intoArray(scratch, b + 3 * L);
            b4.intoArray(scratch, b + 4 * L);
        }
    }

    private static void run6(long[] lists, int from, int to, float[] scratch, int tile, int sums) {
        int i = from;
        while (i < to) {
            int end = (int) lists[i];
            int a = sums + (int) (lists[i] >>> 32) * 6 * L;
            int b = sums + (int) lists[i + 1] * 6 * L;
            i += 2;
            long aNext = lists[i];
            long bNext = lists[i + 1];
            FloatVector a0 = (FloatVector) TYPE.cast(FloatVector.fromArray(F32, scratch, a));
            FloatVector a1 = (FloatVector) TYPE.cast(FloatVector.fromArray(F32, scratch, a + L));
            FloatVector a2 = (FloatVector) TYPE.cast(FloatVector.fromArray(F32, scratch, a + 2 * L));
            FloatVector a3 = (FloatVector) TYPE.cast(FloatVector.fromArray(F32, scratch, a + 3 * L));
            FloatVector a4 = (FloatVector) TYPE.cast(FloatVector.fromArray(F32, scratch, a + 4 * L));
            FloatVector a5 = (FloatVector) TYPE.cast(FloatVector.fromArray(F32, scratch, a + 5 * L));
            FloatVector b0 = (FloatVector) TYPE.cast(FloatVector.fromArray(F32, scratch, b));
            FloatVector b1 = (FloatVector) TYPE.cast(FloatVector.fromArray(F32, scratch, b + L));
            FloatVector b2 = (FloatVector) TYPE.cast(FloatVector.fromArray(F32, scratch, b + 2 * L));
            FloatVector b3 = (FloatVector) TYPE.cast(FloatVector.fromArray(F32, scratch, b + 3 * L));
            FloatVector b4 = (FloatVector) TYPE.cast(FloatVector.fromArray(F32, scratch, b + 4 * L));
            FloatVector b5 = (FloatVector) TYPE.cast(FloatVector.fromArray(F32, scratch, b + 5 * L));
            for (; i < end; i += 2) {
                long aEntry = aNext;
                long bEntry = bNext;
                aNext = lists[i + 2];
                bNext = lists[i + 3];
                int x = tile + (int) (aEntry >>> 32);
                FloatVector v = IntVector.broadcast(I32, (int) aEntry).reinterpretAsFloats();
                FloatVector x0 = FloatVector.fromArray(F32, scratch, x);
                FloatVector x1 = FloatVector.fromArray(F32, scratch, x + L);
                FloatVector x2 = FloatVector.fromArray(F32, scratch, x + 2 * L);
                FloatVector x3 = FloatVector.fromArray(F32, scratch, x + 3 * L);
                FloatVector x4 = FloatVector.fromArray(F32, scratch, x + 4 * L);
                FloatVector x5 = FloatVector.fromArray(F32, scratch, x + 5 * L);
                a0 = (FloatVector)
                        TYPE.cast(Simd.FMA ? x0.fma(v, a0) : x0.mul(v).add(a0));
                a1 = (FloatVector)
                        TYPE.cast(Simd.FMA ? x1.fma(v, a1) : x1.mul(v).add(a1));
                a2 = (FloatVector)
                        TYPE.cast(Simd.FMA ? x2.fma(v, a2) : x2.mul(v).add(a2));
                a3 = (FloatVector)
                        TYPE.cast(Simd.FMA ? x3.fma(v, a3) : x3.mul(v).add(a3));
                a4 = (FloatVector)
                        TYPE.cast(Simd.FMA ? x4.fma(v, a4) : x4.mul(v).add(a4));
                a5 = (FloatVector)
                        TYPE.cast(Simd.FMA ? x5.fma(v, a5) : x5.mul(v).add(a5));
                int y = tile + (int) (bEntry >>> 32);
                FloatVector w = IntVector.broadcast(I32, (int) bEntry).reinterpretAsFloats();
                FloatVector y0 = FloatVector.fromArray(F32, scratch, y);
                FloatVector y1 = FloatVector.fromArray(F32, scratch, y + L);
                FloatVector y2 = FloatVector.fromArray(F32, scratch, y + 2 * L);
                FloatVector y3 = FloatVector.fromArray(F32, scratch, y + 3 * L);
                FloatVector y4 = FloatVector.fromArray(F32, scratch, y + 4 * L);
                FloatVector y5 = FloatVector.fromArray(F32, scratch, y + 5 * L);
                b0 = (FloatVector)
                        TYPE.cast(Simd.FMA ? y0.fma(w, b0) : y0.mul(w).add(b0));
                b1 = (FloatVector)
                        TYPE.cast(Simd.FMA ? y1.fma(w, b1) : y1.mul(w).add(b1));
                b2 = (FloatVector)
                        TYPE.cast(Simd.FMA ? y2.fma(w, b2) : y2.mul(w).add(b2));
                b3 = (FloatVector)
                        TYPE.cast(Simd.FMA ? y3.fma(w, b3) : y3.mul(w).add(b3));
                b4 = (FloatVector)
                        TYPE.cast(Simd.FMA ? y4.fma(w, b4) : y4.mul(w).add(b4));
                b5 = (FloatVector)
                        TYPE.cast(Simd.FMA ? y5.fma(w, b5) : y5.mul(w).add(b5));
            }
            a0.intoArray(scratch, a);
            a1.intoArray(scratch, a + L);
            a2.intoArray(scratch, a + 2 * L);
            a3.intoArray(scratch, a + 3 * L);
            a4.intoArray(scratch, a + 4 * L);
            a5.intoArray(scratch, a + 5 * L);
            b0.intoArray(scratch, b);
            b1.intoArray(scratch, b + L);
            b2.intoArray(scratch, b + 2 * L);
            b3.intoArray(scratch, b + 3 * L);
            b4.intoArray(scratch, b + 4 * L);
            b5.intoArray(scratch, b + 5 * L);
        }
    }

    private static void run7(long[] lists, int from, int to, float[] scratch, int tile, int sums) {
        int i = from;
        while (i < to) {
            int end = (int) lists[i];
            int a = sums + (int) (lists[i] >>> 32) * 7 * L;
            int b = sums + (int) lists[i + 1] * 7 * L;
            i += 2;
            long aNext = lists[i];
            long bNext = lists[i + 1];
            FloatVector a0 = (FloatVector) TYPE.cast(FloatVector.fromArray(F32, scratch, a));
            FloatVector a1 = (FloatVector) TYPE.cast(FloatVector.fromArray(F32, scratch, a + L));
            FloatVector a2 = (FloatVector) TYPE.cast(FloatVector.fromArray(F32, scratch, a + 2 * L));
            FloatVector a3 = (FloatVector) TYPE.cast(FloatVector.fromArray(F32, scratch, a + 3 * L));
            FloatVector a4 = (FloatVector) TYPE.cast(FloatVector.fromArray(F32, scratch, a + 4 * L));
            FloatVector a5 = (FloatVector) TYPE.cast(FloatVector.fromArray(F32, scratch, a + 5 * L));
            FloatVector a6 = (FloatVector) TYPE.cast(FloatVector.fromArray(F32, scratch, a + 6 * L));
            FloatVector b0 = (FloatVector) TYPE.cast(FloatVector.fromArray(F32, scratch, b));
            FloatVector b1 = (FloatVector) TYPE.cast(FloatVector.fromArray(F32, scratch, b + L));
            FloatVector b2 = (FloatVector) TYPE.cast(FloatVector.fromArray(F32, scratch, b + 2 * L));
            FloatVector b3 = (FloatVector) TYPE.cast(FloatVector.fromArray(F32, scratch, b + 3 * L));
            FloatVector b4 = (FloatVector) TYPE.cast(FloatVector.fromArray(F32, scratch, b + 4 * L));
            FloatVector b5 = (FloatVector) TYPE.cast(FloatVector.fromArray(F32, scratch, b + 5 * L));
            FloatVector b6 = (FloatVector) TYPE.cast(FloatVector.fromArray(F32, scratch, b + 6 * L));
            for (; i < end; i += 2) {
                long aEntry = aNext;
                long bEntry = bNext;
                aNext = lists[i + 2];
                bNext = lists[i + 3];
                int x = tile + (int) (aEntry >>> 32);
                FloatVector v = IntVector.broadcast(I32, (int) aEntry).reinterpretAsFloats();
                FloatVector x0 = FloatVector.fromArray(F32, scratch, x);
                FloatVector x1 = FloatVector.fromArray(F32, scratch, x + L);
                FloatVector x2 = FloatVector.fromArray(F32, scratch, x + 2 * L);
                FloatVector x3 = FloatVector.fromArray(F32, scratch, x + 3 * L);
                FloatVector x4 = FloatVector.fromArray(F32, scratch, x + 4 * L);
                FloatVector x5 = FloatVector.fromArray(F32, scratch, x + 5 * L);
                FloatVector x6 = FloatVector.fromArray(F32, scratch, x + 6 * L);
                a0 = (FloatVector)
                        TYPE.cast(Simd.FMA ? x0.fma(v, a0) : x0.mul(v).add(a0));
                a1 = (FloatVector)
                        TYPE.cast(Simd.FMA ? x1.fma(v, a1) : x1.mul(v).add(a1));
                a2 = (FloatVector)
                        TYPE.cast(Simd.FMA ? x2.fma(v, a2) : x2.mul(v).add(a2));
                a3 = (FloatVector)
                        TYPE.cast(Simd.FMA ? x3.fma(v, a3) : x3.mul(v).add(a3));
                a4 = (FloatVector)
                        TYPE.cast(Simd.FMA ? x4.fma(v, a4) : x4.mul(v).add(a4));
                a5 = (FloatVector)
                        TYPE.cast(Simd.FMA ? x5.fma(v, a5) : x5.mul(v).add(a5));
                a6 = (FloatVector)
                        TYPE.cast(Simd.FMA ? x6.fma(v, a6) : x6.mul(v).add(a6));
                int y = tile + (int) (bEntry >>> 32);
                FloatVector w = IntVector.broadcast(I32, (int) bEntry).reinterpretAsFloats();
                FloatVector y0 = FloatVector.fromArray(F32, scratch, y);
                FloatVector y1 = FloatVector.fromArray(F32, scratch, y + L);
                FloatVector y2 = FloatVector.fromArray(F32, scratch, y + 2 * L);
                FloatVector y3 = FloatVector.fromArray(F32, scratch, y + 3 * L);
                FloatVector y4 = FloatVector.fromArray(F32, scratch, y + 4 * L);
                FloatVector y5 = FloatVector.fromArray(F32, scratch, y + 5 * L);
                FloatVector y6 = FloatVector.fromArray(F32, scratch, y + 6 * L);
                b0 = (FloatVector)
                        TYPE.cast(Simd.FMA ? y0.fma(w, b0) : y0.mul(w).add(b0));
                b1 = (FloatVector)
                        TYPE.cast(Simd.FMA ? y1.fma(w, b1) : y1.mul(w).add(b1));
                b2 = (FloatVector)
                        TYPE.cast(Simd.FMA ? y2.fma(w, b2) : y2.mul(w).add(b2));
                b3 = (FloatVector)
                        TYPE.cast(Simd.FMA ? y3.fma(w, b3) : y3.mul(w).add(b3));
                b4 = (FloatVector)
                        TYPE.cast(Simd.FMA ? y4.fma(w, b4) : y4.mul(w).add(b4));
                b5 = (FloatVector)
                        TYPE.cast(Simd.FMA ? y5.fma(w, b5) : y5.mul(w).add(b5));
                b6 = (FloatVector)
                        TYPE.cast(Simd.FMA ? y6.fma(w, b6) : y6.mul(w).add(b6));
            }
            a0.intoArray(scratch, a);
            a1.intoArray(scratch, a + L);
            a2.intoArray(scratch, a + 2 * L);
            a3.intoArray(scratch, a + 3 * L);
            a4.intoArray(scratch, a + 4 * L);
            a5.intoArray(scratch, a + 5 * L);
            a6.intoArray(scratch, a + 6 * L);
            b0.intoArray(scratch, b);
            b1.intoArray(scratch, b + L);
            b2.intoArray(scratch, b + 2 * L);
            b3.intoArray(scratch, b + 3 * L);
            b4.intoArray(scratch, b + 4 * L);
            b5.intoArray(scratch, b + 5 * L);
            b6.intoArray(scratch, b + 6 * L);
        }
    }

    private static void run8(long[] lists, int from, int to, float[] scratch, int tile, int sums) {
        int i = from;
        while (i < to) {
            int end = (int) lists[i];
            int a = sums + (int) (lists[i] >>> 32) * 8 * L;
            int b = sums + (int) lists[i + 1] * 8 * L;
            i += 2;
            long aNext = lists[i];
            long bNext = lists[i + 1];
            FloatVector a0 = (FloatVector) TYPE.cast(FloatVector.fromArray(F32, scratch, a));
            FloatVector a1 = (FloatVector) TYPE.cast(FloatVector.fromArray(F32, scratch, a + L));
            FloatVector a2 = (FloatVector) TYPE.cast(FloatVector.fromArray(F32, scratch, a + 2 * L));
            FloatVector a3 = (FloatVector) TYPE.cast(FloatVector.fromArray(F32, scratch, a + 3 * L));
            FloatVector a4 = (FloatVector) TYPE.cast(FloatVector.fromArray(F32, scratch, a + 4 * L));
            FloatVector a5 = (FloatVector) TYPE.cast(FloatVector.fromArray(F32, scratch, a + 5 * L));
            FloatVector a6 = (FloatVector) TYPE.cast(FloatVector.fromArray(F32, scratch, a + 6 * L));
            FloatVector a7 = (FloatVector) TYPE.cast(FloatVector.fromArray(F32, scratch, a + 7 * L));
            FloatVector b0 = (FloatVector) TYPE.cast(FloatVector.fromArray(F32, scratch, b));
            FloatVector b1 = (FloatVector) TYPE.cast(FloatVector.fromArray(F32, scratch, b + L));
            FloatVector b2 = (FloatVector) TYPE.cast(FloatVector.fromArray(F32, scratch, b + 2 * L));
            FloatVector b3 = (FloatVector) TYPE.cast(FloatVector.fromArray(F32, scratch, b + 3 * L));
            FloatVector b4 = (FloatVector) TYPE.cast(FloatVector.fromArray(F32, scratch, b + 4 * L));
            FloatVector b5 = (FloatVector) TYPE.cast(FloatVector.fromArray(F32, scratch, b + 5 * L));
            FloatVector b6 = (FloatVector) TYPE.cast(FloatVector.fromArray(F32, scratch, b + 6 * L));
            FloatVector b7 = (FloatVector) TYPE.cast(FloatVector.fromArray(F32, scratch, b + 7 * L));
            for (; i < end; i += 2) {
                long aEntry = aNext;
                long bEntry = bNext;
                aNext = lists[i + 2];
                bNext = lists[i + 3];
                int x = tile + (int) (aEntry >>> 32);
                FloatVector v = IntVector.broadcast(I32, (int) aEntry).reinterpretAsFloats();
                FloatVector x0 = FloatVector.fromArray(F32, scratch, x);
                FloatVector x1 = FloatVector.fromArray(F32, scratch, x + L);
                FloatVector x2 = FloatVector.fromArray(F32, scratch, x + 2 * L);
                FloatVector x3 = FloatVector.fromArray(F32, scratch, x + 3 * L);
                FloatVector x4 = FloatVector.fromArray(F32, scratch, x + 4 * L);
                FloatVector x5 = FloatVector.fromArray(F32, scratch, x + 5 * L);
                FloatVector x6 = FloatVector.fromArray(F32, scratch, x + 6 * L);
                FloatVector x7 = FloatVector.fromArray(F32, scratch, x + 7 * L);
                a0 = (FloatVector)
                        TYPE.cast(Simd.FMA ? x0.fma(v, a0) : x0.mul(v).add(a0));
                a1 = (FloatVector)
                        TYPE.cast(Simd.FMA ? x1.fma(v, a1) : x1.mul(v).add(a1));
                a2 = (FloatVector)
                        TYPE.cast(Simd.FMA ? x2.fma(v, a2) : x2.mul(v).add(a2));
                a3 = (FloatVector)
                        TYPE.cast(Simd.FMA ? x3.fma(v, a3) : x3.mul(v).add(a3));
                a4 = (FloatVector)
                        TYPE.cast(Simd.FMA ? x4.fma(v, a4) : x4.mul(v).add(a4));
                a5 = (FloatVector)
                        TYPE.cast(Simd.FMA ? x5.fma(v, a5) : x5.mul(v).add(a5));
                a6 = (FloatVector)
                        TYPE.cast(Simd.FMA ? x6.fma(v, a6) : x6.mul(v).add(a6));
                a7 = (FloatVector)
                        TYPE.cast(Simd.FMA ? x7.fma(v, a7) : x7.mul(v).add(a7));
                int y = tile + (int) (bEntry >>> 32);
                FloatVector w = IntVector.broadcast(I32, (int) bEntry).reinterpretAsFloats();
                FloatVector y0 = FloatVector.fromArray(F32, scratch, y);
                FloatVector y1 = FloatVector.fromArray(F32, scratch, y + L);
                FloatVector y2 = FloatVector.fromArray(F32, scratch, y + 2 * L);
                FloatVector y3 = FloatVector.fromArray(F32, scratch, y + 3 * L);
                FloatVector y4 = FloatVector.fromArray(F32, scratch, y + 4 * L);
                FloatVector y5 = FloatVector.fromArray(F32, scratch, y + 5 * L);
                FloatVector y6 = FloatVector.fromArray(F32, scratch, y + 6 * L);
                FloatVector y7 = FloatVector.fromArray(F32, scratch, y + 7 * L);
                b0 = (FloatVector)
                        TYPE.cast(Simd.FMA ? y0.fma(w, b0) : y0.mul(w).add(b0));
                b1 = (FloatVector)
                        TYPE.cast(Simd.FMA ? y1.fma(w, b1) : y1.mul(w).add(b1));
                b2 = (FloatVector)
                        TYPE.cast(Simd.FMA ? y2.fma(w, b2) : y2.mul(w).add(b2));
                b3 = (FloatVector)
                        TYPE.cast(Simd.FMA ? y3.fma(w, b3) : y3.mul(w).add(b3));
                b4 = (FloatVector)
                        TYPE.cast(Simd.FMA ? y4.fma(w, b4) : y4.mul(w).add(b4));
                b5 = (FloatVector)
                        TYPE.cast(Simd.FMA ? y5.fma(w, b5) : y5.mul(w).add(b5));
                b6 = (FloatVector)
                        TYPE.cast(Simd.FMA ? y6.fma(w, b6) : y6.mul(w).add(b6));
                b7 = (FloatVector)
                        TYPE.cast(Simd.FMA ? y7.fma(w, b7) : y7.mul(w).add(b7));
            }
            a0.intoArray(scratch, a);
            a1.intoArray(scratch, a + L);
            a2.intoArray(scratch, a + 2 * L);
            a3.intoArray(scratch, a + 3 * L);
            a4.intoArray(scratch, a + 4 * L);
            a5.intoArray(scratch, a + 5 * L);
            a6.intoArray(scratch, a + 6 * L);
            a7.intoArray(scratch, a + 7 * L);
            b0.intoArray(scratch, b);
            b1.intoArray(scratch, b + L);
            b2.intoArray(scratch, b + 2 * L);
            b3.intoArray(scratch, b + 3 * L);
            b4.intoArray(scratch, b + 4 * L);
            b5.intoArray(scratch, b + 5 * L);
            b6.intoArray(scratch, b + 6 * L);
            b7.intoArray(scratch, b + 7 * L);
        }
    }
}
