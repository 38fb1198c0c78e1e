package org.lanewise.kernels.gemm;

import static org.lanewise.kernels.Species.F32;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.Vector;
import jdk.incubator.vector.VectorOperators;
import org.lanewise.kernels.Simd;

/**
 * Micro-kernels for a last panel with no more than one vector of columns, from the bias to the clamp, for products that are one block of K. Otherwise like
 * {@link SlimTiles}. A tile of fewer rows than it has room for computes its last row several times.
 */
final class OneVectorTiles {
    /** Says which class loop-carried vectors have: C2 would ask a profile that all users of vectors share. */
    private static final Class<? extends Vector<Float>> TYPE = F32.vectorType();

    private static final int NR = 2 * Simd.LANES;

    private OneVectorTiles() {}

    /**
     * {@code C = min(max(bias + A * B, lo), hi)}, A being (rows, kc) and row-major, B packed; NaN stays. Whole vectors are read from the bias and written to C, row
     * after row.
     *
     * @param rows 1 to {@link Gemm#MR}
     * @param ao index of A's first value; {@code bo}, {@code co}, {@code so} likewise
     * @param clamps whether there are bounds
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
            float[] bias,
            int so,
            boolean clamps,
            float lo,
            float hi) {
        if (clamps) {
            if (rows <= 4) {
                clamped4(rows, kc, a, ao, lda, b, bo, c, co, ldc, bias, so, lo, hi);
            } else {
                clamped8(rows, kc, a, ao, lda, b, bo, c, co, ldc, bias, so, lo, hi);
            }
        } else {
            if (rows <= 4) {
                plain4(rows, kc, a, ao, lda, b, bo, c, co, ldc, bias, so);
            } else {
                plain8(rows, kc, a, ao, lda, b, bo, c, co, ldc, bias, so);
            }
        }
    }

    /**
     * {@code C = min(max(bias + scale * residual + A * B, lo), hi)}; otherwise like the other form.
     *
     * @param residual laid out like C, its first value at {@code ro}; may be C itself
     */
    static void runResidual(
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
            float[] bias,
            int so,
            float[] residual,
            int ro,
            float scale,
            float lo,
            float hi) {
        if (rows <= 4) {
            residual4(rows, kc, a, ao, lda, b, bo, c, co, ldc, bias, so, residual, ro, scale, lo, hi);
        } else {
            residual8(rows, kc, a, ao, lda, b, bo, c, co, ldc, bias, so, residual, ro, scale, lo, hi);
        }
    }

