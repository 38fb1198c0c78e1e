package org.lanewise.kernels.gemm;

import static org.lanewise.kernels.Species.F32;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.Vector;
import org.lanewise.kernels.Simd;

/** The micro-kernels of {@link RowProduct}: eight independent sums each, because fewer wait for one another. */
final class RowTiles {
    /** Says which class loop-carried vectors have: C2 would ask a profile that all users of vectors share. */
    private static final Class<? extends Vector<Float>> TYPE = F32.vectorType();

    private static final int LANES = Simd.LANES;
    private static final int NR = 2 * LANES;

    private RowTiles() {}

    /** Four panels, {@code stride} apart. */
    static void four(int k, float[] x, int xo, float[] b, int bo, int stride, float[] y, int yo) {
        int b1 = bo + stride;
        int b2 = bo + 2 * stride;
        int b3 = bo + 3 * stride;
        FloatVector p0 = FloatVector.zero(F32);
        FloatVector q0 = FloatVector.zero(F32);
        FloatVector p1 = FloatVector.zero(F32);
        FloatVector q1 = FloatVector.zero(F32);
        FloatVector p2 = FloatVector.zero(F32);
        FloatVector q2 = FloatVector.zero(F32);
        FloatVector p3 = FloatVector.zero(F32);
        FloatVector q3 = FloatVector.zero(F32);
        for (int i = 0; i < k; i++) {
            FloatVector v = FloatVector.broadcast(F32, x[xo + i]);
            FloatVector bp0 = FloatVector.fromArray(F32, b, bo + i * NR);
            FloatVector bq0 = FloatVector.fromArray(F32, b, bo + i * NR + LANES);
            p0 = Simd.FMA ? v.fma(bp0, p0) : v.mul(bp0).add(p0);
            q0 = Simd.FMA ? v.fma(bq0, q0) : v.mul(bq0).add(q0);
            FloatVector bp1 = FloatVector.fromArray(F32, b, b1 + i * NR);
            FloatVector bq1 = FloatVector.fromArray(F32, b, b1 + i * NR + LANES);
            p1 = Simd.FMA ? v.fma(bp1, p1) : v.mul(bp1).add(p1);
            q1 = Simd.FMA ? v.fma(bq1, q1) : v.mul(bq1).add(q1);
            FloatVector bp2 = FloatVector.fromArray(F32, b, b2 + i * NR);
            FloatVector bq2 = FloatVector.fromArray(F32, b, b2 + i * NR + LANES);
            p2 = Simd.FMA ? v.fma(bp2, p2) : v.mul(bp2).add(p2);
            q2 = Simd.FMA ? v.fma(bq2, q2) : v.mul(bq2).add(q2);
            FloatVector bp3 = FloatVector.fromArray(F32, b, b3 + i * NR);
            FloatVector bq3 = FloatVector.fromArray(F32, b, b3 + i * NR + LANES);
            p3 = Simd.FMA ? v.fma(bp3, p3) : v.mul(bp3).add(p3);
            q3 = Simd.FMA ? v.fma(bq3, q3) : v.mul(bq3).add(q3);
        }
        ((FloatVector) TYPE.cast(p0)).intoArray(y, yo);
        ((FloatVector) TYPE.cast(q0)).intoArray(y, yo + LANES);
        ((FloatVector) TYPE.cast(p1)).intoArray(y, yo + 2 * LANES);
        ((FloatVector) TYPE.cast(q1)).intoArray(y, yo + 3 * LANES);
        ((FloatVector) TYPE.cast(p2)).intoArray(y, yo + 4 * LANES);
        ((FloatVector) TYPE.cast(q2)).intoArray(y, yo + 5 * LANES);
        ((FloatVector) TYPE.cast(p3)).intoArray(y, yo + 6 * LANES);
        ((FloatVector) TYPE.cast(q3)).intoArray(y, yo + 7 * LANES);
    }

