package org.lanewise.kernels.conv;

import static org.lanewise.kernels.Species.F32;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.Vector;
import org.lanewise.kernels.Simd;

/**
 * Micro-kernels of {@link WinogradProducts}: {@code C = A * B}, A being (rows, kc) and row-major, B packed in panels of two vectors or one. Shorter than those of
 * a general product, because sums start from zero and nothing follows them: with 16 to 64 channels what stands around the loop takes as long as the loop.
 */
final class WinogradProductTiles {
    /** Says which class loop-carried vectors have: C2 would ask a profile that all users of vectors share. */
    private static final Class<? extends Vector<Float>> TYPE = F32.vectorType();

    private static final int LANES = Simd.LANES;
    private static final int NR = 2 * LANES;

    private WinogradProductTiles() {}

    /** 4 rows, 4 vectors of columns; the second panel of B is {@code bNext} behind the first. */
    static void rows4x4(int kc, float[] a, int a0, int lda, float[] b, int bo, int bNext, float[] c, int c0, int ldc) {
        int a1 = a0 + lda;
        int a2 = a0 + 2 * lda;
        int a3 = a0 + 3 * lda;
        int b2 = bo + bNext;
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
        for (int k = 0; k < kc; k++) {
            FloatVector bp = FloatVector.fromArray(F32, b, bo + k * NR);
            FloatVector bq = FloatVector.fromArray(F32, b, bo + k * NR + LANES);
            FloatVector bs = FloatVector.fromArray(F32, b, b2 + k * NR);
            FloatVector bt = FloatVector.fromArray(F32, b, b2 + k * NR + LANES);
            FloatVector x0 = FloatVector.broadcast(F32, a[a0 + k]);
            p0 = Simd.FMA ? x0.fma(bp, p0) : x0.mul(bp).add(p0);
            q0 = Simd.FMA ? x0.fma(bq, q0) : x0.mul(bq).add(q0);
            s0 = Simd.FMA ? x0.fma(bs, s0) : x0.mul(bs).add(s0);
            t0 = Simd.FMA ? x0.fma(bt, t0) : x0.mul(bt).add(t0);
            FloatVector x1 = FloatVector.broadcast(F32, a[a1 + k]);
            p1 = Simd.FMA ? x1.fma(bp, p1) : x1.mul(bp).add(p1);
            q1 = Simd.FMA ? x1.fma(bq, q1) : x1.mul(bq).add(q1);
            s1 = Simd.FMA ? x1.fma(bs, s1) : x1.mul(bs).add(s1);
            t1 = Simd.FMA ? x1.fma(bt, t1) : x1.mul(bt).add(t1);
            FloatVector x2 = FloatVector.broadcast(F32, a[a2 + k]);
            p2 = Simd.FMA ? x2.fma(bp, p2) : x2.mul(bp).add(p2);
            q2 = Simd.FMA ? x2.fma(bq, q2) : x2.mul(bq).add(q2);
            s2 = Simd.FMA ? x2.fma(bs, s2) : x2.mul(bs).add(s2);
            t2 = Simd.FMA ? x2.fma(bt, t2) : x2.mul(bt).add(t2);
            FloatVector x3 = FloatVector.broadcast(F32, a[a3 + k]);
            p3 = Simd.FMA ? x3.fma(bp, p3) : x3.mul(bp).add(p3);
            q3 = Simd.FMA ? x3.fma(bq, q3) : x3.mul(bq).add(q3);
            s3 = Simd.FMA ? x3.fma(bs, s3) : x3.mul(bs).add(s3);
            t3 = Simd.FMA ? x3.fma(bt, t3) : x3.mul(bt).add(t3);
        }
        int c1 = c0 + ldc;
        int c2 = c1 + ldc;
        int c3 = c2 + ldc;
        ((FloatVector) TYPE.cast(p0)).intoArray(c, c0);
        ((FloatVector) TYPE.cast(q0)).intoArray(c, c0 + LANES);
        ((FloatVector) TYPE.cast(s0)).intoArray(c, c0 + 2 * LANES);
        ((FloatVector) TYPE.cast(t0)).intoArray(c, c0 + 3 * LANES);
        ((FloatVector) TYPE.cast(p1)).intoArray(c, c1);
        ((FloatVector) TYPE.cast(q1)).intoArray(c, c1 + LANES);
        ((FloatVector) TYPE.cast(s1)).intoArray(c, c1 + 2 * LANES);
        ((FloatVector) TYPE.cast(t1)).intoArray(c, c1 + 3 * LANES);
        ((FloatVector) TYPE.cast(p2)).intoArray(c, c2);
        ((FloatVector) TYPE.cast(q2)).intoArray(c, c2 + LANES);
        ((FloatVector) TYPE.cast(s2)).intoArray(c, c2 + 2 * LANES);
        ((FloatVector) TYPE.cast(t2)).intoArray(c, c2 + 3 * LANES);
        ((FloatVector) TYPE.cast(p3)).intoArray(c, c3);
        ((FloatVector) TYPE.cast(q3)).intoArray(c, c3 + LANES);
        ((FloatVector) TYPE.cast(s3)).intoArray(c, c3 + 2 * LANES);
        ((FloatVector) TYPE.cast(t3)).intoArray(c, c3 + 3 * LANES);
    }

