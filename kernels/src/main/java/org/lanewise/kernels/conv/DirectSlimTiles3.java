package org.lanewise.kernels.conv;

import static org.lanewise.kernels.Species.F32;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.Vector;
import org.lanewise.kernels.Simd;

/**
 * {@link DirectSlimTiles} for three taps in a row: each value of the input is loaded once for the three pixels it belongs to, because with one vector
 * of output channels loads limit the speed. One step of the loop does three taps.
 */
final class DirectSlimTiles3 {
    private static final int LANES = Simd.LANES;
    private static final Class<? extends Vector<Float>> TYPE = F32.vectorType();

    private DirectSlimTiles3() {}

    /**
     * Sums one tile, see {@link DirectTile}.
     *
     * @param pixels its width: 16, 14 or 8
     */
    static void run(
            int pixels,
            int triples,
            int[] offsets,
            float[] x,
            int at,
            float[] w,
            int wAt,
            float[] start,
            int startAt,
            float[] y,
            int out,
            int step) {
        switch (pixels) {
            case 16 -> pixels16(triples, offsets, x, at, w, wAt, start, startAt, y, out, step);
            case 14 -> pixels14(triples, offsets, x, at, w, wAt, start, startAt, y, out, step);
            case 8 -> pixels8(triples, offsets, x, at, w, wAt, start, startAt, y, out, step);
            default -> throw new IllegalArgumentException("pixels = " + pixels + ": no such tile");
        }
    }

