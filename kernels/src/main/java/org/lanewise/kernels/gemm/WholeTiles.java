package org.lanewise.kernels.gemm;

import static org.lanewise.kernels.Species.F32;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.Vector;
import jdk.incubator.vector.VectorSpecies;
import org.lanewise.kernels.Simd;
import org.lanewise.kernels.Species;
import org.lanewise.kernels.quant.WholeEnd;

/**
 * Micro-kernels that compute a tile of whole numbers from its bias to the rounded result: {@link BiasTiles} that end with a scale for each column, rounding and limits instead of a clamp. Scaling and
 * rounding are two operations, so that results are those of {@link org.lanewise.kernels.quant.Requantization}.
 */
final class WholeTiles {
    private static final VectorSpecies<Integer> I32 = Species.I32;

    /** Says which class loop-carried vectors have: C2 would ask a profile that all users of vectors share. */
    private static final Class<? extends Vector<Float>> TYPE = F32.vectorType();

    private static final int NR = 2 * Simd.LANES;

    private WholeTiles() {}

    /**
     * {@code C = min(max(round((bias + A * B) * scale), low), high)}, A being (rows, kc) and row-major, B packed.
     *
     * @param panels number of panels of NR columns
     * @param ao index of A's first value; {@code bo}, {@code co}, {@code so} likewise
     * @param second column of a panel at which the second vector starts: a vector's length, or less to overlap the first
     * @param bias the values of column j at {@code so + j * startColumn}
     * @param scales those of column j at {@code channel + j}
     * @param lo bits of the smallest result with the rounder added
     * @param hi bits of the largest
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
            float[] scales,
            int channel,
            int lo,
            int hi) {
        for (int p = 0; p < panels; p++) {
            int panelB = bo + p * panelStride;
            int panelC = co + p * NR;
            int panelStart = so + p * NR * startColumn;
            int panelChannel = channel + p * NR;
            switch (rows) {
                case 4 ->
                    rows4(
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
                            scales,
                            panelChannel,
                            lo,
                            hi);
                case 7 ->
                    rows7(
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
                            scales,
                            panelChannel,
                            lo,
                            hi);
                case 8 ->
                    rows8(
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
                            scales,
                            panelChannel,
                            lo,
                            hi);
                default -> throw new IllegalArgumentException("rows = " + rows + ": no such tile");
            }
        }
    }

    /** 4 rows, 2 vectors of columns. */
    private static void rows4(
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
            float[] scales,
            int channel,
            int lo,
            int hi) {
        int a1 = ao + lda;
        int a2 = ao + 2 * lda;
        int a3 = ao + 3 * lda;
        int b2 = bo + second;
        FloatVector p0 = FloatVector.fromArray(F32, bias, so);
        FloatVector q0 = FloatVector.fromArray(F32, bias, so + second * startColumn);
        FloatVector p1 = p0;
        FloatVector q1 = q0;
        FloatVector p2 = p0;
        FloatVector q2 = q0;
        FloatVector p3 = p0;
        FloatVector q3 = q0;
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
        IntVector low = IntVector.broadcast(I32, lo);
        IntVector high = IntVector.broadcast(I32, hi);
        FloatVector rounder = FloatVector.broadcast(F32, WholeEnd.ROUNDER);
        FloatVector first = FloatVector.fromArray(F32, scales, channel);
        FloatVector other = FloatVector.fromArray(F32, scales, channel + second);
        int c1 = co + ldc;
        int c2 = c1 + ldc;
        int c3 = c2 + ldc;
        IntVector ip0 = ((FloatVector) TYPE.cast(p0)).mul(first).add(rounder).reinterpretAsInts();
        ip0.max(low).min(high).reinterpretAsFloats().sub(rounder).intoArray(c, co);
        IntVector iq0 = ((FloatVector) TYPE.cast(q0)).mul(other).add(rounder).reinterpretAsInts();
        iq0.max(low).min(high).reinterpretAsFloats().sub(rounder).intoArray(c, co + second);
        IntVector ip1 = ((FloatVector) TYPE.cast(p1)).mul(first).add(rounder).reinterpretAsInts();
        ip1.max(low).min(high).reinterpretAsFloats().sub(rounder).intoArray(c, c1);
        IntVector iq1 = ((FloatVector) TYPE.cast(q1)).mul(other).add(rounder).reinterpretAsInts();
        iq1.max(low).min(high).reinterpretAsFloats().sub(rounder).intoArray(c, c1 + second);
        IntVector ip2 = ((FloatVector) TYPE.cast(p2)).mul(first).add(rounder).reinterpretAsInts();
        ip2.max(low).min(high).reinterpretAsFloats().sub(rounder).intoArray(c, c2);
        IntVector iq2 = ((FloatVector) TYPE.cast(q2)).mul(other).add(rounder).reinterpretAsInts();
        iq2.max(low).min(high).reinterpretAsFloats().sub(rounder).intoArray(c, c2 + second);
        IntVector ip3 = ((FloatVector) TYPE.cast(p3)).mul(first).add(rounder).reinterpretAsInts();
        ip3.max(low).min(high).reinterpretAsFloats().sub(rounder).intoArray(c, c3);
        IntVector iq3 = ((FloatVector) TYPE.cast(q3)).mul(other).add(rounder).reinterpretAsInts();
        iq3.max(low).min(high).reinterpretAsFloats().sub(rounder).intoArray(c, c3 + second);
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
            float[] scales,
            int channel,
            int lo,
            int hi) {
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
        IntVector low = IntVector.broadcast(I32, lo);
        IntVector high = IntVector.broadcast(I32, hi);
        FloatVector rounder = FloatVector.broadcast(F32, WholeEnd.ROUNDER);
        FloatVector first = FloatVector.fromArray(F32, scales, channel);
        FloatVector other = FloatVector.fromArray(F32, scales, channel + second);
        int c1 = co + ldc;
        int c2 = c1 + ldc;
        int c3 = c2 + ldc;
        int c4 = c3 + ldc;
        int c5 = c4 + ldc;
        int c6 = c5 + ldc;
        IntVector ip0 = ((FloatVector) TYPE.cast(p0)).mul(first).add(rounder).reinterpretAsInts();
        ip0.max(low).min(high).reinterpretAsFloats().sub(rounder).intoArray(c, co);
        IntVector iq0 = ((FloatVector) TYPE.cast(q0)).mul(other).add(rounder).reinterpretAsInts();
        iq0.max(low).min(high).reinterpretAsFloats().sub(rounder).intoArray(c, co + second);
        IntVector ip1 = ((FloatVector) TYPE.cast(p1)).mul(first).add(rounder).reinterpretAsInts();
        ip1.max(low).min(high).reinterpretAsFloats().sub(rounder).intoArray(c, c1);
        IntVector iq1 = ((FloatVector) TYPE.cast(q1)).mul(other).add(rounder).reinterpretAsInts();
        iq1.max(low).min(high).reinterpretAsFloats().sub(rounder).intoArray(c, c1 + second);
        IntVector ip2 = ((FloatVector) TYPE.cast(p2)).mul(first).add(rounder).reinterpretAsInts();
        ip2.max(low).min(high).reinterpretAsFloats().sub(rounder).intoArray(c, c2);
        IntVector iq2 = ((FloatVector) TYPE.cast(q2)).mul(other).add(rounder).reinterpretAsInts();
        iq2.max(low).min(high).reinterpretAsFloats().sub(rounder).intoArray(c, c2 + second);
        IntVector ip3 = ((FloatVector) TYPE.cast(p3)).mul(first).add(rounder).reinterpretAsInts();
        ip3.max(low).min(high).reinterpretAsFloats().sub(rounder).intoArray(c, c3);
        IntVector iq3 = ((FloatVector) TYPE.cast(q3)).mul(other).add(rounder).reinterpretAsInts();
        iq3.max(low).min(high).reinterpretAsFloats().sub(rounder).intoArray(c, c3 + second);
        IntVector ip4 = ((FloatVector) TYPE.cast(p4)).mul(first).add(rounder).reinterpretAsInts();
        ip4.max(low).min(high).reinterpretAsFloats().sub(rounder).intoArray(c, c4);
        IntVector iq4 = ((FloatVector) TYPE.cast(q4)).mul(other).add(rounder).reinterpretAsInts();
        iq4.max(low).min(high).reinterpretAsFloats().sub(rounder).intoArray(c, c4 + second);
        IntVector ip5 = ((FloatVector) TYPE.cast(p5)).mul(first).add(rounder).reinterpretAsInts();
        ip5.max(low).min(high).reinterpretAsFloats().sub(rounder).intoArray(c, c5);
        IntVector iq5 = ((FloatVector) TYPE.cast(q5)).mul(other).add(rounder).reinterpretAsInts();
        iq5.max(low).min(high).reinterpretAsFloats().sub(rounder).intoArray(c, c5 + second);
        IntVector ip6 = ((FloatVector) TYPE.cast(p6)).mul(first).add(rounder).reinterpretAsInts();
        ip6.max(low).min(high).reinterpretAsFloats().sub(rounder).intoArray(c, c6);
        IntVector iq6 = ((FloatVector) TYPE.cast(q6)).mul(other).add(rounder).reinterpretAsInts();
        iq6.max(low).min(high).reinterpretAsFloats().sub(rounder).intoArray(c, c6 + second);
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
            float[] scales,
            int channel,
            int lo,
            int hi) {
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
        IntVector low = IntVector.broadcast(I32, lo);
        IntVector high = IntVector.broadcast(I32, hi);
        FloatVector rounder = FloatVector.broadcast(F32, WholeEnd.ROUNDER);
        FloatVector first = FloatVector.fromArray(F32, scales, channel);
        FloatVector other = FloatVector.fromArray(F32, scales, channel + second);
        int c1 = co + ldc;
        int c2 = c1 + ldc;
        int c3 = c2 + ldc;
        int c4 = c3 + ldc;
        int c5 = c4 + ldc;
        int c6 = c5 + ldc;
        int c7 = c6 + ldc;
        IntVector ip0 = ((FloatVector) TYPE.cast(p0)).mul(first).add(rounder).reinterpretAsInts();
        ip0.max(low).min(high).reinterpretAsFloats().sub(rounder).intoArray(c, co);
        IntVector iq0 = ((FloatVector) TYPE.cast(q0)).mul(other).add(rounder).reinterpretAsInts();
        iq0.max(low).min(high).reinterpretAsFloats().sub(rounder).intoArray(c, co + second);
        IntVector ip1 = ((FloatVector) TYPE.cast(p1)).mul(first).add(rounder).reinterpretAsInts();
        ip1.max(low).min(high).reinterpretAsFloats().sub(rounder).intoArray(c, c1);
        IntVector iq1 = ((FloatVector) TYPE.cast(q1)).mul(other).add(rounder).reinterpretAsInts();
        iq1.max(low).min(high).reinterpretAsFloats().sub(rounder).intoArray(c, c1 + second);
        IntVector ip2 = ((FloatVector) TYPE.cast(p2)).mul(first).add(rounder).reinterpretAsInts();
        ip2.max(low).min(high).reinterpretAsFloats().sub(rounder).intoArray(c, c2);
        IntVector iq2 = ((FloatVector) TYPE.cast(q2)).mul(other).add(rounder).reinterpretAsInts();
        iq2.max(low).min(high).reinterpretAsFloats().sub(rounder).intoArray(c, c2 + second);
        IntVector ip3 = ((FloatVector) TYPE.cast(p3)).mul(first).add(rounder).reinterpretAsInts();
        ip3.max(low).min(high).reinterpretAsFloats().sub(rounder).intoArray(c, c3);
        IntVector iq3 = ((FloatVector) TYPE.cast(q3)).mul(other).add(rounder).reinterpretAsInts();
        iq3.max(low).min(high).reinterpretAsFloats().sub(rounder).intoArray(c, c3 + second);
        IntVector ip4 = ((FloatVector) TYPE.cast(p4)).mul(first).add(rounder).reinterpretAsInts();
        ip4.max(low).min(high).reinterpretAsFloats().sub(rounder).intoArray(c, c4);
        IntVector iq4 = ((FloatVector) TYPE.cast(q4)).mul(other).add(rounder).reinterpretAsInts();
        iq4.max(low).min(high).reinterpretAsFloats().sub(rounder).intoArray(c, c4 + second);
        IntVector ip5 = ((FloatVector) TYPE.cast(p5)).mul(first).add(rounder).reinterpretAsInts();
        ip5.max(low).min(high).reinterpretAsFloats().sub(rounder).intoArray(c, c5);
        IntVector iq5 = ((FloatVector) TYPE.cast(q5)).mul(other).add(rounder).reinterpretAsInts();
        iq5.max(low).min(high).reinterpretAsFloats().sub(rounder).intoArray(c, c5 + second);
        IntVector ip6 = ((FloatVector) TYPE.cast(p6)).mul(first).add(rounder).reinterpretAsInts();
        ip6.max(low).min(high).reinterpretAsFloats().sub(rounder).intoArray(c, c6);
        IntVector iq6 = ((FloatVector) TYPE.cast(q6)).mul(other).add(rounder).reinterpretAsInts();
        iq6.max(low).min(high).reinterpretAsFloats().sub(rounder).intoArray(c, c6 + second);
        IntVector ip7 = ((FloatVector) TYPE.cast(p7)).mul(first).add(rounder).reinterpretAsInts();
        ip7.max(low).min(high).reinterpretAsFloats().sub(rounder).intoArray(c, c7);
        IntVector iq7 = ((FloatVector) TYPE.cast(q7)).mul(other).add(rounder).reinterpretAsInts();
        iq7.max(low).min(high).reinterpretAsFloats().sub(rounder).intoArray(c, c7 + second);
    }
}
