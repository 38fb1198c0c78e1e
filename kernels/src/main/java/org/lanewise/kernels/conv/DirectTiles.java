package org.lanewise.kernels.conv;

import static org.lanewise.kernels.Species.F32;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.Vector;
import org.lanewise.kernels.Simd;

/**
 * Direct convolution, one row of pixels by two vectors of output channels, stride 1: see {@link DirectTile}. A counted loop over the taps without a call, every sum in a register; the
 * values of the input lie at constant distances from one index, so that they need no index register each.
 */
final class DirectTiles {
    private static final int LANES = Simd.LANES;
    private static final int NR = 2 * LANES;
    private static final Class<? extends Vector<Float>> TYPE = F32.vectorType();

    private DirectTiles() {}

    /**
     * Sums one tile, see {@link DirectTile}.
     *
     * @param pixels its width: 8, 7 or 4
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
            case 8 -> pixels8(taps, offsets, x, at, w, wAt, start, startAt, y, out, step);
            case 7 -> pixels7(taps, offsets, x, at, w, wAt, start, startAt, y, out, step);
            case 4 -> pixels4(taps, offsets, x, at, w, wAt, start, startAt, y, out, step);
            default -> throw new IllegalArgumentException("pixels = " + pixels + ": no such tile");
        }
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
        FloatVector b0 = FloatVector.fromArray(F32, start, startAt + LANES);
        FloatVector a1 = a0;
        FloatVector b1 = b0;
        FloatVector a2 = a0;
        FloatVector b2 = b0;
        FloatVector a3 = a0;
        FloatVector b3 = b0;
        FloatVector a4 = a0;
        FloatVector b4 = b0;
        FloatVector a5 = a0;
        FloatVector b5 = b0;
        FloatVector a6 = a0;
        FloatVector b6 = b0;
        FloatVector a7 = a0;
        FloatVector b7 = b0;
        for (int t = 0; t < taps; t++) {
            int i = at + offsets[t];
            FloatVector wa = FloatVector.fromArray(F32, w, wAt + t * NR);
            FloatVector wb = FloatVector.fromArray(F32, w, wAt + t * NR + LANES);
            FloatVector x0 = FloatVector.broadcast(F32, x[i]);
            a0 = Simd.FMA ? x0.fma(wa, a0) : x0.mul(wa).add(a0);
            b0 = Simd.FMA ? x0.fma(wb, b0) : x0.mul(wb).add(b0);
            FloatVector x1 = FloatVector.broadcast(F32, x[i + 1]);
            a1 = Simd.FMA ? x1.fma(wa, a1) : x1.mul(wa).add(a1);
            b1 = Simd.FMA ? x1.fma(wb, b1) : x1.mul(wb).add(b1);
            FloatVector x2 = FloatVector.broadcast(F32, x[i + 2]);
            a2 = Simd.FMA ? x2.fma(wa, a2) : x2.mul(wa).add(a2);
            b2 = Simd.FMA ? x2.fma(wb, b2) : x2.mul(wb).add(b2);
            FloatVector x3 = FloatVector.broadcast(F32, x[i + 3]);
            a3 = Simd.FMA ? x3.fma(wa, a3) : x3.mul(wa).add(a3);
            b3 = Simd.FMA ? x3.fma(wb, b3) : x3.mul(wb).add(b3);
            FloatVector x4 = FloatVector.broadcast(F32, x[i + 4]);
            a4 = Simd.FMA ? x4.fma(wa, a4) : x4.mul(wa).add(a4);
            b4 = Simd.FMA ? x4.fma(wb, b4) : x4.mul(wb).add(b4);
            FloatVector x5 = FloatVector.broadcast(F32, x[i + 5]);
            a5 = Simd.FMA ? x5.fma(wa, a5) : x5.mul(wa).add(a5);
            b5 = Simd.FMA ? x5.fma(wb, b5) : x5.mul(wb).add(b5);
            FloatVector x6 = FloatVector.broadcast(F32, x[i + 6]);
            a6 = Simd.FMA ? x6.fma(wa, a6) : x6.mul(wa).add(a6);
            b6 = Simd.FMA ? x6.fma(wb, b6) : x6.mul(wb).add(b6);
            FloatVector x7 = FloatVector.broadcast(F32, x[i + 7]);
            a7 = Simd.FMA ? x7.fma(wa, a7) : x7.mul(wa).add(a7);
            b7 = Simd.FMA ? x7.fma(wb, b7) : x7.mul(wb).add(b7);
        }
        ((FloatVector) TYPE.cast(a0)).intoArray(y, out);
        ((FloatVector) TYPE.cast(b0)).intoArray(y, out + LANES);
        ((FloatVector) TYPE.cast(a1)).intoArray(y, out + step);
        ((FloatVector) TYPE.cast(b1)).intoArray(y, out + step + LANES);
        ((FloatVector) TYPE.cast(a2)).intoArray(y, out + 2 * step);
        ((FloatVector) TYPE.cast(b2)).intoArray(y, out + 2 * step + LANES);
        ((FloatVector) TYPE.cast(a3)).intoArray(y, out + 3 * step);
        ((FloatVector) TYPE.cast(b3)).intoArray(y, out + 3 * step + LANES);
        ((FloatVector) TYPE.cast(a4)).intoArray(y, out + 4 * step);
        ((FloatVector) TYPE.cast(b4)).intoArray(y, out + 4 * step + LANES);
        ((FloatVector) TYPE.cast(a5)).intoArray(y, out + 5 * step);
        ((FloatVector) TYPE.cast(b5)).intoArray(y, out + 5 * step + LANES);
        ((FloatVector) TYPE.cast(a6)).intoArray(y, out + 6 * step);
        ((FloatVector) TYPE.cast(b6)).intoArray(y, out + 6 * step + LANES);
        ((FloatVector) TYPE.cast(a7)).intoArray(y, out + 7 * step);
        ((FloatVector) TYPE.cast(b7)).intoArray(y, out + 7 * step + LANES);
    }

    /** 7 pixels. */
    private static void pixels7(
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
        FloatVector b0 = FloatVector.fromArray(F32, start, startAt + LANES);
        FloatVector a1 = a0;
        FloatVector b1 = b0;
        FloatVector a2 = a0;
        FloatVector b2 = b0;
        FloatVector a3 = a0;
        FloatVector b3 = b0;
        FloatVector a4 = a0;
        FloatVector b4 = b0;
        FloatVector a5 = a0;
        FloatVector b5 = b0;
        FloatVector a6 = a0;
        FloatVector b6 = b0;
        for (int t = 0; t < taps; t++) {
            int i = at + offsets[t];
            FloatVector wa = FloatVector.fromArray(F32, w, wAt + t * NR);
            FloatVector wb = FloatVector.fromArray(F32, w, wAt + t * NR + LANES);
            FloatVector x0 = FloatVector.broadcast(F32, x[i]);
            a0 = Simd.FMA ? x0.fma(wa, a0) : x0.mul(wa).add(a0);
            b0 = Simd.FMA ? x0.fma(wb, b0) : x0.mul(wb).add(b0);
            FloatVector x1 = FloatVector.broadcast(F32, x[i + 1]);
            a1 = Simd.FMA ? x1.fma(wa, a1) : x1.mul(wa).add(a1);
            b1 = Simd.FMA ? x1.fma(wb, b1) : x1.mul(wb).add(b1);
            FloatVector x2 = FloatVector.broadcast(F32, x[i + 2]);
            a2 = Simd.FMA ? x2.fma(wa, a2) : x2.mul(wa).add(a2);
            b2 = Simd.FMA ? x2.fma(wb, b2) : x2.mul(wb).add(b2);
            FloatVector x3 = FloatVector.broadcast(F32, x[i + 3]);
            a3 = Simd.FMA ? x3.fma(wa, a3) : x3.mul(wa).add(a3);
            b3 = Simd.FMA ? x3.fma(wb, b3) : x3.mul(wb).add(b3);
            FloatVector x4 = FloatVector.broadcast(F32, x[i + 4]);
            a4 = Simd.FMA ? x4.fma(wa, a4) : x4.mul(wa).add(a4);
            b4 = Simd.FMA ? x4.fma(wb, b4) : x4.mul(wb).add(b4);
            FloatVector x5 = FloatVector.broadcast(F32, x[i + 5]);
            a5 = Simd.FMA ? x5.fma(wa, a5) : x5.mul(wa).add(a5);
            b5 = Simd.FMA ? x5.fma(wb, b5) : x5.mul(wb).add(b5);
            FloatVector x6 = FloatVector.broadcast(F32, x[i + 6]);
            a6 = Simd.FMA ? x6.fma(wa, a6) : x6.mul(wa).add(a6);
            b6 = Simd.FMA ? x6.fma(wb, b6) : x6.mul(wb).add(b6);
        }
        ((FloatVector) TYPE.cast(a0)).intoArray(y, out);
        ((FloatVector) TYPE.cast(b0)).intoArray(y, out + LANES);
        ((FloatVector) TYPE.cast(a1)).intoArray(y, out + step);
        ((FloatVector) TYPE.cast(b1)).intoArray(y, out + step + LANES);
        ((FloatVector) TYPE.cast(a2)).intoArray(y, out + 2 * step);
        ((FloatVector) TYPE.cast(b2)).intoArray(y, out + 2 * step + LANES);
        ((FloatVector) TYPE.cast(a3)).intoArray(y, out + 3 * step);
        ((FloatVector) TYPE.cast(b3)).intoArray(y, out + 3 * step + LANES);
        ((FloatVector) TYPE.cast(a4)).intoArray(y, out + 4 * step);
        ((FloatVector) TYPE.cast(b4)).intoArray(y, out + 4 * step + LANES);
        ((FloatVector) TYPE.cast(a5)).intoArray(y, out + 5 * step);
        ((FloatVector) TYPE.cast(b5)).intoArray(y, out + 5 * step + LANES);
        ((FloatVector) TYPE.cast(a6)).intoArray(y, out + 6 * step);
        ((FloatVector) TYPE.cast(b6)).intoArray(y, out + 6 * step + LANES);
    }

