package org.lanewise.kernels.sparse;

import static org.lanewise.kernels.Species.F32;
import static org.lanewise.kernels.Species.I32;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.Vector;
import org.lanewise.kernels.Simd;

/**
 * {@link TapTiles} on vectors, one method for every width of a segment. What the compiler makes of the inner loop is bound by two loads a cycle, if value and
 * offset of an entry come from one array and tile and sums from another: with more arrays it runs out of registers for their addresses and moves one to a vector
 * register and back in every step.
 */
final class TapTilesVector {
    /** Says which class loop-carried vectors have: C2 would ask a profile that all users of vectors share. */
    private static final Class<? extends Vector<Float>> TYPE = F32.vectorType();

    private static final int L = Simd.LANES;

    private TapTilesVector() {}

    /** Arguments as {@link TapTiles#run}'s. */
    static void run(
            int width, int[] entries, int[] starts, int first, int channels, float[] scratch, int tile, int sums) {
        switch (width) {
            case 4 -> run4(entries, starts, first, channels, scratch, tile, sums);
            case 5 -> run5(entries, starts, first, channels, scratch, tile, sums);
            case 6 -> run6(entries, starts, first, channels, scratch, tile, sums);
            case 7 -> run7(entries, starts, first, channels, scratch, tile, sums);
            case 8 -> run8(entries, starts, first, channels, scratch, tile, sums);
            default -> throw new IllegalArgumentException("segments have 4 to 8 pixels, got " + width);
        }
    }

    private static void run4(
            int[] entries, int[] starts, int first, int channels, float[] scratch, int tile, int sums) {
        for (int n = 0; n < channels; n++) {
            int at = sums + n * 4 * L;
            FloatVector a0 = (FloatVector) TYPE.cast(FloatVector.zero(F32));
            FloatVector a1 = (FloatVector) TYPE.cast(FloatVector.zero(F32));
            FloatVector a2 = (FloatVector) TYPE.cast(FloatVector.zero(F32));
            FloatVector a3 = (FloatVector) TYPE.cast(FloatVector.zero(F32));
            FloatVector b0 = (FloatVector) TYPE.cast(FloatVector.zero(F32));
            FloatVector b1 = (FloatVector) TYPE.cast(FloatVector.zero(F32));
            FloatVector b2 = (FloatVector) TYPE.cast(FloatVector.zero(F32));
            FloatVector b3 = (FloatVector) TYPE.cast(FloatVector.zero(F32));
            int end = starts[first + n + 1];
            for (int i = starts[first + n]; i < end; i += 4) {
                FloatVector v = IntVector.broadcast(I32, entries[i]).reinterpretAsFloats();
                int x = tile + entries[i + 1];
                FloatVector w = IntVector.broadcast(I32, entries[i + 2]).reinterpretAsFloats();
                int y = tile + entries[i + 3];
                FloatVector x0 = FloatVector.fromArray(F32, scratch, x);
                FloatVector x1 = FloatVector.fromArray(F32, scratch, x + L);
                FloatVector x2 = FloatVector.fromArray(F32, scratch, x + 2 * L);
                FloatVector x3 = FloatVector.fromArray(F32, scratch, x + 3 * L);
                FloatVector y0 = FloatVector.fromArray(F32, scratch, y);
                FloatVector y1 = FloatVector.fromArray(F32, scratch, y + L);
                FloatVector y2 = FloatVector.fromArray(F32, scratch, y + 2 * L);
                FloatVector y3 = FloatVector.fromArray(F32, scratch, y + 3 * L);
                a0 = (FloatVector)
                        TYPE.cast(Simd.FMA ? x0.fma(v, a0) : x0.mul(v).add(a0));
                a1 = (FloatVector)
                        TYPE.cast(Simd.FMA ? x1.fma(v, a1) : x1.mul(v).add(a1));
                a2 = (FloatVector)
                        TYPE.cast(Simd.FMA ? x2.fma(v, a2) : x2.mul(v).add(a2));
                a3 = (FloatVector)
                        TYPE.cast(Simd.FMA ? x3.fma(v, a3) : x3.mul(v).add(a3));
                b0 = (FloatVector)
                        TYPE.cast(Simd.FMA ? y0.fma(w, b0) : y0.mul(w).add(b0));
                b1 = (FloatVector)
                        TYPE.cast(Simd.FMA ? y1.fma(w, b1) : y1.mul(w).add(b1));
                b2 = (FloatVector)
                        TYPE.cast(Simd.FMA ? y2.fma(w, b2) : y2.mul(w).add(b2));
                b3 = (FloatVector)
                        TYPE.cast(Simd.FMA ? y3.fma(w, b3) : y3.mul(w).add(b3));
            }
            a0.add(b0).add(FloatVector.fromArray(F32, scratch, at)).intoArray(scratch, at);
            a1.add(b1).add(FloatVector.fromArray(F32, scratch, at + L)).intoArray(scratch, at + L);
            a2.add(b2).add(FloatVector.fromArray(F32, scratch, at + 2 * L)).intoArray(scratch, at + 2 * L);
            a3.add(b3).add(FloatVector.fromArray(F32, scratch, at + 3 * L)).intoArray(scratch, at + 3 * L);
        }
    }

