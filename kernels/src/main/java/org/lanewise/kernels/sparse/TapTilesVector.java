package org.lanewise.kernels.sparse;

import static org.lanewise.kernels.Species.F32;
import static org.lanewise.kernels.Species.I32;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.Vector;
import org.lanewise.kernels.Simd;

/**
 * {@link TapTiles} on 16 vector registers, a list at a time, one method for every width of a segment. Entries are read a step ahead, because loads whose
 * address has just been loaded are slow.
 */
final class TapTilesVector {
    /** Says which class loop-carried vectors have: C2 would ask a profile that all users of vectors share. */
    private static final Class<? extends Vector<Float>> TYPE = F32.vectorType();

    private static final int L = Simd.LANES;

    private TapTilesVector() {}

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
            i += 1;
            long aNext = lists[i];
            FloatVector a0 = (FloatVector) TYPE.cast(FloatVector.fromArray(F32, scratch, a));
            FloatVector a1 = (FloatVector) TYPE.cast(FloatVector.fromArray(F32, scratch, a + L));
            FloatVector a2 = (FloatVector) TYPE.cast(FloatVector.fromArray(F32, scratch, a + 2 * L));
            FloatVector a3 = (FloatVector) TYPE.cast(FloatVector.fromArray(F32, scratch, a + 3 * L));
            for (; i < end; i += 1) {
                long aEntry = aNext;
                aNext = lists[i + 1];
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
            }
            a0.intoArray(scratch, a);
            a1.intoArray(scratch, a + L);
            a2.intoArray(scratch, a + 2 * L);
            a3.intoArray(scratch, a + 3 * L);
        }
    }

    private static void run5(long[] lists, int from, int to, float[] scratch, int tile, int sums) {
        int i = from;
        while (i < to) {
            int end = (int) lists[i];
            int a = sums + (int) (lists[i] >>> 32) * 5 * L;
            i += 1;
            long aNext = lists[i];
            FloatVector a0 = (FloatVector) TYPE.cast(FloatVector.fromArray(F32, scratch, a));
            FloatVector a1 = (FloatVector) TYPE.cast(FloatVector.fromArray(F32, scratch, a + L));
            FloatVector a2 = (FloatVector) TYPE.cast(FloatVector.fromArray(F32, scratch, a + 2 * L));
            FloatVector a3 = (FloatVector) TYPE.cast(FloatVector.fromArray(F32, scratch, a + 3 * L));
            FloatVector a4 = (FloatVector) TYPE.cast(FloatVector.fromArray(F32, scratch, a + 4 * L));
            for (; i < end; i += 1) {
                long aEntry = aNext;
                aNext = lists[i + 1];
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
            }
            a0.intoArray(scratch, a);
            a1.intoArray(scratch, a + L);
            a2.intoArray(scratch, a + 2 * L);
            a3.intoArray(scratch, a + 3 * L);
            a4.intoArray(scratch, a + 4 * L);
        }
    }

    private static void run6(long[] lists, int from, int to, float[] scratch, int tile, int sums) {
        int i = from;
        while (i < to) {
            int end = (int) lists[i];
            int a = sums + (int) (lists[i] >>> 32) * 6 * L;
            i += 1;
            long aNext = lists[i];
            FloatVector a0 = (FloatVector) TYPE.cast(FloatVector.fromArray(F32, scratch, a));
            FloatVector a1 = (FloatVector) TYPE.cast(FloatVector.fromArray(F32, scratch, a + L));
            FloatVector a2 = (FloatVector) TYPE.cast(FloatVector.fromArray(F32, scratch, a + 2 * L));
            FloatVector a3 = (FloatVector) TYPE.cast(FloatVector.fromArray(F32, scratch, a + 3 * L));
            FloatVector a4 = (FloatVector) TYPE.cast(FloatVector.fromArray(F32, scratch, a + 4 * L));
            FloatVector a5 = (FloatVector) TYPE.cast(FloatVector.fromArray(F32, scratch, a + 5 * L));
            for (; i < end; i += 1) {
                long aEntry = aNext;
                aNext = lists[i + 1];
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
            }
            a0.intoArray(scratch, a);
            a1.intoArray(scratch, a + L);
            a2.intoArray(scratch, a + 2 * L);
            a3.intoArray(scratch, a + 3 * L);
            a4.intoArray(scratch, a + 4 * L);
            a5.intoArray(scratch, a + 5 * L);
        }
    }

    private static void run7(long[] lists, int from, int to, float[] scratch, int tile, int sums) {
        int i = from;
        while (i < to) {
            int end = (int) lists[i];
            int a = sums + (int) (lists[i] >>> 32) * 7 * L;
            i += 1;
            long aNext = lists[i];
            FloatVector a0 = (FloatVector) TYPE.cast(FloatVector.fromArray(F32, scratch, a));
            FloatVector a1 = (FloatVector) TYPE.cast(FloatVector.fromArray(F32, scratch, a + L));
            FloatVector a2 = (FloatVector) TYPE.cast(FloatVector.fromArray(F32, scratch, a + 2 * L));
            FloatVector a3 = (FloatVector) TYPE.cast(FloatVector.fromArray(F32, scratch, a + 3 * L));
            FloatVector a4 = (FloatVector) TYPE.cast(FloatVector.fromArray(F32, scratch, a + 4 * L));
            FloatVector a5 = (FloatVector) TYPE.cast(FloatVector.fromArray(F32, scratch, a + 5 * L));
            FloatVector a6 = (FloatVector) TYPE.cast(FloatVector.fromArray(F32, scratch, a + 6 * L));
            for (; i < end; i += 1) {
                long aEntry = aNext;
                aNext = lists[i + 1];
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
            }
            a0.intoArray(scratch, a);
            a1.intoArray(scratch, a + L);
            a2.intoArray(scratch, a + 2 * L);
            a3.intoArray(scratch, a + 3 * L);
            a4.intoArray(scratch, a + 4 * L);
            a5.intoArray(scratch, a + 5 * L);
            a6.intoArray(scratch, a + 6 * L);
        }
    }

    private static void run8(long[] lists, int from, int to, float[] scratch, int tile, int sums) {
        int i = from;
        while (i < to) {
            int end = (int) lists[i];
            int a = sums + (int) (lists[i] >>> 32) * 8 * L;
            i += 1;
            long aNext = lists[i];
            FloatVector a0 = (FloatVector) TYPE.cast(FloatVector.fromArray(F32, scratch, a));
            FloatVector a1 = (FloatVector) TYPE.cast(FloatVector.fromArray(F32, scratch, a + L));
            FloatVector a2 = (FloatVector) TYPE.cast(FloatVector.fromArray(F32, scratch, a + 2 * L));
            FloatVector a3 = (FloatVector) TYPE.cast(FloatVector.fromArray(F32, scratch, a + 3 * L));
            FloatVector a4 = (FloatVector) TYPE.cast(FloatVector.fromArray(F32, scratch, a + 4 * L));
            FloatVector a5 = (FloatVector) TYPE.cast(FloatVector.fromArray(F32, scratch, a + 5 * L));
            FloatVector a6 = (FloatVector) TYPE.cast(FloatVector.fromArray(F32, scratch, a + 6 * L));
            FloatVector a7 = (FloatVector) TYPE.cast(FloatVector.fromArray(F32, scratch, a + 7 * L));
            for (; i < end; i += 1) {
                long aEntry = aNext;
                aNext = lists[i + 1];
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
            }
            a0.intoArray(scratch, a);
            a1.intoArray(scratch, a + L);
            a2.intoArray(scratch, a + 2 * L);
            a3.intoArray(scratch, a + 3 * L);
            a4.intoArray(scratch, a + 4 * L);
            a5.intoArray(scratch, a + 5 * L);
            a6.intoArray(scratch, a + 6 * L);
            a7.intoArray(scratch, a + 7 * L);
        }
    }
}
