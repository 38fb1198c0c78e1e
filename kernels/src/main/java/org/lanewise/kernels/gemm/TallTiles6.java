package org.lanewise.kernels.gemm;

import static org.lanewise.kernels.Species.F32;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.Vector;
import jdk.incubator.vector.VectorOperators;
import org.lanewise.kernels.Simd;

/** {@link TallTiles} of 4 to 6 rows: those of 4 where there are 16 registers, the others where there are 32. */
final class TallTiles6 {
    /** Says which class loop-carried vectors have: C2 would ask a profile that all users of vectors share. */
    private static final Class<? extends Vector<Float>> TYPE = F32.vectorType();

    private static final int NR = 2 * Simd.LANES;

    private TallTiles6() {}

    /** 4 rows, 2 vectors of columns. */
    static void rows4(
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
            float[] start,
            int so,
            int startRow,
            int startSecond,
            float[] bias,
            int biasAt,
            int biasSecond,
            float lo,
            float hi) {
        int a1 = ao + lda;
        int a2 = ao + 2 * lda;
        int a3 = ao + 3 * lda;
        int b2 = bo + second;
        int s2 = so + startSecond;
        FloatVector biasP = FloatVector.fromArray(F32, bias, biasAt);
        FloatVector biasQ = FloatVector.fromArray(F32, bias, biasAt + biasSecond);
        FloatVector p0 = FloatVector.fromArray(F32, start, so).add(biasP);
        FloatVector q0 = FloatVector.fromArray(F32, start, s2).add(biasQ);
        FloatVector p1 = FloatVector.fromArray(F32, start, so + startRow).add(biasP);
        FloatVector q1 = FloatVector.fromArray(F32, start, s2 + startRow).add(biasQ);
        FloatVector p2 = FloatVector.fromArray(F32, start, so + 2 * startRow).add(biasP);
        FloatVector q2 = FloatVector.fromArray(F32, start, s2 + 2 * startRow).add(biasQ);
        FloatVector p3 = FloatVector.fromArray(F32, start, so + 3 * startRow).add(biasP);
        FloatVector q3 = FloatVector.fromArray(F32, start, s2 + 3 * startRow).add(biasQ);
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
        FloatVector low = FloatVector.broadcast(F32, lo);
        FloatVector high = FloatVector.broadcast(F32, hi);
        int c1 = co + ldc;
        int c2 = c1 + ldc;
        int c3 = c2 + ldc;
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

    /** 5 rows, 2 vectors of columns. */
    static void rows5(
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
            float[] start,
            int so,
            int startRow,
            int startSecond,
            float[] bias,
            int biasAt,
            int biasSecond,
            float lo,
            float hi) {
        int a1 = ao + lda;
        int a2 = ao + 2 * lda;
        int a3 = ao + 3 * lda;
        int a4 = ao + 4 * lda;
        int b2 = bo + second;
        int s2 = so + startSecond;
        FloatVector biasP = FloatVector.fromArray(F32, bias, biasAt);
        FloatVector biasQ = FloatVector.fromArray(F32, bias, biasAt + biasSecond);
        FloatVector p0 = FloatVector.fromArray(F32, start, so).add(biasP);
        FloatVector q0 = FloatVector.fromArray(F32, start, s2).add(biasQ);
        FloatVector p1 = FloatVector.fromArray(F32, start, so + startRow).add(biasP);
        FloatVector q1 = FloatVector.fromArray(F32, start, s2 + startRow).add(biasQ);
        FloatVector p2 = FloatVector.fromArray(F32, start, so + 2 * startRow).add(biasP);
        FloatVector q2 = FloatVector.fromArray(F32, start, s2 + 2 * startRow).add(biasQ);
        FloatVector p3 = FloatVector.fromArray(F32, start, so + 3 * startRow).add(biasP);
        FloatVector q3 = FloatVector.fromArray(F32, start, s2 + 3 * startRow).add(biasQ);
        FloatVector p4 = FloatVector.fromArray(F32, start, so + 4 * startRow).add(biasP);
        FloatVector q4 = FloatVector.fromArray(F32, start, s2 + 4 * startRow).add(biasQ);
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
        }
        FloatVector low = FloatVector.broadcast(F32, lo);
        FloatVector high = FloatVector.broadcast(F32, hi);
        int c1 = co + ldc;
        int c2 = c1 + ldc;
        int c3 = c2 + ldc;
        int c4 = c3 + ldc;
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
    }

    /** 6 rows, 2 vectors of columns. */
    static void rows6(
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
            float[] start,
            int so,
            int startRow,
            int startSecond,
            float[] bias,
            int biasAt,
            int biasSecond,
            float lo,
            float hi) {
        int a1 = ao + lda;
        int a2 = ao + 2 * lda;
        int a3 = ao + 3 * lda;
        int a4 = ao + 4 * lda;
        int a5 = ao + 5 * lda;
        int b2 = bo + second;
        int s2 = so + startSecond;
        FloatVector biasP = FloatVector.fromArray(F32, bias, biasAt);
        FloatVector biasQ = FloatVector.fromArray(F32, bias, biasAt + biasSecond);
        FloatVector p0 = FloatVector.fromArray(F32, start, so).add(biasP);
        FloatVector q0 = FloatVector.fromArray(F32, start, s2).add(biasQ);
        FloatVector p1 = FloatVector.fromArray(F32, start, so + startRow).add(biasP);
        FloatVector q1 = FloatVector.fromArray(F32, start, s2 + startRow).add(biasQ);
        FloatVector p2 = FloatVector.fromArray(F32, start, so + 2 * startRow).add(biasP);
        FloatVector q2 = FloatVector.fromArray(F32, start, s2 + 2 * startRow).add(biasQ);
        FloatVector p3 = FloatVector.fromArray(F32, start, so + 3 * startRow).add(biasP);
        FloatVector q3 = FloatVector.fromArray(F32, start, s2 + 3 * startRow).add(biasQ);
        FloatVector p4 = FloatVector.fromArray(F32, start, so + 4 * startRow).add(biasP);
        FloatVector q4 = FloatVector.fromArray(F32, start, s2 + 4 * startRow).add(biasQ);
        FloatVector p5 = FloatVector.fromArray(F32, start, so + 5 * startRow).add(biasP);
        FloatVector q5 = FloatVector.fromArray(F32, start, s2 + 5 * startRow).add(biasQ);
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
        }
        FloatVector low = FloatVector.broadcast(F32, lo);
        FloatVector high = FloatVector.broadcast(F32, hi);
        int c1 = co + ldc;
        int c2 = c1 + ldc;
        int c3 = c2 + ldc;
        int c4 = c3 + ldc;
        int c5 = c4 + ldc;
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
    }
}
