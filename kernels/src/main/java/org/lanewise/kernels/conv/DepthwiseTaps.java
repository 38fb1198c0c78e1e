package org.lanewise.kernels.conv;

import static org.lanewise.kernels.Species.F32;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.Vector;
import org.lanewise.kernels.Simd;

/**
 * Four vectors of the output of a depthwise convolution of planes, at equal distances: pixels side by side in four rows, mostly. Added to them are taps of 1 to 5 rows of the kernel that lie as far from each other as the four vectors'
 * windows, so that a row is loaded once for all of them, in {@code n} columns.
 */
final class DepthwiseTaps {
    /** Says which class loop-carried vectors have: C2 would ask a profile that all users of vectors share. */
    private static final Class<? extends Vector<Float>> TYPE = F32.vectorType();

    /** Vectors of a tile. */
    static final int ROWS = 4;

    /** Rows of the kernel that one tile takes at most. */
    static final int MOST = 5;

    private DepthwiseTaps() {}

    /**
     * Chooses the tile.
     *
     * @param rows rows of the kernel, 1 to {@link #MOST}
     * @param at where the first tap of the first vector lies in {@code x}
     * @param rowStep from a row to the next
     * @param colStep from a column of taps to the next; 1 if there is more than one row
     * @param n columns of taps
     * @param w weights, {@code wRow} from a row to the next
     * @param init what the sums start from, {@code initStep} from a vector to the next
     * @param lower the least result
     * @param upper the greatest result
     * @param outStep from a vector of the output to the next
     */
    static void run(
            int rows,
            float[] x,
            int at,
            int rowStep,
            int colStep,
            int n,
            float[] w,
            int wAt,
            int wRow,
            float[] init,
            int initAt,
            int initStep,
            float lower,
            float upper,
            float[] y,
            int out,
            int outStep) {
        if (colStep != 1) {
            spread(x, at, rowStep, colStep, n, w, wAt, init, initAt, initStep, lower, upper, y, out, outStep);
            return;
        }
        switch (rows) {
            case 1 -> tile1(x, at, rowStep, n, w, wAt, init, initAt, initStep, lower, upper, y, out, outStep);
            case 2 -> tile2(x, at, rowStep, n, w, wAt, wRow, init, initAt, initStep, lower, upper, y, out, outStep);
            case 3 -> tile3(x, at, rowStep, n, w, wAt, wRow, init, initAt, initStep, lower, upper, y, out, outStep);
            case 4 -> tile4(x, at, rowStep, n, w, wAt, wRow, init, initAt, initStep, lower, upper, y, out, outStep);
            default -> tile5(x, at, rowStep, n, w, wAt, wRow, init, initAt, initStep, lower, upper, y, out, outStep);
        }
    }

    private static void tile1(
            float[] x,
            int at,
            int rowStep,
            int n,
            float[] w,
            int wAt,
            float[] init,
            int initAt,
            int initStep,
            float lower,
            float upper,
            float[] y,
            int out,
            int outStep) {
        FloatVector a0 = FloatVector.fromArray(F32, init, initAt);
        FloatVector a1 = FloatVector.fromArray(F32, init, initAt + initStep);
        FloatVector a2 = FloatVector.fromArray(F32, init, initAt + 2 * initStep);
        FloatVector a3 = FloatVector.fromArray(F32, init, initAt + 3 * initStep);
        for (int i = 0; i < n; i++) {
            int p = at + i;
            int q = wAt + i;
            FloatVector w0 = FloatVector.broadcast(F32, w[q]);
            FloatVector x0 = FloatVector.fromArray(F32, x, p);
            a0 = Simd.FMA ? x0.fma(w0, a0) : x0.mul(w0).add(a0);
            FloatVector x1 = FloatVector.fromArray(F32, x, p + rowStep);
            a1 = Simd.FMA ? x1.fma(w0, a1) : x1.mul(w0).add(a1);
            FloatVector x2 = FloatVector.fromArray(F32, x, p + 2 * rowStep);
            a2 = Simd.FMA ? x2.fma(w0, a2) : x2.mul(w0).add(a2);
            FloatVector x3 = FloatVector.fromArray(F32, x, p + 3 * rowStep);
            a3 = Simd.FMA ? x3.fma(w0, a3) : x3.mul(w0).add(a3);
        }
        FloatVector least = FloatVector.broadcast(F32, lower);
        FloatVector most = FloatVector.broadcast(F32, upper);
        FloatVector y0 = (FloatVector) TYPE.cast(a0);
        y0 = y0.blend(least, y0.lt(least));
        y0.blend(most, most.lt(y0)).intoArray(y, out);
        FloatVector y1 = (FloatVector) TYPE.cast(a1);
        y1 = y1.blend(least, y1.lt(least));
        y1.blend(most, most.lt(y1)).intoArray(y, out + outStep);
        FloatVector y2 = (FloatVector) TYPE.cast(a2);
        y2 = y2.blend(least, y2.lt(least));
        y2.blend(most, most.lt(y2)).intoArray(y, out + 2 * outStep);
        FloatVector y3 = (FloatVector) TYPE.cast(a3);
        y3 = y3.blend(least, y3.lt(least));
        y3.blend(most, most.lt(y3)).intoArray(y, out + 3 * outStep);
    }

