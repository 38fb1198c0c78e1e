package org.lanewise.kernels.conv;

import static org.lanewise.kernels.Species.F32;
import static org.lanewise.kernels.conv.WinogradWholeForm.LINE;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.Vector;
import org.lanewise.kernels.Simd;

/**
 * Micro-kernels of {@link WinogradWholeProducts}: {@code C = A * B} for some tiles of a group and one position. Rows of A, of C and the vectors of a panel of B lie at constant distances, so that a tile has one address for each of them;
 * A comes in blocks of a vector of channels, {@link WinogradWholeForm#LINE} apart, as do the vectors of C.
 */
final class WinogradWholeTiles {
    /** Says which class loop-carried vectors have: C2 would ask a profile that all users of vectors share. */
    private static final Class<? extends Vector<Float>> TYPE = F32.vectorType();

    private static final int LANES = Simd.LANES;

    private WinogradWholeTiles() {}

    /** 16 rows, a panel of one vector of columns; {@code blocks} vectors of channels. */
    static void rows16x1(int blocks, float[] a, int a0, float[] b, int b0, float[] c, int c0) {
        FloatVector p0 = FloatVector.zero(F32);
        FloatVector p1 = p0;
        FloatVector p2 = p0;
        FloatVector p3 = p0;
        FloatVector p4 = p0;
        FloatVector p5 = p0;
        FloatVector p6 = p0;
        FloatVector p7 = p0;
        FloatVector p8 = p0;
        FloatVector p9 = p0;
        FloatVector p10 = p0;
        FloatVector p11 = p0;
        FloatVector p12 = p0;
        FloatVector p13 = p0;
        FloatVector p14 = p0;
        FloatVector p15 = p0;
        for (int block = 0; block < blocks; block++) {
            int x = a0 + block * LINE;
            int w = b0 + block * (1 * LANES * LANES);
            for (int k = 0; k < LANES; k++) {
                FloatVector bp = FloatVector.fromArray(F32, b, w + k * LANES);
                FloatVector x0 = FloatVector.broadcast(F32, a[x + k]);
                p0 = Simd.FMA ? x0.fma(bp, p0) : x0.mul(bp).add(p0);
                FloatVector x1 = FloatVector.broadcast(F32, a[x + k + LANES]);
                p1 = Simd.FMA ? x1.fma(bp, p1) : x1.mul(bp).add(p1);
                FloatVector x2 = FloatVector.broadcast(F32, a[x + k + 2 * LANES]);
                p2 = Simd.FMA ? x2.fma(bp, p2) : x2.mul(bp).add(p2);
                FloatVector x3 = FloatVector.broadcast(F32, a[x + k + 3 * LANES]);
                p3 = Simd.FMA ? x3.fma(bp, p3) : x3.mul(bp).add(p3);
                FloatVector x4 = FloatVector.broadcast(F32, a[x + k + 4 * LANES]);
                p4 = Simd.FMA ? x4.fma(bp, p4) : x4.mul(bp).add(p4);
                FloatVector x5 = FloatVector.broadcast(F32, a[x + k + 5 * LANES]);
                p5 = Simd.FMA ? x5.fma(bp, p5) : x5.mul(bp).add(p5);
                FloatVector x6 = FloatVector.broadcast(F32, a[x + k + 6 * LANES]);
                p6 = Simd.FMA ? x6.fma(bp, p6) : x6.mul(bp).add(p6);
                FloatVector x7 = FloatVector.broadcast(F32, a[x + k + 7 * LANES]);
                p7 = Simd.FMA ? x7.fma(bp, p7) : x7.mul(bp).add(p7);
                FloatVector x8 = FloatVector.broadcast(F32, a[x + k + 8 * LANES]);
                p8 = Simd.FMA ? x8.fma(bp, p8) : x8.mul(bp).add(p8);
                FloatVector x9 = FloatVector.broadcast(F32, a[x + k + 9 * LANES]);
                p9 = Simd.FMA ? x9.fma(bp, p9) : x9.mul(bp).add(p9);
                FloatVector x10 = FloatVector.broadcast(F32, a[x + k + 10 * LANES]);
                p10 = Simd.FMA ? x10.fma(bp, p10) : x10.mul(bp).add(p10);
                FloatVector x11 = FloatVector.broadcast(F32, a[x + k + 11 * LANES]);
                p11 = Simd.FMA ? x11.fma(bp, p11) : x11.mul(bp).add(p11);
                FloatVector x12 = FloatVector.broadcast(F32, a[x + k + 12 * LANES]);
                p12 = Simd.FMA ? x12.fma(bp, p12) : x12.mul(bp).add(p12);
                FloatVector x13 = FloatVector.broadcast(F32, a[x + k + 13 * LANES]);
                p13 = Simd.FMA ? x13.fma(bp, p13) : x13.mul(bp).add(p13);
                FloatVector x14 = FloatVector.broadcast(F32, a[x + k + 14 * LANES]);
                p14 = Simd.FMA ? x14.fma(bp, p14) : x14.mul(bp).add(p14);
                FloatVector x15 = FloatVector.broadcast(F32, a[x + k + 15 * LANES]);
                p15 = Simd.FMA ? x15.fma(bp, p15) : x15.mul(bp).add(p15);
            }
        }
        ((FloatVector) TYPE.cast(p0)).intoArray(c, c0);
        ((FloatVector) TYPE.cast(p1)).intoArray(c, c0 + LANES);
        ((FloatVector) TYPE.cast(p2)).intoArray(c, c0 + 2 * LANES);
        ((FloatVector) TYPE.cast(p3)).intoArray(c, c0 + 3 * LANES);
        ((FloatVector) TYPE.cast(p4)).intoArray(c, c0 + 4 * LANES);
        ((FloatVector) TYPE.cast(p5)).intoArray(c, c0 + 5 * LANES);
        ((FloatVector) TYPE.cast(p6)).intoArray(c, c0 + 6 * LANES);
        ((FloatVector) TYPE.cast(p7)).intoArray(c, c0 + 7 * LANES);
        ((FloatVector) TYPE.cast(p8)).intoArray(c, c0 + 8 * LANES);
        ((FloatVector) TYPE.cast(p9)).intoArray(c, c0 + 9 * LANES);
        ((FloatVector) TYPE.cast(p10)).intoArray(c, c0 + 10 * LANES);
        ((FloatVector) TYPE.cast(p11)).intoArray(c, c0 + 11 * LANES);
        ((FloatVector) TYPE.cast(p12)).intoArray(c, c0 + 12 * LANES);
        ((FloatVector) TYPE.cast(p13)).intoArray(c, c0 + 13 * LANES);
        ((FloatVector) TYPE.cast(p14)).intoArray(c, c0 + 14 * LANES);
        ((FloatVector) TYPE.cast(p15)).intoArray(c, c0 + 15 * LANES);
    }