    /** 4 rows, 2 vectors of columns. */
    static void rows4x2(int kc, float[] a, int a0, int lda, float[] b, int bo, float[] c, int c0, int ldc) {
        int a1 = a0 + lda;
        int a2 = a0 + 2 * lda;
        int a3 = a0 + 3 * lda;
        FloatVector p0 = FloatVector.zero(F32);
        FloatVector q0 = p0;
        FloatVector p1 = p0;
        FloatVector q1 = p0;
        FloatVector p2 = p0;
        FloatVector q2 = p0;
        FloatVector p3 = p0;
        FloatVector q3 = p0;
        for (int k = 0; k < kc; k++) {
            FloatVector bp = FloatVector.fromArray(F32, b, bo + k * NR);
            FloatVector bq = FloatVector.fromArray(F32, b, bo + k * NR + LANES);
            FloatVector x0 = FloatVector.broadcast(F32, a[a0 + k]);
            p0 = Simd.FMA ? x0.fma(bp, p0) : x0.mul(bp).add(p0);
            q0 = Simd.FMA ? x0.fma(bq, q0) : x0.mul(bq).add(q0);
            FloatVector x1 = FloatVector.broadcast(F32, a[a1 + k]);
            p1 = Simd.FMA ? x1.fma(bp, p1) : x1.mul(bp).add(p1);
            q1 = Simd.FMA ? x1.fma(bq, q1) : x1.mul(bq).add(q1);
            FloatVector x2 = FloatVector.broadcast(F32, a[a2 + k]);
            p2 = Simd.FMA ? x2.fma(bp, p2) : x2.mul(bp).add(p2);
            q2 = Simd.FMA ? x2.fma(bq, q2) : x2.mul(bq).add(q2);
            FloatVector x3 = FloatVector.broadcast(F32, a[a3 + k]);
            p3 = Simd.FMA ? x3.fma(bp, p3) : x3.mul(bp).add(p3);
            q3 = Simd.FMA ? x3.fma(bq, q3) : x3.mul(bq).add(q3);
        }
        int c1 = c0 + ldc;
        int c2 = c1 + ldc;
        int c3 = c2 + ldc;
        ((FloatVector) TYPE.cast(p0)).intoArray(c, c0);
        ((FloatVector) TYPE.cast(q0)).intoArray(c, c0 + LANES);
        ((FloatVector) TYPE.cast(p1)).intoArray(c, c1);
        ((FloatVector) TYPE.cast(q1)).intoArray(c, c1 + LANES);
        ((FloatVector) TYPE.cast(p2)).intoArray(c, c2);
        ((FloatVector) TYPE.cast(q2)).intoArray(c, c2 + LANES);
        ((FloatVector) TYPE.cast(p3)).intoArray(c, c3);
        ((FloatVector) TYPE.cast(q3)).intoArray(c, c3 + LANES);
    }

    /** 8 rows, 1 vector of columns. */
    static void rows8x1(int kc, float[] a, int a0, int lda, float[] b, int bo, float[] c, int c0, int ldc) {
        int a1 = a0 + lda;
        int a2 = a0 + 2 * lda;
        int a3 = a0 + 3 * lda;
        int a4 = a0 + 4 * lda;
        int a5 = a0 + 5 * lda;
        int a6 = a0 + 6 * lda;
        int a7 = a0 + 7 * lda;
        FloatVector p0 = FloatVector.zero(F32);
        FloatVector p1 = p0;
        FloatVector p2 = p0;
        FloatVector p3 = p0;
        FloatVector p4 = p0;
        FloatVector p5 = p0;
        FloatVector p6 = p0;
        FloatVector p7 = p0;
        for (int k = 0; k < kc; k++) {
            FloatVector bp = FloatVector.fromArray(F32, b, bo + k * LANES);
            FloatVector x0 = FloatVector.broadcast(F32, a[a0 + k]);
            p0 = Simd.FMA ? x0.fma(bp, p0) : x0.mul(bp).add(p0);
            FloatVector x1 = FloatVector.broadcast(F32, a[a1 + k]);
            p1 = Simd.FMA ? x1.fma(bp, p1) : x1.mul(bp).add(p1);
            FloatVector x2 = FloatVector.broadcast(F32, a[a2 + k]);
            p2 = Simd.FMA ? x2.fma(bp, p2) : x2.mul(bp).add(p2);
            FloatVector x3 = FloatVector.broadcast(F32, a[a3 + k]);
            p3 = Simd.FMA ? x3.fma(bp, p3) : x3.mul(bp).add(p3);
            FloatVector x4 = FloatVector.broadcast(F32, a[a4 + k]);
            p4 = Simd.FMA ? x4.fma(bp, p4) : x4.mul(bp).add(p4);
            FloatVector x5 = FloatVector.broadcast(F32, a[a5 + k]);
            p5 = Simd.FMA ? x5.fma(bp, p5) : x5.mul(bp).add(p5);
            FloatVector x6 = FloatVector.broadcast(F32, a[a6 + k]);
            p6 = Simd.FMA ? x6.fma(bp, p6) : x6.mul(bp).add(p6);
            FloatVector x7 = FloatVector.broadcast(F32, a[a7 + k]);
            p7 = Simd.FMA ? x7.fma(bp, p7) : x7.mul(bp).add(p7);
        }
        int c1 = c0 + ldc;
        int c2 = c1 + ldc;
        int c3 = c2 + ldc;
        int c4 = c3 + ldc;
        int c5 = c4 + ldc;
        int c6 = c5 + ldc;
        int c7 = c6 + ldc;
        ((FloatVector) TYPE.cast(p0)).intoArray(c, c0);
        ((FloatVector) TYPE.cast(p1)).intoArray(c, c1);
        ((FloatVector) TYPE.cast(p2)).intoArray(c, c2);
        ((FloatVector) TYPE.cast(p3)).intoArray(c, c3);
        ((FloatVector) TYPE.cast(p4)).intoArray(c, c4);
        ((FloatVector) TYPE.cast(p5)).intoArray(c, c5);
        ((FloatVector) TYPE.cast(p6)).intoArray(c, c6);
        ((FloatVector) TYPE.cast(p7)).intoArray(c, c7);
    }