    /** 16 pixels. */
    private static void pixels16(
            int triples,
            int[] offsets,
            float[] x,
            int at,
            float[] w,
            int wAt,
            float[] start,
            int startAt,
            float[] y,
            int out,
            int step) {
        FloatVector a0 = FloatVector.fromArray(F32, start, startAt);
        FloatVector a1 = a0;
        FloatVector a2 = a0;
        FloatVector a3 = a0;
        FloatVector a4 = a0;
        FloatVector a5 = a0;
        FloatVector a6 = a0;
        FloatVector a7 = a0;
        FloatVector a8 = a0;
        FloatVector a9 = a0;
        FloatVector a10 = a0;
        FloatVector a11 = a0;
        FloatVector a12 = a0;
        FloatVector a13 = a0;
        FloatVector a14 = a0;
        FloatVector a15 = a0;
        for (int t = 0; t < triples; t++) {
            int i = at + offsets[3 * t];
            FloatVector w0 = FloatVector.fromArray(F32, w, wAt + t * (3 * LANES));
            FloatVector w1 = FloatVector.fromArray(F32, w, wAt + t * (3 * LANES) + LANES);
            FloatVector w2 = FloatVector.fromArray(F32, w, wAt + t * (3 * LANES) + 2 * LANES);
            FloatVector x0 = FloatVector.broadcast(F32, x[i]);
            a0 = Simd.FMA ? x0.fma(w0, a0) : x0.mul(w0).add(a0);
            FloatVector x1 = FloatVector.broadcast(F32, x[i + 1]);
            a0 = Simd.FMA ? x1.fma(w1, a0) : x1.mul(w1).add(a0);
            a1 = Simd.FMA ? x1.fma(w0, a1) : x1.mul(w0).add(a1);
            FloatVector x2 = FloatVector.broadcast(F32, x[i + 2]);
            a0 = Simd.FMA ? x2.fma(w2, a0) : x2.mul(w2).add(a0);
            a1 = Simd.FMA ? x2.fma(w1, a1) : x2.mul(w1).add(a1);
            a2 = Simd.FMA ? x2.fma(w0, a2) : x2.mul(w0).add(a2);
            FloatVector x3 = FloatVector.broadcast(F32, x[i + 3]);
            a1 = Simd.FMA ? x3.fma(w2, a1) : x3.mul(w2).add(a1);
            a2 = Simd.FMA ? x3.fma(w1, a2) : x3.mul(w1).add(a2);
            a3 = Simd.FMA ? x3.fma(w0, a3) : x3.mul(w0).add(a3);
            FloatVector x4 = FloatVector.broadcast(F32, x[i + 4]);
            a2 = Simd.FMA ? x4.fma(w2, a2) : x4.mul(w2).add(a2);
            a3 = Simd.FMA ? x4.fma(w1, a3) : x4.mul(w1).add(a3);
            a4 = Simd.FMA ? x4.fma(w0, a4) : x4.mul(w0).add(a4);
            FloatVector x5 = FloatVector.broadcast(F32, x[i + 5]);
            a3 = Simd.FMA ? x5.fma(w2, a3) : x5.mul(w2).add(a3);
            a4 = Simd.FMA ? x5.fma(w1, a4) : x5.mul(w1).add(a4);
            a5 = Simd.FMA ? x5.fma(w0, a5) : x5.mul(w0).add(a5);
            FloatVector x6 = FloatVector.broadcast(F32, x[i + 6]);
            a4 = Simd.FMA ? x6.fma(w2, a4) : x6.mul(w2).add(a4);
            a5 = Simd.FMA ? x6.fma(w1, a5) : x6.mul(w1).add(a5);
            a6 = Simd.FMA ? x6.fma(w0, a6) : x6.mul(w0).add(a6);
            FloatVector x7 = FloatVector.broadcast(F32, x[i + 7]);
            a5 = Simd.FMA ? x7.fma(w2, a5) : x7.mul(w2).add(a5);
            a6 = Simd.FMA ? x7.fma(w1, a6) : x7.mul(w1).add(a6);
            a7 = Simd.FMA ? x7.fma(w0, a7) : x7.mul(w0).add(a7);
            FloatVector x8 = FloatVector.broadcast(F32, x[i + 8]);
            a6 = Simd.FMA ? x8.fma(w2, a6) : x8.mul(w2).add(a6);
            a7 = Simd.FMA ? x8.fma(w1, a7) : x8.mul(w1).add(a7);
            a8 = Simd.FMA ? x8.fma(w0, a8) : x8.mul(w0).add(a8);
            FloatVector x9 = FloatVector.broadcast(F32, x[i + 9]);
            a7 = Simd.FMA ? x9.fma(w2, a7) : x9.mul(w2).add(a7);
            a8 = Simd.FMA ? x9.fma(w1, a8) : x9.mul(w1).add(a8);
            a9 = Simd.FMA ? x9.fma(w0, a9) : x9.mul(w0).add(a9);
            FloatVector x10 = FloatVector.broadcast(F32, x[i + 10]);
            a8 = Simd.FMA ? x10.fma(w2, a8) : x10.mul(w2).add(a8);
            a9 = Simd.FMA ? x10.fma(w1, a9) : x10.mul(w1).add(a9);
            a10 = Simd.FMA ? x10.fma(w0, a10) : x10.mul(w0).add(a10);
            FloatVector x11 = FloatVector.broadcast(F32, x[i + 11]);
            a9 = Simd.FMA ? x11.fma(w2, a9) : x11.mul(w2).add(a9);
            a10 = Simd.FMA ? x11.fma(w1, a10) : x11.mul(w1).add(a10);
            a11 = Simd.FMA ? x11.fma(w0, a11) : x11.mul(w0).add(a11);
            FloatVector x12 = FloatVector.broadcast(F32, x[i + 12]);
            a10 = Simd.FMA ? x12.fma(w2, a10) : x12.mul(w2).add(a10);
            a11 = Simd.FMA ? x12.fma(w1, a11) : x12.mul(w1).add(a11);
            a12 = Simd.FMA ? x12.fma(w0, a12) : x12.mul(w0).add(a12);
            FloatVector x13 = FloatVector.broadcast(F32, x[i + 13]);
            a11 = Simd.FMA ? x13.fma(w2, a11) : x13.mul(w2).add(a11);
            a12 = Simd.FMA ? x13.fma(w1, a12) : x13.mul(w1).add(a12);
            a13 = Simd.FMA ? x13.fma(w0, a13) : x13.mul(w0).add(a13);
            FloatVector x14 = FloatVector.broadcast(F32, x[i + 14]);
            a12 = Simd.FMA ? x14.fma(w2, a12) : x14.mul(w2).add(a12);
            a13 = Simd.FMA ? x14.fma(w1, a13) : x14.mul(w1).add(a13);
            a14 = Simd.FMA ? x14.fma(w0, a14) : x14.mul(w0).add(a14);
            FloatVector x15 = FloatVector.broadcast(F32, x[i + 15]);
            a13 = Simd.FMA ? x15.fma(w2, a13) : x15.mul(w2).add(a13);
            a14 = Simd.FMA ? x15.fma(w1, a14) : x15.mul(w1).add(a14);
            a15 = Simd.FMA ? x15.fma(w0, a15) : x15.mul(w0).add(a15);
            FloatVector x16 = FloatVector.broadcast(F32, x[i + 16]);
            a14 = Simd.FMA ? x16.fma(w2, a14) : x16.mul(w2).add(a14);
            a15 = Simd.FMA ? x16.fma(w1, a15) : x16.mul(w1).add(a15);
            FloatVector x17 = FloatVector.broadcast(F32, x[i + 17]);
            a15 = Simd.FMA ? x17.fma(w2, a15) : x17.mul(w2).add(a15);
        }
        ((FloatVector) TYPE.cast(a0)).intoArray(y, out);
        ((FloatVector) TYPE.cast(a1)).intoArray(y, out + step);
        ((FloatVector) TYPE.cast(a2)).intoArray(y, out + 2 * step);
        ((FloatVector) TYPE.cast(a3)).intoArray(y, out + 3 * step);
        ((FloatVector) TYPE.cast(a4)).intoArray(y, out + 4 * step);
        ((FloatVector) TYPE.cast(a5)).intoArray(y, out + 5 * step);
        ((FloatVector) TYPE.cast(a6)).intoArray(y, out + 6 * step);
        ((FloatVector) TYPE.cast(a7)).intoArray(y, out + 7 * step);
        ((FloatVector) TYPE.cast(a8)).intoArray(y, out + 8 * step);
        ((FloatVector) TYPE.cast(a9)).intoArray(y, out + 9 * step);
        ((FloatVector) TYPE.cast(a10)).intoArray(y, out + 10 * step);
        ((FloatVector) TYPE.cast(a11)).intoArray(y, out + 11 * step);
        ((FloatVector) TYPE.cast(a12)).intoArray(y, out + 12 * step);
        ((FloatVector) TYPE.cast(a13)).intoArray(y, out + 13 * step);
        ((FloatVector) TYPE.cast(a14)).intoArray(y, out + 14 * step);
        ((FloatVector) TYPE.cast(a15)).intoArray(y, out + 15 * step);
    }