    /** Up to 4 rows. */
    private static void plain4(
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
            float[] bias,
            int so) {
        int a1 = ao + (rows > 1 ? lda : 0);
        int a2 = a1 + (rows > 2 ? lda : 0);
        int a3 = a2 + (rows > 3 ? lda : 0);
        FloatVector p0 = FloatVector.fromArray(F32, bias, so);
        FloatVector p1 = p0;
        FloatVector p2 = p0;
        FloatVector p3 = p0;
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
        int c1 = co + (rows > 1 ? ldc : 0);
        int c2 = c1 + (rows > 2 ? ldc : 0);
        int c3 = c2 + (rows > 3 ? ldc : 0);
        ((FloatVector) TYPE.cast(p0)).intoArray(c, co);
        ((FloatVector) TYPE.cast(p1)).intoArray(c, c1);
        ((FloatVector) TYPE.cast(p2)).intoArray(c, c2);
        ((FloatVector) TYPE.cast(p3)).intoArray(c, c3);
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
            float[] c,
            int co,
            int ldc,
            float[] bias,
            int so) {
        int a1 = ao + (rows > 1 ? lda : 0);
        int a2 = a1 + (rows > 2 ? lda : 0);
        int a3 = a2 + (rows > 3 ? lda : 0);
        int a4 = a3 + (rows > 4 ? lda : 0);
        int a5 = a4 + (rows > 5 ? lda : 0);
        int a6 = a5 + (rows > 6 ? lda : 0);
        int a7 = a6 + (rows > 7 ? lda : 0);
        FloatVector p0 = FloatVector.fromArray(F32, bias, so);
        FloatVector p1 = p0;
        FloatVector p2 = p0;
        FloatVector p3 = p0;
        FloatVector p4 = p0;
        FloatVector p5 = p0;
        FloatVector p6 = p0;
        FloatVector p7 = p0;
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
        int c1 = co + (rows > 1 ? ldc : 0);
        int c2 = c1 + (rows > 2 ? ldc : 0);
        int c3 = c2 + (rows > 3 ? ldc : 0);
        int c4 = c3 + (rows > 4 ? ldc : 0);
        int c5 = c4 + (rows > 5 ? ldc : 0);
        int c6 = c5 + (rows > 6 ? ldc : 0);
        int c7 = c6 + (rows > 7 ? ldc : 0);
        ((FloatVector) TYPE.cast(p0)).intoArray(c, co);
        ((FloatVector) TYPE.cast(p1)).intoArray(c, c1);
        ((FloatVector) TYPE.cast(p2)).intoArray(c, c2);
        ((FloatVector) TYPE.cast(p3)).intoArray(c, c3);
        ((FloatVector) TYPE.cast(p4)).intoArray(c, c4);
        ((FloatVector) TYPE.cast(p5)).intoArray(c, c5);
        ((FloatVector) TYPE.cast(p6)).intoArray(c, c6);
        ((FloatVector) TYPE.cast(p7)).intoArray(c, c7);
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
            float[] c,
            int co,
            int ldc,
            float[] bias,
            int so,
            float lo,
            float hi) {
        int a1 = ao + (rows > 1 ? lda : 0);
        int a2 = a1 + (rows > 2 ? lda : 0);
        int a3 = a2 + (rows > 3 ? lda : 0);
        FloatVector p0 = FloatVector.fromArray(F32, bias, so);
        FloatVector p1 = p0;
        FloatVector p2 = p0;
        FloatVector p3 = p0;
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
        int c1 = co + (rows > 1 ? ldc : 0);
        int c2 = c1 + (rows > 2 ? ldc : 0);
        int c3 = c2 + (rows > 3 ? ldc : 0);
        FloatVector low = FloatVector.broadcast(F32, lo);
        FloatVector high = FloatVector.broadcast(F32, hi);
        p0 = ((FloatVector) TYPE.cast(p0)).blend(low, ((FloatVector) TYPE.cast(p0)).compare(VectorOperators.LT, low));
        p0.blend(high, p0.compare(VectorOperators.GT, high)).intoArray(c, co);
        p1 = ((FloatVector) TYPE.cast(p1)).blend(low, ((FloatVector) TYPE.cast(p1)).compare(VectorOperators.LT, low));
        p1.blend(high, p1.compare(VectorOperators.GT, high)).intoArray(c, c1);
        p2 = ((FloatVector) TYPE.cast(p2)).blend(low, ((FloatVector) TYPE.cast(p2)).compare(VectorOperators.LT, low));
        p2.blend(high, p2.compare(VectorOperators.GT, high)).intoArray(c, c2);
        p3 = ((FloatVector) TYPE.cast(p3)).blend(low, ((FloatVector) TYPE.cast(p3)).compare(VectorOperators.LT, low));
        p3.blend(high, p3.compare(VectorOperators.GT, high)).intoArray(c, c3);
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
            float[] c,
            int co,
            int ldc,
            float[] bias,
            int so,
            float lo,
            float hi) {
        int a1 = ao + (rows > 1 ? lda : 0);
        int a2 = a1 + (rows > 2 ? lda : 0);
        int a3 = a2 + (rows > 3 ? lda : 0);
        int a4 = a3 + (rows > 4 ? lda : 0);
        int a5 = a4 + (rows > 5 ? lda : 0);
        int a6 = a5 + (rows > 6 ? lda : 0);
        int a7 = a6 + (rows > 7 ? lda : 0);
        FloatVector p0 = FloatVector.fromArray(F32, bias, so);
        FloatVector p1 = p0;
        FloatVector p2 = p0;
        FloatVector p3 = p0;
        FloatVector p4 = p0;
        FloatVector p5 = p0;
        FloatVector p6 = p0;
        FloatVector p7 = p0;
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
        p1 = ((FloatVector) TYPE.cast(p1)).blend(low, ((FloatVector) TYPE.cast(p1)).compare(VectorOperators.LT, low));
        p1.blend(high, p1.compare(VectorOperators.GT, high)).intoArray(c, c1);
        p2 = ((FloatVector) TYPE.cast(p2)).blend(low, ((FloatVector) TYPE.cast(p2)).compare(VectorOperators.LT, low));
        p2.blend(high, p2.compare(VectorOperators.GT, high)).intoArray(c, c2);
        p3 = ((FloatVector) TYPE.cast(p3)).blend(low, ((FloatVector) TYPE.cast(p3)).compare(VectorOperators.LT, low));
        p3.blend(high, p3.compare(VectorOperators.GT, high)).intoArray(c, c3);
        p4 = ((FloatVector) TYPE.cast(p4)).blend(low, ((FloatVector) TYPE.cast(p4)).compare(VectorOperators.LT, low));
        p4.blend(high, p4.compare(VectorOperators.GT, high)).intoArray(c, c4);
        p5 = ((FloatVector) TYPE.cast(p5)).blend(low, ((FloatVector) TYPE.cast(p5)).compare(VectorOperators.LT, low));
        p5.blend(high, p5.compare(VectorOperators.GT, high)).intoArray(c, c5);
        p6 = ((FloatVector) TYPE.cast(p6)).blend(low, ((FloatVector) TYPE.cast(p6)).compare(VectorOperators.LT, low));
        p6.blend(high, p6.compare(VectorOperators.GT, high)).intoArray(c, c6);
        p7 = ((FloatVector) TYPE.cast(p7)).blend(low, ((FloatVector) TYPE.cast(p7)).compare(VectorOperators.LT, low));
        p7.blend(high, p7.compare(VectorOperators.GT, high)).intoArray(c, c7);
    }

