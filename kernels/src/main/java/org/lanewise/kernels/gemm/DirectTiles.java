package org.lanewise.kernels.gemm;

import static org.lanewise.kernels.Species.F32;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.Vector;
import org.lanewise.kernels.Simd;

/**
 * Micro-kernels of two vectors of columns for 3 to 8 rows of A that read B where it is: its index is a second induction variable, which costs
 * a few percent, less than packing it when there are few rows. Otherwise like {@link NarrowTiles}.
 */
final class DirectTiles {
    /** Says which class loop-carried vectors have: C2 would ask a profile that all users of vectors share. */
    private static final Class<? extends Vector<Float>> TYPE = F32.vectorType();

    private static final int LANES = Simd.LANES;
    private static final int NR = 2 * LANES;

    private DirectTiles() {}

    /**
     * {@code C = start + A * B}, A being (rows, kc) and row-major, B row-major too, its rows {@code ldb} apart.
     *
     * @param panels number of panels of NR columns
     * @param ao index of A's first value; {@code bo}, {@code co}, {@code so} likewise
     * @param start values the sums start from: vector j of row r is at {@code so + r * startRow + j * startStep}
     */
    static void run(
            int rows,
            int panels,
            int kc,
            float[] a,
            int ao,
            int lda,
            float[] b,
            int bo,
            int ldb,
            float[] c,
            int co,
            int ldc,
            float[] start,
            int so,
            int startRow,
            int startStep) {
        for (int p = 0; p < panels; p++) {
            int panelB = bo + p * NR;
            int panelC = co + p * NR;
            int panelStart = so + p * 2 * startStep;
            switch (rows) {
                case 3 -> rows3(kc, a, ao, lda, b, panelB, ldb, c, panelC, ldc, start, panelStart, startRow, startStep);
                case 4 -> rows4(kc, a, ao, lda, b, panelB, ldb, c, panelC, ldc, start, panelStart, startRow, startStep);
                case 5 -> rows5(kc, a, ao, lda, b, panelB, ldb, c, panelC, ldc, start, panelStart, startRow, startStep);
                case 6 -> rows6(kc, a, ao, lda, b, panelB, ldb, c, panelC, ldc, start, panelStart, startRow, startStep);
                case 7 -> rows7(kc, a, ao, lda, b, panelB, ldb, c, panelC, ldc, start, panelStart, startRow, startStep);
                case 8 -> rows8(kc, a, ao, lda, b, panelB, ldb, c, panelC, ldc, start, panelStart, startRow, startStep);
                default -> throw new IllegalArgumentException("rows = " + rows + ": no such tile");
            }
        }
    }

    /** 3 rows, 2 vectors of columns. */
    private static void rows3(
            int kc,
            float[] a,
            int ao,
            int lda,
            float[] b,
            int bo,
            int ldb,
            float[] c,
            int co,
            int ldc,
            float[] start,
            int so,
            int startRow,
            int startStep) {
        int a1 = ao + lda;
        int a2 = ao + 2 * lda;
        FloatVector p0 = FloatVector.fromArray(F32, start, so);
        FloatVector q0 = FloatVector.fromArray(F32, start, so + startStep);
        FloatVector p1 = FloatVector.fromArray(F32, start, so + startRow);
        FloatVector q1 = FloatVector.fromArray(F32, start, so + startRow + startStep);
        FloatVector p2 = FloatVector.fromArray(F32, start, so + 2 * startRow);
        FloatVector q2 = FloatVector.fromArray(F32, start, so + 2 * startRow + startStep);
        for (int k = 0, bk = bo; k < kc; k++, bk += ldb) {
            FloatVector bp = FloatVector.fromArray(F32, b, bk);
            FloatVector bq = FloatVector.fromArray(F32, b, bk + LANES);
            FloatVector x0 = FloatVector.broadcast(F32, a[ao + k]);
            p0 = Simd.FMA ? x0.fma(bp, p0) : x0.mul(bp).add(p0);
            q0 = Simd.FMA ? x0.fma(bq, q0) : x0.mul(bq).add(q0);
            FloatVector x1 = FloatVector.broadcast(F32, a[a1 + k]);
            p1 = Simd.FMA ? x1.fma(bp, p1) : x1.mul(bp).add(p1);
            q1 = Simd.FMA ? x1.fma(bq, q1) : x1.mul(bq).add(q1);
            FloatVector x2 = FloatVector.broadcast(F32, a[a2 + k]);
            p2 = Simd.FMA ? x2.fma(bp, p2) : x2.mul(bp).add(p2);
            q2 = Simd.FMA ? x2.fma(bq, q2) : x2.mul(bq).add(q2);
        }
        ((FloatVector) TYPE.cast(p0)).intoArray(c, co);
        ((FloatVector) TYPE.cast(q0)).intoArray(c, co + LANES);
        ((FloatVector) TYPE.cast(p1)).intoArray(c, co + ldc);
        ((FloatVector) TYPE.cast(q1)).intoArray(c, co + ldc + LANES);
        ((FloatVector) TYPE.cast(p2)).intoArray(c, co + 2 * ldc);
        ((FloatVector) TYPE.cast(q2)).intoArray(c, co + 2 * ldc + LANES);
    }

