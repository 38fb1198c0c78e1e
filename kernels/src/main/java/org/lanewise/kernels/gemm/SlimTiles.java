package org.lanewise.kernels.gemm;

import static org.lanewise.kernels.Species.F32;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.Vector;
import org.lanewise.kernels.Simd;

/**
 * Micro-kernels of the first half of a panel for 1 to 8 rows of A: one vector of columns, for a last panel that has no more. Otherwise like
 * {@link NarrowTiles}.
 */
final class SlimTiles {
    /** Says which class loop-carried vectors have: C2 would ask a profile that all users of vectors share. */
    private static final Class<? extends Vector<Float>> TYPE = F32.vectorType();

    private static final int LANES = Simd.LANES;
    private static final int NR = 2 * LANES;

    private SlimTiles() {}

    /**
     * {@code C = start + A * B}, A being (rows, kc) and row-major, B packed.
     *
     * @param ao index of A's first value; {@code bo}, {@code co}, {@code so} likewise
     * @param start values the sums start from: those of row r are at {@code so + r * startRow}
     */
    static void run(
            int rows,
            int kc,
            float[] a,
            int ao,
            int lda,
            float[] b,
            int bo,
            float[] c,
            int co,
            int ldc,
            float[] start,
            int so,
            int startRow) {
        switch (rows) {
            case 1 -> rows1(kc, a, ao, b, bo, c, co, start, so);
            case 2 -> rows2(kc, a, ao, lda, b, bo, c, co, ldc, start, so, startRow);
            case 3 -> rows3(kc, a, ao, lda, b, bo, c, co, ldc, start, so, startRow);
            case 4 -> rows4(kc, a, ao, lda, b, bo, c, co, ldc, start, so, startRow);
            case 5 -> rows5(kc, a, ao, lda, b, bo, c, co, ldc, start, so, startRow);
            case 6 -> rows6(kc, a, ao, lda, b, bo, c, co, ldc, start, so, startRow);
            case 7 -> rows7(kc, a, ao, lda, b, bo, c, co, ldc, start, so, startRow);
            case 8 -> rows8(kc, a, ao, lda, b, bo, c, co, ldc, start, so, startRow);
            default -> throw new IllegalArgumentException("rows = " + rows + ": no such tile");
        }
    }

    /** 1 row, 1 vector of columns. */
    private static void rows1(int kc, float[] a, int ao, float[] b, int bo, float[] c, int co, float[] start, int so) {
        FloatVector p0 = FloatVector.fromArray(F32, start, so);
        int last = kc - 1;
        for (int k = 0; k < last; k++) {
            FloatVector bp = FloatVector.fromArray(F32, b, bo + k * NR);
            FloatVector x0 = FloatVector.broadcast(F32, a[ao + k]);
            p0 = Simd.FMA ? x0.fma(bp, p0) : x0.mul(bp).add(p0);
        }
        // The last step stands apart: C2 does not always know the class of a vector that a short loop leaves behind,
        // and would make an object of it in every step to call intoArray.
        if (last >= 0) {
            FloatVector bp = FloatVector.fromArray(F32, b, bo + last * NR);
            FloatVector x0 = FloatVector.broadcast(F32, a[ao + last]);
            ((FloatVector) TYPE.cast(Simd.FMA ? x0.fma(bp, p0) : x0.mul(bp).add(p0))).intoArray(c, co);
        } else {
            ((FloatVector) TYPE.cast(p0)).intoArray(c, co);
        }
    }

    /** 2 rows, 1 vector of columns. */
    private static void rows2(
            int kc,
            float[] a,
            int ao,
            int lda,
            float[] b,
            int bo,
            float[] c,
            int co,
            int ldc,
            float[] start,
            int so,
            int startRow) {
        int a1 = ao + lda;
        FloatVector p0 = FloatVector.fromArray(F32, start, so);
        FloatVector p1 = FloatVector.fromArray(F32, start, so + startRow);
        for (int k = 0; k < kc; k++) {
            FloatVector bp = FloatVector.fromArray(F32, b, bo + k * NR);
            FloatVector x0 = FloatVector.broadcast(F32, a[ao + k]);
            p0 = Simd.FMA ? x0.fma(bp, p0) : x0.mul(bp).add(p0);
            FloatVector x1 = FloatVector.broadcast(F32, a[a1 + k]);
            p1 = Simd.FMA ? x1.fma(bp, p1) : x1.mul(bp).add(p1);
        }
        ((FloatVector) TYPE.cast(p0)).intoArray(c, co);
        ((FloatVector) TYPE.cast(p1)).intoArray(c, co + ldc);
    }