    private static void tile2(
            float[] x,
            int at,
            int rowStep,
            int n,
            float[] w,
            int wAt,
            int wRow,
            float[] init,
            int initAt,
            int initStep,
            float lower,
            float upper,
            float[] y,
            int out,
            int outStep) {
        FloatVector a0 = FloatVector.fromArray(F32, init, initAt);
        FloatVector a1 = FloatVector.fromArray(F32, init, initAt + initStep);
        FloatVector a2 = FloatVector.fromArray(F32, init, initAt + 2 * initStep);
        FloatVector a3 = FloatVector.fromArray(F32, init, initAt + 3 * initStep);
        for (int i = 0; i < n; i++) {
            int p = at + i;
            int q = wAt + i;
            FloatVector w0 = FloatVector.broadcast(F32, w[q]);
            FloatVector w1 = FloatVector.broadcast(F32, w[q + wRow]);
            FloatVector x0 = FloatVector.fromArray(F32, x, p);
            a0 = Simd.FMA ? x0.fma(w0, a0) : x0.mul(w0).add(a0);
            FloatVector x1 = FloatVector.fromArray(F32, x, p + rowStep);
            a0 = Simd.FMA ? x1.fma(w1, a0) : x1.mul(w1).add(a0);
            a1 = Simd.FMA ? x1.fma(w0, a1) : x1.mul(w0).add(a1);
            FloatVector x2 = FloatVector.fromArray(F32, x, p + 2 * rowStep);
            a1 = Simd.FMA ? x2.fma(w1, a1) : x2.mul(w1).add(a1);
            a2 = Simd.FMA ? x2.fma(w0, a2) : x2.mul(w0).add(a2);
            FloatVector x3 = FloatVector.fromArray(F32, x, p + 3 * rowStep);
            a2 = Simd.FMA ? x3.fma(w1, a2) : x3.mul(w1).add(a2);
            a3 = Simd.FMA ? x3.fma(w0, a3) : x3.mul(w0).add(a3);
            FloatVector x4 = FloatVector.fromArray(F32, x, p + 4 * rowStep);
            a3 = Simd.FMA ? x4.fma(w1, a3) : x4.mul(w1).add(a3);
        }
        FloatVector least = FloatVector.broadcast(F32, lower);
        FloatVector most = FloatVector.broadcast(F32, upper);
        FloatVector y0 = (FloatVector) TYPE.cast(a0);
        y0 = y0.blend(least, y0.lt(least));
        y0.blend(most, most.lt(y0)).intoArray(y, out);
        FloatVector y1 = (FloatVector) TYPE.cast(a1);
        y1 = y1.blend(least, y1.lt(least));
        y1.blend(most, most.lt(y1)).intoArray(y, out + outStep);
        FloatVector y2 = (FloatVector) TYPE.cast(a2);
        y2 = y2.blend(least, y2.lt(least));
        y2.blend(most, most.lt(y2)).intoArray(y, out + 2 * outStep);
        FloatVector y3 = (FloatVector) TYPE.cast(a3);
        y3 = y3.blend(least, y3.lt(least));
        y3.blend(most, most.lt(y3)).intoArray(y, out + 3 * outStep);
    }

