package org.lanewise.kernels.gemm;

import static org.lanewise.kernels.Species.F32;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.Vector;
import jdk.incubator.vector.VectorOperators;
import org.lanewise.kernels.Simd;

/**
 * Micro-kernels for products with a short K where an address that is computed takes the place of a multiply-add: rows of A lie {@link #ROW} apart, so that one address serves them all, and three vectors of columns share
 * a value of A. They start from the bias and end with the clamp, as those of {@link BiasTiles}.
 */
final class FixedRowTiles {
    /** Most rows of a tile. */
    static final int ROWS = 8;

    /** Distance between two rows of A, an odd number of cache lines. */
    static final int ROW = 80;

    /** Vectors of columns in a tile. */
    static final int VECTORS = 3;

    /** Says which class loop-carried vectors have: C2 would ask a profile that all users of vectors share. */
    private static final Class<? extends Vector<Float>> TYPE = F32.vectorType();

    private static final int LANES = Simd.LANES;
    private static final int NR = 2 * LANES;

    /** Changes no value it is added to; but C2 keeps the sum in a register, and would broadcast a scalar again at each use, through the one port that shuffles. */
    private static final FloatVector NOTHING = FloatVector.broadcast(F32, -0f);

    private FixedRowTiles() {}

    /**
     * {@code C = min(max(bias + A * B, lo), hi)} for {@link #ROWS} rows and so many vectors of columns, a multiple of three; NaN stays.
     *
     * @param a A's rows, {@link #ROW} apart from {@code ao}
     * @param bo the first panel of B, which has {@code kc} rows
     * @param bias of column j at {@code so + j * startColumn}
     */
    static void run(
            int vectors,
            int kc,
            float[] a,
            int ao,
            float[] b,
            int bo,
            float[] c,
            int co,
            int ldc,
            float[] bias,
            int so,
            int startColumn,
            float lo,
            float hi) {
        int stride = kc * NR;
        for (int v = 0; v < vectors; v += VECTORS) {
            int pair = v + 1 & -2; // the two vectors of a panel; the third is of the panel behind it, or before it
            int single = pair == v ? v + 2 : v;
            int bp = bo + pair / 2 * stride;
            int bs = bo + single / 2 * stride + single % 2 * LANES;
            int cp = co + pair * LANES;
            int cs = co + single * LANES;
            int sp = so + pair * LANES * startColumn;
            int ss = so + single * LANES * startColumn;
            int step = LANES * startColumn;
            rows8(kc, a, ao, b, bp, bs, c, cp, cs, ldc, bias, sp, ss, step, lo, hi);
        }
    }