    /** Up to 4 rows, with a residual and bounds. */
    private static void residual4(
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
            float[] bias,
            int so,
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
        FloatVector p = FloatVector.fromArray(F32, bias, so);
        FloatVector factor = FloatVector.broadcast(F32, scale);
        FloatVector p0 = FloatVector.fromArray(F32, residual, ro);
        p0 = Simd.FMA ? p0.fma(factor, p) : p0.mul(factor).add(p);
        FloatVector p1 = FloatVector.fromArray(F32, residual, z1);
        p1 = Simd.FMA ? p1.fma(factor, p) : p1.mul(factor).add(p);
        FloatVector p2 = FloatVector.fromArray(F32, residual, z2);
        p2 = Simd.FMA ? p2.fma(factor, p) : p2.mul(factor).add(p);
        FloatVector p3 = FloatVector.fromArray(F32, residual, z3);
        p3 = Simd.FMA ? p3.fma(factor, p) : p3.mul(factor).add(p);
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
        int c1 = co + (rows > 1 ? ldc : 0);
        int c2 = c1 + (rows > 2 ? ldc : 0);
        int c3 = c2 + (rows > 3 ? ldc : 0);
        FloatVector low = FloatVector.broadcast(F32, lo);
        FloatVector high = FloatVector.broadcast(F32, hi);
        p0 = ((FloatVector) TYPE.cast(p0)).blend(low, ((FloatVector) TYPE.cast(p0)).compare(VectorOperators.LT, low));
        p0.blend(high, p0.compare(VectorOperators.GT, high)).intoArray(c, co);
        p1 = ((FloatVector) TYPE.cast(p1)).blend(low, ((FloatVector) TYPE.cast(p1)).compare(VectorOperators.LT, low));
        p1.blend(high, p1.compare(VectorOperators.GT, high)).intoArray(c, c1);
        p2 = ((FloatVector) TYPE.cast(p2)).blend(low, ((FloatVector) TYPE.cast(p2)).compare(VectorOperators.LT, low));
        p2.blend(high, p2.compare(VectorOperators.GT, high)).intoArray(c, c2);
        p3 = ((FloatVector) TYPE.cast(p3)).blend(low, ((FloatVector) TYPE.cast(p3)).compare(VectorOperators.LT, low));
        p3.blend(high, p3.compare(VectorOperators.GT, high)).intoArray(c, c3);
    }