    /** 14 pixels. */
    private static void pixels14(
            int triples,
            int[] offsets,
            float[] x,
            int at,
            float[] w,
            int wAt,
            float[] start,
            int startAt,
            float[] y,
            int out,
            int step) {
        FloatVector a0 = FloatVector.fromArray(F32, start, startAt);
        FloatVector a1 = a0;
        FloatVector a2 = a0;
        FloatVector a3 = a0;
        FloatVector a4 = a0;
        FloatVector a5 = a0;
        FloatVector a6 = a0;
        FloatVector a7 = a0;
        FloatVector a8 = a0;
        FloatVector a9 = a0;
        FloatVector a10 = a0;
        FloatVector a11 = a0;
        FloatVector a12 = a0;
        FloatVector a13 = a0;
        for (int t = 0; t < triples; t++) {
            int i = at + offsets[3 * t];
            FloatVector w0 = FloatVector.fromArray(F32, w, wAt + t * (3 * LANES));
            FloatVector w1 = FloatVector.fromArray(F32, w, wAt + t * (3 * LANES) + LANES);
            FloatVector w2 = FloatVector.fromArray(F32, w, wAt + t * (3 * LANES) + 2 * LANES);
            FloatVector x0 = FloatVector.broadcast(F32, x[i]);
            a0 = Simd.FMA ? x0.fma(w0, a0) : x0.mul(w0).add(a0);
            FloatVector x1 = FloatVector.broadcast(F32, x[i + 1]);
            a0 = Simd.FMA ? x1.fma(w1, a0) : x1.mul(w1).add(a0);
            a1 = Simd.FMA ? x1.fma(w0, a1) : x1.mul(w0).add(a1);
            FloatVector x2 = FloatVector.broadcast(F32, x[i + 2]);
            a0 = Simd.FMA ? x2.fma(w2, a0) : x2.mul(w2).add(a0);
            a1 = Simd.FMA ? x2.fma(w1, a1) : x2.mul(w1).add(a1);
            a2 = Simd.FMA ? x2.fma(w0, a2) : x2.mul(w0).add(a2);
            FloatVector x3 = FloatVector.broadcast(F32, x[i + 3]);
            a1 = Simd.FMA ? x3.fma(w2, a1) : x3.mul(w2).add(a1);
            a2 = Simd.FMA ? x3.fma(w1, a2) : x3.mul(w1).add(a2);
            a3 = Simd.FMA ? x3.fma(w0, a3) : x3.mul(w0).add(a3);
            FloatVector x4 = FloatVector.broadcast(F32, x[i + 4]);
            a2 = Simd.FMA ? x4.fma(w2, a2) : x4.mul(w2).add(a2);
            a3 = Simd.FMA ? x4.fma(w1, a3) : x4.mul(w1).add(a3);
            a4 = Simd.FMA ? x4.fma(w0, a4) : x4.mul(w0).add(a4);
            FloatVector x5 = FloatVector.broadcast(F32, x[i + 5]);
            a3 = Simd.FMA ? x5.fma(w2, a3) : x5.mul(w2).add(a3);
            a4 = Simd.FMA ? x5.fma(w1, a4) : x5.mul(w1).add(a4);
            a5 = Simd.FMA ? x5.fma(w0, a5) : x5.mul(w0).add(a5);
            FloatVector x6 = FloatVector.broadcast(F32, x[i + 6]);
            a4 = Simd.FMA ? x6.fma(w2, a4) : x6.mul(w2).add(a4);
            a5 = Simd.FMA ? x6.fma(w1, a5) : x6.mul(w1).add(a5);
            a6 = Simd.FMA ? x6.fma(w0, a6) : x6.mul(w0).add(a6);
            FloatVector x7 = FloatVector.broadcast(F32, x[i + 7]);
            a5 = Simd.FMA ? x7.fma(w2, a5) : x7.mul(w2).add(a5);
            a6 = Simd.FMA ? x7.fma(w1, a6) : x7.mul(w1).add(a6);
            a7 = Simd.FMA ? x7.fma(w0, a7) : x7.mul(w0).add(a7);
            FloatVector x8 = FloatVector.broadcast(F32, x[i + 8]);
            a6 = Simd.FMA ? x8.fma(w2, a6) : x8.mul(w2).add(a6);
            a7 = Simd.FMA ? x8.fma(w1, a7) : x8.mul(w1).add(a7);
            a8 = Simd.FMA ? x8.fma(w0, a8) : x8.mul(w0).add(a8);
            FloatVector x9 = FloatVector.broadcast(F32, x[i + 9]);
            a7 = Simd.FMA ? x9.fma(w2, a7) : x9.mul(w2).add(a7);
            a8 = Simd.FMA ? x9.fma(w1, a8) : x9.mul(w1).add(a8);
            a9 = Simd.FMA ? x9.fma(w0, a9) : x9.mul(w0).add(a9);
            FloatVector x10 = FloatVector.broadcast(F32, x[i + 10]);
            a8 = Simd.FMA ? x10.fma(w2, a8) : x10.mul(w2).add(a8);
            a9 = Simd.FMA ? x10.fma(w1, a9) : x10.mul(w1).add(a9);
            a10 = Simd.FMA ? x10.fma(w0, a10) : x10.mul(w0).add(a10);
            FloatVector x11 = FloatVector.broadcast(F32, x[i + 11]);
            a9 = Simd.FMA ? x11.fma(w2, a9) : x11.mul(w2).add(a9);
            a10 = Simd.FMA ? x11.fma(w1, a10) : x11.mul(w1).add(a10);
            a11 = Simd.FMA ? x11.fma(w0, a11) : x11.mul(w0).add(a11);
            FloatVector x12 = FloatVector.broadcast(F32, x[i + 12]);
            a10 = Simd.FMA ? x12.fma(w2, a10) : x12.mul(w2).add(a10);
            a11 = Simd.FMA ? x12.fma(w1, a11) : x12.mul(w1).add(a11);
            a12 = Simd.FMA ? x12.fma(w0, a12) : x12.mul(w0).add(a12);
            FloatVector x13 = FloatVector.broadcast(F32, x[i + 13]);
            a11 = Simd.FMA ? x13.fma(w2, a11) : x13.mul(w2).add(a11);
            a12 = Simd.FMA ? x13.fma(w1, a12) : x13.mul(w1).add(a12);
            a13 = Simd.FMA ? x13.fma(w0, a13) : x13.mul(w0).add(a13);
            FloatVector x14 = FloatVector.broadcast(F32, x[i + 14]);
            a12 = Simd.FMA ? x14.fma(w2, a12) : x14.mul(w2).add(a12);
            a13 = Simd.FMA ? x14.fma(w1, a13) : x14.mul(w1).add(a13);
            FloatVector x15 = FloatVector.broadcast(F32, x[i + 15]);
            a13 = Simd.FMA ? x15.fma(w2, a13) : x15.mul(w2).add(a13);
        }
        ((FloatVector) TYPE.cast(a0)).intoArray(y, out);
        ((FloatVector) TYPE.cast(a1)).intoArray(y, out + step);
        ((FloatVector) TYPE.cast(a2)).intoArray(y, out + 2 * step);
        ((FloatVector) TYPE.cast(a3)).intoArray(y, out + 3 * step);
        ((FloatVector) TYPE.cast(a4)).intoArray(y, out + 4 * step);
        ((FloatVector) TYPE.cast(a5)).intoArray(y, out + 5 * step);
        ((FloatVector) TYPE.cast(a6)).intoArray(y, out + 6 * step);
        ((FloatVector) TYPE.cast(a7)).intoArray(y, out + 7 * step);
        ((FloatVector) TYPE.cast(a8)).intoArray(y, out + 8 * step);
        ((FloatVector) TYPE.cast(a9)).intoArray(y, out + 9 * step);
        ((FloatVector) TYPE.cast(a10)).intoArray(y, out + 10 * step);
        ((FloatVector) TYPE.cast(a11)).intoArray(y, out + 11 * step);
        ((FloatVector) TYPE.cast(a12)).intoArray(y, out + 12 * step);
        ((FloatVector) TYPE.cast(a13)).intoArray(y, out + 13 * step);
    }

