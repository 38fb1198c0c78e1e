package org.lanewise.kernels.conv;

import static org.lanewise.kernels.Species.F32;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.Vector;
import jdk.incubator.vector.VectorSpecies;
import org.lanewise.kernels.Simd;

/**
 * Micro-kernels of {@link PointwisePlanes}: tiles of five or six pixels by four vectors of output channels. Both operands lie k after k, so that a tile has one address for each, and 20 or 24
 * independent sums for 9 or 10 loads a step.
 */
final class PointwiseTiles {
    /** Says which class loop-carried vectors have: C2 would ask a profile that all users of vectors share. */
    private static final Class<? extends Vector<Float>> TYPE = F32.vectorType();

    private static final VectorSpecies<Float> QUAD = FloatVector.SPECIES_128;
    private static final Class<? extends Vector<Float>> QUAD_TYPE = QUAD.vectorType();

    private static final int LANES = Simd.LANES;
    private static final int WIDTH = 4 * LANES;

    private PointwiseTiles() {}

    /**
     * {@code out[to + k * rows + r] = x[from + k * distance + r]} for {@code k < kc} and {@code r < rows}.
     *
     * @param rows 4 to 8
     */
    static void pack(float[] x, int from, int distance, int kc, int rows, float[] out, int to) {
        int second = rows - 4;
        for (int k = 0; k < kc; k++) {
            FloatVector p = FloatVector.fromArray(QUAD, x, from + k * distance);
            FloatVector q = FloatVector.fromArray(QUAD, x, from + k * distance + second);
            ((FloatVector) QUAD_TYPE.cast(p)).intoArray(out, to + k * rows);
            ((FloatVector) QUAD_TYPE.cast(q)).intoArray(out, to + k * rows + second);
        }
    }

    /** {@link #pack} for four tiles next to each other: longer pieces of each row of X, which lie on different pages, are read in one go. */
    static void packFour(float[] x, int from, int distance, int kc, int rows, float[] out, int to) {
        int second = rows - 4;
        int to1 = to + kc * rows;
        int to2 = to1 + kc * rows;
        int to3 = to2 + kc * rows;
        int from1 = from + rows;
        int from2 = from1 + rows;
        int from3 = from2 + rows;
        for (int k = 0; k < kc; k++) {
            ((FloatVector) QUAD_TYPE.cast(FloatVector.fromArray(QUAD, x, from + k * distance)))
                    .intoArray(out, to + k * rows);
            ((FloatVector) QUAD_TYPE.cast(FloatVector.fromArray(QUAD, x, from + k * distance + second)))
                    .intoArray(out, to + k * rows + second);
            ((FloatVector) QUAD_TYPE.cast(FloatVector.fromArray(QUAD, x, from1 + k * distance)))
                    .intoArray(out, to1 + k * rows);
            ((FloatVector) QUAD_TYPE.cast(FloatVector.fromArray(QUAD, x, from1 + k * distance + second)))
                    .intoArray(out, to1 + k * rows + second);
            ((FloatVector) QUAD_TYPE.cast(FloatVector.fromArray(QUAD, x, from2 + k * distance)))
                    .intoArray(out, to2 + k * rows);
            ((FloatVector) QUAD_TYPE.cast(FloatVector.fromArray(QUAD, x, from2 + k * distance + second)))
                    .intoArray(out, to2 + k * rows + second);
            ((FloatVector) QUAD_TYPE.cast(FloatVector.fromArray(QUAD, x, from3 + k * distance)))
                    .intoArray(out, to3 + k * rows);
            ((FloatVector) QUAD_TYPE.cast(FloatVector.fromArray(QUAD, x, from3 + k * distance + second)))
                    .intoArray(out, to3 + k * rows + second);
        }
    }