    /** 8 rows, a panel of two vectors. */
    static void rows8x2(int blocks, float[] a, int a0, float[] b, int b0, float[] c, int c0) {
        FloatVector p0 = FloatVector.zero(F32);
        FloatVector q0 = p0;
        FloatVector p1 = p0;
        FloatVector q1 = p0;
        FloatVector p2 = p0;
        FloatVector q2 = p0;
        FloatVector p3 = p0;
        FloatVector q3 = p0;
        FloatVector p4 = p0;
        FloatVector q4 = p0;
        FloatVector p5 = p0;
        FloatVector q5 = p0;
        FloatVector p6 = p0;
        FloatVector q6 = p0;
        FloatVector p7 = p0;
        FloatVector q7 = p0;
        for (int block = 0; block < blocks; block++) {
            int x = a0 + block * LINE;
            int w = b0 + block * (2 * LANES * LANES);
            for (int k = 0; k < LANES; k++) {
                FloatVector bp = FloatVector.fromArray(F32, b, w + k * (2 * LANES));
                FloatVector bq = FloatVector.fromArray(F32, b, w + k * (2 * LANES) + LANES);
                FloatVector x0 = FloatVector.broadcast(F32, a[x + k]);
                p0 = Simd.FMA ? x0.fma(bp, p0) : x0.mul(bp).add(p0);
                q0 = Simd.FMA ? x0.fma(bq, q0) : x0.mul(bq).add(q0);
                FloatVector x1 = FloatVector.broadcast(F32, a[x + k + LANES]);
                p1 = Simd.FMA ? x1.fma(bp, p1) : x1.mul(bp).add(p1);
                q1 = Simd.FMA ? x1.fma(bq, q1) : x1.mul(bq).add(q1);
                FloatVector x2 = FloatVector.broadcast(F32, a[x + k + 2 * LANES]);
                p2 = Simd.FMA ? x2.fma(bp, p2) : x2.mul(bp).add(p2);
                q2 = Simd.FMA ? x2.fma(bq, q2) : x2.mul(bq).add(q2);
                FloatVector x3 = FloatVector.broadcast(F32, a[x + k + 3 * LANES]);
                p3 = Simd.FMA ? x3.fma(bp, p3) : x3.mul(bp).add(p3);
                q3 = Simd.FMA ? x3.fma(bq, q3) : x3.mul(bq).add(q3);
                FloatVector x4 = FloatVector.broadcast(F32, a[x + k + 4 * LANES]);
                p4 = Simd.FMA ? x4.fma(bp, p4) : x4.mul(bp).add(p4);
                q4 = Simd.FMA ? x4.fma(bq, q4) : x4.mul(bq).add(q4);
                FloatVector x5 = FloatVector.broadcast(F32, a[x + k + 5 * LANES]);
                p5 = Simd.FMA ? x5.fma(bp, p5) : x5.mul(bp).add(p5);
                q5 = Simd.FMA ? x5.fma(bq, q5) : x5.mul(bq).add(q5);
                FloatVector x6 = FloatVector.broadcast(F32, a[x + k + 6 * LANES]);
                p6 = Simd.FMA ? x6.fma(bp, p6) : x6.mul(bp).add(p6);
                q6 = Simd.FMA ? x6.fma(bq, q6) : x6.mul(bq).add(q6);
                FloatVector x7 = FloatVector.broadcast(F32, a[x + k + 7 * LANES]);
                p7 = Simd.FMA ? x7.fma(bp, p7) : x7.mul(bp).add(p7);
                q7 = Simd.FMA ? x7.fma(bq, q7) : x7.mul(bq).add(q7);
            }
        }
        int c1 = c0 + LINE;
        ((FloatVector) TYPE.cast(p0)).intoArray(c, c0);
        ((FloatVector) TYPE.cast(p1)).intoArray(c, c0 + LANES);
        ((FloatVector) TYPE.cast(p2)).intoArray(c, c0 + 2 * LANES);
        ((FloatVector) TYPE.cast(p3)).intoArray(c, c0 + 3 * LANES);
        ((FloatVector) TYPE.cast(p4)).intoArray(c, c0 + 4 * LANES);
        ((FloatVector) TYPE.cast(p5)).intoArray(c, c0 + 5 * LANES);
        ((FloatVector) TYPE.cast(p6)).intoArray(c, c0 + 6 * LANES);
        ((FloatVector) TYPE.cast(p7)).intoArray(c, c0 + 7 * LANES);
        ((FloatVector) TYPE.cast(q0)).intoArray(c, c1);
        ((FloatVector) TYPE.cast(q1)).intoArray(c, c1 + LANES);
        ((FloatVector) TYPE.cast(q2)).intoArray(c, c1 + 2 * LANES);
        ((FloatVector) TYPE.cast(q3)).intoArray(c, c1 + 3 * LANES);
        ((FloatVector) TYPE.cast(q4)).intoArray(c, c1 + 4 * LANES);
        ((FloatVector) TYPE.cast(q5)).intoArray(c, c1 + 5 * LANES);
        ((FloatVector) TYPE.cast(q6)).intoArray(c, c1 + 6 * LANES);
        ((FloatVector) TYPE.cast(q7)).intoArray(c, c1 + 7 * LANES);
    }