    /** One panel, four values of x a step. */
    static void one(int k, float[] x, int xo, float[] b, int bo, float[] y, int yo) {
        FloatVector p0 = FloatVector.zero(F32);
        FloatVector q0 = FloatVector.zero(F32);
        FloatVector p1 = FloatVector.zero(F32);
        FloatVector q1 = FloatVector.zero(F32);
        FloatVector p2 = FloatVector.zero(F32);
        FloatVector q2 = FloatVector.zero(F32);
        FloatVector p3 = FloatVector.zero(F32);
        FloatVector q3 = FloatVector.zero(F32);
        int steps = k / 4;
        for (int i = 0; i < steps; i++) {
            FloatVector v0 = FloatVector.broadcast(F32, x[xo + 4 * i]);
            FloatVector bp0 = FloatVector.fromArray(F32, b, bo + 4 * i * NR);
            FloatVector bq0 = FloatVector.fromArray(F32, b, bo + 4 * i * NR + LANES);
            p0 = Simd.FMA ? v0.fma(bp0, p0) : v0.mul(bp0).add(p0);
            q0 = Simd.FMA ? v0.fma(bq0, q0) : v0.mul(bq0).add(q0);
            FloatVector v1 = FloatVector.broadcast(F32, x[xo + 4 * i + 1]);
            FloatVector bp1 = FloatVector.fromArray(F32, b, bo + 4 * i * NR + NR);
            FloatVector bq1 = FloatVector.fromArray(F32, b, bo + 4 * i * NR + NR + LANES);
            p1 = Simd.FMA ? v1.fma(bp1, p1) : v1.mul(bp1).add(p1);
            q1 = Simd.FMA ? v1.fma(bq1, q1) : v1.mul(bq1).add(q1);
            FloatVector v2 = FloatVector.broadcast(F32, x[xo + 4 * i + 2]);
            FloatVector bp2 = FloatVector.fromArray(F32, b, bo + 4 * i * NR + 2 * NR);
            FloatVector bq2 = FloatVector.fromArray(F32, b, bo + 4 * i * NR + 2 * NR + LANES);
            p2 = Simd.FMA ? v2.fma(bp2, p2) : v2.mul(bp2).add(p2);
            q2 = Simd.FMA ? v2.fma(bq2, q2) : v2.mul(bq2).add(q2);
            FloatVector v3 = FloatVector.broadcast(F32, x[xo + 4 * i + 3]);
            FloatVector bp3 = FloatVector.fromArray(F32, b, bo + 4 * i * NR + 3 * NR);
            FloatVector bq3 = FloatVector.fromArray(F32, b, bo + 4 * i * NR + 3 * NR + LANES);
            p3 = Simd.FMA ? v3.fma(bp3, p3) : v3.mul(bp3).add(p3);
            q3 = Simd.FMA ? v3.fma(bq3, q3) : v3.mul(bq3).add(q3);
        }
        FloatVector p = ((FloatVector) TYPE.cast(p0)).add(p1).add(((FloatVector) TYPE.cast(p2)).add(p3));
        FloatVector q = ((FloatVector) TYPE.cast(q0)).add(q1).add(((FloatVector) TYPE.cast(q2)).add(q3));
        p.intoArray(y, yo);
        q.intoArray(y, yo + LANES);
        for (int i = 4 * steps; i < k; i++) {
            FloatVector v = FloatVector.broadcast(F32, x[xo + i]);
            FloatVector bp = FloatVector.fromArray(F32, b, bo + i * NR);
            FloatVector bq = FloatVector.fromArray(F32, b, bo + i * NR + LANES);
            FloatVector sp = FloatVector.fromArray(F32, y, yo);
            FloatVector sq = FloatVector.fromArray(F32, y, yo + LANES);
            ((FloatVector) TYPE.cast(Simd.FMA ? v.fma(bp, sp) : v.mul(bp).add(sp))).intoArray(y, yo);
            ((FloatVector) TYPE.cast(Simd.FMA ? v.fma(bq, sq) : v.mul(bq).add(sq))).intoArray(y, yo + LANES);
        }
    }