    /** Five pixels: {@code C = start + A B}, row r of the start at {@code so + r * startRow}, rows of C next to each other. */
    static void five(
            int kc, float[] a, int ao, float[] b, int bo, float[] start, int so, int startRow, float[] c, int co) {
        FloatVector p0 = FloatVector.fromArray(F32, start, so);
        FloatVector q0 = FloatVector.fromArray(F32, start, so + LANES);
        FloatVector s0 = FloatVector.fromArray(F32, start, so + 2 * LANES);
        FloatVector t0 = FloatVector.fromArray(F32, start, so + 3 * LANES);
        FloatVector p1 = FloatVector.fromArray(F32, start, so + startRow);
        FloatVector q1 = FloatVector.fromArray(F32, start, so + startRow + LANES);
        FloatVector s1 = FloatVector.fromArray(F32, start, so + startRow + 2 * LANES);
        FloatVector t1 = FloatVector.fromArray(F32, start, so + startRow + 3 * LANES);
        FloatVector p2 = FloatVector.fromArray(F32, start, so + 2 * startRow);
        FloatVector q2 = FloatVector.fromArray(F32, start, so + 2 * startRow + LANES);
        FloatVector s2 = FloatVector.fromArray(F32, start, so + 2 * startRow + 2 * LANES);
        FloatVector t2 = FloatVector.fromArray(F32, start, so + 2 * startRow + 3 * LANES);
        FloatVector p3 = FloatVector.fromArray(F32, start, so + 3 * startRow);
        FloatVector q3 = FloatVector.fromArray(F32, start, so + 3 * startRow + LANES);
        FloatVector s3 = FloatVector.fromArray(F32, start, so + 3 * startRow + 2 * LANES);
        FloatVector t3 = FloatVector.fromArray(F32, start, so + 3 * startRow + 3 * LANES);
        FloatVector p4 = FloatVector.fromArray(F32, start, so + 4 * startRow);
        FloatVector q4 = FloatVector.fromArray(F32, start, so + 4 * startRow + LANES);
        FloatVector s4 = FloatVector.fromArray(F32, start, so + 4 * startRow + 2 * LANES);
        FloatVector t4 = FloatVector.fromArray(F32, start, so + 4 * startRow + 3 * LANES);
        for (int k = 0; k < kc; k++) {
            FloatVector p = FloatVector.fromArray(F32, b, bo + k * WIDTH);
            FloatVector q = FloatVector.fromArray(F32, b, bo + k * WIDTH + LANES);
            FloatVector s = FloatVector.fromArray(F32, b, bo + k * WIDTH + 2 * LANES);
            FloatVector t = FloatVector.fromArray(F32, b, bo + k * WIDTH + 3 * LANES);
            FloatVector x0 = FloatVector.broadcast(F32, a[ao + k * 5]);
            p0 = Simd.FMA ? x0.fma(p, p0) : x0.mul(p).add(p0);
            q0 = Simd.FMA ? x0.fma(q, q0) : x0.mul(q).add(q0);
            s0 = Simd.FMA ? x0.fma(s, s0) : x0.mul(s).add(s0);
            t0 = Simd.FMA ? x0.fma(t, t0) : x0.mul(t).add(t0);
            FloatVector x1 = FloatVector.broadcast(F32, a[ao + k * 5 + 1]);
            p1 = Simd.FMA ? x1.fma(p, p1) : x1.mul(p).add(p1);
            q1 = Simd.FMA ? x1.fma(q, q1) : x1.mul(q).add(q1);
            s1 = Simd.FMA ? x1.fma(s, s1) : x1.mul(s).add(s1);
            t1 = Simd.FMA ? x1.fma(t, t1) : x1.mul(t).add(t1);
            FloatVector x2 = FloatVector.broadcast(F32, a[ao + k * 5 + 2]);
            p2 = Simd.FMA ? x2.fma(p, p2) : x2.mul(p).add(p2);
            q2 = Simd.FMA ? x2.fma(q, q2) : x2.mul(q).add(q2);
            s2 = Simd.FMA ? x2.fma(s, s2) : x2.mul(s).add(s2);
            t2 = Simd.FMA ? x2.fma(t, t2) : x2.mul(t).add(t2);
            FloatVector x3 = FloatVector.broadcast(F32, a[ao + k * 5 + 3]);
            p3 = Simd.FMA ? x3.fma(p, p3) : x3.mul(p).add(p3);
            q3 = Simd.FMA ? x3.fma(q, q3) : x3.mul(q).add(q3);
            s3 = Simd.FMA ? x3.fma(s, s3) : x3.mul(s).add(s3);
            t3 = Simd.FMA ? x3.fma(t, t3) : x3.mul(t).add(t3);
            FloatVector x4 = FloatVector.broadcast(F32, a[ao + k * 5 + 4]);
            p4 = Simd.FMA ? x4.fma(p, p4) : x4.mul(p).add(p4);
            q4 = Simd.FMA ? x4.fma(q, q4) : x4.mul(q).add(q4);
            s4 = Simd.FMA ? x4.fma(s, s4) : x4.mul(s).add(s4);
            t4 = Simd.FMA ? x4.fma(t, t4) : x4.mul(t).add(t4);
        }
        ((FloatVector) TYPE.cast(p0)).intoArray(c, co);
        ((FloatVector) TYPE.cast(q0)).intoArray(c, co + LANES);
        ((FloatVector) TYPE.cast(s0)).intoArray(c, co + 2 * LANES);
        ((FloatVector) TYPE.cast(t0)).intoArray(c, co + 3 * LANES);
        ((FloatVector) TYPE.cast(p1)).intoArray(c, co + 4 * LANES);
        ((FloatVector) TYPE.cast(q1)).intoArray(c, co + 5 * LANES);
        ((FloatVector) TYPE.cast(s1)).intoArray(c, co + 6 * LANES);
        ((FloatVector) TYPE.cast(t1)).intoArray(c, co + 7 * LANES);
        ((FloatVector) TYPE.cast(p2)).intoArray(c, co + 8 * LANES);
        ((FloatVector) TYPE.cast(q2)).intoArray(c, co + 9 * LANES);
        ((FloatVector) TYPE.cast(s2)).intoArray(c, co + 10 * LANES);
        ((FloatVector) TYPE.cast(t2)).intoArray(c, co + 11 * LANES);
        ((FloatVector) TYPE.cast(p3)).intoArray(c, co + 12 * LANES);
        ((FloatVector) TYPE.cast(q3)).intoArray(c, co + 13 * LANES);
        ((FloatVector) TYPE.cast(s3)).intoArray(c, co + 14 * LANES);
        ((FloatVector) TYPE.cast(t3)).intoArray(c, co + 15 * LANES);
        ((FloatVector) TYPE.cast(p4)).intoArray(c, co + 16 * LANES);
        ((FloatVector) TYPE.cast(q4)).intoArray(c, co + 17 * LANES);
        ((FloatVector) TYPE.cast(s4)).intoArray(c, co + 18 * LANES);
        ((FloatVector) TYPE.cast(t4)).intoArray(c, co + 19 * LANES);
    }