    private static void tile3(
            float[] x,
            int at,
            int rowStep,
            int n,
            float[] w,
            int wAt,
            int wRow,
            float[] init,
            int initAt,
            int initStep,
            float lower,
            float upper,
            float[] y,
            int out,
            int outStep) {
        FloatVector a0 = FloatVector.fromArray(F32, init, initAt);
        FloatVector a1 = FloatVector.fromArray(F32, init, initAt + initStep);
        FloatVector a2 = FloatVector.fromArray(F32, init, initAt + 2 * initStep);
        FloatVector a3 = FloatVector.fromArray(F32, init, initAt + 3 * initStep);
        for (int i = 0; i < n; i++) {
            int p = at + i;
            int q = wAt + i;
            FloatVector w0 = FloatVector.broadcast(F32, w[q]);
            FloatVector w1 = FloatVector.broadcast(F32, w[q + wRow]);
            FloatVector w2 = FloatVector.broadcast(F32, w[q + 2 * wRow]);
            FloatVector x0 = FloatVector.fromArray(F32, x, p);
            a0 = Simd.FMA ? x0.fma(w0, a0) : x0.mul(w0).add(a0);
            FloatVector x1 = FloatVector.fromArray(F32, x, p + rowStep);
            a0 = Simd.FMA ? x1.fma(w1, a0) : x1.mul(w1).add(a0);
            a1 = Simd.FMA ? x1.fma(w0, a1) : x1.mul(w0).add(a1);
            FloatVector x2 = FloatVector.fromArray(F32, x, p + 2 * rowStep);
            a0 = Simd.FMA ? x2.fma(w2, a0) : x2.mul(w2).add(a0);
            a1 = Simd.FMA ? x2.fma(w1, a1) : x2.mul(w1).add(a1);
            a2 = Simd.FMA ? x2.fma(w0, a2) : x2.mul(w0).add(a2);
            FloatVector x3 = FloatVector.fromArray(F32, x, p + 3 * rowStep);
            a1 = Simd.FMA ? x3.fma(w2, a1) : x3.mul(w2).add(a1);
            a2 = Simd.FMA ? x3.fma(w1, a2) : x3.mul(w1).add(a2);
            a3 = Simd.FMA ? x3.fma(w0, a3) : x3.mul(w0).add(a3);
            FloatVector x4 = FloatVector.fromArray(F32, x, p + 4 * rowStep);
            a2 = Simd.FMA ? x4.fma(w2, a2) : x4.mul(w2).add(a2);
            a3 = Simd.FMA ? x4.fma(w1, a3) : x4.mul(w1).add(a3);
            FloatVector x5 = FloatVector.fromArray(F32, x, p + 5 * rowStep);
            a3 = Simd.FMA ? x5.fma(w2, a3) : x5.mul(w2).add(a3);
        }
        FloatVector least = FloatVector.broadcast(F32, lower);
        FloatVector most = FloatVector.broadcast(F32, upper);
        FloatVector y0 = (FloatVector) TYPE.cast(a0);
        y0 = y0.blend(least, y0.lt(least));
        y0.blend(most, most.lt(y0)).intoArray(y, out);
        FloatVector y1 = (FloatVector) TYPE.cast(a1);
        y1 = y1.blend(least, y1.lt(least));
        y1.blend(most, most.lt(y1)).intoArray(y, out + outStep);
        FloatVector y2 = (FloatVector) TYPE.cast(a2);
        y2 = y2.blend(least, y2.lt(least));
        y2.blend(most, most.lt(y2)).intoArray(y, out + 2 * outStep);
        FloatVector y3 = (FloatVector) TYPE.cast(a3);
        y3 = y3.blend(least, y3.lt(least));
        y3.blend(most, most.lt(y3)).intoArray(y, out + 3 * outStep);
    }

