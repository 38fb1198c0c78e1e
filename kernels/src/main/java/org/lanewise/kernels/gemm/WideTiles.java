package org.lanewise.kernels.gemm;

import static org.lanewise.kernels.Species.F32;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.Vector;
import org.lanewise.kernels.Simd;

/**
 * Micro-kernels of two neighbouring panels for 1 to 4 rows of A: four vectors of columns, because with few rows two of them are too few
 * independent sums to hide the latency of a multiply-add. Otherwise like {@link NarrowTiles}.
 */
final class WideTiles {
    /** Says which class loop-carried vectors have: C2 would ask a profile that all users of vectors share. */
    private static final Class<? extends Vector<Float>> TYPE = F32.vectorType();

    private static final int LANES = Simd.LANES;
    private static final int NR = 2 * LANES;

    private WideTiles() {}

    /**
     * {@code C = start + A * B}, A being (rows, kc) and row-major, B packed.
     *
     * @param panels number of panels of NR columns, even
     * @param ao index of A's first value; {@code bo}, {@code co}, {@code so} likewise
     * @param start values the sums start from: vector j of row r is at {@code so + r * startRow + j * startStep}
     */
    static void run(
            int rows,
            int panels,
            int panelStride,
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
            int startRow,
            int startStep) {
        for (int p = 0; p < panels; p += 2) {
            int panelB = bo + p * panelStride;
            int panelC = co + p * NR;
            int panelStart = so + p * 2 * startStep;
            switch (rows) {
                case 1 -> rows1(panelStride, kc, a, ao, b, panelB, c, panelC, start, panelStart, startStep);
                case 2 ->
                    rows2(
                            panelStride,
                            kc,
                            a,
                            ao,
                            lda,
                            b,
                            panelB,
                            c,
                            panelC,
                            ldc,
                            start,
                            panelStart,
                            startRow,
                            startStep);
                case 3 ->
                    rows3(
                            panelStride,
                            kc,
                            a,
                            ao,
                            lda,
                            b,
                            panelB,
                            c,
                            panelC,
                            ldc,
                            start,
                            panelStart,
                            startRow,
                            startStep);
                case 4 ->
                    rows4(
                            panelStride,
                            kc,
                            a,
                            ao,
                            lda,
                            b,
                            panelB,
                            c,
                            panelC,
                            ldc,
                            start,
                            panelStart,
                            startRow,
                            startStep);
                default -> throw new IllegalArgumentException("rows = " + rows + ": no such tile");
            }
        }
    }

    /** 1 row, 4 vectors of columns. */
    private static void rows1(
            int panelStride,
            int kc,
            float[] a,
            int ao,
            float[] b,
            int bo,
            float[] c,
            int co,
            float[] start,
            int so,
            int startStep) {
        int bo2 = bo + panelStride;
        FloatVector p0 = FloatVector.fromArray(F32, start, so);
        FloatVector q0 = FloatVector.fromArray(F32, start, so + startStep);
        FloatVector s0 = FloatVector.fromArray(F32, start, so + 2 * startStep);
        FloatVector t0 = FloatVector.fromArray(F32, start, so + 3 * startStep);
        for (int k = 0; k < kc; k++) {
            FloatVector bp = FloatVector.fromArray(F32, b, bo + k * NR);
            FloatVector bq = FloatVector.fromArray(F32, b, bo + k * NR + LANES);
            FloatVector bs = FloatVector.fromArray(F32, b, bo2 + k * NR);
            FloatVector bt = FloatVector.fromArray(F32, b, bo2 + k * NR + LANES);
            FloatVector x0 = FloatVector.broadcast(F32, a[ao + k]);
            p0 = Simd.FMA ? x0.fma(bp, p0) : x0.mul(bp).add(p0);
            q0 = Simd.FMA ? x0.fma(bq, q0) : x0.mul(bq).add(q0);
            s0 = Simd.FMA ? x0.fma(bs, s0) : x0.mul(bs).add(s0);
            t0 = Simd.FMA ? x0.fma(bt, t0) : x0.mul(bt).add(t0);
        }
        ((FloatVector) TYPE.cast(p0)).intoArray(c, co);
        ((FloatVector) TYPE.cast(q0)).intoArray(c, co + LANES);
        ((FloatVector) TYPE.cast(s0)).intoArray(c, co + 2 * LANES);
        ((FloatVector) TYPE.cast(t0)).intoArray(c, co + 3 * LANES);
    }