    /** 8 pixels. */
    private static void pixels8(
            int triples,
            int[] offsets,
            float[] x,
            int at,
            float[] w,
            int wAt,
            float[] start,
            int startAt,
            float[] y,
            int out,
            int step) {
        FloatVector a0 = FloatVector.fromArray(F32, start, startAt);
        FloatVector a1 = a0;
        FloatVector a2 = a0;
        FloatVector a3 = a0;
        FloatVector a4 = a0;
        FloatVector a5 = a0;
        FloatVector a6 = a0;
        FloatVector a7 = a0;
        for (int t = 0; t < triples; t++) {
            int i = at + offsets[3 * t];
            FloatVector w0 = FloatVector.fromArray(F32, w, wAt + t * (3 * LANES));
            FloatVector w1 = FloatVector.fromArray(F32, w, wAt + t * (3 * LANES) + LANES);
            FloatVector w2 = FloatVector.fromArray(F32, w, wAt + t * (3 * LANES) + 2 * LANES);
            FloatVector x0 = FloatVector.broadcast(F32, x[i]);
            a0 = Simd.FMA ? x0.fma(w0, a0) : x0.mul(w0).add(a0);
            FloatVector x1 = FloatVector.broadcast(F32, x[i + 1]);
            a0 = Simd.FMA ? x1.fma(w1, a0) : x1.mul(w1).add(a0);
            a1 = Simd.FMA ? x1.fma(w0, a1) : x1.mul(w0).add(a1);
            FloatVector x2 = FloatVector.broadcast(F32, x[i + 2]);
            a0 = Simd.FMA ? x2.fma(w2, a0) : x2.mul(w2).add(a0);
            a1 = Simd.FMA ? x2.fma(w1, a1) : x2.mul(w1).add(a1);
            a2 = Simd.FMA ? x2.fma(w0, a2) : x2.mul(w0).add(a2);
            FloatVector x3 = FloatVector.broadcast(F32, x[i + 3]);
            a1 = Simd.FMA ? x3.fma(w2, a1) : x3.mul(w2).add(a1);
            a2 = Simd.FMA ? x3.fma(w1, a2) : x3.mul(w1).add(a2);
            a3 = Simd.FMA ? x3.fma(w0, a3) : x3.mul(w0).add(a3);
            FloatVector x4 = FloatVector.broadcast(F32, x[i + 4]);
            a2 = Simd.FMA ? x4.fma(w2, a2) : x4.mul(w2).add(a2);
            a3 = Simd.FMA ? x4.fma(w1, a3) : x4.mul(w1).add(a3);
            a4 = Simd.FMA ? x4.fma(w0, a4) : x4.mul(w0).add(a4);
            FloatVector x5 = FloatVector.broadcast(F32, x[i + 5]);
            a3 = Simd.FMA ? x5.fma(w2, a3) : x5.mul(w2).add(a3);
            a4 = Simd.FMA ? x5.fma(w1, a4) : x5.mul(w1).add(a4);
            a5 = Simd.FMA ? x5.fma(w0, a5) : x5.mul(w0).add(a5);
            FloatVector x6 = FloatVector.broadcast(F32, x[i + 6]);
            a4 = Simd.FMA ? x6.fma(w2, a4) : x6.mul(w2).add(a4);
            a5 = Simd.FMA ? x6.fma(w1, a5) : x6.mul(w1).add(a5);
            a6 = Simd.FMA ? x6.fma(w0, a6) : x6.mul(w0).add(a6);
            FloatVector x7 = FloatVector.broadcast(F32, x[i + 7]);
            a5 = Simd.FMA ? x7.fma(w2, a5) : x7.mul(w2).add(a5);
            a6 = Simd.FMA ? x7.fma(w1, a6) : x7.mul(w1).add(a6);
            a7 = Simd.FMA ? x7.fma(w0, a7) : x7.mul(w0).add(a7);
            FloatVector x8 = FloatVector.broadcast(F32, x[i + 8]);
            a6 = Simd.FMA ? x8.fma(w2, a6) : x8.mul(w2).add(a6);
            a7 = Simd.FMA ? x8.fma(w1, a7) : x8.mul(w1).add(a7);
            FloatVector x9 = FloatVector.broadcast(F32, x[i + 9]);
            a7 = Simd.FMA ? x9.fma(w2, a7) : x9.mul(w2).add(a7);
        }
        ((FloatVector) TYPE.cast(a0)).intoArray(y, out);
        ((FloatVector) TYPE.cast(a1)).intoArray(y, out + step);
        ((FloatVector) TYPE.cast(a2)).intoArray(y, out + 2 * step);
        ((FloatVector) TYPE.cast(a3)).intoArray(y, out + 3 * step);
        ((FloatVector) TYPE.cast(a4)).intoArray(y, out + 4 * step);
        ((FloatVector) TYPE.cast(a5)).intoArray(y, out + 5 * step);
        ((FloatVector) TYPE.cast(a6)).intoArray(y, out + 6 * step);
        ((FloatVector) TYPE.cast(a7)).intoArray(y, out + 7 * step);
    }
}