    private static void tile4(
            float[] x,
            int at,
            int rowStep,
            int n,
            float[] w,
            int wAt,
            int wRow,
            float[] init,
            int initAt,
            int initStep,
            float lower,
            float upper,
            float[] y,
            int out,
            int outStep) {
        FloatVector a0 = FloatVector.fromArray(F32, init, initAt);
        FloatVector a1 = FloatVector.fromArray(F32, init, initAt + initStep);
        FloatVector a2 = FloatVector.fromArray(F32, init, initAt + 2 * initStep);
        FloatVector a3 = FloatVector.fromArray(F32, init, initAt + 3 * initStep);
        for (int i = 0; i < n; i++) {
            int p = at + i;
            int q = wAt + i;
            FloatVector w0 = FloatVector.broadcast(F32, w[q]);
            FloatVector w1 = FloatVector.broadcast(F32, w[q + wRow]);
            FloatVector w2 = FloatVector.broadcast(F32, w[q + 2 * wRow]);
            FloatVector w3 = FloatVector.broadcast(F32, w[q + 3 * wRow]);
            FloatVector x0 = FloatVector.fromArray(F32, x, p);
            a0 = Simd.FMA ? x0.fma(w0, a0) : x0.mul(w0).add(a0);
            FloatVector x1 = FloatVector.fromArray(F32, x, p + rowStep);
            a0 = Simd.FMA ? x1.fma(w1, a0) : x1.mul(w1).add(a0);
            a1 = Simd.FMA ? x1.fma(w0, a1) : x1.mul(w0).add(a1);
            FloatVector x2 = FloatVector.fromArray(F32, x, p + 2 * rowStep);
            a0 = Simd.FMA ? x2.fma(w2, a0) : x2.mul(w2).add(a0);
            a1 = Simd.FMA ? x2.fma(w1, a1) : x2.mul(w1).add(a1);
            a2 = Simd.FMA ? x2.fma(w0, a2) : x2.mul(w0).add(a2);
            FloatVector x3 = FloatVector.fromArray(F32, x, p + 3 * rowStep);
            a0 = Simd.FMA ? x3.fma(w3, a0) : x3.mul(w3).add(a0);
            a1 = Simd.FMA ? x3.fma(w2, a1) : x3.mul(w2).add(a1);
            a2 = Simd.FMA ? x3.fma(w1, a2) : x3.mul(w1).add(a2);
            a3 = Simd.FMA ? x3.fma(w0, a3) : x3.mul(w0).add(a3);
            FloatVector x4 = FloatVector.fromArray(F32, x, p + 4 * rowStep);
            a1 = Simd.FMA ? x4.fma(w3, a1) : x4.mul(w3).add(a1);
            a2 = Simd.FMA ? x4.fma(w2, a2) : x4.mul(w2).add(a2);
            a3 = Simd.FMA ? x4.fma(w1, a3) : x4.mul(w1).add(a3);
            FloatVector x5 = FloatVector.fromArray(F32, x, p + 5 * rowStep);
            a2 = Simd.FMA ? x5.fma(w3, a2) : x5.mul(w3).add(a2);
            a3 = Simd.FMA ? x5.fma(w2, a3) : x5.mul(w2).add(a3);
            FloatVector x6 = FloatVector.fromArray(F32, x, p + 6 * rowStep);
            a3 = Simd.FMA ? x6.fma(w3, a3) : x6.mul(w3).add(a3);
        }
        FloatVector least = FloatVector.broadcast(F32, lower);
        FloatVector most = FloatVector.broadcast(F32, upper);
        FloatVector y0 = (FloatVector) TYPE.cast(a0);
        y0 = y0.blend(least, y0.lt(least));
        y0.blend(most, most.lt(y0)).intoArray(y, out);
        FloatVector y1 = (FloatVector) TYPE.cast(a1);
        y1 = y1.blend(least, y1.lt(least));
        y1.blend(most, most.lt(y1)).intoArray(y, out + outStep);
        FloatVector y2 = (FloatVector) TYPE.cast(a2);
        y2 = y2.blend(least, y2.lt(least));
        y2.blend(most, most.lt(y2)).intoArray(y, out + 2 * outStep);
        FloatVector y3 = (FloatVector) TYPE.cast(a3);
        y3 = y3.blend(least, y3.lt(least));
        y3.blend(most, most.lt(y3)).intoArray(y, out + 3 * outStep);
    }