    /** 8 rows, 3 vectors of columns. */
    private static void rows8(
            int kc,
            float[] a,
            int ao,
            float[] b,
            int pair,
            int single,
            float[] c,
            int c0,
            int cSingle,
            int ldc,
            float[] bias,
            int biasPair,
            int biasSingle,
            int startStep,
            float lo,
            float hi) {
        FloatVector p0 = FloatVector.fromArray(F32, bias, biasPair);
        FloatVector q0 = FloatVector.fromArray(F32, bias, biasPair + startStep);
        FloatVector s0 = FloatVector.fromArray(F32, bias, biasSingle);
        FloatVector p1 = p0;
        FloatVector q1 = q0;
        FloatVector s1 = s0;
        FloatVector p2 = p0;
        FloatVector q2 = q0;
        FloatVector s2 = s0;
        FloatVector p3 = p0;
        FloatVector q3 = q0;
        FloatVector s3 = s0;
        FloatVector p4 = p0;
        FloatVector q4 = q0;
        FloatVector s4 = s0;
        FloatVector p5 = p0;
        FloatVector q5 = q0;
        FloatVector s5 = s0;
        FloatVector p6 = p0;
        FloatVector q6 = q0;
        FloatVector s6 = s0;
        FloatVector p7 = p0;
        FloatVector q7 = q0;
        FloatVector s7 = s0;
        for (int k = 0; k < kc; k++) {
            FloatVector bp = FloatVector.fromArray(F32, b, pair + k * NR);
            FloatVector bq = FloatVector.fromArray(F32, b, pair + k * NR + LANES);
            FloatVector bs = FloatVector.fromArray(F32, b, single + k * NR);
            FloatVector x0 = FloatVector.broadcast(F32, a[ao + k]);
            p0 = Simd.FMA ? x0.fma(bp, p0) : x0.mul(bp).add(p0);
            q0 = Simd.FMA ? x0.fma(bq, q0) : x0.mul(bq).add(q0);
            s0 = Simd.FMA ? x0.fma(bs, s0) : x0.mul(bs).add(s0);
            FloatVector x1 = FloatVector.broadcast(F32, a[ao + k + ROW]);
            p1 = Simd.FMA ? x1.fma(bp, p1) : x1.mul(bp).add(p1);
            q1 = Simd.FMA ? x1.fma(bq, q1) : x1.mul(bq).add(q1);
            s1 = Simd.FMA ? x1.fma(bs, s1) : x1.mul(bs).add(s1);
            FloatVector x2 = FloatVector.broadcast(F32, a[ao + k + 2 * ROW]);
            p2 = Simd.FMA ? x2.fma(bp, p2) : x2.mul(bp).add(p2);
            q2 = Simd.FMA ? x2.fma(bq, q2) : x2.mul(bq).add(q2);
            s2 = Simd.FMA ? x2.fma(bs, s2) : x2.mul(bs).add(s2);
            FloatVector x3 = FloatVector.broadcast(F32, a[ao + k + 3 * ROW]);
            p3 = Simd.FMA ? x3.fma(bp, p3) : x3.mul(bp).add(p3);
            q3 = Simd.FMA ? x3.fma(bq, q3) : x3.mul(bq).add(q3);
            s3 = Simd.FMA ? x3.fma(bs, s3) : x3.mul(bs).add(s3);
            FloatVector x4 = FloatVector.broadcast(F32, a[ao + k + 4 * ROW]);
            p4 = Simd.FMA ? x4.fma(bp, p4) : x4.mul(bp).add(p4);
            q4 = Simd.FMA ? x4.fma(bq, q4) : x4.mul(bq).add(q4);
            s4 = Simd.FMA ? x4.fma(bs, s4) : x4.mul(bs).add(s4);
            FloatVector x5 = FloatVector.broadcast(F32, a[ao + k + 5 * ROW]);
            p5 = Simd.FMA ? x5.fma(bp, p5) : x5.mul(bp).add(p5);
            q5 = Simd.FMA ? x5.fma(bq, q5) : x5.mul(bq).add(q5);
            s5 = Simd.FMA ? x5.fma(bs, s5) : x5.mul(bs).add(s5);
            FloatVector x6 = FloatVector.broadcast(F32, a[ao + k + 6 * ROW]);
            p6 = Simd.FMA ? x6.fma(bp, p6) : x6.mul(bp).add(p6);
            q6 = Simd.FMA ? x6.fma(bq, q6) : x6.mul(bq).add(q6);
            s6 = Simd.FMA ? x6.fma(bs, s6) : x6.mul(bs).add(s6);
            FloatVector x7 = FloatVector.broadcast(F32, a[ao + k + 7 * ROW]);
            p7 = Simd.FMA ? x7.fma(bp, p7) : x7.mul(bp).add(p7);
            q7 = Simd.FMA ? x7.fma(bq, q7) : x7.mul(bq).add(q7);
            s7 = Simd.FMA ? x7.fma(bs, s7) : x7.mul(bs).add(s7);
        }
        FloatVector low = FloatVector.broadcast(F32, lo).add(NOTHING);
        FloatVector high = FloatVector.broadcast(F32, hi).add(NOTHING);
        int step = cSingle - c0;
        int c1 = c0 + ldc;
        int c2 = c1 + ldc;
        int c3 = c2 + ldc;
        int c4 = c3 + ldc;
        int c5 = c4 + ldc;
        int c6 = c5 + ldc;
        int c7 = c6 + ldc;
        p0 = ((FloatVector) TYPE.cast(p0)).blend(low, ((FloatVector) TYPE.cast(p0)).compare(VectorOperators.LT, low));
        p0.blend(high, p0.compare(VectorOperators.GT, high)).intoArray(c, c0);
        q0 = ((FloatVector) TYPE.cast(q0)).blend(low, ((FloatVector) TYPE.cast(q0)).compare(VectorOperators.LT, low));
        q0.blend(high, q0.compare(VectorOperators.GT, high)).intoArray(c, c0 + LANES);
        s0 = ((FloatVector) TYPE.cast(s0)).blend(low, ((FloatVector) TYPE.cast(s0)).compare(VectorOperators.LT, low));
        s0.blend(high, s0.compare(VectorOperators.GT, high)).intoArray(c, c0 + step);
        p1 = ((FloatVector) TYPE.cast(p1)).blend(low, ((FloatVector) TYPE.cast(p1)).compare(VectorOperators.LT, low));
        p1.blend(high, p1.compare(VectorOperators.GT, high)).intoArray(c, c1);
        q1 = ((FloatVector) TYPE.cast(q1)).blend(low, ((FloatVector) TYPE.cast(q1)).compare(VectorOperators.LT, low));
        q1.blend(high, q1.compare(VectorOperators.GT, high)).intoArray(c, c1 + LANES);
        s1 = ((FloatVector) TYPE.cast(s1)).blend(low, ((FloatVector) TYPE.cast(s1)).compare(VectorOperators.LT, low));
        s1.blend(high, s1.compare(VectorOperators.GT, high)).intoArray(c, c1 + step);
        p2 = ((FloatVector) TYPE.cast(p2)).blend(low, ((FloatVector) TYPE.cast(p2)).compare(VectorOperators.LT, low));
        p2.blend(high, p2.compare(VectorOperators.GT, high)).intoArray(c, c2);
        q2 = ((FloatVector) TYPE.cast(q2)).blend(low, ((FloatVector) TYPE.cast(q2)).compare(VectorOperators.LT, low));
        q2.blend(high, q2.compare(VectorOperators.GT, high)).intoArray(c, c2 + LANES);
        s2 = ((FloatVector) TYPE.cast(s2)).blend(low, ((FloatVector) TYPE.cast(s2)).compare(VectorOperators.LT, low));
        s2.blend(high, s2.compare(VectorOperators.GT, high)).intoArray(c, c2 + step);
        p3 = ((FloatVector) TYPE.cast(p3)).blend(low, ((FloatVector) TYPE.cast(p3)).compare(VectorOperators.LT, low));
        p3.blend(high, p3.compare(VectorOperators.GT, high)).intoArray(c, c3);
        q3 = ((FloatVector) TYPE.cast(q3)).blend(low, ((FloatVector) TYPE.cast(q3)).compare(VectorOperators.LT, low));
        q3.blend(high, q3.compare(VectorOperators.GT, high)).intoArray(c, c3 + LANES);
        s3 = ((FloatVector) TYPE.cast(s3)).blend(low, ((FloatVector) TYPE.cast(s3)).compare(VectorOperators.LT, low));
        s3.blend(high, s3.compare(VectorOperators.GT, high)).intoArray(c, c3 + step);
        p4 = ((FloatVector) TYPE.cast(p4)).blend(low, ((FloatVector) TYPE.cast(p4)).compare(VectorOperators.LT, low));
        p4.blend(high, p4.compare(VectorOperators.GT, high)).intoArray(c, c4);
        q4 = ((FloatVector) TYPE.cast(q4)).blend(low, ((FloatVector) TYPE.cast(q4)).compare(VectorOperators.LT, low));
        q4.blend(high, q4.compare(VectorOperators.GT, high)).intoArray(c, c4 + LANES);
        s4 = ((FloatVector) TYPE.cast(s4)).blend(low, ((FloatVector) TYPE.cast(s4)).compare(VectorOperators.LT, low));
        s4.blend(high, s4.compare(VectorOperators.GT, high)).intoArray(c, c4 + step);
        p5 = ((FloatVector) TYPE.cast(p5)).blend(low, ((FloatVector) TYPE.cast(p5)).compare(VectorOperators.LT, low));
        p5.blend(high, p5.compare(VectorOperators.GT, high)).intoArray(c, c5);
        q5 = ((FloatVector) TYPE.cast(q5)).blend(low, ((FloatVector) TYPE.cast(q5)).compare(VectorOperators.LT, low));
        q5.blend(high, q5.compare(VectorOperators.GT, high)).intoArray(c, c5 + LANES);
        s5 = ((FloatVector) TYPE.cast(s5)).blend(low, ((FloatVector) TYPE.cast(s5)).compare(VectorOperators.LT, low));
        s5.blend(high, s5.compare(VectorOperators.GT, high)).intoArray(c, c5 + step);
        p6 = ((FloatVector) TYPE.cast(p6)).blend(low, ((FloatVector) TYPE.cast(p6)).compare(VectorOperators.LT, low));
        p6.blend(high, p6.compare(VectorOperators.GT, high)).intoArray(c, c6);
        q6 = ((FloatVector) TYPE.cast(q6)).blend(low, ((FloatVector) TYPE.cast(q6)).compare(VectorOperators.LT, low));
        q6.blend(high, q6.compare(VectorOperators.GT, high)).intoArray(c, c6 + LANES);
        s6 = ((FloatVector) TYPE.cast(s6)).blend(low, ((FloatVector) TYPE.cast(s6)).compare(VectorOperators.LT, low));
        s6.blend(high, s6.compare(VectorOperators.GT, high)).intoArray(c, c6 + step);
        p7 = ((FloatVector) TYPE.cast(p7)).blend(low, ((FloatVector) TYPE.cast(p7)).compare(VectorOperators.LT, low));
        p7.blend(high, p7.compare(VectorOperators.GT, high)).intoArray(c, c7);
        q7 = ((FloatVector) TYPE.cast(q7)).blend(low, ((FloatVector) TYPE.cast(q7)).compare(VectorOperators.LT, low));
        q7.blend(high, q7.compare(VectorOperators.GT, high)).intoArray(c, c7 + LANES);
        s7 = ((FloatVector) TYPE.cast(s7)).blend(low, ((FloatVector) TYPE.cast(s7)).compare(VectorOperators.LT, low));
        s7.blend(high, s7.compare(VectorOperators.GT, high)).intoArray(c, c7 + step);
    }

