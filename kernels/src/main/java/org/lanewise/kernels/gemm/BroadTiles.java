package org.lanewise.kernels.gemm;

import static org.lanewise.kernels.Species.F32;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.Vector;
import jdk.incubator.vector.VectorOperators;
import org.lanewise.kernels.Simd;

/**
 * Micro-kernels of two neighbouring panels, four vectors of columns, for 5 and 6 rows of A: 20 and 24 sums, for 32 registers. They read 9 or 10 values for as many
 * multiply-adds, where 8 rows by 2 vectors read 10 for 16, and rows need not be a multiple of 8 to fill them. Otherwise like {@link TallTiles}.
 */
final class BroadTiles {
    /** Says which class loop-carried vectors have: C2 would ask a profile that all users of vectors share. */
    private static final Class<? extends Vector<Float>> TYPE = F32.vectorType();

    private static final int LANES = Simd.LANES;
    private static final int NR = 2 * LANES;

    private BroadTiles() {}

    /**
     * {@code C = min(max(start + bias + A * B, lo), hi)}, the arguments being those of {@link TallTiles#run}.
     *
     * @param rows 5 or 6
     * @param panels number of panels of NR columns, even
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
            int startColumn,
            float[] bias,
            int biasAt,
            int biasColumn,
            float lo,
            float hi) {
        int startStep = LANES * startColumn;
        int biasStep = LANES * biasColumn;
        for (int p = 0; p < panels; p += 2) {
            int panelB = bo + p * panelStride;
            int panelC = co + p * NR;
            int panelStart = so + p * NR * startColumn;
            int panelBias = biasAt + p * NR * biasColumn;
            switch (rows) {
                case 5 ->
                    rows5(
                            kc,
                            a,
                            ao,
                            lda,
                            b,
                            panelB,
                            panelB + panelStride,
                            c,
                            panelC,
                            ldc,
                            start,
                            panelStart,
                            startRow,
                            startStep,
                            bias,
                            panelBias,
                            biasStep,
                            lo,
                            hi);
                case 6 ->
                    rows6(
                            kc,
                            a,
                            ao,
                            lda,
                            b,
                            panelB,
                            panelB + panelStride,
                            c,
                            panelC,
                            ldc,
                            start,
                            panelStart,
                            startRow,
                            startStep,
                            bias,
                            panelBias,
                            biasStep,
                            lo,
                            hi);
                default -> throw new IllegalArgumentException("rows = " + rows + ": no such tile");
            }
        }
    }

    /** 5 rows, 4 vectors of columns. */
    private static void rows5(
            int kc,
            float[] a,
            int ao,
            int lda,
            float[] b,
            int bo,
            int next,
            float[] c,
            int co,
            int ldc,
            float[] start,
            int so,
            int startRow,
            int startStep,
            float[] bias,
            int biasAt,
            int biasStep,
            float lo,
            float hi) {
        int a1 = ao + lda;
        int a2 = ao + 2 * lda;
        int a3 = ao + 3 * lda;
        int a4 = ao + 4 * lda;
        FloatVector biasP = FloatVector.fromArray(F32, bias, biasAt);
        FloatVector biasQ = FloatVector.fromArray(F32, bias, biasAt + biasStep);
        FloatVector biasS = FloatVector.fromArray(F32, bias, biasAt + 2 * biasStep);
        FloatVector biasT = FloatVector.fromArray(F32, bias, biasAt + 3 * biasStep);
        FloatVector p0 = FloatVector.fromArray(F32, start, so).add(biasP);
        FloatVector q0 = FloatVector.fromArray(F32, start, so + startStep).add(biasQ);
        FloatVector s0 = FloatVector.fromArray(F32, start, so + 2 * startStep).add(biasS);
        FloatVector t0 = FloatVector.fromArray(F32, start, so + 3 * startStep).add(biasT);
        FloatVector p1 = FloatVector.fromArray(F32, start, so + startRow).add(biasP);
        FloatVector q1 =
                FloatVector.fromArray(F32, start, so + startRow + startStep).add(biasQ);
        FloatVector s1 =
                FloatVector.fromArray(F32, start, so + startRow + 2 * startStep).add(biasS);
        FloatVector t1 =
                FloatVector.fromArray(F32, start, so + startRow + 3 * startStep).add(biasT);
        FloatVector p2 = FloatVector.fromArray(F32, start, so + 2 * startRow).add(biasP);
        FloatVector q2 =
                FloatVector.fromArray(F32, start, so + 2 * startRow + startStep).add(biasQ);
        FloatVector s2 = FloatVector.fromArray(F32, start, so + 2 * startRow + 2 * startStep)
                .add(biasS);
        FloatVector t2 = FloatVector.fromArray(F32, start, so + 2 * startRow + 3 * startStep)
                .add(biasT);
        FloatVector p3 = FloatVector.fromArray(F32, start, so + 3 * startRow).add(biasP);
        FloatVector q3 =
                FloatVector.fromArray(F32, start, so + 3 * startRow + startStep).add(biasQ);
        FloatVector s3 = FloatVector.fromArray(F32, start, so + 3 * startRow + 2 * startStep)
                .add(biasS);
        FloatVector t3 = FloatVector.fromArray(F32, start, so + 3 * startRow + 3 * startStep)
                .add(biasT);
        FloatVector p4 = FloatVector.fromArray(F32, start, so + 4 * startRow).add(biasP);
        FloatVector q4 =
                FloatVector.fromArray(F32, start, so + 4 * startRow + startStep).add(biasQ);
        FloatVector s4 = FloatVector.fromArray(F32, start, so + 4 * startRow + 2 * startStep)
                .add(biasS);
        FloatVector t4 = FloatVector.fromArray(F32, start, so + 4 * startRow + 3 * startStep)
                .add(biasT);
        for (int k = 0; k < kc; k++) {
            FloatVector p = FloatVector.fromArray(F32, b, bo + k * NR);
            FloatVector q = FloatVector.fromArray(F32, b, bo + k * NR + LANES);
            FloatVector s = FloatVector.fromArray(F32, b, next + k * NR);
            FloatVector t = FloatVector.fromArray(F32, b, next + k * NR + LANES);
            FloatVector x0 = FloatVector.broadcast(F32, a[ao + k]);
            p0 = Simd.FMA ? x0.fma(p, p0) : x0.mul(p).add(p0);
            q0 = Simd.FMA ? x0.fma(q, q0) : x0.mul(q).add(q0);
            s0 = Simd.FMA ? x0.fma(s, s0) : x0.mul(s).add(s0);
            t0 = Simd.FMA ? x0.fma(t, t0) : x0.mul(t).add(t0);
            FloatVector x1 = FloatVector.broadcast(F32, a[a1 + k]);
            p1 = Simd.FMA ? x1.fma(p, p1) : x1.mul(p).add(p1);
            q1 = Simd.FMA ? x1.fma(q, q1) : x1.mul(q).add(q1);
            s1 = Simd.FMA ? x1.fma(s, s1) : x1.mul(s).add(s1);
            t1 = Simd.FMA ? x1.fma(t, t1) : x1.mul(t).add(t1);
            FloatVector x2 = FloatVector.broadcast(F32, a[a2 + k]);
            p2 = Simd.FMA ? x2.fma(p, p2) : x2.mul(p).add(p2);
            q2 = Simd.FMA ? x2.fma(q, q2) : x2.mul(q).add(q2);
            s2 = Simd.FMA ? x2.fma(s, s2) : x2.mul(s).add(s2);
            t2 = Simd.FMA ? x2.fma(t, t2) : x2.mul(t).add(t2);
            FloatVector x3 = FloatVector.broadcast(F32, a[a3 + k]);
            p3 = Simd.FMA ? x3.fma(p, p3) : x3.mul(p).add(p3);
            q3 = Simd.FMA ? x3.fma(q, q3) : x3.mul(q).add(q3);
            s3 = Simd.FMA ? x3.fma(s, s3) : x3.mul(s).add(s3);
            t3 = Simd.FMA ? x3.fma(t, t3) : x3.mul(t).add(t3);
            FloatVector x4 = FloatVector.broadcast(F32, a[a4 + k]);
            p4 = Simd.FMA ? x4.fma(p, p4) : x4.mul(p).add(p4);
            q4 = Simd.FMA ? x4.fma(q, q4) : x4.mul(q).add(q4);
            s4 = Simd.FMA ? x4.fma(s, s4) : x4.mul(s).add(s4);
            t4 = Simd.FMA ? x4.fma(t, t4) : x4.mul(t).add(t4);
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
        q0.blend(high, q0.compare(VectorOperators.GT, high)).intoArray(c, co + LANES);
        s0 = ((FloatVector) TYPE.cast(s0)).blend(low, ((FloatVector) TYPE.cast(s0)).compare(VectorOperators.LT, low));
        s0.blend(high, s0.compare(VectorOperators.GT, high)).intoArray(c, co + 2 * LANES);
        t0 = ((FloatVector) TYPE.cast(t0)).blend(low, ((FloatVector) TYPE.cast(t0)).compare(VectorOperators.LT, low));
        t0.blend(high, t0.compare(VectorOperators.GT, high)).intoArray(c, co + 3 * LANES);
        p1 = ((FloatVector) TYPE.cast(p1)).blend(low, ((FloatVector) TYPE.cast(p1)).compare(VectorOperators.LT, low));
        p1.blend(high, p1.compare(VectorOperators.GT, high)).intoArray(c, c1);
        q1 = ((FloatVector) TYPE.cast(q1)).blend(low, ((FloatVector) TYPE.cast(q1)).compare(VectorOperators.LT, low));
        q1.blend(high, q1.compare(VectorOperators.GT, high)).intoArray(c, c1 + LANES);
        s1 = ((FloatVector) TYPE.cast(s1)).blend(low, ((FloatVector) TYPE.cast(s1)).compare(VectorOperators.LT, low));
        s1.blend(high, s1.compare(VectorOperators.GT, high)).intoArray(c, c1 + 2 * LANES);
        t1 = ((FloatVector) TYPE.cast(t1)).blend(low, ((FloatVector) TYPE.cast(t1)).compare(VectorOperators.LT, low));
        t1.blend(high, t1.compare(VectorOperators.GT, high)).intoArray(c, c1 + 3 * LANES);
        p2 = ((FloatVector) TYPE.cast(p2)).blend(low, ((FloatVector) TYPE.cast(p2)).compare(VectorOperators.LT, low));
        p2.blend(high, p2.compare(VectorOperators.GT, high)).intoArray(c, c2);
        q2 = ((FloatVector) TYPE.cast(q2)).blend(low, ((FloatVector) TYPE.cast(q2)).compare(VectorOperators.LT, low));
        q2.blend(high, q2.compare(VectorOperators.GT, high)).intoArray(c, c2 + LANES);
        s2 = ((FloatVector) TYPE.cast(s2)).blend(low, ((FloatVector) TYPE.cast(s2)).compare(VectorOperators.LT, low));
        s2.blend(high, s2.compare(VectorOperators.GT, high)).intoArray(c, c2 + 2 * LANES);
        t2 = ((FloatVector) TYPE.cast(t2)).blend(low, ((FloatVector) TYPE.cast(t2)).compare(VectorOperators.LT, low));
        t2.blend(high, t2.compare(VectorOperators.GT, high)).intoArray(c, c2 + 3 * LANES);
        p3 = ((FloatVector) TYPE.cast(p3)).blend(low, ((FloatVector) TYPE.cast(p3)).compare(VectorOperators.LT, low));
        p3.blend(high, p3.compare(VectorOperators.GT, high)).intoArray(c, c3);
        q3 = ((FloatVector) TYPE.cast(q3)).blend(low, ((FloatVector) TYPE.cast(q3)).compare(VectorOperators.LT, low));
        q3.blend(high, q3.compare(VectorOperators.GT, high)).intoArray(c, c3 + LANES);
        s3 = ((FloatVector) TYPE.cast(s3)).blend(low, ((FloatVector) TYPE.cast(s3)).compare(VectorOperators.LT, low));
        s3.blend(high, s3.compare(VectorOperators.GT, high)).intoArray(c, c3 + 2 * LANES);
        t3 = ((FloatVector) TYPE.cast(t3)).blend(low, ((FloatVector) TYPE.cast(t3)).compare(VectorOperators.LT, low));
        t3.blend(high, t3.compare(VectorOperators.GT, high)).intoArray(c, c3 + 3 * LANES);
        p4 = ((FloatVector) TYPE.cast(p4)).blend(low, ((FloatVector) TYPE.cast(p4)).compare(VectorOperators.LT, low));
        p4.blend(high, p4.compare(VectorOperators.GT, high)).intoArray(c, c4);
        q4 = ((FloatVector) TYPE.cast(q4)).blend(low, ((FloatVector) TYPE.cast(q4)).compare(VectorOperators.LT, low));
        q4.blend(high, q4.compare(VectorOperators.GT, high)).intoArray(c, c4 + LANES);
        s4 = ((FloatVector) TYPE.cast(s4)).blend(low, ((FloatVector) TYPE.cast(s4)).compare(VectorOperators.LT, low));
        s4.blend(high, s4.compare(VectorOperators.GT, high)).intoArray(c, c4 + 2 * LANES);
        t4 = ((FloatVector) TYPE.cast(t4)).blend(low, ((FloatVector) TYPE.cast(t4)).compare(VectorOperators.LT, low));
        t4.blend(high, t4.compare(VectorOperators.GT, high)).intoArray(c, c4 + 3 * LANES);
    }

    /** 6 rows, 4 vectors of columns. */
    private static void rows6(
            int kc,
            float[] a,
            int ao,
            int lda,
            float[] b,
            int bo,
            int next,
            float[] c,
            int co,
            int ldc,
            float[] start,
            int so,
            int startRow,
            int startStep,
            float[] bias,
            int biasAt,
            int biasStep,
            float lo,
            float hi) {
        int a1 = ao + lda;
        int a2 = ao + 2 * lda;
        int a3 = ao + 3 * lda;
        int a4 = ao + 4 * lda;
        int a5 = ao + 5 * lda;
        FloatVector biasP = FloatVector.fromArray(F32, bias, biasAt);
        FloatVector biasQ = FloatVector.fromArray(F32, bias, biasAt + biasStep);
        FloatVector biasS = FloatVector.fromArray(F32, bias, biasAt + 2 * biasStep);
        FloatVector biasT = FloatVector.fromArray(F32, bias, biasAt + 3 * biasStep);
        FloatVector p0 = FloatVector.fromArray(F32, start, so).add(biasP);
        FloatVector q0 = FloatVector.fromArray(F32, start, so + startStep).add(biasQ);
        FloatVector s0 = FloatVector.fromArray(F32, start, so + 2 * startStep).add(biasS);
        FloatVector t0 = FloatVector.fromArray(F32, start, so + 3 * startStep).add(biasT);
        FloatVector p1 = FloatVector.fromArray(F32, start, so + startRow).add(biasP);
        FloatVector q1 =
                FloatVector.fromArray(F32, start, so + startRow + startStep).add(biasQ);
        FloatVector s1 =
                FloatVector.fromArray(F32, start, so + startRow + 2 * startStep).add(biasS);
        FloatVector t1 =
                FloatVector.fromArray(F32, start, so + startRow + 3 * startStep).add(biasT);
        FloatVector p2 = FloatVector.fromArray(F32, start, so + 2 * startRow).add(biasP);
        FloatVector q2 =
                FloatVector.fromArray(F32, start, so + 2 * startRow + startStep).add(biasQ);
        FloatVector s2 = FloatVector.fromArray(F32, start, so + 2 * startRow + 2 * startStep)
                .add(biasS);
        FloatVector t2 = FloatVector.fromArray(F32, start, so + 2 * startRow + 3 * startStep)
                .add(biasT);
        FloatVector p3 = FloatVector.fromArray(F32, start, so + 3 * startRow).add(biasP);
        FloatVector q3 =
                FloatVector.fromArray(F32, start, so + 3 * startRow + startStep).add(biasQ);
        FloatVector s3 = FloatVector.fromArray(F32, start, so + 3 * startRow + 2 * startStep)
                .add(biasS);
        FloatVector t3 = FloatVector.fromArray(F32, start, so + 3 * startRow + 3 * startStep)
                .add(biasT);
        FloatVector p4 = FloatVector.fromArray(F32, start, so + 4 * startRow).add(biasP);
        FloatVector q4 =
                FloatVector.fromArray(F32, start, so + 4 * startRow + startStep).add(biasQ);
        FloatVector s4 = FloatVector.fromArray(F32, start, so + 4 * startRow + 2 * startStep)
                .add(biasS);
        FloatVector t4 = FloatVector.fromArray(F32, start, so + 4 * startRow + 3 * startStep)
                .add(biasT);
        FloatVector p5 = FloatVector.fromArray(F32, start, so + 5 * startRow).add(biasP);
        FloatVector q5 =
                FloatVector.fromArray(F32, start, so + 5 * startRow + startStep).add(biasQ);
        FloatVector s5 = FloatVector.fromArray(F32, start, so + 5 * startRow + 2 * startStep)
                .add(biasS);
        FloatVector t5 = FloatVector.fromArray(F32, start, so + 5 * startRow + 3 * startStep)
                .add(biasT);
        for (int k = 0; k < kc; k++) {
            FloatVector p = FloatVector.fromArray(F32, b, bo + k * NR);
            FloatVector q = FloatVector.fromArray(F32, b, bo + k * NR + LANES);
            FloatVector s = FloatVector.fromArray(F32, b, next + k * NR);
            FloatVector t = FloatVector.fromArray(F32, b, next + k * NR + LANES);
            FloatVector x0 = FloatVector.broadcast(F32, a[ao + k]);
            p0 = Simd.FMA ? x0.fma(p, p0) : x0.mul(p).add(p0);
            q0 = Simd.FMA ? x0.fma(q, q0) : x0.mul(q).add(q0);
            s0 = Simd.FMA ? x0.fma(s, s0) : x0.mul(s).add(s0);
            t0 = Simd.FMA ? x0.fma(t, t0) : x0.mul(t).add(t0);
            FloatVector x1 = FloatVector.broadcast(F32, a[a1 + k]);
            p1 = Simd.FMA ? x1.fma(p, p1) : x1.mul(p).add(p1);
            q1 = Simd.FMA ? x1.fma(q, q1) : x1.mul(q).add(q1);
            s1 = Simd.FMA ? x1.fma(s, s1) : x1.mul(s).add(s1);
            t1 = Simd.FMA ? x1.fma(t, t1) : x1.mul(t).add(t1);
            FloatVector x2 = FloatVector.broadcast(F32, a[a2 + k]);
            p2 = Simd.FMA ? x2.fma(p, p2) : x2.mul(p).add(p2);
            q2 = Simd.FMA ? x2.fma(q, q2) : x2.mul(q).add(q2);
            s2 = Simd.FMA ? x2.fma(s, s2) : x2.mul(s).add(s2);
            t2 = Simd.FMA ? x2.fma(t, t2) : x2.mul(t).add(t2);
            FloatVector x3 = FloatVector.broadcast(F32, a[a3 + k]);
            p3 = Simd.FMA ? x3.fma(p, p3) : x3.mul(p).add(p3);
            q3 = Simd.FMA ? x3.fma(q, q3) : x3.mul(q).add(q3);
            s3 = Simd.FMA ? x3.fma(s, s3) : x3.mul(s).add(s3);
            t3 = Simd.FMA ? x3.fma(t, t3) : x3.mul(t).add(t3);
            FloatVector x4 = FloatVector.broadcast(F32, a[a4 + k]);
            p4 = Simd.FMA ? x4.fma(p, p4) : x4.mul(p).add(p4);
            q4 = Simd.FMA ? x4.fma(q, q4) : x4.mul(q).add(q4);
            s4 = Simd.FMA ? x4.fma(s, s4) : x4.mul(s).add(s4);
            t4 = Simd.FMA ? x4.fma(t, t4) : x4.mul(t).add(t4);
            FloatVector x5 = FloatVector.broadcast(F32, a[a5 + k]);
            p5 = Simd.FMA ? x5.fma(p, p5) : x5.mul(p).add(p5);
            q5 = Simd.FMA ? x5.fma(q, q5) : x5.mul(q).add(q5);
            s5 = Simd.FMA ? x5.fma(s, s5) : x5.mul(s).add(s5);
            t5 = Simd.FMA ? x5.fma(t, t5) : x5.mul(t).add(t5);
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
        q0.blend(high, q0.compare(VectorOperators.GT, high)).intoArray(c, co + LANES);
        s0 = ((FloatVector) TYPE.cast(s0)).blend(low, ((FloatVector) TYPE.cast(s0)).compare(VectorOperators.LT, low));
        s0.blend(high, s0.compare(VectorOperators.GT, high)).intoArray(c, co + 2 * LANES);
        t0 = ((FloatVector) TYPE.cast(t0)).blend(low, ((FloatVector) TYPE.cast(t0)).compare(VectorOperators.LT, low));
        t0.blend(high, t0.compare(VectorOperators.GT, high)).intoArray(c, co + 3 * LANES);
        p1 = ((FloatVector) TYPE.cast(p1)).blend(low, ((FloatVector) TYPE.cast(p1)).compare(VectorOperators.LT, low));
        p1.blend(high, p1.compare(VectorOperators.GT, high)).intoArray(c, c1);
        q1 = ((FloatVector) TYPE.cast(q1)).blend(low, ((FloatVector) TYPE.cast(q1)).compare(VectorOperators.LT, low));
        q1.blend(high, q1.compare(VectorOperators.GT, high)).intoArray(c, c1 + LANES);
        s1 = ((FloatVector) TYPE.cast(s1)).blend(low, ((FloatVector) TYPE.cast(s1)).compare(VectorOperators.LT, low));
        s1.blend(high, s1.compare(VectorOperators.GT, high)).intoArray(c, c1 + 2 * LANES);
        t1 = ((FloatVector) TYPE.cast(t1)).blend(low, ((FloatVector) TYPE.cast(t1)).compare(VectorOperators.LT, low));
        t1.blend(high, t1.compare(VectorOperators.GT, high)).intoArray(c, c1 + 3 * LANES);
        p2 = ((FloatVector) TYPE.cast(p2)).blend(low, ((FloatVector) TYPE.cast(p2)).compare(VectorOperators.LT, low));
        p2.blend(high, p2.compare(VectorOperators.GT, high)).intoArray(c, c2);
        q2 = ((FloatVector) TYPE.cast(q2)).blend(low, ((FloatVector) TYPE.cast(q2)).compare(VectorOperators.LT, low));
        q2.blend(high, q2.compare(VectorOperators.GT, high)).intoArray(c, c2 + LANES);
        s2 = ((FloatVector) TYPE.cast(s2)).blend(low, ((FloatVector) TYPE.cast(s2)).compare(VectorOperators.LT, low));
        s2.blend(high, s2.compare(VectorOperators.GT, high)).intoArray(c, c2 + 2 * LANES);
        t2 = ((FloatVector) TYPE.cast(t2)).blend(low, ((FloatVector) TYPE.cast(t2)).compare(VectorOperators.LT, low));
        t2.blend(high, t2.compare(VectorOperators.GT, high)).intoArray(c, c2 + 3 * LANES);
        p3 = ((FloatVector) TYPE.cast(p3)).blend(low, ((FloatVector) TYPE.cast(p3)).compare(VectorOperators.LT, low));
        p3.blend(high, p3.compare(VectorOperators.GT, high)).intoArray(c, c3);
        q3 = ((FloatVector) TYPE.cast(q3)).blend(low, ((FloatVector) TYPE.cast(q3)).compare(VectorOperators.LT, low));
        q3.blend(high, q3.compare(VectorOperators.GT, high)).intoArray(c, c3 + LANES);
        s3 = ((FloatVector) TYPE.cast(s3)).blend(low, ((FloatVector) TYPE.cast(s3)).compare(VectorOperators.LT, low));
        s3.blend(high, s3.compare(VectorOperators.GT, high)).intoArray(c, c3 + 2 * LANES);
        t3 = ((FloatVector) TYPE.cast(t3)).blend(low, ((FloatVector) TYPE.cast(t3)).compare(VectorOperators.LT, low));
        t3.blend(high, t3.compare(VectorOperators.GT, high)).intoArray(c, c3 + 3 * LANES);
        p4 = ((FloatVector) TYPE.cast(p4)).blend(low, ((FloatVector) TYPE.cast(p4)).compare(VectorOperators.LT, low));
        p4.blend(high, p4.compare(VectorOperators.GT, high)).intoArray(c, c4);
        q4 = ((FloatVector) TYPE.cast(q4)).blend(low, ((FloatVector) TYPE.cast(q4)).compare(VectorOperators.LT, low));
        q4.blend(high, q4.compare(VectorOperators.GT, high)).intoArray(c, c4 + LANES);
        s4 = ((FloatVector) TYPE.cast(s4)).blend(low, ((FloatVector) TYPE.cast(s4)).compare(VectorOperators.LT, low));
        s4.blend(high, s4.compare(VectorOperators.GT, high)).intoArray(c, c4 + 2 * LANES);
        t4 = ((FloatVector) TYPE.cast(t4)).blend(low, ((FloatVector) TYPE.cast(t4)).compare(VectorOperators.LT, low));
        t4.blend(high, t4.compare(VectorOperators.GT, high)).intoArray(c, c4 + 3 * LANES);
        p5 = ((FloatVector) TYPE.cast(p5)).blend(low, ((FloatVector) TYPE.cast(p5)).compare(VectorOperators.LT, low));
        p5.blend(high, p5.compare(VectorOperators.GT, high)).intoArray(c, c5);
        q5 = ((FloatVector) TYPE.cast(q5)).blend(low, ((FloatVector) TYPE.cast(q5)).compare(VectorOperators.LT, low));
        q5.blend(high, q5.compare(VectorOperators.GT, high)).intoArray(c, c5 + LANES);
        s5 = ((FloatVector) TYPE.cast(s5)).blend(low, ((FloatVector) TYPE.cast(s5)).compare(VectorOperators.LT, low));
        s5.blend(high, s5.compare(VectorOperators.GT, high)).intoArray(c, c5 + 2 * LANES);
        t5 = ((FloatVector) TYPE.cast(t5)).blend(low, ((FloatVector) TYPE.cast(t5)).compare(VectorOperators.LT, low));
        t5.blend(high, t5.compare(VectorOperators.GT, high)).intoArray(c, c5 + 3 * LANES);
    }
}
