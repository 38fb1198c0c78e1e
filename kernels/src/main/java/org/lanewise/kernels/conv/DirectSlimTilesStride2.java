package org.lanewise.kernels.conv;

import static org.lanewise.kernels.Species.F32;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.Vector;
import org.lanewise.kernels.Simd;

/** {@link DirectSlimTiles} for stride 2. */
final class DirectSlimTilesStride2 {
    private static final int LANES = Simd.LANES;
    private static final Class<? extends Vector<Float>> TYPE = F32.vectorType();

    private DirectSlimTilesStride2() {}

    /**
     * Sums one tile, see {@link DirectTile}.
     *
     * @param pixels its width: 16, 14 or 8
     */
    static void run(
            int pixels,
            int taps,
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
            case 16 -> pixels16(taps, offsets, x, at, w, wAt, start, startAt, y, out, step);
            case 14 -> pixels14(taps, offsets, x, at, w, wAt, start, startAt, y, out, step);
            case 8 -> pixels8(taps, offsets, x, at, w, wAt, start, startAt, y, out, step);
            default -> throw new IllegalArgumentException("pixels = " + pixels + ": no such tile");
        }
    }

    /** 16 pixels. */
    private static void pixels16(
            int taps,
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
        for (int t = 0; t < taps; t++) {
            int i = at + offsets[t];
            FloatVector wa = FloatVector.fromArray(F32, w, wAt + t * LANES);
            FloatVector x0 = FloatVector.broadcast(F32, x[i]);
            a0 = Simd.FMA ? x0.fma(wa, a0) : x0.mul(wa).add(a0);
            FloatVector x1 = FloatVector.broadcast(F32, x[i + 2]);
            a1 = Simd.FMA ? x1.fma(wa, a1) : x1.mul(wa).add(a1);
            FloatVector x2 = FloatVector.broadcast(F32, x[i + 4]);
            a2 = Simd.FMA ? x2.fma(wa, a2) : x2.mul(wa).add(a2);
            FloatVector x3 = FloatVector.broadcast(F32, x[i + 6]);
            a3 = Simd.FMA ? x3.fma(wa, a3) : x3.mul(wa).add(a3);
            FloatVector x4 = FloatVector.broadcast(F32, x[i + 8]);
            a4 = Simd.FMA ? x4.fma(wa, a4) : x4.mul(wa).add(a4);
            FloatVector x5 = FloatVector.broadcast(F32, x[i + 10]);
            a5 = Simd.FMA ? x5.fma(wa, a5) : x5.mul(wa).add(a5);
            FloatVector x6 = FloatVector.broadcast(F32, x[i + 12]);
            a6 = Simd.FMA ? x6.fma(wa, a6) : x6.mul(wa).add(a6);
            FloatVector x7 = FloatVector.broadcast(F32, x[i + 14]);
            a7 = Simd.FMA ? x7.fma(wa, a7) : x7.mul(wa).add(a7);
            FloatVector x8 = FloatVector.broadcast(F32, x[i + 16]);
            a8 = Simd.FMA ? x8.fma(wa, a8) : x8.mul(wa).add(a8);
            FloatVector x9 = FloatVector.broadcast(F32, x[i + 18]);
            a9 = Simd.FMA ? x9.fma(wa, a9) : x9.mul(wa).add(a9);
            FloatVector x10 = FloatVector.broadcast(F32, x[i + 20]);
            a10 = Simd.FMA ? x10.fma(wa, a10) : x10.mul(wa).add(a10);
            FloatVector x11 = FloatVector.broadcast(F32, x[i + 22]);
            a11 = Simd.FMA ? x11.fma(wa, a11) : x11.mul(wa).add(a11);
            FloatVector x12 = FloatVector.broadcast(F32, x[i + 24]);
            a12 = Simd.FMA ? x12.fma(wa, a12) : x12.mul(wa).add(a12);
            FloatVector x13 = FloatVector.broadcast(F32, x[i + 26]);
            a13 = Simd.FMA ? x13.fma(wa, a13) : x13.mul(wa).add(a13);
            FloatVector x14 = FloatVector.broadcast(F32, x[i + 28]);
            a14 = Simd.FMA ? x14.fma(wa, a14) : x14.mul(wa).add(a14);
            FloatVector x15 = FloatVector.broadcast(F32, x[i + 30]);
            a15 = Simd.FMA ? x15.fma(wa, a15) : x15.mul(wa).add(a15);
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
            int taps,
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
        for (int t = 0; t < taps; t++) {
            int i = at + offsets[t];
            FloatVector wa = FloatVector.fromArray(F32, w, wAt + t * LANES);
            FloatVector x0 = FloatVector.broadcast(F32, x[i]);
            a0 = Simd.FMA ? x0.fma(wa, a0) : x0.mul(wa).add(a0);
            FloatVector x1 = FloatVector.broadcast(F32, x[i + 2]);
            a1 = Simd.FMA ? x1.fma(wa, a1) : x1.mul(wa).add(a1);
            FloatVector x2 = FloatVector.broadcast(F32, x[i + 4]);
            a2 = Simd.FMA ? x2.fma(wa, a2) : x2.mul(wa).add(a2);
            FloatVector x3 = FloatVector.broadcast(F32, x[i + 6]);
            a3 = Simd.FMA ? x3.fma(wa, a3) : x3.mul(wa).add(a3);
            FloatVector x4 = FloatVector.broadcast(F32, x[i + 8]);
            a4 = Simd.FMA ? x4.fma(wa, a4) : x4.mul(wa).add(a4);
            FloatVector x5 = FloatVector.broadcast(F32, x[i + 10]);
            a5 = Simd.FMA ? x5.fma(wa, a5) : x5.mul(wa).add(a5);
            FloatVector x6 = FloatVector.broadcast(F32, x[i + 12]);
            a6 = Simd.FMA ? x6.fma(wa, a6) : x6.mul(wa).add(a6);
            FloatVector x7 = FloatVector.broadcast(F32, x[i + 14]);
            a7 = Simd.FMA ? x7.fma(wa, a7) : x7.mul(wa).add(a7);
            FloatVector x8 = FloatVector.broadcast(F32, x[i + 16]);
            a8 = Simd.FMA ? x8.fma(wa, a8) : x8.mul(wa).add(a8);
            FloatVector x9 = FloatVector.broadcast(F32, x[i + 18]);
            a9 = Simd.FMA ? x9.fma(wa, a9) : x9.mul(wa).add(a9);
            FloatVector x10 = FloatVector.broadcast(F32, x[i + 20]);
            a10 = Simd.FMA ? x10.fma(wa, a10) : x10.mul(wa).add(a10);
            FloatVector x11 = FloatVector.broadcast(F32, x[i + 22]);
            a11 = Simd.FMA ? x11.fma(wa, a11) : x11.mul(wa).add(a11);
            FloatVector x12 = FloatVector.broadcast(F32, x[i + 24]);
            a12 = Simd.FMA ? x12.fma(wa, a12) : x12.mul(wa).add(a12);
            FloatVector x13 = FloatVector.broadcast(F32, x[i + 26]);
            a13 = Simd.FMA ? x13.fma(wa, a13) : x13.mul(wa).add(a13);
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
            int taps,
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
        for (int t = 0; t < taps; t++) {
            int i = at + offsets[t];
            FloatVector wa = FloatVector.fromArray(F32, w, wAt + t * LANES);
            FloatVector x0 = FloatVector.broadcast(F32, x[i]);
            a0 = Simd.FMA ? x0.fma(wa, a0) : x0.mul(wa).add(a0);
            FloatVector x1 = FloatVector.broadcast(F32, x[i + 2]);
            a1 = Simd.FMA ? x1.fma(wa, a1) : x1.mul(wa).add(a1);
            FloatVector x2 = FloatVector.broadcast(F32, x[i + 4]);
            a2 = Simd.FMA ? x2.fma(wa, a2) : x2.mul(wa).add(a2);
            FloatVector x3 = FloatVector.broadcast(F32, x[i + 6]);
            a3 = Simd.FMA ? x3.fma(wa, a3) : x3.mul(wa).add(a3);
            FloatVector x4 = FloatVector.broadcast(F32, x[i + 8]);
            a4 = Simd.FMA ? x4.fma(wa, a4) : x4.mul(wa).add(a4);
            FloatVector x5 = FloatVector.broadcast(F32, x[i + 10]);
            a5 = Simd.FMA ? x5.fma(wa, a5) : x5.mul(wa).add(a5);
            FloatVector x6 = FloatVector.broadcast(F32, x[i + 12]);
            a6 = Simd.FMA ? x6.fma(wa, a6) : x6.mul(wa).add(a6);
            FloatVector x7 = FloatVector.broadcast(F32, x[i + 14]);
            a7 = Simd.FMA ? x7.fma(wa, a7) : x7.mul(wa).add(a7);
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