    /** The first vector of columns of one panel, eight values of x a step; {@code k} is a multiple of eight. */
    static void slim(int k, float[] x, int xo, float[] b, int bo, float[] y, int yo) {
        FloatVector p0 = FloatVector.zero(F32);
        FloatVector p1 = FloatVector.zero(F32);
        FloatVector p2 = FloatVector.zero(F32);
        FloatVector p3 = FloatVector.zero(F32);
        FloatVector p4 = FloatVector.zero(F32);
        FloatVector p5 = FloatVector.zero(F32);
        FloatVector p6 = FloatVector.zero(F32);
        FloatVector p7 = FloatVector.zero(F32);
        int steps = k / 8;
        for (int i = 0; i < steps; i++) {
            FloatVector v0 = FloatVector.broadcast(F32, x[xo + 8 * i]);
            FloatVector b0 = FloatVector.fromArray(F32, b, bo + 8 * i * NR);
            p0 = Simd.FMA ? v0.fma(b0, p0) : v0.mul(b0).add(p0);
            FloatVector v1 = FloatVector.broadcast(F32, x[xo + 8 * i + 1]);
            FloatVector b1 = FloatVector.fromArray(F32, b, bo + 8 * i * NR + NR);
            p1 = Simd.FMA ? v1.fma(b1, p1) : v1.mul(b1).add(p1);
            FloatVector v2 = FloatVector.broadcast(F32, x[xo + 8 * i + 2]);
            FloatVector b2 = FloatVector.fromArray(F32, b, bo + 8 * i * NR + 2 * NR);
            p2 = Simd.FMA ? v2.fma(b2, p2) : v2.mul(b2).add(p2);
            FloatVector v3 = FloatVector.broadcast(F32, x[xo + 8 * i + 3]);
            FloatVector b3 = FloatVector.fromArray(F32, b, bo + 8 * i * NR + 3 * NR);
            p3 = Simd.FMA ? v3.fma(b3, p3) : v3.mul(b3).add(p3);
            FloatVector v4 = FloatVector.broadcast(F32, x[xo + 8 * i + 4]);
            FloatVector b4 = FloatVector.fromArray(F32, b, bo + 8 * i * NR + 4 * NR);
            p4 = Simd.FMA ? v4.fma(b4, p4) : v4.mul(b4).add(p4);
            FloatVector v5 = FloatVector.broadcast(F32, x[xo + 8 * i + 5]);
            FloatVector b5 = FloatVector.fromArray(F32, b, bo + 8 * i * NR + 5 * NR);
            p5 = Simd.FMA ? v5.fma(b5, p5) : v5.mul(b5).add(p5);
            FloatVector v6 = FloatVector.broadcast(F32, x[xo + 8 * i + 6]);
            FloatVector b6 = FloatVector.fromArray(F32, b, bo + 8 * i * NR + 6 * NR);
            p6 = Simd.FMA ? v6.fma(b6, p6) : v6.mul(b6).add(p6);
            FloatVector v7 = FloatVector.broadcast(F32, x[xo + 8 * i + 7]);
            FloatVector b7 = FloatVector.fromArray(F32, b, bo + 8 * i * NR + 7 * NR);
            p7 = Simd.FMA ? v7.fma(b7, p7) : v7.mul(b7).add(p7);
        }
        FloatVector q0 = ((FloatVector) TYPE.cast(p0)).add(p1).add(((FloatVector) TYPE.cast(p2)).add(p3));
        FloatVector q1 = ((FloatVector) TYPE.cast(p4)).add(p5).add(((FloatVector) TYPE.cast(p6)).add(p7));
        q0.add(q1).intoArray(y, yo);
    }
}