    /** 3 rows, 1 vector of columns. */
    private static void rows3(
            int kc,
            float[] a,
            int ao,
            int lda,
            float[] b,
            int bo,
            float[] c,
            int co,
            int ldc,
            float[] start,
            int so,
            int startRow) {
        int a1 = ao + lda;
        int a2 = ao + 2 * lda;
        FloatVector p0 = FloatVector.fromArray(F32, start, so);
        FloatVector p1 = FloatVector.fromArray(F32, start, so + startRow);
        FloatVector p2 = FloatVector.fromArray(F32, start, so + 2 * startRow);
        for (int k = 0; k < kc; k++) {
            FloatVector bp = FloatVector.fromArray(F32, b, bo + k * NR);
            FloatVector x0 = FloatVector.broadcast(F32, a[ao + k]);
            p0 = Simd.FMA ? x0.fma(bp, p0) : x0.mul(bp).add(p0);
            FloatVector x1 = FloatVector.broadcast(F32, a[a1 + k]);
            p1 = Simd.FMA ? x1.fma(bp, p1) : x1.mul(bp).add(p1);
            FloatVector x2 = FloatVector.broadcast(F32, a[a2 + k]);
            p2 = Simd.FMA ? x2.fma(bp, p2) : x2.mul(bp).add(p2);
        }
        ((FloatVector) TYPE.cast(p0)).intoArray(c, co);
        ((FloatVector) TYPE.cast(p1)).intoArray(c, co + ldc);
        ((FloatVector) TYPE.cast(p2)).intoArray(c, co + 2 * ldc);
    }

    /** 4 rows, 1 vector of columns. */
    private static void rows4(
            int kc,
            float[] a,
            int ao,
            int lda,
            float[] b,
            int bo,
            float[] c,
            int co,
            int ldc,
            float[] start,
            int so,
            int startRow) {
        int a1 = ao + lda;
        int a2 = ao + 2 * lda;
        int a3 = ao + 3 * lda;
        FloatVector p0 = FloatVector.fromArray(F32, start, so);
        FloatVector p1 = FloatVector.fromArray(F32, start, so + startRow);
        FloatVector p2 = FloatVector.fromArray(F32, start, so + 2 * startRow);
        FloatVector p3 = FloatVector.fromArray(F32, start, so + 3 * startRow);
        for (int k = 0; k < kc; k++) {
            FloatVector bp = FloatVector.fromArray(F32, b, bo + k * NR);
            FloatVector x0 = FloatVector.broadcast(F32, a[ao + k]);
            p0 = Simd.FMA ? x0.fma(bp, p0) : x0.mul(bp).add(p0);
            FloatVector x1 = FloatVector.broadcast(F32, a[a1 + k]);
            p1 = Simd.FMA ? x1.fma(bp, p1) : x1.mul(bp).add(p1);
            FloatVector x2 = FloatVector.broadcast(F32, a[a2 + k]);
            p2 = Simd.FMA ? x2.fma(bp, p2) : x2.mul(bp).add(p2);
            FloatVector x3 = FloatVector.broadcast(F32, a[a3 + k]);
            p3 = Simd.FMA ? x3.fma(bp, p3) : x3.mul(bp).add(p3);
        }
        ((FloatVector) TYPE.cast(p0)).intoArray(c, co);
        ((FloatVector) TYPE.cast(p1)).intoArray(c, co + ldc);
        ((FloatVector) TYPE.cast(p2)).intoArray(c, co + 2 * ldc);
        ((FloatVector) TYPE.cast(p3)).intoArray(c, co + 3 * ldc);
    }