    /** Six pixels: {@code C = start + A B}, row r of the start at {@code so + r * startRow}, rows of C next to each other. */
    static void six(
            int kc, float[] a, int ao, float[] b, int bo, float[] start, int so, int startRow, float[] c, int co) {
        FloatVector p0 = FloatVector.fromArray(F32, start, so);
        FloatVector q0 = FloatVector.fromArray(F32, start, so + LANES);
        FloatVector s0 = FloatVector.fromArray(F32, start, so + 2 * LANES);
        FloatVector t0 = FloatVector.fromArray(F32, start, so + 3 * LANES);
        FloatVector p1 = FloatVector.fromArray(F32, start, so + startRow);
        FloatVector q1 = FloatVector.fromArray(F32, start, so + startRow + LANES);
        FloatVector s1 = FloatVector.fromArray(F32, start, so + startRow + 2 * LANES);
        FloatVector t1 = FloatVector.fromArray(F32, start, so + startRow + 3 * LANES);
        FloatVector p2 = FloatVector.fromArray(F32, start, so + 2 * startRow);
        FloatVector q2 = FloatVector.fromArray(F32, start, so + 2 * startRow + LANES);
        FloatVector s2 = FloatVector.fromArray(F32, start, so + 2 * startRow + 2 * LANES);
        FloatVector t2 = FloatVector.fromArray(F32, start, so + 2 * startRow + 3 * LANES);
        FloatVector p3 = FloatVector.fromArray(F32, start, so + 3 * startRow);
        FloatVector q3 = FloatVector.fromArray(F32, start, so + 3 * startRow + LANES);
        FloatVector s3 = FloatVector.fromArray(F32, start, so + 3 * startRow + 2 * LANES);
        FloatVector t3 = FloatVector.fromArray(F32, start, so + 3 * startRow + 3 * LANES);
        FloatVector p4 = FloatVector.fromArray(F32, start, so + 4 * startRow);
        FloatVector q4 = FloatVector.fromArray(F32, start, so + 4 * startRow + LANES);
        FloatVector s4 = FloatVector.fromArray(F32, start, so + 4 * startRow + 2 * LANES);
        FloatVector t4 = FloatVector.fromArray(F32, start, so + 4 * startRow + 3 * LANES);
        FloatVector p5 = FloatVector.fromArray(F32, start, so + 5 * startRow);
        FloatVector q5 = FloatVector.fromArray(F32, start, so + 5 * startRow + LANES);
        FloatVector s5 = FloatVector.fromArray(F32, start, so + 5 * startRow + 2 * LANES);
        FloatVector t5 = FloatVector.fromArray(F32, start, so + 5 * startRow + 3 * LANES);
        for (int k = 0; k < kc; k++) {
            FloatVector p = FloatVector.fromArray(F32, b, bo + k * WIDTH);
            FloatVector q = FloatVector.fromArray(F32, b, bo + k * WIDTH + LANES);
            FloatVector s = FloatVector.fromArray(F32, b, bo + k * WIDTH + 2 * LANES);
            FloatVector t = FloatVector.fromArray(F32, b, bo + k * WIDTH + 3 * LANES);
            FloatVector x0 = FloatVector.broadcast(F32, a[ao + k * 6]);
            p0 = Simd.FMA ? x0.fma(p, p0) : x0.mul(p).add(p0);
            q0 = Simd.FMA ? x0.fma(q, q0) : x0.mul(q).add(q0);
            s0 = Simd.FMA ? x0.fma(s, s0) : x0.mul(s).add(s0);
            t0 = Simd.FMA ? x0.fma(t, t0) : x0.mul(t).add(t0);
            FloatVector x1 = FloatVector.broadcast(F32, a[ao + k * 6 + 1]);
            p1 = Simd.FMA ? x1.fma(p, p1) : x1.mul(p).add(p1);
            q1 = Simd.FMA ? x1.fma(q, q1) : x1.mul(q).add(q1);
            s1 = Simd.FMA ? x1.fma(s, s1) : x1.mul(s).add(s1);
            t1 = Simd.FMA ? x1.fma(t, t1) : x1.mul(t).add(t1);
            FloatVector x2 = FloatVector.broadcast(F32, a[ao + k * 6 + 2]);
            p2 = Simd.FMA ? x2.fma(p, p2) : x2.mul(p).add(p2);
            q2 = Simd.FMA ? x2.fma(q, q2) : x2.mul(q).add(q2);
            s2 = Simd.FMA ? x2.fma(s, s2) : x2.mul(s).add(s2);
            t2 = Simd.FMA ? x2.fma(t, t2) : x2.mul(t).add(t2);
            FloatVector x3 = FloatVector.broadcast(F32, a[ao + k * 6 + 3]);
            p3 = Simd.FMA ? x3.fma(p, p3) : x3.mul(p).add(p3);
            q3 = Simd.FMA ? x3.fma(q, q3) : x3.mul(q).add(q3);
            s3 = Simd.FMA ? x3.fma(s, s3) : x3.mul(s).add(s3);
            t3 = Simd.FMA ? x3.fma(t, t3) : x3.mul(t).add(t3);
            FloatVector x4 = FloatVector.broadcast(F32, a[ao + k * 6 + 4]);
            p4 = Simd.FMA ? x4.fma(p, p4) : x4.mul(p).add(p4);
            q4 = Simd.FMA ? x4.fma(q, q4) : x4.mul(q).add(q4);
            s4 = Simd.FMA ? x4.fma(s, s4) : x4.mul(s).add(s4);
            t4 = Simd.FMA ? x4.fma(t, t4) : x4.mul(t).add(t4);
            FloatVector x5 = FloatVector.broadcast(F32, a[ao + k * 6 + 5]);
            p5 = Simd.FMA ? x5.fma(p, p5) : x5.mul(p).add(p5);
            q5 = Simd.FMA ? x5.fma(q, q5) : x5.mul(q).add(q5);
            s5 = Simd.FMA ? x5.fma(s, s5) : x5.mul(s).add(s5);
            t5 = Simd.FMA ? x5.fma(t, t5) : x5.mul(t).add(t5);
        }
        ((FloatVector) TYPE.cast(p0)).intoArray(c, co);
        ((FloatVector) TYPE.cast(q0)).intoArray(c, co + LANES);
        ((FloatVector) TYPE.cast(s0)).intoArray(c, co + 2 * LANES);
        ((FloatVector) TYPE.cast(t0)).intoArray(c, co + 3 * LANES);
        ((FloatVector) TYPE.cast(p1)).intoArray(c, co + 4 * LANES);
        ((FloatVector) TYPE.cast(q1)).intoArray(c, co + 5 * LANES);
        ((FloatVector) TYPE.cast(s1)).intoArray(c, co + 6 * LANES);
        ((FloatVector) TYPE.cast(t1)).intoArray(c, co + 7 * LANES);
        ((FloatVector) TYPE.cast(p2)).intoArray(c, co + 8 * LANES);
        ((FloatVector) TYPE.cast(q2)).intoArray(c, co + 9 * LANES);
        ((FloatVector) TYPE.cast(s2)).intoArray(c, co + 10 * LANES);
        ((FloatVector) TYPE.cast(t2)).intoArray(c, co + 11 * LANES);
        ((FloatVector) TYPE.cast(p3)).intoArray(c, co + 12 * LANES);
        ((FloatVector) TYPE.cast(q3)).intoArray(c, co + 13 * LANES);
        ((FloatVector) TYPE.cast(s3)).intoArray(c, co + 14 * LANES);
        ((FloatVector) TYPE.cast(t3)).intoArray(c, co + 15 * LANES);
        ((FloatVector) TYPE.cast(p4)).intoArray(c, co + 16 * LANES);
        ((FloatVector) TYPE.cast(q4)).intoArray(c, co + 17 * LANES);
        ((FloatVector) TYPE.cast(s4)).intoArray(c, co + 18 * LANES);
        ((FloatVector) TYPE.cast(t4)).intoArray(c, co + 19 * LANES);
        ((FloatVector) TYPE.cast(p5)).intoArray(c, co + 20 * LANES);
        ((FloatVector) TYPE.cast(q5)).intoArray(c, co + 21 * LANES);
        ((FloatVector) TYPE.cast(s5)).intoArray(c, co + 22 * LANES);
        ((FloatVector) TYPE.cast(t5)).intoArray(c, co + 23 * LANES);
    }
}