    /** 5 to 8 rows, with a residual and bounds. */
    private static void residual8(
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
            float[] bias,
            int so,
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
        FloatVector p = FloatVector.fromArray(F32, bias, so);
        FloatVector factor = FloatVector.broadcast(F32, scale);
        FloatVector p0 = FloatVector.fromArray(F32, residual, ro);
        p0 = Simd.FMA ? p0.fma(factor, p) : p0.mul(factor).add(p);
        FloatVector p1 = FloatVector.fromArray(F32, residual, z1);
        p1 = Simd.FMA ? p1.fma(factor, p) : p1.mul(factor).add(p);
        FloatVector p2 = FloatVector.fromArray(F32, residual, z2);
        p2 = Simd.FMA ? p2.fma(factor, p) : p2.mul(factor).add(p);
        FloatVector p3 = FloatVector.fromArray(F32, residual, z3);
        p3 = Simd.FMA ? p3.fma(factor, p) : p3.mul(factor).add(p);
        FloatVector p4 = FloatVector.fromArray(F32, residual, z4);
        p4 = Simd.FMA ? p4.fma(factor, p) : p4.mul(factor).add(p);
        FloatVector p5 = FloatVector.fromArray(F32, residual, z5);
        p5 = Simd.FMA ? p5.fma(factor, p) : p5.mul(factor).add(p);
        FloatVector p6 = FloatVector.fromArray(F32, residual, z6);
        p6 = Simd.FMA ? p6.fma(factor, p) : p6.mul(factor).add(p);
        FloatVector p7 = FloatVector.fromArray(F32, residual, z7);
        p7 = Simd.FMA ? p7.fma(factor, p) : p7.mul(factor).add(p);
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
        p1 = ((FloatVector) TYPE.cast(p1)).blend(low, ((FloatVector) TYPE.cast(p1)).compare(VectorOperators.LT, low));
        p1.blend(high, p1.compare(VectorOperators.GT, high)).intoArray(c, c1);
        p2 = ((FloatVector) TYPE.cast(p2)).blend(low, ((FloatVector) TYPE.cast(p2)).compare(VectorOperators.LT, low));
        p2.blend(high, p2.compare(VectorOperators.GT, high)).intoArray(c, c2);
        p3 = ((FloatVector) TYPE.cast(p3)).blend(low, ((FloatVector) TYPE.cast(p3)).compare(VectorOperators.LT, low));
        p3.blend(high, p3.compare(VectorOperators.GT, high)).intoArray(c, c3);
        p4 = ((FloatVector) TYPE.cast(p4)).blend(low, ((FloatVector) TYPE.cast(p4)).compare(VectorOperators.LT, low));
        p4.blend(high, p4.compare(VectorOperators.GT, high)).intoArray(c, c4);
        p5 = ((FloatVector) TYPE.cast(p5)).blend(low, ((FloatVector) TYPE.cast(p5)).compare(VectorOperators.LT, low));
        p5.blend(high, p5.compare(VectorOperators.GT, high)).intoArray(c, c5);
        p6 = ((FloatVector) TYPE.cast(p6)).blend(low, ((FloatVector) TYPE.cast(p6)).compare(VectorOperators.LT, low));
        p6.blend(high, p6.compare(VectorOperators.GT, high)).intoArray(c, c6);
        p7 = ((FloatVector) TYPE.cast(p7)).blend(low, ((FloatVector) TYPE.cast(p7)).compare(VectorOperators.LT, low));
        p7.blend(high, p7.compare(VectorOperators.GT, high)).intoArray(c, c7);
    }
}
