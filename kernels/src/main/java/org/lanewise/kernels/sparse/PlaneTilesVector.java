package org.lanewise.kernels.sparse;

import static org.lanewise.kernels.Species.F32;
import static org.lanewise.kernels.Species.I32;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.Vector;
import org.lanewise.kernels.Simd;

/**
 * {@link PlaneTiles} on vectors, one method for every number of vectors. Short runs add every other entry to sums of their own, because one step would wait for the one before.
 */
final class PlaneTilesVector {
    /** Says which class loop-carried vectors have: C2 would ask a profile that all users of vectors share. */
    private static final Class<? extends Vector<Float>> TYPE = F32.vectorType();

    private static final int L = Simd.LANES;

    private PlaneTilesVector() {}

    static void run3(
            int[] entries,
            int[] starts,
            int[] order,
            int from,
            int to,
            float[] bias,
            float lower,
            float[] work,
            int tile,
            float[] first,
            int firstAt,
            int firstRow,
            int step,
            float[] y,
            int yAt,
            int yRow) {
        FloatVector least = FloatVector.broadcast(F32, lower);
        for (int n = from; n < to; n++) {
            int channel = order[n];
            int start = firstAt + channel * firstRow;
            int out = yAt + channel * yRow;
            FloatVector b = FloatVector.broadcast(F32, bias[channel]);
            FloatVector a0 = (FloatVector)
                    TYPE.cast(FloatVector.fromArray(F32, first, start).add(b));
            FloatVector a1 = (FloatVector)
                    TYPE.cast(FloatVector.fromArray(F32, first, start + step).add(b));
            FloatVector a2 = (FloatVector) TYPE.cast(
                    FloatVector.fromArray(F32, first, start + 2 * step).add(b));
            FloatVector c0 = (FloatVector) TYPE.cast(FloatVector.zero(F32));
            FloatVector c1 = (FloatVector) TYPE.cast(FloatVector.zero(F32));
            FloatVector c2 = (FloatVector) TYPE.cast(FloatVector.zero(F32));
            int i = starts[n];
            int end = starts[n + 1];
            for (; i + 2 < end; i += 4) {
                FloatVector v = IntVector.broadcast(I32, entries[i]).reinterpretAsFloats();
                int x = tile + entries[i + 1] * (3 * L);
                FloatVector w = IntVector.broadcast(I32, entries[i + 2]).reinterpretAsFloats();
                int z = tile + entries[i + 3] * (3 * L);
                FloatVector x0 = FloatVector.fromArray(F32, work, x);
                FloatVector x1 = FloatVector.fromArray(F32, work, x + L);
                FloatVector x2 = FloatVector.fromArray(F32, work, x + 2 * L);
                FloatVector z0 = FloatVector.fromArray(F32, work, z);
                FloatVector z1 = FloatVector.fromArray(F32, work, z + L);
                FloatVector z2 = FloatVector.fromArray(F32, work, z + 2 * L);
                a0 = (FloatVector)
                        TYPE.cast(Simd.FMA ? x0.fma(v, a0) : x0.mul(v).add(a0));
                a1 = (FloatVector)
                        TYPE.cast(Simd.FMA ? x1.fma(v, a1) : x1.mul(v).add(a1));
                a2 = (FloatVector)
                        TYPE.cast(Simd.FMA ? x2.fma(v, a2) : x2.mul(v).add(a2));
                c0 = (FloatVector)
                        TYPE.cast(Simd.FMA ? z0.fma(w, c0) : z0.mul(w).add(c0));
                c1 = (FloatVector)
                        TYPE.cast(Simd.FMA ? z1.fma(w, c1) : z1.mul(w).add(c1));
                c2 = (FloatVector)
                        TYPE.cast(Simd.FMA ? z2.fma(w, c2) : z2.mul(w).add(c2));
            }
            for (; i < end; i += 2) {
                FloatVector v = IntVector.broadcast(I32, entries[i]).reinterpretAsFloats();
                int x = tile + entries[i + 1] * (3 * L);
                FloatVector x0 = FloatVector.fromArray(F32, work, x);
                FloatVector x1 = FloatVector.fromArray(F32, work, x + L);
                FloatVector x2 = FloatVector.fromArray(F32, work, x + 2 * L);
                a0 = (FloatVector)
                        TYPE.cast(Simd.FMA ? x0.fma(v, a0) : x0.mul(v).add(a0));
                a1 = (FloatVector)
                        TYPE.cast(Simd.FMA ? x1.fma(v, a1) : x1.mul(v).add(a1));
                a2 = (FloatVector)
                        TYPE.cast(Simd.FMA ? x2.fma(v, a2) : x2.mul(v).add(a2));
            }
            FloatVector s0 = a0.add(c0);
            FloatVector s1 = a1.add(c1);
            FloatVector s2 = a2.add(c2);
            s0.blend(least, s0.lt(least)).intoArray(y, out);
            s1.blend(least, s1.lt(least)).intoArray(y, out + L);
            s2.blend(least, s2.lt(least)).intoArray(y, out + 2 * L);
        }
    }