    /** 4 rows, a panel of four vectors. */
    static void rows4x4(int blocks, float[] a, int a0, float[] b, int b0, float[] c, int c0) {
        FloatVector p0 = FloatVector.zero(F32);
        FloatVector q0 = p0;
        FloatVector s0 = p0;
        FloatVector t0 = p0;
        FloatVector p1 = p0;
        FloatVector q1 = p0;
        FloatVector s1 = p0;
        FloatVector t1 = p0;
        FloatVector p2 = p0;
        FloatVector q2 = p0;
        FloatVector s2 = p0;
        FloatVector t2 = p0;
        FloatVector p3 = p0;
        FloatVector q3 = p0;
        FloatVector s3 = p0;
        FloatVector t3 = p0;
        for (int block = 0; block < blocks; block++) {
            int x = a0 + block * LINE;
            int w = b0 + block * (4 * LANES * LANES);
            for (int k = 0; k < LANES; k++) {
                FloatVector bp = FloatVector.fromArray(F32, b, w + k * (4 * LANES));
                FloatVector bq = FloatVector.fromArray(F32, b, w + k * (4 * LANES) + LANES);
                FloatVector bs = FloatVector.fromArray(F32, b, w + k * (4 * LANES) + 2 * LANES);
                FloatVector bt = FloatVector.fromArray(F32, b, w + k * (4 * LANES) + 3 * LANES);
                FloatVector x0 = FloatVector.broadcast(F32, a[x + k]);
                p0 = Simd.FMA ? x0.fma(bp, p0) : x0.mul(bp).add(p0);
                q0 = Simd.FMA ? x0.fma(bq, q0) : x0.mul(bq).add(q0);
                s0 = Simd.FMA ? x0.fma(bs, s0) : x0.mul(bs).add(s0);
                t0 = Simd.FMA ? x0.fma(bt, t0) : x0.mul(bt).add(t0);
                FloatVector x1 = FloatVector.broadcast(F32, a[x + k + LANES]);
                p1 = Simd.FMA ? x1.fma(bp, p1) : x1.mul(bp).add(p1);
                q1 = Simd.FMA ? x1.fma(bq, q1) : x1.mul(bq).add(q1);
                s1 = Simd.FMA ? x1.fma(bs, s1) : x1.mul(bs).add(s1);
                t1 = Simd.FMA ? x1.fma(bt, t1) : x1.mul(bt).add(t1);
                FloatVector x2 = FloatVector.broadcast(F32, a[x + k + 2 * LANES]);
                p2 = Simd.FMA ? x2.fma(bp, p2) : x2.mul(bp).add(p2);
                q2 = Simd.FMA ? x2.fma(bq, q2) : x2.mul(bq).add(q2);
                s2 = Simd.FMA ? x2.fma(bs, s2) : x2.mul(bs).add(s2);
                t2 = Simd.FMA ? x2.fma(bt, t2) : x2.mul(bt).add(t2);
                FloatVector x3 = FloatVector.broadcast(F32, a[x + k + 3 * LANES]);
                p3 = Simd.FMA ? x3.fma(bp, p3) : x3.mul(bp).add(p3);
                q3 = Simd.FMA ? x3.fma(bq, q3) : x3.mul(bq).add(q3);
                s3 = Simd.FMA ? x3.fma(bs, s3) : x3.mul(bs).add(s3);
                t3 = Simd.FMA ? x3.fma(bt, t3) : x3.mul(bt).add(t3);
            }
        }
        int c1 = c0 + LINE;
        int c2 = c0 + 2 * LINE;
        int c3 = c0 + 3 * LINE;
        ((FloatVector) TYPE.cast(p0)).intoArray(c, c0);
        ((FloatVector) TYPE.cast(p1)).intoArray(c, c0 + LANES);
        ((FloatVector) TYPE.cast(p2)).intoArray(c, c0 + 2 * LANES);
        ((FloatVector) TYPE.cast(p3)).intoArray(c, c0 + 3 * LANES);
        ((FloatVector) TYPE.cast(q0)).intoArray(c, c1);
        ((FloatVector) TYPE.cast(q1)).intoArray(c, c1 + LANES);
        ((FloatVector) TYPE.cast(q2)).intoArray(c, c1 + 2 * LANES);
        ((FloatVector) TYPE.cast(q3)).intoArray(c, c1 + 3 * LANES);
        ((FloatVector) TYPE.cast(s0)).intoArray(c, c2);
        ((FloatVector) TYPE.cast(s1)).intoArray(c, c2 + LANES);
        ((FloatVector) TYPE.cast(s2)).intoArray(c, c2 + 2 * LANES);
        ((FloatVector) TYPE.cast(s3)).intoArray(c, c2 + 3 * LANES);
        ((FloatVector) TYPE.cast(t0)).intoArray(c, c3);
        ((FloatVector) TYPE.cast(t1)).intoArray(c, c3 + LANES);
        ((FloatVector) TYPE.cast(t2)).intoArray(c, c3 + 2 * LANES);
        ((FloatVector) TYPE.cast(t3)).intoArray(c, c3 + 3 * LANES);
    }
}