    private static void tile5(
            float[] x,
            int at,
            int rowStep,
            int n,
            float[] w,
            int wAt,
            int wRow,
            float[] init,
            int initAt,
            int initStep,
            float lower,
            float upper,
            float[] y,
            int out,
            int outStep) {
        FloatVector a0 = FloatVector.fromArray(F32, init, initAt);
        FloatVector a1 = FloatVector.fromArray(F32, init, initAt + initStep);
        FloatVector a2 = FloatVector.fromArray(F32, init, initAt + 2 * initStep);
        FloatVector a3 = FloatVector.fromArray(F32, init, initAt + 3 * initStep);
        for (int i = 0; i < n; i++) {
            int p = at + i;
            int q = wAt + i;
            FloatVector w0 = FloatVector.broadcast(F32, w[q]);
            FloatVector w1 = FloatVector.broadcast(F32, w[q + wRow]);
            FloatVector w2 = FloatVector.broadcast(F32, w[q + 2 * wRow]);
            FloatVector w3 = FloatVector.broadcast(F32, w[q + 3 * wRow]);
            FloatVector w4 = FloatVector.broadcast(F32, w[q + 4 * wRow]);
            FloatVector x0 = FloatVector.fromArray(F32, x, p);
            a0 = Simd.FMA ? x0.fma(w0, a0) : x0.mul(w0).add(a0);
            FloatVector x1 = FloatVector.fromArray(F32, x, p + rowStep);
            a0 = Simd.FMA ? x1.fma(w1, a0) : x1.mul(w1).add(a0);
            a1 = Simd.FMA ? x1.fma(w0, a1) : x1.mul(w0).add(a1);
            FloatVector x2 = FloatVector.fromArray(F32, x, p + 2 * rowStep);
            a0 = Simd.FMA ? x2.fma(w2, a0) : x2.mul(w2).add(a0);
            a1 = Simd.FMA ? x2.fma(w1, a1) : x2.mul(w1).add(a1);
            a2 = Simd.FMA ? x2.fma(w0, a2) : x2.mul(w0).add(a2);
            FloatVector x3 = FloatVector.fromArray(F32, x, p + 3 * rowStep);
            a0 = Simd.FMA ? x3.fma(w3, a0) : x3.mul(w3).add(a0);
            a1 = Simd.FMA ? x3.fma(w2, a1) : x3.mul(w2).add(a1);
            a2 = Simd.FMA ? x3.fma(w1, a2) : x3.mul(w1).add(a2);
            a3 = Simd.FMA ? x3.fma(w0, a3) : x3.mul(w0).add(a3);
            FloatVector x4 = FloatVector.fromArray(F32, x, p + 4 * rowStep);
            a0 = Simd.FMA ? x4.fma(w4, a0) : x4.mul(w4).add(a0);
            a1 = Simd.FMA ? x4.fma(w3, a1) : x4.mul(w3).add(a1);
            a2 = Simd.FMA ? x4.fma(w2, a2) : x4.mul(w2).add(a2);
            a3 = Simd.FMA ? x4.fma(w1, a3) : x4.mul(w1).add(a3);
            FloatVector x5 = FloatVector.fromArray(F32, x, p + 5 * rowStep);
            a1 = Simd.FMA ? x5.fma(w4, a1) : x5.mul(w4).add(a1);
            a2 = Simd.FMA ? x5.fma(w3, a2) : x5.mul(w3).add(a2);
            a3 = Simd.FMA ? x5.fma(w2, a3) : x5.mul(w2).add(a3);
            FloatVector x6 = FloatVector.fromArray(F32, x, p + 6 * rowStep);
            a2 = Simd.FMA ? x6.fma(w4, a2) : x6.mul(w4).add(a2);
            a3 = Simd.FMA ? x6.fma(w3, a3) : x6.mul(w3).add(a3);
            FloatVector x7 = FloatVector.fromArray(F32, x, p + 7 * rowStep);
            a3 = Simd.FMA ? x7.fma(w4, a3) : x7.mul(w4).add(a3);
        }
        FloatVector least = FloatVector.broadcast(F32, lower);
        FloatVector most = FloatVector.broadcast(F32, upper);
        FloatVector y0 = (FloatVector) TYPE.cast(a0);
        y0 = y0.blend(least, y0.lt(least));
        y0.blend(most, most.lt(y0)).intoArray(y, out);
        FloatVector y1 = (FloatVector) TYPE.cast(a1);
        y1 = y1.blend(least, y1.lt(least));
        y1.blend(most, most.lt(y1)).intoArray(y, out + outStep);
        FloatVector y2 = (FloatVector) TYPE.cast(a2);
        y2 = y2.blend(least, y2.lt(least));
        y2.blend(most, most.lt(y2)).intoArray(y, out + 2 * outStep);
        FloatVector y3 = (FloatVector) TYPE.cast(a3);
        y3 = y3.blend(least, y3.lt(least));
        y3.blend(most, most.lt(y3)).intoArray(y, out + 3 * outStep);
    }