    static void run4(
            int[] entries,
            int[] starts,
            int[] order,
            int from,
            int to,
            float[] bias,
            float lower,
            float[] work,
            int tile,
            float[] first,
            int firstAt,
            int firstRow,
            int step,
            float[] y,
            int yAt,
            int yRow) {
        FloatVector least = FloatVector.broadcast(F32, lower);
        for (int n = from; n < to; n++) {
            int channel = order[n];
            int start = firstAt + channel * firstRow;
            int out = yAt + channel * yRow;
            FloatVector b = FloatVector.broadcast(F32, bias[channel]);
            FloatVector a0 = (FloatVector)
                    TYPE.cast(FloatVector.fromArray(F32, first, start).add(b));
            FloatVector a1 = (FloatVector)
                    TYPE.cast(FloatVector.fromArray(F32, first, start + step).add(b));
            FloatVector a2 = (FloatVector) TYPE.cast(
                    FloatVector.fromArray(F32, first, start + 2 * step).add(b));
            FloatVector a3 = (FloatVector) TYPE.cast(
                    FloatVector.fromArray(F32, first, start + 3 * step).add(b));
            FloatVector c0 = (FloatVector) TYPE.cast(FloatVector.zero(F32));
            FloatVector c1 = (FloatVector) TYPE.cast(FloatVector.zero(F32));
            FloatVector c2 = (FloatVector) TYPE.cast(FloatVector.zero(F32));
            FloatVector c3 = (FloatVector) TYPE.cast(FloatVector.zero(F32));
            int i = starts[n];
            int end = starts[n + 1];
            for (; i + 2 < end; i += 4) {
                FloatVector v = IntVector.broadcast(I32, entries[i]).reinterpretAsFloats();
                int x = tile + entries[i + 1] * (4 * L);
                FloatVector w = IntVector.broadcast(I32, entries[i + 2]).reinterpretAsFloats();
                int z = tile + entries[i + 3] * (4 * L);
                FloatVector x0 = FloatVector.fromArray(F32, work, x);
                FloatVector x1 = FloatVector.fromArray(F32, work, x + L);
                FloatVector x2 = FloatVector.fromArray(F32, work, x + 2 * L);
                FloatVector x3 = FloatVector.fromArray(F32, work, x + 3 * L);
                FloatVector z0 = FloatVector.fromArray(F32, work, z);
                FloatVector z1 = FloatVector.fromArray(F32, work, z + L);
                FloatVector z2 = FloatVector.fromArray(F32, work, z + 2 * L);
                FloatVector z3 = FloatVector.fromArray(F32, work, z + 3 * L);
                a0 = (FloatVector)
                        TYPE.cast(Simd.FMA ? x0.fma(v, a0) : x0.mul(v).add(a0));
                a1 = (FloatVector)
                        TYPE.cast(Simd.FMA ? x1.fma(v, a1) : x1.mul(v).add(a1));
                a2 = (FloatVector)
                        TYPE.cast(Simd.FMA ? x2.fma(v, a2) : x2.mul(v).add(a2));
                a3 = (FloatVector)
                        TYPE.cast(Simd.FMA ? x3.fma(v, a3) : x3.mul(v).add(a3));
                c0 = (FloatVector)
                        TYPE.cast(Simd.FMA ? z0.fma(w, c0) : z0.mul(w).add(c0));
                c1 = (FloatVector)
                        TYPE.cast(Simd.FMA ? z1.fma(w, c1) : z1.mul(w).add(c1));
                c2 = (FloatVector)
                        TYPE.cast(Simd.FMA ? z2.fma(w, c2) : z2.mul(w).add(c2));
                c3 = (FloatVector)
                        TYPE.cast(Simd.FMA ? z3.fma(w, c3) : z3.mul(w).add(c3));
            }
            for (; i < end; i += 2) {
                FloatVector v = IntVector.broadcast(I32, entries[i]).reinterpretAsFloats();
                int x = tile + entries[i + 1] * (4 * L);
                FloatVector x0 = FloatVector.fromArray(F32, work, x);
                FloatVector x1 = FloatVector.fromArray(F32, work, x + L);
                FloatVector x2 = FloatVector.fromArray(F32, work, x + 2 * L);
                FloatVector x3 = FloatVector.fromArray(F32, work, x + 3 * L);
                a0 = (FloatVector)
                        TYPE.cast(Simd.FMA ? x0.fma(v, a0) : x0.mul(v).add(a0));
                a1 = (FloatVector)
                        TYPE.cast(Simd.FMA ? x1.fma(v, a1) : x1.mul(v).add(a1));
                a2 = (FloatVector)
                        TYPE.cast(Simd.FMA ? x2.fma(v, a2) : x2.mul(v).add(a2));
                a3 = (FloatVector)
                        TYPE.cast(Simd.FMA ? x3.fma(v, a3) : x3.mul(v).add(a3));
            }
            FloatVector s0 = a0.add(c0);
            FloatVector s1 = a1.add(c1);
            FloatVector s2 = a2.add(c2);
            FloatVector s3 = a3.add(c3);
            s0.blend(least, s0.lt(least)).intoArray(y, out);
            s1.blend(least, s1.lt(least)).intoArray(y, out + L);
            s2.blend(least, s2.lt(least)).intoArray(y, out + 2 * L);
            s3.blend(least, s3.lt(least)).intoArray(y, out + 3 * L);
        }
    }