    /** 2 rows, 4 vectors of columns. */
    private static void rows2(
            int panelStride,
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
            int startRow,
            int startStep) {
        int a1 = ao + lda;
        int bo2 = bo + panelStride;
        FloatVector p0 = FloatVector.fromArray(F32, start, so);
        FloatVector q0 = FloatVector.fromArray(F32, start, so + startStep);
        FloatVector s0 = FloatVector.fromArray(F32, start, so + 2 * startStep);
        FloatVector t0 = FloatVector.fromArray(F32, start, so + 3 * startStep);
        FloatVector p1 = FloatVector.fromArray(F32, start, so + startRow);
        FloatVector q1 = FloatVector.fromArray(F32, start, so + startRow + startStep);
        FloatVector s1 = FloatVector.fromArray(F32, start, so + startRow + 2 * startStep);
        FloatVector t1 = FloatVector.fromArray(F32, start, so + startRow + 3 * startStep);
        for (int k = 0; k < kc; k++) {
            FloatVector bp = FloatVector.fromArray(F32, b, bo + k * NR);
            FloatVector bq = FloatVector.fromArray(F32, b, bo + k * NR + LANES);
            FloatVector bs = FloatVector.fromArray(F32, b, bo2 + k * NR);
            FloatVector bt = FloatVector.fromArray(F32, b, bo2 + k * NR + LANES);
            FloatVector x0 = FloatVector.broadcast(F32, a[ao + k]);
            p0 = Simd.FMA ? x0.fma(bp, p0) : x0.mul(bp).add(p0);
            q0 = Simd.FMA ? x0.fma(bq, q0) : x0.mul(bq).add(q0);
            s0 = Simd.FMA ? x0.fma(bs, s0) : x0.mul(bs).add(s0);
            t0 = Simd.FMA ? x0.fma(bt, t0) : x0.mul(bt).add(t0);
            FloatVector x1 = FloatVector.broadcast(F32, a[a1 + k]);
            p1 = Simd.FMA ? x1.fma(bp, p1) : x1.mul(bp).add(p1);
            q1 = Simd.FMA ? x1.fma(bq, q1) : x1.mul(bq).add(q1);
            s1 = Simd.FMA ? x1.fma(bs, s1) : x1.mul(bs).add(s1);
            t1 = Simd.FMA ? x1.fma(bt, t1) : x1.mul(bt).add(t1);
        }
        ((FloatVector) TYPE.cast(p0)).intoArray(c, co);
        ((FloatVector) TYPE.cast(q0)).intoArray(c, co + LANES);
        ((FloatVector) TYPE.cast(s0)).intoArray(c, co + 2 * LANES);
        ((FloatVector) TYPE.cast(t0)).intoArray(c, co + 3 * LANES);
        ((FloatVector) TYPE.cast(p1)).intoArray(c, co + ldc);
        ((FloatVector) TYPE.cast(q1)).intoArray(c, co + ldc + LANES);
        ((FloatVector) TYPE.cast(s1)).intoArray(c, co + ldc + 2 * LANES);
        ((FloatVector) TYPE.cast(t1)).intoArray(c, co + ldc + 3 * LANES);
    }

    /** 3 rows, 4 vectors of columns. */
    private static void rows3(
            int panelStride,
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
            int startRow,
            int startStep) {
        int a1 = ao + lda;
        int a2 = ao + 2 * lda;
        int bo2 = bo + panelStride;
        FloatVector p0 = FloatVector.fromArray(F32, start, so);
        FloatVector q0 = FloatVector.fromArray(F32, start, so + startStep);
        FloatVector s0 = FloatVector.fromArray(F32, start, so + 2 * startStep);
        FloatVector t0 = FloatVector.fromArray(F32, start, so + 3 * startStep);
        FloatVector p1 = FloatVector.fromArray(F32, start, so + startRow);
        FloatVector q1 = FloatVector.fromArray(F32, start, so + startRow + startStep);
        FloatVector s1 = FloatVector.fromArray(F32, start, so + startRow + 2 * startStep);
        FloatVector t1 = FloatVector.fromArray(F32, start, so + startRow + 3 * startStep);
        FloatVector p2 = FloatVector.fromArray(F32, start, so + 2 * startRow);
        FloatVector q2 = FloatVector.fromArray(F32, start, so + 2 * startRow + startStep);
        FloatVector s2 = FloatVector.fromArray(F32, start, so + 2 * startRow + 2 * startStep);
        FloatVector t2 = FloatVector.fromArray(F32, start, so + 2 * startRow + 3 * startStep);
        for (int k = 0; k < kc; k++) {
            FloatVector bp = FloatVector.fromArray(F32, b, bo + k * NR);
            FloatVector bq = FloatVector.fromArray(F32, b, bo + k * NR + LANES);
            FloatVector bs = FloatVector.fromArray(F32, b, bo2 + k * NR);
            FloatVector bt = FloatVector.fromArray(F32, b, bo2 + k * NR + LANES);
            FloatVector x0 = FloatVector.broadcast(F32, a[ao + k]);
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
        }
        ((FloatVector) TYPE.cast(p0)).intoArray(c, co);
        ((FloatVector) TYPE.cast(q0)).intoArray(c, co + LANES);
        ((FloatVector) TYPE.cast(s0)).intoArray(c, co + 2 * LANES);
        ((FloatVector) TYPE.cast(t0)).intoArray(c, co + 3 * LANES);
        ((FloatVector) TYPE.cast(p1)).intoArray(c, co + ldc);
        ((FloatVector) TYPE.cast(q1)).intoArray(c, co + ldc + LANES);
        ((FloatVector) TYPE.cast(s1)).intoArray(c, co + ldc + 2 * LANES);
        ((FloatVector) TYPE.cast(t1)).intoArray(c, co + ldc + 3 * LANES);
        ((FloatVector) TYPE.cast(p2)).intoArray(c, co + 2 * ldc);
        ((FloatVector) TYPE.cast(q2)).intoArray(c, co + 2 * ldc + LANES);
        ((FloatVector) TYPE.cast(s2)).intoArray(c, co + 2 * ldc + 2 * LANES);
        ((FloatVector) TYPE.cast(t2)).intoArray(c, co + 2 * ldc + 3 * LANES);
    }