    /** 4 rows, 2 vectors of columns. */
    private static void rows4(
            int kc,
            float[] a,
            int ao,
            int lda,
            float[] b,
            int bo,
            int ldb,
            float[] c,
            int co,
            int ldc,
            float[] start,
            int so,
            int startRow,
            int startStep) {
        int a1 = ao + lda;
        int a2 = ao + 2 * lda;
        int a3 = ao + 3 * lda;
        FloatVector p0 = FloatVector.fromArray(F32, start, so);
        FloatVector q0 = FloatVector.fromArray(F32, start, so + startStep);
        FloatVector p1 = FloatVector.fromArray(F32, start, so + startRow);
        FloatVector q1 = FloatVector.fromArray(F32, start, so + startRow + startStep);
        FloatVector p2 = FloatVector.fromArray(F32, start, so + 2 * startRow);
        FloatVector q2 = FloatVector.fromArray(F32, start, so + 2 * startRow + startStep);
        FloatVector p3 = FloatVector.fromArray(F32, start, so + 3 * startRow);
        FloatVector q3 = FloatVector.fromArray(F32, start, so + 3 * startRow + startStep);
        for (int k = 0, bk = bo; k < kc; k++, bk += ldb) {
            FloatVector bp = FloatVector.fromArray(F32, b, bk);
            FloatVector bq = FloatVector.fromArray(F32, b, bk + LANES);
            FloatVector x0 = FloatVector.broadcast(F32, a[ao + k]);
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
        ((FloatVector) TYPE.cast(p0)).intoArray(c, co);
        ((FloatVector) TYPE.cast(q0)).intoArray(c, co + LANES);
        ((FloatVector) TYPE.cast(p1)).intoArray(c, co + ldc);
        ((FloatVector) TYPE.cast(q1)).intoArray(c, co + ldc + LANES);
        ((FloatVector) TYPE.cast(p2)).intoArray(c, co + 2 * ldc);
        ((FloatVector) TYPE.cast(q2)).intoArray(c, co + 2 * ldc + LANES);
        ((FloatVector) TYPE.cast(p3)).intoArray(c, co + 3 * ldc);
        ((FloatVector) TYPE.cast(q3)).intoArray(c, co + 3 * ldc + LANES);
    }

    /** 5 rows, 2 vectors of columns. */
    private static void rows5(
            int kc,
            float[] a,
            int ao,
            int lda,
            float[] b,
            int bo,
            int ldb,
            float[] c,
            int co,
            int ldc,
            float[] start,
            int so,
            int startRow,
            int startStep) {
        int a1 = ao + lda;
        int a2 = ao + 2 * lda;
        int a3 = ao + 3 * lda;
        int a4 = ao + 4 * lda;
        FloatVector p0 = FloatVector.fromArray(F32, start, so);
        FloatVector q0 = FloatVector.fromArray(F32, start, so + startStep);
        FloatVector p1 = FloatVector.fromArray(F32, start, so + startRow);
        FloatVector q1 = FloatVector.fromArray(F32, start, so + startRow + startStep);
        FloatVector p2 = FloatVector.fromArray(F32, start, so + 2 * startRow);
        FloatVector q2 = FloatVector.fromArray(F32, start, so + 2 * startRow + startStep);
        FloatVector p3 = FloatVector.fromArray(F32, start, so + 3 * startRow);
        FloatVector q3 = FloatVector.fromArray(F32, start, so + 3 * startRow + startStep);
        FloatVector p4 = FloatVector.fromArray(F32, start, so + 4 * startRow);
        FloatVector q4 = FloatVector.fromArray(F32, start, so + 4 * startRow + startStep);
        for (int k = 0, bk = bo; k < kc; k++, bk += ldb) {
            FloatVector bp = FloatVector.fromArray(F32, b, bk);
            FloatVector bq = FloatVector.fromArray(F32, b, bk + LANES);
            FloatVector x0 = FloatVector.broadcast(F32, a[ao + k]);
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
            FloatVector x4 = FloatVector.broadcast(F32, a[a4 + k]);
            p4 = Simd.FMA ? x4.fma(bp, p4) : x4.mul(bp).add(p4);
            q4 = Simd.FMA ? x4.fma(bq, q4) : x4.mul(bq).add(q4);
        }
        ((FloatVector) TYPE.cast(p0)).intoArray(c, co);
        ((FloatVector) TYPE.cast(q0)).intoArray(c, co + LANES);
        ((FloatVector) TYPE.cast(p1)).intoArray(c, co + ldc);
        ((FloatVector) TYPE.cast(q1)).intoArray(c, co + ldc + LANES);
        ((FloatVector) TYPE.cast(p2)).intoArray(c, co + 2 * ldc);
        ((FloatVector) TYPE.cast(q2)).intoArray(c, co + 2 * ldc + LANES);
        ((FloatVector) TYPE.cast(p3)).intoArray(c, co + 3 * ldc);
        ((FloatVector) TYPE.cast(q3)).intoArray(c, co + 3 * ldc + LANES);
        ((FloatVector) TYPE.cast(p4)).intoArray(c, co + 4 * ldc);
        ((FloatVector) TYPE.cast(q4)).intoArray(c, co + 4 * ldc + LANES);
    }

    /** 6 rows, 2 vectors of columns. */
    private static void rows6(
            int kc,
            float[] a,
            int ao,
            int lda,
            float[] b,
            int bo,
            int ldb,
            float[] c,
            int co,
            int ldc,
            float[] start,
            int so,
            int startRow,
            int startStep) {
        int a1 = ao + lda;
        int a2 = ao + 2 * lda;
        int a3 = ao + 3 * lda;
        int a4 = ao + 4 * lda;
        int a5 = ao + 5 * lda;
        FloatVector p0 = FloatVector.fromArray(F32, start, so);
        FloatVector q0 = FloatVector.fromArray(F32, start, so + startStep);
        FloatVector p1 = FloatVector.fromArray(F32, start, so + startRow);
        FloatVector q1 = FloatVector.fromArray(F32, start, so + startRow + startStep);
        FloatVector p2 = FloatVector.fromArray(F32, start, so + 2 * startRow);
        FloatVector q2 = FloatVector.fromArray(F32, start, so + 2 * startRow + startStep);
        FloatVector p3 = FloatVector.fromArray(F32, start, so + 3 * startRow);
        FloatVector q3 = FloatVector.fromArray(F32, start, so + 3 * startRow + startStep);
        FloatVector p4 = FloatVector.fromArray(F32, start, so + 4 * startRow);
        FloatVector q4 = FloatVector.fromArray(F32, start, so + 4 * startRow + startStep);
        FloatVector p5 = FloatVector.fromArray(F32, start, so + 5 * startRow);
        FloatVector q5 = FloatVector.fromArray(F32, start, so + 5 * startRow + startStep);
        for (int k = 0, bk = bo; k < kc; k++, bk += ldb) {
            FloatVector bp = FloatVector.fromArray(F32, b, bk);
            FloatVector bq = FloatVector.fromArray(F32, b, bk + LANES);
            FloatVector x0 = FloatVector.broadcast(F32, a[ao + k]);
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
            FloatVector x4 = FloatVector.broadcast(F32, a[a4 + k]);
            p4 = Simd.FMA ? x4.fma(bp, p4) : x4.mul(bp).add(p4);
            q4 = Simd.FMA ? x4.fma(bq, q4) : x4.mul(bq).add(q4);
            FloatVector x5 = FloatVector.broadcast(F32, a[a5 + k]);
            p5 = Simd.FMA ? x5.fma(bp, p5) : x5.mul(bp).add(p5);
            q5 = Simd.FMA ? x5.fma(bq, q5) : x5.mul(bq).add(q5);
        }
        ((FloatVector) TYPE.cast(p0)).intoArray(c, co);
        ((FloatVector) TYPE.cast(q0)).intoArray(c, co + LANES);
        ((FloatVector) TYPE.cast(p1)).intoArray(c, co + ldc);
        ((FloatVector) TYPE.cast(q1)).intoArray(c, co + ldc + LANES);
        ((FloatVector) TYPE.cast(p2)).intoArray(c, co + 2 * ldc);
        ((FloatVector) TYPE.cast(q2)).intoArray(c, co + 2 * ldc + LANES);
        ((FloatVector) TYPE.cast(p3)).intoArray(c, co + 3 * ldc);
        ((FloatVector) TYPE.cast(q3)).intoArray(c, co + 3 * ldc + LANES);
        ((FloatVector) TYPE.cast(p4)).intoArray(c, co + 4 * ldc);
        ((FloatVector) TYPE.cast(q4)).intoArray(c, co + 4 * ldc + LANES);
        ((FloatVector) TYPE.cast(p5)).intoArray(c, co + 5 * ldc);
        ((FloatVector) TYPE.cast(q5)).intoArray(c, co + 5 * ldc + LANES);
    }

    /** 7 rows, 2 vectors of columns. */
    private static void rows7(
            int kc,
            float[] a,
            int ao,
            int lda,
            float[] b,
            int bo,
            int ldb,
            float[] c,
            int co,
            int ldc,
            float[] start,
            int so,
            int startRow,
            int startStep) {
        int a1 = ao + lda;
        int a2 = ao + 2 * lda;
        int a3 = ao + 3 * lda;
        int a4 = ao + 4 * lda;
        int a5 = ao + 5 * lda;
        int a6 = ao + 6 * lda;
        FloatVector p0 = FloatVector.fromArray(F32, start, so);
        FloatVector q0 = FloatVector.fromArray(F32, start, so + startStep);
        FloatVector p1 = FloatVector.fromArray(F32, start, so + startRow);
        FloatVector q1 = FloatVector.fromArray(F32, start, so + startRow + startStep);
        FloatVector p2 = FloatVector.fromArray(F32, start, so + 2 * startRow);
        FloatVector q2 = FloatVector.fromArray(F32, start, so + 2 * startRow + startStep);
        FloatVector p3 = FloatVector.fromArray(F32, start, so + 3 * startRow);
        FloatVector q3 = FloatVector.fromArray(F32, start, so + 3 * startRow + startStep);
        FloatVector p4 = FloatVector.fromArray(F32, start, so + 4 * startRow);
        FloatVector q4 = FloatVector.fromArray(F32, start, so + 4 * startRow + startStep);
        FloatVector p5 = FloatVector.fromArray(F32, start, so + 5 * startRow);
        FloatVector q5 = FloatVector.fromArray(F32, start, so + 5 * startRow + startStep);
        FloatVector p6 = FloatVector.fromArray(F32, start, so + 6 * startRow);
        FloatVector q6 = FloatVector.fromArray(F32, start, so + 6 * startRow + startStep);
        for (int k = 0, bk = bo; k < kc; k++, bk += ldb) {
            FloatVector bp = FloatVector.fromArray(F32, b, bk);
            FloatVector bq = FloatVector.fromArray(F32, b, bk + LANES);
            FloatVector x0 = FloatVector.broadcast(F32, a[ao + k]);
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
            FloatVector x4 = FloatVector.broadcast(F32, a[a4 + k]);
            p4 = Simd.FMA ? x4.fma(bp, p4) : x4.mul(bp).add(p4);
            q4 = Simd.FMA ? x4.fma(bq, q4) : x4.mul(bq).add(q4);
            FloatVector x5 = FloatVector.broadcast(F32, a[a5 + k]);
            p5 = Simd.FMA ? x5.fma(bp, p5) : x5.mul(bp).add(p5);
            q5 = Simd.FMA ? x5.fma(bq, q5) : x5.mul(bq).add(q5);
            FloatVector x6 = FloatVector.broadcast(F32, a[a6 + k]);
            p6 = Simd.FMA ? x6.fma(bp, p6) : x6.mul(bp).add(p6);
            q6 = Simd.FMA ? x6.fma(bq, q6) : x6.mul(bq).add(q6);
        }
        ((FloatVector) TYPE.cast(p0)).intoArray(c, co);
        ((FloatVector) TYPE.cast(q0)).intoArray(c, co + LANES);
        ((FloatVector) TYPE.cast(p1)).intoArray(c, co + ldc);
        ((FloatVector) TYPE.cast(q1)).intoArray(c, co + ldc + LANES);
        ((FloatVector) TYPE.cast(p2)).intoArray(c, co + 2 * ldc);
        ((FloatVector) TYPE.cast(q2)).intoArray(c, co + 2 * ldc + LANES);
        ((FloatVector) TYPE.cast(p3)).intoArray(c, co + 3 * ldc);
        ((FloatVector) TYPE.cast(q3)).intoArray(c, co + 3 * ldc + LANES);
        ((FloatVector) TYPE.cast(p4)).intoArray(c, co + 4 * ldc);
        ((FloatVector) TYPE.cast(q4)).intoArray(c, co + 4 * ldc + LANES);
        ((FloatVector) TYPE.cast(p5)).intoArray(c, co + 5 * ldc);
        ((FloatVector) TYPE.cast(q5)).intoArray(c, co + 5 * ldc + LANES);
        ((FloatVector) TYPE.cast(p6)).intoArray(c, co + 6 * ldc);
        ((FloatVector) TYPE.cast(q6)).intoArray(c, co + 6 * ldc + LANES);
    }

    /** 8 rows, 2 vectors of columns. */
    private static void rows8(
            int kc,
            float[] a,
            int ao,
            int lda,
            float[] b,
            int bo,
            int ldb,
            float[] c,
            int co,
            int ldc,
            float[] start,
            int so,
            int startRow,
            int startStep) {
        int a1 = ao + lda;
        int a2 = ao + 2 * lda;
        int a3 = ao + 3 * lda;
        int a4 = ao + 4 * lda;
        int a5 = ao + 5 * lda;
        int a6 = ao + 6 * lda;
        int a7 = ao + 7 * lda;
        FloatVector p0 = FloatVector.fromArray(F32, start, so);
        FloatVector q0 = FloatVector.fromArray(F32, start, so + startStep);
        FloatVector p1 = FloatVector.fromArray(F32, start, so + startRow);
        FloatVector q1 = FloatVector.fromArray(F32, start, so + startRow + startStep);
        FloatVector p2 = FloatVector.fromArray(F32, start, so + 2 * startRow);
        FloatVector q2 = FloatVector.fromArray(F32, start, so + 2 * startRow + startStep);
        FloatVector p3 = FloatVector.fromArray(F32, start, so + 3 * startRow);
        FloatVector q3 = FloatVector.fromArray(F32, start, so + 3 * startRow + startStep);
        FloatVector p4 = FloatVector.fromArray(F32, start, so + 4 * startRow);
        FloatVector q4 = FloatVector.fromArray(F32, start, so + 4 * startRow + startStep);
        FloatVector p5 = FloatVector.fromArray(F32, start, so + 5 * startRow);
        FloatVector q5 = FloatVector.fromArray(F32, start, so + 5 * startRow + startStep);
        FloatVector p6 = FloatVector.fromArray(F32, start, so + 6 * startRow);
        FloatVector q6 = FloatVector.fromArray(F32, start, so + 6 * startRow + startStep);
        FloatVector p7 = FloatVector.fromArray(F32, start, so + 7 * startRow);
        FloatVector q7 = FloatVector.fromArray(F32, start, so + 7 * startRow + startStep);
        for (int k = 0, bk = bo; k < kc; k++, bk += ldb) {
            FloatVector bp = FloatVector.fromArray(F32, b, bk);
            FloatVector bq = FloatVector.fromArray(F32, b, bk + LANES);
            FloatVector x0 = FloatVector.broadcast(F32, a[ao + k]);
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
            FloatVector x4 = FloatVector.broadcast(F32, a[a4 + k]);
            p4 = Simd.FMA ? x4.fma(bp, p4) : x4.mul(bp).add(p4);
            q4 = Simd.FMA ? x4.fma(bq, q4) : x4.mul(bq).add(q4);
            FloatVector x5 = FloatVector.broadcast(F32, a[a5 + k]);
            p5 = Simd.FMA ? x5.fma(bp, p5) : x5.mul(bp).add(p5);
            q5 = Simd.FMA ? x5.fma(bq, q5) : x5.mul(bq).add(q5);
            FloatVector x6 = FloatVector.broadcast(F32, a[a6 + k]);
            p6 = Simd.FMA ? x6.fma(bp, p6) : x6.mul(bp).add(p6);
            q6 = Simd.FMA ? x6.fma(bq, q6) : x6.mul(bq).add(q6);
            FloatVector x7 = FloatVector.broadcast(F32, a[a7 + k]);
            p7 = Simd.FMA ? x7.fma(bp, p7) : x7.mul(bp).add(p7);
            q7 = Simd.FMA ? x7.fma(bq, q7) : x7.mul(bq).add(q7);
        }
        ((FloatVector) TYPE.cast(p0)).intoArray(c, co);
        ((FloatVector) TYPE.cast(q0)).intoArray(c, co + LANES);
        ((FloatVector) TYPE.cast(p1)).intoArray(c, co + ldc);
        ((FloatVector) TYPE.cast(q1)).intoArray(c, co + ldc + LANES);
        ((FloatVector) TYPE.cast(p2)).intoArray(c, co + 2 * ldc);
        ((FloatVector) TYPE.cast(q2)).intoArray(c, co + 2 * ldc + LANES);
        ((FloatVector) TYPE.cast(p3)).intoArray(c, co + 3 * ldc);
        ((FloatVector) TYPE.cast(q3)).intoArray(c, co + 3 * ldc + LANES);
        ((FloatVector) TYPE.cast(p4)).intoArray(c, co + 4 * ldc);
        ((FloatVector) TYPE.cast(q4)).intoArray(c, co + 4 * ldc + LANES);
        ((FloatVector) TYPE.cast(p5)).intoArray(c, co + 5 * ldc);
        ((FloatVector) TYPE.cast(q5)).intoArray(c, co + 5 * ldc + LANES);
        ((FloatVector) TYPE.cast(p6)).intoArray(c, co + 6 * ldc);
        ((FloatVector) TYPE.cast(q6)).intoArray(c, co + 6 * ldc + LANES);
        ((FloatVector) TYPE.cast(p7)).intoArray(c, co + 7 * ldc);
        ((FloatVector) TYPE.cast(q7)).intoArray(c, co + 7 * ldc + LANES);
    }
}
