package org.lanewise.kernels.gemm;

import static org.lanewise.kernels.Species.F32;

import jdk.incubator.vector.FloatVector;
import org.lanewise.kernels.Simd;

/**
 * Micro-kernels of two vectors of columns for 3 to 8 rows of A that read B where it is: its index is a second induction variable, which costs
 * a few percent, less than packing it when there are few rows. Otherwise like {@link NarrowTiles}.
 */
final class DirectTiles {
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
            p0 = madd(x0, bp, p0);
            q0 = madd(x0, bq, q0);
            FloatVector x1 = FloatVector.broadcast(F32, a[a1 + k]);
            p1 = madd(x1, bp, p1);
            q1 = madd(x1, bq, q1);
            FloatVector x2 = FloatVector.broadcast(F32, a[a2 + k]);
            p2 = madd(x2, bp, p2);
            q2 = madd(x2, bq, q2);
        }
        p0.intoArray(c, co);
        q0.intoArray(c, co + LANES);
        p1.intoArray(c, co + ldc);
        q1.intoArray(c, co + ldc + LANES);
        p2.intoArray(c, co + 2 * ldc);
        q2.intoArray(c, co + 2 * ldc + LANES);
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
            p0 = madd(x0, bp, p0);
            q0 = madd(x0, bq, q0);
            FloatVector x1 = FloatVector.broadcast(F32, a[a1 + k]);
            p1 = madd(x1, bp, p1);
            q1 = madd(x1, bq, q1);
            FloatVector x2 = FloatVector.broadcast(F32, a[a2 + k]);
            p2 = madd(x2, bp, p2);
            q2 = madd(x2, bq, q2);
            FloatVector x3 = FloatVector.broadcast(F32, a[a3 + k]);
            p3 = madd(x3, bp, p3);
            q3 = madd(x3, bq, q3);
        }
        p0.intoArray(c, co);
        q0.intoArray(c, co + LANES);
        p1.intoArray(c, co + ldc);
        q1.intoArray(c, co + ldc + LANES);
        p2.intoArray(c, co + 2 * ldc);
        q2.intoArray(c, co + 2 * ldc + LANES);
        p3.intoArray(c, co + 3 * ldc);
        q3.intoArray(c, co + 3 * ldc + LANES);
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
            p0 = madd(x0, bp, p0);
            q0 = madd(x0, bq, q0);
            FloatVector x1 = FloatVector.broadcast(F32, a[a1 + k]);
            p1 = madd(x1, bp, p1);
            q1 = madd(x1, bq, q1);
            FloatVector x2 = FloatVector.broadcast(F32, a[a2 + k]);
            p2 = madd(x2, bp, p2);
            q2 = madd(x2, bq, q2);
            FloatVector x3 = FloatVector.broadcast(F32, a[a3 + k]);
            p3 = madd(x3, bp, p3);
            q3 = madd(x3, bq, q3);
            FloatVector x4 = FloatVector.broadcast(F32, a[a4 + k]);
            p4 = madd(x4, bp, p4);
            q4 = madd(x4, bq, q4);
        }
        p0.intoArray(c, co);
        q0.intoArray(c, co + LANES);
        p1.intoArray(c, co + ldc);
        q1.intoArray(c, co + ldc + LANES);
        p2.intoArray(c, co + 2 * ldc);
        q2.intoArray(c, co + 2 * ldc + LANES);
        p3.intoArray(c, co + 3 * ldc);
        q3.intoArray(c, co + 3 * ldc + LANES);
        p4.intoArray(c, co + 4 * ldc);
        q4.intoArray(c, co + 4 * ldc + LANES);
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
            p0 = madd(x0, bp, p0);
            q0 = madd(x0, bq, q0);
            FloatVector x1 = FloatVector.broadcast(F32, a[a1 + k]);
            p1 = madd(x1, bp, p1);
            q1 = madd(x1, bq, q1);
            FloatVector x2 = FloatVector.broadcast(F32, a[a2 + k]);
            p2 = madd(x2, bp, p2);
            q2 = madd(x2, bq, q2);
            FloatVector x3 = FloatVector.broadcast(F32, a[a3 + k]);
            p3 = madd(x3, bp, p3);
            q3 = madd(x3, bq, q3);
            FloatVector x4 = FloatVector.broadcast(F32, a[a4 + k]);
            p4 = madd(x4, bp, p4);
            q4 = madd(x4, bq, q4);
            FloatVector x5 = FloatVector.broadcast(F32, a[a5 + k]);
            p5 = madd(x5, bp, p5);
            q5 = madd(x5, bq, q5);
        }
        p0.intoArray(c, co);
        q0.intoArray(c, co + LANES);
        p1.intoArray(c, co + ldc);
        q1.intoArray(c, co + ldc + LANES);
        p2.intoArray(c, co + 2 * ldc);
        q2.intoArray(c, co + 2 * ldc + LANES);
        p3.intoArray(c, co + 3 * ldc);
        q3.intoArray(c, co + 3 * ldc + LANES);
        p4.intoArray(c, co + 4 * ldc);
        q4.intoArray(c, co + 4 * ldc + LANES);
        p5.intoArray(c, co + 5 * ldc);
        q5.intoArray(c, co + 5 * ldc + LANES);
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
            p0 = madd(x0, bp, p0);
            q0 = madd(x0, bq, q0);
            FloatVector x1 = FloatVector.broadcast(F32, a[a1 + k]);
            p1 = madd(x1, bp, p1);
            q1 = madd(x1, bq, q1);
            FloatVector x2 = FloatVector.broadcast(F32, a[a2 + k]);
            p2 = madd(x2, bp, p2);
            q2 = madd(x2, bq, q2);
            FloatVector x3 = FloatVector.broadcast(F32, a[a3 + k]);
            p3 = madd(x3, bp, p3);
            q3 = madd(x3, bq, q3);
            FloatVector x4 = FloatVector.broadcast(F32, a[a4 + k]);
            p4 = madd(x4, bp, p4);
            q4 = madd(x4, bq, q4);
            FloatVector x5 = FloatVector.broadcast(F32, a[a5 + k]);
            p5 = madd(x5, bp, p5);
            q5 = madd(x5, bq, q5);
            FloatVector x6 = FloatVector.broadcast(F32, a[a6 + k]);
            p6 = madd(x6, bp, p6);
            q6 = madd(x6, bq, q6);
        }
        p0.intoArray(c, co);
        q0.intoArray(c, co + LANES);
        p1.intoArray(c, co + ldc);
        q1.intoArray(c, co + ldc + LANES);
        p2.intoArray(c, co + 2 * ldc);
        q2.intoArray(c, co + 2 * ldc + LANES);
        p3.intoArray(c, co + 3 * ldc);
        q3.intoArray(c, co + 3 * ldc + LANES);
        p4.intoArray(c, co + 4 * ldc);
        q4.intoArray(c, co + 4 * ldc + LANES);
        p5.intoArray(c, co + 5 * ldc);
        q5.intoArray(c, co + 5 * ldc + LANES);
        p6.intoArray(c, co + 6 * ldc);
        q6.intoArray(c, co + 6 * ldc + LANES);
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
            p0 = madd(x0, bp, p0);
            q0 = madd(x0, bq, q0);
            FloatVector x1 = FloatVector.broadcast(F32, a[a1 + k]);
            p1 = madd(x1, bp, p1);
            q1 = madd(x1, bq, q1);
            FloatVector x2 = FloatVector.broadcast(F32, a[a2 + k]);
            p2 = madd(x2, bp, p2);
            q2 = madd(x2, bq, q2);
            FloatVector x3 = FloatVector.broadcast(F32, a[a3 + k]);
            p3 = madd(x3, bp, p3);
            q3 = madd(x3, bq, q3);
            FloatVector x4 = FloatVector.broadcast(F32, a[a4 + k]);
            p4 = madd(x4, bp, p4);
            q4 = madd(x4, bq, q4);
            FloatVector x5 = FloatVector.broadcast(F32, a[a5 + k]);
            p5 = madd(x5, bp, p5);
            q5 = madd(x5, bq, q5);
            FloatVector x6 = FloatVector.broadcast(F32, a[a6 + k]);
            p6 = madd(x6, bp, p6);
            q6 = madd(x6, bq, q6);
            FloatVector x7 = FloatVector.broadcast(F32, a[a7 + k]);
            p7 = madd(x7, bp, p7);
            q7 = madd(x7, bq, q7);
        }
        p0.intoArray(c, co);
        q0.intoArray(c, co + LANES);
        p1.intoArray(c, co + ldc);
        q1.intoArray(c, co + ldc + LANES);
        p2.intoArray(c, co + 2 * ldc);
        q2.intoArray(c, co + 2 * ldc + LANES);
        p3.intoArray(c, co + 3 * ldc);
        q3.intoArray(c, co + 3 * ldc + LANES);
        p4.intoArray(c, co + 4 * ldc);
        q4.intoArray(c, co + 4 * ldc + LANES);
        p5.intoArray(c, co + 5 * ldc);
        q5.intoArray(c, co + 5 * ldc + LANES);
        p6.intoArray(c, co + 6 * ldc);
        q6.intoArray(c, co + 6 * ldc + LANES);
        p7.intoArray(c, co + 7 * ldc);
        q7.intoArray(c, co + 7 * ldc + LANES);
    }

    private static FloatVector madd(FloatVector x, FloatVector y, FloatVector sum) {
        return Simd.FMA ? x.fma(y, sum) : x.mul(y).add(sum);
    }
}