    /** 4 rows, 4 vectors of columns. */
    private static void rows4(
            int panelStride,
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
            int startRow,
            int startStep) {
        int a1 = ao + lda;
        int a2 = ao + 2 * lda;
        int a3 = ao + 3 * lda;
        int bo2 = bo + panelStride;
        FloatVector p0 = FloatVector.fromArray(F32, start, so);
        FloatVector q0 = FloatVector.fromArray(F32, start, so + startStep);
        FloatVector s0 = FloatVector.fromArray(F32, start, so + 2 * startStep);
        FloatVector t0 = FloatVector.fromArray(F32, start, so + 3 * startStep);
        FloatVector p1 = FloatVector.fromArray(F32, start, so + startRow);
        FloatVector q1 = FloatVector.fromArray(F32, start, so + startRow + startStep);
        FloatVector s1 = FloatVector.fromArray(F32, start, so + startRow + 2 * startStep);
        FloatVector t1 = FloatVector.fromArray(F32, start, so + startRow + 3 * startStep);
        FloatVector p2 = FloatVector.fromArray(F32, start, so + 2 * startRow);
        FloatVector q2 = FloatVector.fromArray(F32, start, so + 2 * startRow + startStep);
        FloatVector s2 = FloatVector.fromArray(F32, start, so + 2 * startRow + 2 * startStep);
        FloatVector t2 = FloatVector.fromArray(F32, start, so + 2 * startRow + 3 * startStep);
        FloatVector p3 = FloatVector.fromArray(F32, start, so + 3 * startRow);
        FloatVector q3 = FloatVector.fromArray(F32, start, so + 3 * startRow + startStep);
        FloatVector s3 = FloatVector.fromArray(F32, start, so + 3 * startRow + 2 * startStep);
        FloatVector t3 = FloatVector.fromArray(F32, start, so + 3 * startRow + 3 * startStep);
        for (int k = 0; k < kc; k++) {
            FloatVector bp = FloatVector.fromArray(F32, b, bo + k * NR);
            FloatVector bq = FloatVector.fromArray(F32, b, bo + k * NR + LANES);
            FloatVector bs = FloatVector.fromArray(F32, b, bo2 + k * NR);
            FloatVector bt = FloatVector.fromArray(F32, b, bo2 + k * NR + LANES);
            FloatVector x0 = FloatVector.broadcast(F32, a[ao + k]);
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
        ((FloatVector) TYPE.cast(p0)).intoArray(c, co);
        ((FloatVector) TYPE.cast(q0)).intoArray(c, co + LANES);
        ((FloatVector) TYPE.cast(s0)).intoArray(c, co + 2 * LANES);
        ((FloatVector) TYPE.cast(t0)).intoArray(c, co + 3 * LANES);
        ((FloatVector) TYPE.cast(p1)).intoArray(c, co + ldc);
        ((FloatVector) TYPE.cast(q1)).intoArray(c, co + ldc + LANES);
        ((FloatVector) TYPE.cast(s1)).intoArray(c, co + ldc + 2 * LANES);
        ((FloatVector) TYPE.cast(t1)).intoArray(c, co + ldc + 3 * LANES);
        ((FloatVector) TYPE.cast(p2)).intoArray(c, co + 2 * ldc);
        ((FloatVector) TYPE.cast(q2)).intoArray(c, co + 2 * ldc + LANES);
        ((FloatVector) TYPE.cast(s2)).intoArray(c, co + 2 * ldc + 2 * LANES);
        ((FloatVector) TYPE.cast(t2)).intoArray(c, co + 2 * ldc + 3 * LANES);
        ((FloatVector) TYPE.cast(p3)).intoArray(c, co + 3 * ldc);
        ((FloatVector) TYPE.cast(q3)).intoArray(c, co + 3 * ldc + LANES);
        ((FloatVector) TYPE.cast(s3)).intoArray(c, co + 3 * ldc + 2 * LANES);
        ((FloatVector) TYPE.cast(t3)).intoArray(c, co + 3 * ldc + 3 * LANES);
    }
}