    /** 5 rows, 1 vector of columns. */
    private static void rows5(
            int kc,
            float[] a,
            int ao,
            int lda,
            float[] b,
            int bo,
            float[] c,
            int co,
            int ldc,
            float[] start,
            int so,
            int startRow) {
        int a1 = ao + lda;
        int a2 = ao + 2 * lda;
        int a3 = ao + 3 * lda;
        int a4 = ao + 4 * lda;
        FloatVector p0 = FloatVector.fromArray(F32, start, so);
        FloatVector p1 = FloatVector.fromArray(F32, start, so + startRow);
        FloatVector p2 = FloatVector.fromArray(F32, start, so + 2 * startRow);
        FloatVector p3 = FloatVector.fromArray(F32, start, so + 3 * startRow);
        FloatVector p4 = FloatVector.fromArray(F32, start, so + 4 * startRow);
        for (int k = 0; k < kc; k++) {
            FloatVector bp = FloatVector.fromArray(F32, b, bo + k * NR);
            FloatVector x0 = FloatVector.broadcast(F32, a[ao + k]);
            p0 = Simd.FMA ? x0.fma(bp, p0) : x0.mul(bp).add(p0);
            FloatVector x1 = FloatVector.broadcast(F32, a[a1 + k]);
            p1 = Simd.FMA ? x1.fma(bp, p1) : x1.mul(bp).add(p1);
            FloatVector x2 = FloatVector.broadcast(F32, a[a2 + k]);
            p2 = Simd.FMA ? x2.fma(bp, p2) : x2.mul(bp).add(p2);
            FloatVector x3 = FloatVector.broadcast(F32, a[a3 + k]);
            p3 = Simd.FMA ? x3.fma(bp, p3) : x3.mul(bp).add(p3);
            FloatVector x4 = FloatVector.broadcast(F32, a[a4 + k]);
            p4 = Simd.FMA ? x4.fma(bp, p4) : x4.mul(bp).add(p4);
        }
        ((FloatVector) TYPE.cast(p0)).intoArray(c, co);
        ((FloatVector) TYPE.cast(p1)).intoArray(c, co + ldc);
        ((FloatVector) TYPE.cast(p2)).intoArray(c, co + 2 * ldc);
        ((FloatVector) TYPE.cast(p3)).intoArray(c, co + 3 * ldc);
        ((FloatVector) TYPE.cast(p4)).intoArray(c, co + 4 * ldc);
    }

    /** 6 rows, 1 vector of columns. */
    private static void rows6(
            int kc,
            float[] a,
            int ao,
            int lda,
            float[] b,
            int bo,
            float[] c,
            int co,
            int ldc,
            float[] start,
            int so,
            int startRow) {
        int a1 = ao + lda;
        int a2 = ao + 2 * lda;
        int a3 = ao + 3 * lda;
        int a4 = ao + 4 * lda;
        int a5 = ao + 5 * lda;
        FloatVector p0 = FloatVector.fromArray(F32, start, so);
        FloatVector p1 = FloatVector.fromArray(F32, start, so + startRow);
        FloatVector p2 = FloatVector.fromArray(F32, start, so + 2 * startRow);
        FloatVector p3 = FloatVector.fromArray(F32, start, so + 3 * startRow);
        FloatVector p4 = FloatVector.fromArray(F32, start, so + 4 * startRow);
        FloatVector p5 = FloatVector.fromArray(F32, start, so + 5 * startRow);
        for (int k = 0; k < kc; k++) {
            FloatVector bp = FloatVector.fromArray(F32, b, bo + k * NR);
            FloatVector x0 = FloatVector.broadcast(F32, a[ao + k]);
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
        }
        ((FloatVector) TYPE.cast(p0)).intoArray(c, co);
        ((FloatVector) TYPE.cast(p1)).intoArray(c, co + ldc);
        ((FloatVector) TYPE.cast(p2)).intoArray(c, co + 2 * ldc);
        ((FloatVector) TYPE.cast(p3)).intoArray(c, co + 3 * ldc);
        ((FloatVector) TYPE.cast(p4)).intoArray(c, co + 4 * ldc);
        ((FloatVector) TYPE.cast(p5)).intoArray(c, co + 5 * ldc);
    }