    /** Copies {@link #ROWS} rows of {@code k} values, at least a vector, that are {@code lda} apart, to a distance of {@link #ROW}. */
    static void copy(float[] a, int ao, int lda, int k, float[] to, int out) {
        int a1 = ao + lda;
        int a2 = a1 + lda;
        int a3 = a2 + lda;
        int a4 = a3 + lda;
        int a5 = a4 + lda;
        int a6 = a5 + lda;
        int a7 = a6 + lda;
        for (int j = 0; j < k; j += LANES) {
            int i = Math.min(j, k - LANES);
            FloatVector.fromArray(F32, a, ao + i).intoArray(to, out + i);
            FloatVector.fromArray(F32, a, a1 + i).intoArray(to, out + i + ROW);
            FloatVector.fromArray(F32, a, a2 + i).intoArray(to, out + i + 2 * ROW);
            FloatVector.fromArray(F32, a, a3 + i).intoArray(to, out + i + 3 * ROW);
            FloatVector.fromArray(F32, a, a4 + i).intoArray(to, out + i + 4 * ROW);
            FloatVector.fromArray(F32, a, a5 + i).intoArray(to, out + i + 5 * ROW);
            FloatVector.fromArray(F32, a, a6 + i).intoArray(to, out + i + 6 * ROW);
            FloatVector.fromArray(F32, a, a7 + i).intoArray(to, out + i + 7 * ROW);
        }
    }
}