    static void run6(
            int[] entries,
            int[] starts,
            int[] order,
            int from,
            int to,
            float[] bias,
            float lower,
            float[] work,
            int tile,
            float[] first,
            int firstAt,
            int firstRow,
            int step,
            float[] y,
            int yAt,
            int yRow) {
        FloatVector least = FloatVector.broadcast(F32, lower);
        for (int n = from; n < to; n++) {
            int channel = order[n];
            int start = firstAt + channel * firstRow;
            int out = yAt + channel * yRow;
            FloatVector b = FloatVector.broadcast(F32, bias[channel]);
            FloatVector a0 = (FloatVector)
                    TYPE.cast(FloatVector.fromArray(F32, first, start).add(b));
            FloatVector a1 = (FloatVector)
                    TYPE.cast(FloatVector.fromArray(F32, first, start + step).add(b));
            FloatVector a2 = (FloatVector) TYPE.cast(
                    FloatVector.fromArray(F32, first, start + 2 * step).add(b));
            FloatVector a3 = (FloatVector) TYPE.cast(
                    FloatVector.fromArray(F32, first, start + 3 * step).add(b));
            FloatVector a4 = (FloatVector) TYPE.cast(
                    FloatVector.fromArray(F32, first, start + 4 * step).add(b));
            FloatVector a5 = (FloatVector) TYPE.cast(
                    FloatVector.fromArray(F32, first, start + 5 * step).add(b));
            int i = starts[n];
            int end = starts[n + 1];
            for (; i + 2 < end; i += 4) {
                FloatVector v = IntVector.broadcast(I32, entries[i]).reinterpretAsFloats();
                int x = tile + entries[i + 1] * (6 * L);
                FloatVector w = IntVector.broadcast(I32, entries[i + 2]).reinterpretAsFloats();
                int z = tile + entries[i + 3] * (6 * L);
                FloatVector x0 = FloatVector.fromArray(F32, work, x);
                FloatVector x1 = FloatVector.fromArray(F32, work, x + L);
                FloatVector x2 = FloatVector.fromArray(F32, work, x + 2 * L);
                FloatVector x3 = FloatVector.fromArray(F32, work, x + 3 * L);
                FloatVector x4 = FloatVector.fromArray(F32, work, x + 4 * L);
                FloatVector x5 = FloatVector.fromArray(F32, work, x + 5 * L);
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
                FloatVector z0 = FloatVector.fromArray(F32, work, z);
                FloatVector z1 = FloatVector.fromArray(F32, work, z + L);
                FloatVector z2 = FloatVector.fromArray(F32, work, z + 2 * L);
                FloatVector z3 = FloatVector.fromArray(F32, work, z + 3 * L);
                FloatVector z4 = FloatVector.fromArray(F32, work, z + 4 * L);
                FloatVector z5 = FloatVector.fromArray(F32, work, z + 5 * L);
                a0 = (FloatVector)
                        TYPE.cast(Simd.FMA ? z0.fma(w, a0) : z0.mul(w).add(a0));
                a1 = (FloatVector)
                        TYPE.cast(Simd.FMA ? z1.fma(w, a1) : z1.mul(w).add(a1));
                a2 = (FloatVector)
                        TYPE.cast(Simd.FMA ? z2.fma(w, a2) : z2.mul(w).add(a2));
                a3 = (FloatVector)
                        TYPE.cast(Simd.FMA ? z3.fma(w, a3) : z3.mul(w).add(a3));
                a4 = (FloatVector)
                        TYPE.cast(Simd.FMA ? z4.fma(w, a4) : z4.mul(w).add(a4));
                a5 = (FloatVector)
                        TYPE.cast(Simd.FMA ? z5.fma(w, a5) : z5.mul(w).add(a5));
            }
            if (i < end) {
                FloatVector v = IntVector.broadcast(I32, entries[i]).reinterpretAsFloats();
                int x = tile + entries[i + 1] * (6 * L);
                FloatVector x0 = FloatVector.fromArray(F32, work, x);
                FloatVector x1 = FloatVector.fromArray(F32, work, x + L);
                FloatVector x2 = FloatVector.fromArray(F32, work, x + 2 * L);
                FloatVector x3 = FloatVector.fromArray(F32, work, x + 3 * L);
                FloatVector x4 = FloatVector.fromArray(F32, work, x + 4 * L);
                FloatVector x5 = FloatVector.fromArray(F32, work, x + 5 * L);
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
            FloatVector s0 = (FloatVector) TYPE.cast(a0);
            FloatVector s1 = (FloatVector) TYPE.cast(a1);
            FloatVector s2 = (FloatVector) TYPE.cast(a2);
            FloatVector s3 = (FloatVector) TYPE.cast(a3);
            FloatVector s4 = (FloatVector) TYPE.cast(a4);
            FloatVector s5 = (FloatVector) TYPE.cast(a5);
            s0.blend(least, s0.lt(least)).intoArray(y, out);
            s1.blend(least, s1.lt(least)).intoArray(y, out + L);
            s2.blend(least, s2.lt(least)).intoArray(y, out + 2 * L);
            s3.blend(least, s3.lt(least)).intoArray(y, out + 3 * L);
            s4.blend(least, s4.lt(least)).intoArray(y, out + 4 * L);
            s5.blend(least, s5.lt(least)).intoArray(y, out + 5 * L);
        }
    }

    static void run9(
            int[] entries,
            int[] starts,
            int[] order,
            int from,
            int to,
            float[] bias,
            float lower,
            float[] work,
            int tile,
            float[] first,
            int firstAt,
            int firstRow,
            int step,
            float[] y,
            int yAt,
            int yRow) {
        FloatVector least = FloatVector.broadcast(F32, lower);
        for (int n = from; n < to; n++) {
            int channel = order[n];
            int start = firstAt + channel * firstRow;
            int out = yAt + channel * yRow;
            FloatVector b = FloatVector.broadcast(F32, bias[channel]);
            FloatVector a0 = (FloatVector)
                    TYPE.cast(FloatVector.fromArray(F32, first, start).add(b));
            FloatVector a1 = (FloatVector)
                    TYPE.cast(FloatVector.fromArray(F32, first, start + step).add(b));
            FloatVector a2 = (FloatVector) TYPE.cast(
                    FloatVector.fromArray(F32, first, start + 2 * step).add(b));
            FloatVector a3 = (FloatVector) TYPE.cast(
                    FloatVector.fromArray(F32, first, start + 3 * step).add(b));
            FloatVector a4 = (FloatVector) TYPE.cast(
                    FloatVector.fromArray(F32, first, start + 4 * step).add(b));
            FloatVector a5 = (FloatVector) TYPE.cast(
                    FloatVector.fromArray(F32, first, start + 5 * step).add(b));
            FloatVector a6 = (FloatVector) TYPE.cast(
                    FloatVector.fromArray(F32, first, start + 6 * step).add(b));
            FloatVector a7 = (FloatVector) TYPE.cast(
                    FloatVector.fromArray(F32, first, start + 7 * step).add(b));
            FloatVector a8 = (FloatVector) TYPE.cast(
                    FloatVector.fromArray(F32, first, start + 8 * step).add(b));
            int i = starts[n];
            int end = starts[n + 1];
            for (; i + 2 < end; i += 4) {
                FloatVector v = IntVector.broadcast(I32, entries[i]).reinterpretAsFloats();
                int x = tile + entries[i + 1] * (9 * L);
                FloatVector w = IntVector.broadcast(I32, entries[i + 2]).reinterpretAsFloats();
                int z = tile + entries[i + 3] * (9 * L);
                FloatVector x0 = FloatVector.fromArray(F32, work, x);
                FloatVector x1 = FloatVector.fromArray(F32, work, x + L);
                FloatVector x2 = FloatVector.fromArray(F32, work, x + 2 * L);
                FloatVector x3 = FloatVector.fromArray(F32, work, x + 3 * L);
                FloatVector x4 = FloatVector.fromArray(F32, work, x + 4 * L);
                FloatVector x5 = FloatVector.fromArray(F32, work, x + 5 * L);
                FloatVector x6 = FloatVector.fromArray(F32, work, x + 6 * L);
                FloatVector x7 = FloatVector.fromArray(F32, work, x + 7 * L);
                FloatVector x8 = FloatVector.fromArray(F32, work, x + 8 * L);
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
                a8 = (FloatVector)
                        TYPE.cast(Simd.FMA ? x8.fma(v, a8) : x8.mul(v).add(a8));
                FloatVector z0 = FloatVector.fromArray(F32, work, z);
                FloatVector z1 = FloatVector.fromArray(F32, work, z + L);
                FloatVector z2 = FloatVector.fromArray(F32, work, z + 2 * L);
                FloatVector z3 = FloatVector.fromArray(F32, work, z + 3 * L);
                FloatVector z4 = FloatVector.fromArray(F32, work, z + 4 * L);
                FloatVector z5 = FloatVector.fromArray(F32, work, z + 5 * L);
                FloatVector z6 = FloatVector.fromArray(F32, work, z + 6 * L);
                FloatVector z7 = FloatVector.fromArray(F32, work, z + 7 * L);
                FloatVector z8 = FloatVector.fromArray(F32, work, z + 8 * L);
                a0 = (FloatVector)
                        TYPE.cast(Simd.FMA ? z0.fma(w, a0) : z0.mul(w).add(a0));
                a1 = (FloatVector)
                        TYPE.cast(Simd.FMA ? z1.fma(w, a1) : z1.mul(w).add(a1));
                a2 = (FloatVector)
                        TYPE.cast(Simd.FMA ? z2.fma(w, a2) : z2.mul(w).add(a2));
                a3 = (FloatVector)
                        TYPE.cast(Simd.FMA ? z3.fma(w, a3) : z3.mul(w).add(a3));
                a4 = (FloatVector)
                        TYPE.cast(Simd.FMA ? z4.fma(w, a4) : z4.mul(w).add(a4));
                a5 = (FloatVector)
                        TYPE.cast(Simd.FMA ? z5.fma(w, a5) : z5.mul(w).add(a5));
                a6 = (FloatVector)
                        TYPE.cast(Simd.FMA ? z6.fma(w, a6) : z6.mul(w).add(a6));
                a7 = (FloatVector)
                        TYPE.cast(Simd.FMA ? z7.fma(w, a7) : z7.mul(w).add(a7));
                a8 = (FloatVector)
                        TYPE.cast(Simd.FMA ? z8.fma(w, a8) : z8.mul(w).add(a8));
            }
            if (i < end) {
                FloatVector v = IntVector.broadcast(I32, entries[i]).reinterpretAsFloats();
                int x = tile + entries[i + 1] * (9 * L);
                FloatVector x0 = FloatVector.fromArray(F32, work, x);
                FloatVector x1 = FloatVector.fromArray(F32, work, x + L);
                FloatVector x2 = FloatVector.fromArray(F32, work, x + 2 * L);
                FloatVector x3 = FloatVector.fromArray(F32, work, x + 3 * L);
                FloatVector x4 = FloatVector.fromArray(F32, work, x + 4 * L);
                FloatVector x5 = FloatVector.fromArray(F32, work, x + 5 * L);
                FloatVector x6 = FloatVector.fromArray(F32, work, x + 6 * L);
                FloatVector x7 = FloatVector.fromArray(F32, work, x + 7 * L);
                FloatVector x8 = FloatVector.fromArray(F32, work, x + 8 * L);
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
                a8 = (FloatVector)
                        TYPE.cast(Simd.FMA ? x8.fma(v, a8) : x8.mul(v).add(a8));
            }
            FloatVector s0 = (FloatVector) TYPE.cast(a0);
            FloatVector s1 = (FloatVector) TYPE.cast(a1);
            FloatVector s2 = (FloatVector) TYPE.cast(a2);
            FloatVector s3 = (FloatVector) TYPE.cast(a3);
            FloatVector s4 = (FloatVector) TYPE.cast(a4);
            FloatVector s5 = (FloatVector) TYPE.cast(a5);
            FloatVector s6 = (FloatVector) TYPE.cast(a6);
            FloatVector s7 = (FloatVector) TYPE.cast(a7);
            FloatVector s8 = (FloatVector) TYPE.cast(a8);
            s0.blend(least, s0.lt(least)).intoArray(y, out);
            s1.blend(least, s1.lt(least)).intoArray(y, out + L);
            s2.blend(least, s2.lt(least)).intoArray(y, out + 2 * L);
            s3.blend(least, s3.lt(least)).intoArray(y, out + 3 * L);
            s4.blend(least, s4.lt(least)).intoArray(y, out + 4 * L);
            s5.blend(least, s5.lt(least)).intoArray(y, out + 5 * L);
            s6.blend(least, s6.lt(least)).intoArray(y, out + 6 * L);
            s7.blend(least, s7.lt(least)).intoArray(y, out + 7 * L);
            s8.blend(least, s8.lt(least)).intoArray(y, out + 8 * L);
        }
    }

    /** Copies {@code run} values, whole vectors, of each of {@code planes} planes. */
    static void copy(float[] x, int from, int pixels, int planes, float[] work, int tile, int run) {
        for (int c = 0; c < planes; c++) {
            int at = from + c * pixels;
            int to = tile + c * run;
            for (int i = 0; i < run; i += L) {
                FloatVector.fromArray(F32, x, at + i).intoArray(work, to + i);
            }
        }
    }
}