    /** 4 pixels. */
    private static void pixels4(
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
        FloatVector b0 = FloatVector.fromArray(F32, start, startAt + LANES);
        FloatVector a1 = a0;
        FloatVector b1 = b0;
        FloatVector a2 = a0;
        FloatVector b2 = b0;
        FloatVector a3 = a0;
        FloatVector b3 = b0;
        for (int t = 0; t < taps; t++) {
            int i = at + offsets[t];
            FloatVector wa = FloatVector.fromArray(F32, w, wAt + t * NR);
            FloatVector wb = FloatVector.fromArray(F32, w, wAt + t * NR + LANES);
            FloatVector x0 = FloatVector.broadcast(F32, x[i]);
            a0 = Simd.FMA ? x0.fma(wa, a0) : x0.mul(wa).add(a0);
            b0 = Simd.FMA ? x0.fma(wb, b0) : x0.mul(wb).add(b0);
            FloatVector x1 = FloatVector.broadcast(F32, x[i + 1]);
            a1 = Simd.FMA ? x1.fma(wa, a1) : x1.mul(wa).add(a1);
            b1 = Simd.FMA ? x1.fma(wb, b1) : x1.mul(wb).add(b1);
            FloatVector x2 = FloatVector.broadcast(F32, x[i + 2]);
            a2 = Simd.FMA ? x2.fma(wa, a2) : x2.mul(wa).add(a2);
            b2 = Simd.FMA ? x2.fma(wb, b2) : x2.mul(wb).add(b2);
            FloatVector x3 = FloatVector.broadcast(F32, x[i + 3]);
            a3 = Simd.FMA ? x3.fma(wa, a3) : x3.mul(wa).add(a3);
            b3 = Simd.FMA ? x3.fma(wb, b3) : x3.mul(wb).add(b3);
        }
        ((FloatVector) TYPE.cast(a0)).intoArray(y, out);
        ((FloatVector) TYPE.cast(b0)).intoArray(y, out + LANES);
        ((FloatVector) TYPE.cast(a1)).intoArray(y, out + step);
        ((FloatVector) TYPE.cast(b1)).intoArray(y, out + step + LANES);
        ((FloatVector) TYPE.cast(a2)).intoArray(y, out + 2 * step);
        ((FloatVector) TYPE.cast(b2)).intoArray(y, out + 2 * step + LANES);
        ((FloatVector) TYPE.cast(a3)).intoArray(y, out + 3 * step);
        ((FloatVector) TYPE.cast(b3)).intoArray(y, out + 3 * step + LANES);
    }
}
