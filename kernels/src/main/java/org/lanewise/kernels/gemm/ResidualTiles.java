package org.lanewise.kernels.gemm;

import static org.lanewise.kernels.Species.F32;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.Vector;
import jdk.incubator.vector.VectorOperators;
import org.lanewise.kernels.Simd;

/**
 * {@link BiasTiles} whose sums start from bias and residual together, so that the residual needs no pass of its own over C. A tile of fewer rows than it has room
 * for computes its last row several times. The second vector may overlap the first; what lies in both comes out the same, because a tile reads before it writes.
 */
final class ResidualTiles {
    /** Says which class loop-carried vectors have: C2 would ask a profile that all users of vectors share. */
    private static final Class<? extends Vector<Float>> TYPE = F32.vectorType();

    private static final int NR = 2 * Simd.LANES;

    private ResidualTiles() {}

    /**
     * {@code C = min(max(bias + scale * residual + A * B, lo), hi)}, A being (rows, kc) and row-major, B packed; NaN stays.
     *
     * @param rows 1 to {@link Gemm#MR}
     * @param panels number of panels of NR columns
     * @param ao index of A's first value; {@code bo}, {@code co}, {@code so}, {@code ro} likewise
     * @param second column of a panel at which the second vector starts: a vector's length, or less to overlap the first
     * @param bias the values of column j at {@code so + j * startColumn}
     * @param residual laid out like C; may be C itself
     * @param clamps whether there are bounds; {@code lo} and {@code hi} are infinite if not
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
            float[] residual,
            int ro,
            float scale,
            boolean clamps,
            float lo,
            float hi) {
        for (int p = 0; p < panels; p++) {
            int panelB = bo + p * panelStride;
            int panelC = co + p * NR;
            int panelR = ro + p * NR;
            int panelStart = so + p * NR * startColumn;
            if (rows <= 4) {
                clamped4(
                        rows,
                        kc,
                        a,
                        ao,
                        lda,
                        b,
                        panelB,
                        second,
                        c,
                        panelC,
                        ldc,
                        bias,
                        panelStart,
                        startColumn,
                        residual,
                        panelR,
                        scale,
                        lo,
                        hi);
            } else if (clamps) {
                clamped8(
                        rows,
                        kc,
                        a,
                        ao,
                        lda,
                        b,
                        panelB,
                        second,
                        c,
                        panelC,
                        ldc,
                        bias,
                        panelStart,
                        startColumn,
                        residual,
                        panelR,
                        scale,
                        lo,
                        hi);
            } else {
                plain8(
                        rows,
                        kc,
                        a,
                        ao,
                        lda,
                        b,
                        panelB,
                        second,
                        c,
                        panelC,
                        ldc,
                        bias,
                        panelStart,
                        startColumn,
                        residual,
                        panelR,
                        scale);
            }
        }
    }

    /** 5 to 8 rows. */
    private static void plain8(
            int rows,
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
            float[] residual,
            int ro,
            float scale) {
        int a1 = ao + (rows > 1 ? lda : 0);
        int a2 = a1 + (rows > 2 ? lda : 0);
        int a3 = a2 + (rows > 3 ? lda : 0);
        int a4 = a3 + (rows > 4 ? lda : 0);
        int a5 = a4 + (rows > 5 ? lda : 0);
        int a6 = a5 + (rows > 6 ? lda : 0);
        int a7 = a6 + (rows > 7 ? lda : 0);
        int z1 = ro + (rows > 1 ? ldc : 0);
        int z2 = z1 + (rows > 2 ? ldc : 0);
        int z3 = z2 + (rows > 3 ? ldc : 0);
        int z4 = z3 + (rows > 4 ? ldc : 0);
        int z5 = z4 + (rows > 5 ? ldc : 0);
        int z6 = z5 + (rows > 6 ? ldc : 0);
        int z7 = z6 + (rows > 7 ? ldc : 0);
        int b2 = bo + second;
        FloatVector p = FloatVector.fromArray(F32, bias, so);
        FloatVector q = FloatVector.fromArray(F32, bias, so + second * startColumn);
        FloatVector factor = FloatVector.broadcast(F32, scale);
        FloatVector p0 = FloatVector.fromArray(F32, residual, ro);
        p0 = Simd.FMA ? p0.fma(factor, p) : p0.mul(factor).add(p);
        FloatVector q0 = FloatVector.fromArray(F32, residual, ro + second);
        q0 = Simd.FMA ? q0.fma(factor, q) : q0.mul(factor).add(q);
        FloatVector p1 = FloatVector.fromArray(F32, residual, z1);
        p1 = Simd.FMA ? p1.fma(factor, p) : p1.mul(factor).add(p);
        FloatVector q1 = FloatVector.fromArray(F32, residual, z1 + second);
        q1 = Simd.FMA ? q1.fma(factor, q) : q1.mul(factor).add(q);
        FloatVector p2 = FloatVector.fromArray(F32, residual, z2);
        p2 = Simd.FMA ? p2.fma(factor, p) : p2.mul(factor).add(p);
        FloatVector q2 = FloatVector.fromArray(F32, residual, z2 + second);
        q2 = Simd.FMA ? q2.fma(factor, q) : q2.mul(factor).add(q);
        FloatVector p3 = FloatVector.fromArray(F32, residual, z3);
        p3 = Simd.FMA ? p3.fma(factor, p) : p3.mul(factor).add(p);
        FloatVector q3 = FloatVector.fromArray(F32, residual, z3 + second);
        q3 = Simd.FMA ? q3.fma(factor, q) : q3.mul(factor).add(q);
        FloatVector p4 = FloatVector.fromArray(F32, residual, z4);
        p4 = Simd.FMA ? p4.fma(factor, p) : p4.mul(factor).add(p);
        FloatVector q4 = FloatVector.fromArray(F32, residual, z4 + second);
        q4 = Simd.FMA ? q4.fma(factor, q) : q4.mul(factor).add(q);
        FloatVector p5 = FloatVector.fromArray(F32, residual, z5);
        p5 = Simd.FMA ? p5.fma(factor, p) : p5.mul(factor).add(p);
        FloatVector q5 = FloatVector.fromArray(F32, residual, z5 + second);
        q5 = Simd.FMA ? q5.fma(factor, q) : q5.mul(factor).add(q);
        FloatVector p6 = FloatVector.fromArray(F32, residual, z6);
        p6 = Simd.FMA ? p6.fma(factor, p) : p6.mul(factor).add(p);
        FloatVector q6 = FloatVector.fromArray(F32, residual, z6 + second);
        q6 = Simd.FMA ? q6.fma(factor, q) : q6.mul(factor).add(q);
        FloatVector p7 = FloatVector.fromArray(F32, residual, z7);
        p7 = Simd.FMA ? p7.fma(factor, p) : p7.mul(factor).add(p);
        FloatVector q7 = FloatVector.fromArray(F32, residual, z7 + second);
        q7 = Simd.FMA ? q7.fma(factor, q) : q7.mul(factor).add(q);
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
        int c1 = co + (rows > 1 ? ldc : 0);
        int c2 = c1 + (rows > 2 ? ldc : 0);
        int c3 = c2 + (rows > 3 ? ldc : 0);
        int c4 = c3 + (rows > 4 ? ldc : 0);
        int c5 = c4 + (rows > 5 ? ldc : 0);
        int c6 = c5 + (rows > 6 ? ldc : 0);
        int c7 = c6 + (rows > 7 ? ldc : 0);
        ((FloatVector) TYPE.cast(p0)).intoArray(c, co);
        ((FloatVector) TYPE.cast(q0)).intoArray(c, co + second);
        ((FloatVector) TYPE.cast(p1)).intoArray(c, c1);
        ((FloatVector) TYPE.cast(q1)).intoArray(c, c1 + second);
        ((FloatVector) TYPE.cast(p2)).intoArray(c, c2);
        ((FloatVector) TYPE.cast(q2)).intoArray(c, c2 + second);
        ((FloatVector) TYPE.cast(p3)).intoArray(c, c3);
        ((FloatVector) TYPE.cast(q3)).intoArray(c, c3 + second);
        ((FloatVector) TYPE.cast(p4)).intoArray(c, c4);
        ((FloatVector) TYPE.cast(q4)).intoArray(c, c4 + second);
        ((FloatVector) TYPE.cast(p5)).intoArray(c, c5);
        ((FloatVector) TYPE.cast(q5)).intoArray(c, c5 + second);
        ((FloatVector) TYPE.cast(p6)).intoArray(c, c6);
        ((FloatVector) TYPE.cast(q6)).intoArray(c, c6 + second);
        ((FloatVector) TYPE.cast(p7)).intoArray(c, c7);
        ((FloatVector) TYPE.cast(q7)).intoArray(c, c7 + second);
    }

