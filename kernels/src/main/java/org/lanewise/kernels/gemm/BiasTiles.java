package org.lanewise.kernels.gemm;

import static org.lanewise.kernels.Species.F32;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.Vector;
import jdk.incubator.vector.VectorOperators;
import org.lanewise.kernels.Simd;

/**
 * Micro-kernels that compute a tile from its bias to its clamp, for products with a short K: 4 to 8 rows of A, two vectors of columns.
 * Every row starts from the same two vectors, so a tile loads 2 of them where {@link TallTiles} loads 16. That does not pay for a long K, where C2's
 * code for the loop is the slower one of the two. Otherwise like {@link NarrowTiles}.
 *
 * <p>The second vector need not follow the first: it may overlap it, so that a panel with fewer than NR columns is computed in place.
 */
final class BiasTiles {
    /** Says which class loop-carried vectors have: C2 would ask a profile that all users of vectors share. */
    private static final Class<? extends Vector<Float>> TYPE = F32.vectorType();

    private static final int NR = 2 * Simd.LANES;

    private BiasTiles() {}

    /**
     * {@code C = min(max(bias + A * B, lo), hi)}, A being (rows, kc) and row-major, B packed; NaN stays.
     *
     * @param panels number of panels of NR columns
     * @param ao index of A's first value; {@code bo}, {@code co}, {@code so} likewise
     * @param second column of a panel at which the second vector starts: a vector's length, or less to overlap the first
     * @param bias the values of column j at {@code so + j * startColumn}
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
            int second,
            float[] c,
            int co,
            int ldc,
            float[] bias,
            int so,
            int startColumn,
            float lo,
            float hi) {
        for (int p = 0; p < panels; p++) {
            int panelB = bo + p * panelStride;
            int panelC = co + p * NR;
            int panelStart = so + p * NR * startColumn;
            switch (rows) {
                case 4 ->
                    BiasTiles6.rows4(
                            kc, a, ao, lda, b, panelB, second, c, panelC, ldc, bias, panelStart, startColumn, lo, hi);
                case 5 ->
                    BiasTiles6.rows5(
                            kc, a, ao, lda, b, panelB, second, c, panelC, ldc, bias, panelStart, startColumn, lo, hi);
                case 6 ->
                    BiasTiles6.rows6(
                            kc, a, ao, lda, b, panelB, second, c, panelC, ldc, bias, panelStart, startColumn, lo, hi);
                case 7 ->
                    rows7(kc, a, ao, lda, b, panelB, second, c, panelC, ldc, bias, panelStart, startColumn, lo, hi);
                case 8 ->
                    rows8(kc, a, ao, lda, b, panelB, second, c, panelC, ldc, bias, panelStart, startColumn, lo, hi);
                default -> throw new IllegalArgumentException("rows = " + rows + ": no such tile");
            }
        }
    }

    /** 7 rows, 2 vectors of columns. */
    private static void rows7(
            int kc,
            float[] a,
            int ao,
            int lda,
            float[] b,
            int bo,
            int second,
            float[] c,
            int co,
            int ldc,
            float[] bias,
            int so,
            int startColumn,
            float lo,
            float hi) {
        int a1 = ao + lda;
        int a2 = ao + 2 * lda;
        int a3 = ao + 3 * lda;
        int a4 = ao + 4 * lda;
        int a5 = ao + 5 * lda;
        int a6 = ao + 6 * lda;
        int b2 = bo + second;
        FloatVector p0 = FloatVector.fromArray(F32, bias, so);
        FloatVector q0 = FloatVector.fromArray(F32, bias, so + second * startColumn);
        FloatVector p1 = p0;
        FloatVector q1 = q0;
        FloatVector p2 = p0;
        FloatVector q2 = q0;
        FloatVector p3 = p0;
        FloatVector q3 = q0;
        FloatVector p4 = p0;
        FloatVector q4 = q0;
        FloatVector p5 = p0;
        FloatVector q5 = q0;
        FloatVector p6 = p0;
        FloatVector q6 = q0;
        for (int k = 0; k < kc; k++) {
            FloatVector bp = FloatVector.fromArray(F32, b, bo + k * NR);
            FloatVector bq = FloatVector.fromArray(F32, b, b2 + k * NR);
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
        FloatVector low = FloatVector.broadcast(F32, lo);
        FloatVector high = FloatVector.broadcast(F32, hi);
        int c1 = co + ldc;
        int c2 = c1 + ldc;
        int c3 = c2 + ldc;
        int c4 = c3 + ldc;
        int c5 = c4 + ldc;
        int c6 = c5 + ldc;
        p0 = ((FloatVector) TYPE.cast(p0)).blend(low, ((FloatVector) TYPE.cast(p0)).compare(VectorOperators.LT, low));
        p0.blend(high, p0.compare(VectorOperators.GT, high)).intoArray(c, co);
        q0 = ((FloatVector) TYPE.cast(q0)).blend(low, ((FloatVector) TYPE.cast(q0)).compare(VectorOperators.LT, low));
        q0.blend(high, q0.compare(VectorOperators.GT, high)).intoArray(c, co + second);
        p1 = ((FloatVector) TYPE.cast(p1)).blend(low, ((FloatVector) TYPE.cast(p1)).compare(VectorOperators.LT, low));
        p1.blend(high, p1.compare(VectorOperators.GT, high)).intoArray(c, c1);
        q1 = ((FloatVector) TYPE.cast(q1)).blend(low, ((FloatVector) TYPE.cast(q1)).compare(VectorOperators.LT, low));
        q1.blend(high, q1.compare(VectorOperators.GT, high)).intoArray(c, c1 + second);
        p2 = ((FloatVector) TYPE.cast(p2)).blend(low, ((FloatVector) TYPE.cast(p2)).compare(VectorOperators.LT, low));
        p2.blend(high, p2.compare(VectorOperators.GT, high)).intoArray(c, c2);
        q2 = ((FloatVector) TYPE.cast(q2)).blend(low, ((FloatVector) TYPE.cast(q2)).compare(VectorOperators.LT, low));
        q2.blend(high, q2.compare(VectorOperators.GT, high)).intoArray(c, c2 + second);
        p3 = ((FloatVector) TYPE.cast(p3)).blend(low, ((FloatVector) TYPE.cast(p3)).compare(VectorOperators.LT, low));
        p3.blend(high, p3.compare(VectorOperators.GT, high)).intoArray(c, c3);
        q3 = ((FloatVector) TYPE.cast(q3)).blend(low, ((FloatVector) TYPE.cast(q3)).compare(VectorOperators.LT, low));
        q3.blend(high, q3.compare(VectorOperators.GT, high)).intoArray(c, c3 + second);
        p4 = ((FloatVector) TYPE.cast(p4)).blend(low, ((FloatVector) TYPE.cast(p4)).compare(VectorOperators.LT, low));
        p4.blend(high, p4.compare(VectorOperators.GT, high)).intoArray(c, c4);
        q4 = ((FloatVector) TYPE.cast(q4)).blend(low, ((FloatVector) TYPE.cast(q4)).compare(VectorOperators.LT, low));
        q4.blend(high, q4.compare(VectorOperators.GT, high)).intoArray(c, c4 + second);
        p5 = ((FloatVector) TYPE.cast(p5)).blend(low, ((FloatVector) TYPE.cast(p5)).compare(VectorOperators.LT, low));
        p5.blend(high, p5.compare(VectorOperators.GT, high)).intoArray(c, c5);
        q5 = ((FloatVector) TYPE.cast(q5)).blend(low, ((FloatVector) TYPE.cast(q5)).compare(VectorOperators.LT, low));
        q5.blend(high, q5.compare(VectorOperators.GT, high)).intoArray(c, c5 + second);
        p6 = ((FloatVector) TYPE.cast(p6)).blend(low, ((FloatVector) TYPE.cast(p6)).compare(VectorOperators.LT, low));
        p6.blend(high, p6.compare(VectorOperators.GT, high)).intoArray(c, c6);
        q6 = ((FloatVector) TYPE.cast(q6)).blend(low, ((FloatVector) TYPE.cast(q6)).compare(VectorOperators.LT, low));
        q6.blend(high, q6.compare(VectorOperators.GT, high)).intoArray(c, c6 + second);
    }

    /** 8 rows, 2 vectors of columns. */
    private static void rows8(
            int kc,
            float[] a,
            int ao,
            int lda,
            float[] b,
            int bo,
            int second,
            float[] c,
            int co,
            int ldc,
            float[] bias,
            int so,
            int startColumn,
            float lo,
            float hi) {
        int a1 = ao + lda;
        int a2 = ao + 2 * lda;
        int a3 = ao + 3 * lda;
        int a4 = ao + 4 * lda;
        int a5 = ao + 5 * lda;
        int a6 = ao + 6 * lda;
        int a7 = ao + 7 * lda;
        int b2 = bo + second;
        FloatVector p0 = FloatVector.fromArray(F32, bias, so);
        FloatVector q0 = FloatVector.fromArray(F32, bias, so + second * startColumn);
        FloatVector p1 = p0;
        FloatVector q1 = q0;
        FloatVector p2 = p0;
        FloatVector q2 = q0;
        FloatVector p3 = p0;
        FloatVector q3 = q0;
        FloatVector p4 = p0;
        FloatVector q4 = q0;
        FloatVector p5 = p0;
        FloatVector q5 = q0;
        FloatVector p6 = p0;
        FloatVector q6 = q0;
        FloatVector p7 = p0;
        FloatVector q7 = q0;
        for (int k = 0; k < kc; k++) {
            FloatVector bp = FloatVector.fromArray(F32, b, bo + k * NR);
            FloatVector bq = FloatVector.fromArray(F32, b, b2 + k * NR);
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
        FloatVector low = FloatVector.broadcast(F32, lo);
        FloatVector high = FloatVector.broadcast(F32, hi);
        int c1 = co + ldc;
        int c2 = c1 + ldc;
        int c3 = c2 + ldc;
        int c4 = c3 + ldc;
        int c5 = c4 + ldc;
        int c6 = c5 + ldc;
        int c7 = c6 + ldc;
        p0 = ((FloatVector) TYPE.cast(p0)).blend(low, ((FloatVector) TYPE.cast(p0)).compare(VectorOperators.LT, low));
        p0.blend(high, p0.compare(VectorOperators.GT, high)).intoArray(c, co);
        q0 = ((FloatVector) TYPE.cast(q0)).blend(low, ((FloatVector) TYPE.cast(q0)).compare(VectorOperators.LT, low));
        q0.blend(high, q0.compare(VectorOperators.GT, high)).intoArray(c, co + second);
        p1 = ((FloatVector) TYPE.cast(p1)).blend(low, ((FloatVector) TYPE.cast(p1)).compare(VectorOperators.LT, low));
        p1.blend(high, p1.compare(VectorOperators.GT, high)).intoArray(c, c1);
        q1 = ((FloatVector) TYPE.cast(q1)).blend(low, ((FloatVector) TYPE.cast(q1)).compare(VectorOperators.LT, low));
        q1.blend(high, q1.compare(VectorOperators.GT, high)).intoArray(c, c1 + second);
        p2 = ((FloatVector) TYPE.cast(p2)).blend(low, ((FloatVector) TYPE.cast(p2)).compare(VectorOperators.LT, low));
        p2.blend(high, p2.compare(VectorOperators.GT, high)).intoArray(c, c2);
        q2 = ((FloatVector) TYPE.cast(q2)).blend(low, ((FloatVector) TYPE.cast(q2)).compare(VectorOperators.LT, low));
        q2.blend(high, q2.compare(VectorOperators.GT, high)).intoArray(c, c2 + second);
        p3 = ((FloatVector) TYPE.cast(p3)).blend(low, ((FloatVector) TYPE.cast(p3)).compare(VectorOperators.LT, low));
        p3.blend(high, p3.compare(VectorOperators.GT, high)).intoArray(c, c3);
        q3 = ((FloatVector) TYPE.cast(q3)).blend(low, ((FloatVector) TYPE.cast(q3)).compare(VectorOperators.LT, low));
        q3.blend(high, q3.compare(VectorOperators.GT, high)).intoArray(c, c3 + second);
        p4 = ((FloatVector) TYPE.cast(p4)).blend(low, ((FloatVector) TYPE.cast(p4)).compare(VectorOperators.LT, low));
        p4.blend(high, p4.compare(VectorOperators.GT, high)).intoArray(c, c4);
        q4 = ((FloatVector) TYPE.cast(q4)).blend(low, ((FloatVector) TYPE.cast(q4)).compare(VectorOperators.LT, low));
        q4.blend(high, q4.compare(VectorOperators.GT, high)).intoArray(c, c4 + second);
        p5 = ((FloatVector) TYPE.cast(p5)).blend(low, ((FloatVector) TYPE.cast(p5)).compare(VectorOperators.LT, low));
        p5.blend(high, p5.compare(VectorOperators.GT, high)).intoArray(c, c5);
        q5 = ((FloatVector) TYPE.cast(q5)).blend(low, ((FloatVector) TYPE.cast(q5)).compare(VectorOperators.LT, low));
        q5.blend(high, q5.compare(VectorOperators.GT, high)).intoArray(c, c5 + second);
        p6 = ((FloatVector) TYPE.cast(p6)).blend(low, ((FloatVector) TYPE.cast(p6)).compare(VectorOperators.LT, low));
        p6.blend(high, p6.compare(VectorOperators.GT, high)).intoArray(c, c6);
        q6 = ((FloatVector) TYPE.cast(q6)).blend(low, ((FloatVector) TYPE.cast(q6)).compare(VectorOperators.LT, low));
        q6.blend(high, q6.compare(VectorOperators.GT, high)).intoArray(c, c6 + second);
        p7 = ((FloatVector) TYPE.cast(p7)).blend(low, ((FloatVector) TYPE.cast(p7)).compare(VectorOperators.LT, low));
        p7.blend(high, p7.compare(VectorOperators.GT, high)).intoArray(c, c7);
        q7 = ((FloatVector) TYPE.cast(q7)).blend(low, ((FloatVector) TYPE.cast(q7)).compare(VectorOperators.LT, low));
        q7.blend(high, q7.compare(VectorOperators.GT, high)).intoArray(c, c7 + second);
    }
}