    private static void run5(
            int[] entries, int[] starts, int first, int channels, float[] scratch, int tile, int sums) {
        for (int n = 0; n < channels; n++) {
            int at = sums + n * 5 * L;
            FloatVector a0 = (FloatVector) TYPE.cast(FloatVector.zero(F32));
            FloatVector a1 = (FloatVector) TYPE.cast(FloatVector.zero(F32));
            FloatVector a2 = (FloatVector) TYPE.cast(FloatVector.zero(F32));
            FloatVector a3 = (FloatVector) TYPE.cast(FloatVector.zero(F32));
            FloatVector a4 = (FloatVector) TYPE.cast(FloatVector.zero(F32));
            int end = starts[first + n + 1];
            for (int i = starts[first + n]; i < end; i += 4) {
                FloatVector v = IntVector.broadcast(I32, entries[i]).reinterpretAsFloats();
                int x = tile + entries[i + 1];
                FloatVector w = IntVector.broadcast(I32, entries[i + 2]).reinterpretAsFloats();
                int y = tile + entries[i + 3];
                FloatVector x0 = FloatVector.fromArray(F32, scratch, x);
                FloatVector x1 = FloatVector.fromArray(F32, scratch, x + L);
                FloatVector x2 = FloatVector.fromArray(F32, scratch, x + 2 * L);
                FloatVector x3 = FloatVector.fromArray(F32, scratch, x + 3 * L);
                FloatVector x4 = FloatVector.fromArray(F32, scratch, x + 4 * L);
                FloatVector y0 = FloatVector.fromArray(F32, scratch, y);
                FloatVector y1 = FloatVector.fromArray(F32, scratch, y + L);
                FloatVector y2 = FloatVector.fromArray(F32, scratch, y + 2 * L);
                FloatVector y3 = FloatVector.fromArray(F32, scratch, y + 3 * L);
                FloatVector y4 = FloatVector.fromArray(F32, scratch, y + 4 * L);
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
                a0 = (FloatVector)
                        TYPE.cast(Simd.FMA ? y0.fma(w, a0) : y0.mul(w).add(a0));
                a1 = (FloatVector)
                        TYPE.cast(Simd.FMA ? y1.fma(w, a1) : y1.mul(w).add(a1));
                a2 = (FloatVector)
                        TYPE.cast(Simd.FMA ? y2.fma(w, a2) : y2.mul(w).add(a2));
                a3 = (FloatVector)
                        TYPE.cast(Simd.FMA ? y3.fma(w, a3) : y3.mul(w).add(a3));
                a4 = (FloatVector)
                        TYPE.cast(Simd.FMA ? y4.fma(w, a4) : y4.mul(w).add(a4));
            }
            a0.add(FloatVector.fromArray(F32, scratch, at)).intoArray(scratch, at);
            a1.add(FloatVector.fromArray(F32, scratch, at + L)).intoArray(scratch, at + L);
            a2.add(FloatVector.fromArray(F32, scratch, at + 2 * L)).intoArray(scratch, at + 2 * L);
            a3.add(FloatVector.fromArray(F32, scratch, at + 3 * L)).intoArray(scratch, at + 3 * L);
            a4.add(FloatVector.fromArray(F32, scratch, at + 4 * L)).intoArray(scratch, at + 4 * L);
        }
    }