    /** One row of the kernel whose columns are not side by side. */
    private static void spread(
            float[] x,
            int at,
            int rowStep,
            int colStep,
            int n,
            float[] w,
            int wAt,
            float[] init,
            int initAt,
            int initStep,
            float lower,
            float upper,
            float[] y,
            int out,
            int outStep) {
        FloatVector a0 = FloatVector.fromArray(F32, init, initAt);
        FloatVector a1 = FloatVector.fromArray(F32, init, initAt + initStep);
        FloatVector a2 = FloatVector.fromArray(F32, init, initAt + 2 * initStep);
        FloatVector a3 = FloatVector.fromArray(F32, init, initAt + 3 * initStep);
        for (int i = 0; i < n; i++) {
            int p = at + i * colStep;
            int q = wAt + i;
            FloatVector w0 = FloatVector.broadcast(F32, w[q]);
            FloatVector x0 = FloatVector.fromArray(F32, x, p);
            a0 = Simd.FMA ? x0.fma(w0, a0) : x0.mul(w0).add(a0);
            FloatVector x1 = FloatVector.fromArray(F32, x, p + rowStep);
            a1 = Simd.FMA ? x1.fma(w0, a1) : x1.mul(w0).add(a1);
            FloatVector x2 = FloatVector.fromArray(F32, x, p + 2 * rowStep);
            a2 = Simd.FMA ? x2.fma(w0, a2) : x2.mul(w0).add(a2);
            FloatVector x3 = FloatVector.fromArray(F32, x, p + 3 * rowStep);
            a3 = Simd.FMA ? x3.fma(w0, a3) : x3.mul(w0).add(a3);
        }
        FloatVector least = FloatVector.broadcast(F32, lower);
        FloatVector most = FloatVector.broadcast(F32, upper);
        FloatVector y0 = (FloatVector) TYPE.cast(a0);
        y0 = y0.blend(least, y0.lt(least));
        y0.blend(most, most.lt(y0)).intoArray(y, out);
        FloatVector y1 = (FloatVector) TYPE.cast(a1);
        y1 = y1.blend(least, y1.lt(least));
        y1.blend(most, most.lt(y1)).intoArray(y, out + outStep);
        FloatVector y2 = (FloatVector) TYPE.cast(a2);
        y2 = y2.blend(least, y2.lt(least));
        y2.blend(most, most.lt(y2)).intoArray(y, out + 2 * outStep);
        FloatVector y3 = (FloatVector) TYPE.cast(a3);
        y3 = y3.blend(least, y3.lt(least));
        y3.blend(most, most.lt(y3)).intoArray(y, out + 3 * outStep);
    }
}