    /** Up to 4 rows, with bounds. */
    private static void clamped4(
            int rows,
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
            float[] residual,
            int ro,
            float scale,
            float lo,
            float hi) {
        int a1 = ao + (rows > 1 ? lda : 0);
        int a2 = a1 + (rows > 2 ? lda : 0);
        int a3 = a2 + (rows > 3 ? lda : 0);
        int z1 = ro + (rows > 1 ? ldc : 0);
        int z2 = z1 + (rows > 2 ? ldc : 0);
        int z3 = z2 + (rows > 3 ? ldc : 0);
        int b2 = bo + second;
        FloatVector p = FloatVector.fromArray(F32, bias, so);
        FloatVector q = FloatVector.fromArray(F32, bias, so + second * startColumn);
        FloatVector factor = FloatVector.broadcast(F32, scale);
        FloatVector p0 = FloatVector.fromArray(F32, residual, ro);
        p0 = Simd.FMA ? p0.fma(factor, p) : p0.mul(factor).add(p);
        FloatVector q0 = FloatVector.fromArray(F32, residual, ro + second);
        q0 = Simd.FMA ? q0.fma(factor, q) : q0.mul(factor).add(q);
        FloatVector p1 = FloatVector.fromArray(F32, residual, z1);
        p1 = Simd.FMA ? p1.fma(factor, p) : p1.mul(factor).add(p);
        FloatVector q1 = FloatVector.fromArray(F32, residual, z1 + second);
        q1 = Simd.FMA ? q1.fma(factor, q) : q1.mul(factor).add(q);
        FloatVector p2 = FloatVector.fromArray(F32, residual, z2);
        p2 = Simd.FMA ? p2.fma(factor, p) : p2.mul(factor).add(p);
        FloatVector q2 = FloatVector.fromArray(F32, residual, z2 + second);
        q2 = Simd.FMA ? q2.fma(factor, q) : q2.mul(factor).add(q);
        FloatVector p3 = FloatVector.fromArray(F32, residual, z3);
        p3 = Simd.FMA ? p3.fma(factor, p) : p3.mul(factor).add(p);
        FloatVector q3 = FloatVector.fromArray(F32, residual, z3 + second);
        q3 = Simd.FMA ? q3.fma(factor, q) : q3.mul(factor).add(q);
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
        }
        int c1 = co + (rows > 1 ? ldc : 0);
        int c2 = c1 + (rows > 2 ? ldc : 0);
        int c3 = c2 + (rows > 3 ? ldc : 0);
        FloatVector low = FloatVector.broadcast(F32, lo);
        FloatVector high = FloatVector.broadcast(F32, hi);
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
    }

    /** 5 to 8 rows, with bounds. */
    private static void clamped8(
            int rows,
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
            float[] residual,
            int ro,
            float scale,
            float lo,
            float hi) {
        int a1 = ao + (rows > 1 ? lda : 0);
        int a2 = a1 + (rows > 2 ? lda : 0);
        int a3 = a2 + (rows > 3 ? lda : 0);
        int a4 = a3 + (rows > 4 ? lda : 0);
        int a5 = a4 + (rows > 5 ? lda : 0);
        int a6 = a5 + (rows > 6 ? lda : 0);
        int a7 = a6 + (rows > 7 ? lda : 0);
        int z1 = ro + (rows > 1 ? ldc : 0);
        int z2 = z1 + (rows > 2 ? ldc : 0);
        int z3 = z2 + (rows > 3 ? ldc : 0);
        int z4 = z3 + (rows > 4 ? ldc : 0);
        int z5 = z4 + (rows > 5 ? ldc : 0);
        int z6 = z5 + (rows > 6 ? ldc : 0);
        int z7 = z6 + (rows > 7 ? ldc : 0);
        int b2 = bo + second;
        FloatVector p = FloatVector.fromArray(F32, bias, so);
        FloatVector q = FloatVector.fromArray(F32, bias, so + second * startColumn);
        FloatVector factor = FloatVector.broadcast(F32, scale);
        FloatVector p0 = FloatVector.fromArray(F32, residual, ro);
        p0 = Simd.FMA ? p0.fma(factor, p) : p0.mul(factor).add(p);
        FloatVector q0 = FloatVector.fromArray(F32, residual, ro + second);
        q0 = Simd.FMA ? q0.fma(factor, q) : q0.mul(factor).add(q);
        FloatVector p1 = FloatVector.fromArray(F32, residual, z1);
        p1 = Simd.FMA ? p1.fma(factor, p) : p1.mul(factor).add(p);
        FloatVector q1 = FloatVector.fromArray(F32, residual, z1 + second);
        q1 = Simd.FMA ? q1.fma(factor, q) : q1.mul(factor).add(q);
        FloatVector p2 = FloatVector.fromArray(F32, residual, z2);
        p2 = Simd.FMA ? p2.fma(factor, p) : p2.mul(factor).add(p);
        FloatVector q2 = FloatVector.fromArray(F32, residual, z2 + second);
        q2 = Simd.FMA ? q2.fma(factor, q) : q2.mul(factor).add(q);
        FloatVector p3 = FloatVector.fromArray(F32, residual, z3);
        p3 = Simd.FMA ? p3.fma(factor, p) : p3.mul(factor).add(p);
        FloatVector q3 = FloatVector.fromArray(F32, residual, z3 + second);
        q3 = Simd.FMA ? q3.fma(factor, q) : q3.mul(factor).add(q);
        FloatVector p4 = FloatVector.fromArray(F32, residual, z4);
        p4 = Simd.FMA ? p4.fma(factor, p) : p4.mul(factor).add(p);
        FloatVector q4 = FloatVector.fromArray(F32, residual, z4 + second);
        q4 = Simd.FMA ? q4.fma(factor, q) : q4.mul(factor).add(q);
        FloatVector p5 = FloatVector.fromArray(F32, residual, z5);
        p5 = Simd.FMA ? p5.fma(factor, p) : p5.mul(factor).add(p);
        FloatVector q5 = FloatVector.fromArray(F32, residual, z5 + second);
        q5 = Simd.FMA ? q5.fma(factor, q) : q5.mul(factor).add(q);
        FloatVector p6 = FloatVector.fromArray(F32, residual, z6);
        p6 = Simd.FMA ? p6.fma(factor, p) : p6.mul(factor).add(p);
        FloatVector q6 = FloatVector.fromArray(F32, residual, z6 + second);
        q6 = Simd.FMA ? q6.fma(factor, q) : q6.mul(factor).add(q);
        FloatVector p7 = FloatVector.fromArray(F32, residual, z7);
        p7 = Simd.FMA ? p7.fma(factor, p) : p7.mul(factor).add(p);
        FloatVector q7 = FloatVector.fromArray(F32, residual, z7 + second);
        q7 = Simd.FMA ? q7.fma(factor, q) : q7.mul(factor).add(q);
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
        int c1 = co + (rows > 1 ? ldc : 0);
        int c2 = c1 + (rows > 2 ? ldc : 0);
        int c3 = c2 + (rows > 3 ? ldc : 0);
        int c4 = c3 + (rows > 4 ? ldc : 0);
        int c5 = c4 + (rows > 5 ? ldc : 0);
        int c6 = c5 + (rows > 6 ? ldc : 0);
        int c7 = c6 + (rows > 7 ? ldc : 0);
        FloatVector low = FloatVector.broadcast(F32, lo);
        FloatVector high = FloatVector.broadcast(F32, hi);
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