    private static void run6(
            int[] entries, int[] starts, int first, int channels, float[] scratch, int tile, int sums) {
        for (int n = 0; n < channels; n++) {
            int at = sums + n * 6 * L;
            FloatVector a0 = (FloatVector) TYPE.cast(FloatVector.zero(F32));
            FloatVector a1 = (FloatVector) TYPE.cast(FloatVector.zero(F32));
            FloatVector a2 = (FloatVector) TYPE.cast(FloatVector.zero(F32));
            FloatVector a3 = (FloatVector) TYPE.cast(FloatVector.zero(F32));
            FloatVector a4 = (FloatVector) TYPE.cast(FloatVector.zero(F32));
            FloatVector a5 = (FloatVector) TYPE.cast(FloatVector.zero(F32));
            int end = starts[first + n + 1];
            for (int i = starts[first + n]; i < end; i += 4) {
                FloatVector v = IntVector.broadcast(I32, entries[i]).reinterpretAsFloats();
                int x = tile + entries[i + 1];
                FloatVector w = IntVector.broadcast(I32, entries[i + 2]).reinterpretAsFloats();
                int y = tile + entries[i + 3];
                FloatVector x0 = FloatVector.fromArray(F32, scratch, x);
                FloatVector x1 = FloatVector.fromArray(F32, scratch, x + L);
                FloatVector x2 = FloatVector.fromArray(F32, scratch, x + 2 * L);
                FloatVector x3 = FloatVector.fromArray(F32, scratch, x + 3 * L);
                FloatVector x4 = FloatVector.fromArray(F32, scratch, x + 4 * L);
                FloatVector x5 = FloatVector.fromArray(F32, scratch, x + 5 * L);
                FloatVector y0 = FloatVector.fromArray(F32, scratch, y);
                FloatVector y1 = FloatVector.fromArray(F32, scratch, y + L);
                FloatVector y2 = FloatVector.fromArray(F32, scratch, y + 2 * L);
                FloatVector y3 = FloatVector.fromArray(F32, scratch, y + 3 * L);
                FloatVector y4 = FloatVector.fromArray(F32, scratch, y + 4 * L);
                FloatVector y5 = FloatVector.fromArray(F32, scratch, y + 5 * L);
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
                a0 = (FloatVector)
                        TYPE.cast(Simd.FMA ? y0.fma(w, a0) : y0.mul(w).add(a0));
                a1 = (FloatVector)
                        TYPE.cast(Simd.FMA ? y1.fma(w, a1) : y1.mul(w).add(a1));
                a2 = (FloatVector)
                        TYPE.cast(Simd.FMA ? y2.fma(w, a2) : y2.mul(w).add(a2));
                a3 = (FloatVector)
                        TYPE.cast(Simd.FMA ? y3.fma(w, a3) : y3.mul(w).add(a3));
                a4 = (FloatVector)
                        TYPE.cast(Simd.FMA ? y4.fma(w, a4) : y4.mul(w).add(a4));
                a5 = (FloatVector)
                        TYPE.cast(Simd.FMA ? y5.fma(w, a5) : y5.mul(w).add(a5));
            }
            a0.add(FloatVector.fromArray(F32, scratch, at)).intoArray(scratch, at);
            a1.add(FloatVector.fromArray(F32, scratch, at + L)).intoArray(scratch, at + L);
            a2.add(FloatVector.fromArray(F32, scratch, at + 2 * L)).intoArray(scratch, at + 2 * L);
            a3.add(FloatVector.fromArray(F32, scratch, at + 3 * L)).intoArray(scratch, at + 3 * L);
            a4.add(FloatVector.fromArray(F32, scratch, at + 4 * L)).intoArray(scratch, at + 4 * L);
            a5.add(FloatVector.fromArray(F32, scratch, at + 5 * L)).intoArray(scratch, at + 5 * L);
        }
    }