    /** 7 rows, 1 vector of columns. */
    private static void rows7(
            int kc,
            float[] a,
            int ao,
            int lda,
            float[] b,
            int bo,
            float[] c,
            int co,
            int ldc,
            float[] start,
            int so,
            int startRow) {
        int a1 = ao + lda;
        int a2 = ao + 2 * lda;
        int a3 = ao + 3 * lda;
        int a4 = ao + 4 * lda;
        int a5 = ao + 5 * lda;
        int a6 = ao + 6 * lda;
        FloatVector p0 = FloatVector.fromArray(F32, start, so);
        FloatVector p1 = FloatVector.fromArray(F32, start, so + startRow);
        FloatVector p2 = FloatVector.fromArray(F32, start, so + 2 * startRow);
        FloatVector p3 = FloatVector.fromArray(F32, start, so + 3 * startRow);
        FloatVector p4 = FloatVector.fromArray(F32, start, so + 4 * startRow);
        FloatVector p5 = FloatVector.fromArray(F32, start, so + 5 * startRow);
        FloatVector p6 = FloatVector.fromArray(F32, start, so + 6 * startRow);
        for (int k = 0; k < kc; k++) {
            FloatVector bp = FloatVector.fromArray(F32, b, bo + k * NR);
            FloatVector x0 = FloatVector.broadcast(F32, a[ao + k]);
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
        }
        ((FloatVector) TYPE.cast(p0)).intoArray(c, co);
        ((FloatVector) TYPE.cast(p1)).intoArray(c, co + ldc);
        ((FloatVector) TYPE.cast(p2)).intoArray(c, co + 2 * ldc);
        ((FloatVector) TYPE.cast(p3)).intoArray(c, co + 3 * ldc);
        ((FloatVector) TYPE.cast(p4)).intoArray(c, co + 4 * ldc);
        ((FloatVector) TYPE.cast(p5)).intoArray(c, co + 5 * ldc);
        ((FloatVector) TYPE.cast(p6)).intoArray(c, co + 6 * ldc);
    }

    /** 8 rows, 1 vector of columns. */
    private static void rows8(
            int kc,
            float[] a,
            int ao,
            int lda,
            float[] b,
            int bo,
            float[] c,
            int co,
            int ldc,
            float[] start,
            int so,
            int startRow) {
        int a1 = ao + lda;
        int a2 = ao + 2 * lda;
        int a3 = ao + 3 * lda;
        int a4 = ao + 4 * lda;
        int a5 = ao + 5 * lda;
        int a6 = ao + 6 * lda;
        int a7 = ao + 7 * lda;
        FloatVector p0 = FloatVector.fromArray(F32, start, so);
        FloatVector p1 = FloatVector.fromArray(F32, start, so + startRow);
        FloatVector p2 = FloatVector.fromArray(F32, start, so + 2 * startRow);
        FloatVector p3 = FloatVector.fromArray(F32, start, so + 3 * startRow);
        FloatVector p4 = FloatVector.fromArray(F32, start, so + 4 * startRow);
        FloatVector p5 = FloatVector.fromArray(F32, start, so + 5 * startRow);
        FloatVector p6 = FloatVector.fromArray(F32, start, so + 6 * startRow);
        FloatVector p7 = FloatVector.fromArray(F32, start, so + 7 * startRow);
        for (int k = 0; k < kc; k++) {
            FloatVector bp = FloatVector.fromArray(F32, b, bo + k * NR);
            FloatVector x0 = FloatVector.broadcast(F32, a[ao + k]);
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
        ((FloatVector) TYPE.cast(p0)).intoArray(c, co);
        ((FloatVector) TYPE.cast(p1)).intoArray(c, co + ldc);
        ((FloatVector) TYPE.cast(p2)).intoArray(c, co + 2 * ldc);
        ((FloatVector) TYPE.cast(p3)).intoArray(c, co + 3 * ldc);
        ((FloatVector) TYPE.cast(p4)).intoArray(c, co + 4 * ldc);
        ((FloatVector) TYPE.cast(p5)).intoArray(c, co + 5 * ldc);
        ((FloatVector) TYPE.cast(p6)).intoArray(c, co + 6 * ldc);
        ((FloatVector) TYPE.cast(p7)).intoArray(c, co + 7 * ldc);
    }
}