    /** 16 rows, 1 vector of columns, rows of A and of C one vector apart: at fixed distances their 16 addresses need no registers. */
    static void rows16x1(int kc, float[] a, int a0, float[] b, int bo, float[] c, int c0) {
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
        for (int k = 0; k < kc; k++) {
            FloatVector bp = FloatVector.fromArray(F32, b, bo + k * LANES);
            FloatVector x0 = FloatVector.broadcast(F32, a[a0 + k]);
            p0 = Simd.FMA ? x0.fma(bp, p0) : x0.mul(bp).add(p0);
            FloatVector x1 = FloatVector.broadcast(F32, a[a0 + k + LANES]);
            p1 = Simd.FMA ? x1.fma(bp, p1) : x1.mul(bp).add(p1);
            FloatVector x2 = FloatVector.broadcast(F32, a[a0 + k + 2 * LANES]);
            p2 = Simd.FMA ? x2.fma(bp, p2) : x2.mul(bp).add(p2);
            FloatVector x3 = FloatVector.broadcast(F32, a[a0 + k + 3 * LANES]);
            p3 = Simd.FMA ? x3.fma(bp, p3) : x3.mul(bp).add(p3);
            FloatVector x4 = FloatVector.broadcast(F32, a[a0 + k + 4 * LANES]);
            p4 = Simd.FMA ? x4.fma(bp, p4) : x4.mul(bp).add(p4);
            FloatVector x5 = FloatVector.broadcast(F32, a[a0 + k + 5 * LANES]);
            p5 = Simd.FMA ? x5.fma(bp, p5) : x5.mul(bp).add(p5);
            FloatVector x6 = FloatVector.broadcast(F32, a[a0 + k + 6 * LANES]);
            p6 = Simd.FMA ? x6.fma(bp, p6) : x6.mul(bp).add(p6);
            FloatVector x7 = FloatVector.broadcast(F32, a[a0 + k + 7 * LANES]);
            p7 = Simd.FMA ? x7.fma(bp, p7) : x7.mul(bp).add(p7);
            FloatVector x8 = FloatVector.broadcast(F32, a[a0 + k + 8 * LANES]);
            p8 = Simd.FMA ? x8.fma(bp, p8) : x8.mul(bp).add(p8);
            FloatVector x9 = FloatVector.broadcast(F32, a[a0 + k + 9 * LANES]);
            p9 = Simd.FMA ? x9.fma(bp, p9) : x9.mul(bp).add(p9);
            FloatVector x10 = FloatVector.broadcast(F32, a[a0 + k + 10 * LANES]);
            p10 = Simd.FMA ? x10.fma(bp, p10) : x10.mul(bp).add(p10);
            FloatVector x11 = FloatVector.broadcast(F32, a[a0 + k + 11 * LANES]);
            p11 = Simd.FMA ? x11.fma(bp, p11) : x11.mul(bp).add(p11);
            FloatVector x12 = FloatVector.broadcast(F32, a[a0 + k + 12 * LANES]);
            p12 = Simd.FMA ? x12.fma(bp, p12) : x12.mul(bp).add(p12);
            FloatVector x13 = FloatVector.broadcast(F32, a[a0 + k + 13 * LANES]);
            p13 = Simd.FMA ? x13.fma(bp, p13) : x13.mul(bp).add(p13);
            FloatVector x14 = FloatVector.broadcast(F32, a[a0 + k + 14 * LANES]);
            p14 = Simd.FMA ? x14.fma(bp, p14) : x14.mul(bp).add(p14);
            FloatVector x15 = FloatVector.broadcast(F32, a[a0 + k + 15 * LANES]);
            p15 = Simd.FMA ? x15.fma(bp, p15) : x15.mul(bp).add(p15);
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
}