    private static void run7(
            int[] entries, int[] starts, int first, int channels, float[] scratch, int tile, int sums) {
        for (int n = 0; n < channels; n++) {
            int at = sums + n * 7 * L;
            FloatVector a0 = (FloatVector) TYPE.cast(FloatVector.zero(F32));
            FloatVector a1 = (FloatVector) TYPE.cast(FloatVector.zero(F32));
            FloatVector a2 = (FloatVector) TYPE.cast(FloatVector.zero(F32));
            FloatVector a3 = (FloatVector) TYPE.cast(FloatVector.zero(F32));
            FloatVector a4 = (FloatVector) TYPE.cast(FloatVector.zero(F32));
            FloatVector a5 = (FloatVector) TYPE.cast(FloatVector.zero(F32));
            FloatVector a6 = (FloatVector) TYPE.cast(FloatVector.zero(F32));
            int end = starts[first + n + 1];
            for (int i = starts[first + n]; i < end; i += 4) {
                FloatVector v = IntVector.broadcast(I32, entries[i]).reinterpretAsFloats();
                int x = tile + entries[i + 1];
                FloatVector w = IntVector.broadcast(I32, entries[i + 2]).reinterpretAsFloats();
                int y = tile + entries[i + 3];
                FloatVector x0 = FloatVector.fromArray(F32, scratch, x);
                FloatVector x1 = FloatVector.fromArray(F32, scratch, x + L);
                FloatVector x2 = FloatVector.fromArray(F32, scratch, x + 2 * L);
                FloatVector x3 = FloatVector.fromArray(F32, scratch, x + 3 * L);
                FloatVector x4 = FloatVector.fromArray(F32, scratch, x + 4 * L);
                FloatVector x5 = FloatVector.fromArray(F32, scratch, x + 5 * L);
                FloatVector x6 = FloatVector.fromArray(F32, scratch, x + 6 * L);
                FloatVector y0 = FloatVector.fromArray(F32, scratch, y);
                FloatVector y1 = FloatVector.fromArray(F32, scratch, y + L);
                FloatVector y2 = FloatVector.fromArray(F32, scratch, y + 2 * L);
                FloatVector y3 = FloatVector.fromArray(F32, scratch, y + 3 * L);
                FloatVector y4 = FloatVector.fromArray(F32, scratch, y + 4 * L);
                FloatVector y5 = FloatVector.fromArray(F32, scratch, y + 5 * L);
                FloatVector y6 = FloatVector.fromArray(F32, scratch, y + 6 * L);
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
                a0 = (FloatVector)
                        TYPE.cast(Simd.FMA ? y0.fma(w, a0) : y0.mul(w).add(a0));
                a1 = (FloatVector)
                        TYPE.cast(Simd.FMA ? y1.fma(w, a1) : y1.mul(w).add(a1));
                a2 = (FloatVector)
                        TYPE.cast(Simd.FMA ? y2.fma(w, a2) : y2.mul(w).add(a2));
                a3 = (FloatVector)
                        TYPE.cast(Simd.FMA ? y3.fma(w, a3) : y3.mul(w).add(a3));
                a4 = (FloatVector)
                        TYPE.cast(Simd.FMA ? y4.fma(w, a4) : y4.mul(w).add(a4));
                a5 = (FloatVector)
                        TYPE.cast(Simd.FMA ? y5.fma(w, a5) : y5.mul(w).add(a5));
                a6 = (FloatVector)
                        TYPE.cast(Simd.FMA ? y6.fma(w, a6) : y6.mul(w).add(a6));
            }
            a0.add(FloatVector.fromArray(F32, scratch, at)).intoArray(scratch, at);
            a1.add(FloatVector.fromArray(F32, scratch, at + L)).intoArray(scratch, at + L);
            a2.add(FloatVector.fromArray(F32, scratch, at + 2 * L)).intoArray(scratch, at + 2 * L);
            a3.add(FloatVector.fromArray(F32, scratch, at + 3 * L)).intoArray(scratch, at + 3 * L);
            a4.add(FloatVector.fromArray(F32, scratch, at + 4 * L)).intoArray(scratch, at + 4 * L);
            a5.add(FloatVector.fromArray(F32, scratch, at + 5 * L)).intoArray(scratch, at + 5 * L);
            a6.add(FloatVector.fromArray(F32, scratch, at + 6 * L)).intoArray(scratch, at + 6 * L);
        }
    }

    private static void run8(
            int[] entries, int[] starts, int first, int channels, float[] scratch, int tile, int sums) {
        for (int n = 0; n < channels; n++) {
            int at = sums + n * 8 * L;
            FloatVector a0 = (FloatVector) TYPE.cast(FloatVector.zero(F32));
            FloatVector a1 = (FloatVector) TYPE.cast(FloatVector.zero(F32));
            FloatVector a2 = (FloatVector) TYPE.cast(FloatVector.zero(F32));
            FloatVector a3 = (FloatVector) TYPE.cast(FloatVector.zero(F32));
            FloatVector a4 = (FloatVector) TYPE.cast(FloatVector.zero(F32));
            FloatVector a5 = (FloatVector) TYPE.cast(FloatVector.zero(F32));
            FloatVector a6 = (FloatVector) TYPE.cast(FloatVector.zero(F32));
            FloatVector a7 = (FloatVector) TYPE.cast(FloatVector.zero(F32));
            int end = starts[first + n + 1];
            for (int i = starts[first + n]; i < end; i += 4) {
                FloatVector v = IntVector.broadcast(I32, entries[i]).reinterpretAsFloats();
                int x = tile + entries[i + 1];
                FloatVector w = IntVector.broadcast(I32, entries[i + 2]).reinterpretAsFloats();
                int y = tile + entries[i + 3];
                FloatVector x0 = FloatVector.fromArray(F32, scratch, x);
                FloatVector x1 = FloatVector.fromArray(F32, scratch, x + L);
                FloatVector x2 = FloatVector.fromArray(F32, scratch, x + 2 * L);
                FloatVector x3 = FloatVector.fromArray(F32, scratch, x + 3 * L);
                FloatVector x4 = FloatVector.fromArray(F32, scratch, x + 4 * L);
                FloatVector x5 = FloatVector.fromArray(F32, scratch, x + 5 * L);
                FloatVector x6 = FloatVector.fromArray(F32, scratch, x + 6 * L);
                FloatVector x7 = FloatVector.fromArray(F32, scratch, x + 7 * L);
                FloatVector y0 = FloatVector.fromArray(F32, scratch, y);
                FloatVector y1 = FloatVector.fromArray(F32, scratch, y + L);
                FloatVector y2 = FloatVector.fromArray(F32, scratch, y + 2 * L);
                FloatVector y3 = FloatVector.fromArray(F32, scratch, y + 3 * L);
                FloatVector y4 = FloatVector.fromArray(F32, scratch, y + 4 * L);
                FloatVector y5 = FloatVector.fromArray(F32, scratch, y + 5 * L);
                FloatVector y6 = FloatVector.fromArray(F32, scratch, y + 6 * L);
                FloatVector y7 = FloatVector.fromArray(F32, scratch, y + 7 * L);
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
                a0 = (FloatVector)
                        TYPE.cast(Simd.FMA ? y0.fma(w, a0) : y0.mul(w).add(a0));
                a1 = (FloatVector)
                        TYPE.cast(Simd.FMA ? y1.fma(w, a1) : y1.mul(w).add(a1));
                a2 = (FloatVector)
                        TYPE.cast(Simd.FMA ? y2.fma(w, a2) : y2.mul(w).add(a2));
                a3 = (FloatVector)
                        TYPE.cast(Simd.FMA ? y3.fma(w, a3) : y3.mul(w).add(a3));
                a4 = (FloatVector)
                        TYPE.cast(Simd.FMA ? y4.fma(w, a4) : y4.mul(w).add(a4));
                a5 = (FloatVector)
                        TYPE.cast(Simd.FMA ? y5.fma(w, a5) : y5.mul(w).add(a5));
                a6 = (FloatVector)
                        TYPE.cast(Simd.FMA ? y6.fma(w, a6) : y6.mul(w).add(a6));
                a7 = (FloatVector)
                        TYPE.cast(Simd.FMA ? y7.fma(w, a7) : y7.mul(w).add(a7));
            }
            a0.add(FloatVector.fromArray(F32, scratch, at)).intoArray(scratch, at);
            a1.add(FloatVector.fromArray(F32, scratch, at + L)).intoArray(scratch, at + L);
            a2.add(FloatVector.fromArray(F32, scratch, at + 2 * L)).intoArray(scratch, at + 2 * L);
            a3.add(FloatVector.fromArray(F32, scratch, at + 3 * L)).intoArray(scratch, at + 3 * L);
            a4.add(FloatVector.fromArray(F32, scratch, at + 4 * L)).intoArray(scratch, at + 4 * L);
            a5.add(FloatVector.fromArray(F32, scratch, at + 5 * L)).intoArray(scratch, at + 5 * L);
            a6.add(FloatVector.fromArray(F32, scratch, at + 6 * L)).intoArray(scratch, at + 6 * L);
            a7.add(FloatVector.fromArray(F32, scratch, at + 7 * L)).intoArray(scratch, at + 7 * L);
        }
    }
}
