package org.lanewise.kernels.conv;

import static org.lanewise.kernels.Species.F32;
import static org.lanewise.kernels.conv.WinogradWholeForm.LINE;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.Vector;
import org.lanewise.kernels.Simd;

/** The micro-kernels of {@link WinogradWholeTiles} for 16 vector registers. */
final class WinogradWholeSlimTiles {
    /** Says which class loop-carried vectors have: C2 would ask a profile that all users of vectors share. */
    private static final Class<? extends Vector<Float>> TYPE = F32.vectorType();

    private static final int LANES = Simd.LANES;

    private WinogradWholeSlimTiles() {}

    /** 8 rows, a panel of one vector of columns; {@code blocks} vectors of channels. */
    static void rows8x1(int blocks, float[] a, int a0, float[] b, int b0, float[] c, int c0) {
        FloatVector p0 = FloatVector.zero(F32);
        FloatVector p1 = p0;
        FloatVector p2 = p0;
        FloatVector p3 = p0;
        FloatVector p4 = p0;
        FloatVector p5 = p0;
        FloatVector p6 = p0;
        FloatVector p7 = p0;
        for (int block = 0; block < blocks; block++) {
            int x = a0 + block * LINE;
            int w = b0 + block * (1 * LANES * LANES);
            for (int k = 0; k < LANES; k++) {
                FloatVector bp = FloatVector.fromArray(F32, b, w + k * LANES);
                FloatVector x0 = FloatVector.broadcast(F32, a[x + k]);
                p0 = Simd.FMA ? x0.fma(bp, p0) : x0.mul(bp).add(p0);
                FloatVector x1 = FloatVector.broadcast(F32, a[x + k + LANES]);
                p1 = Simd.FMA ? x1.fma(bp, p1) : x1.mul(bp).add(p1);
                FloatVector x2 = FloatVector.broadcast(F32, a[x + k + 2 * LANES]);
                p2 = Simd.FMA ? x2.fma(bp, p2) : x2.mul(bp).add(p2);
                FloatVector x3 = FloatVector.broadcast(F32, a[x + k + 3 * LANES]);
                p3 = Simd.FMA ? x3.fma(bp, p3) : x3.mul(bp).add(p3);
                FloatVector x4 = FloatVector.broadcast(F32, a[x + k + 4 * LANES]);
                p4 = Simd.FMA ? x4.fma(bp, p4) : x4.mul(bp).add(p4);
                FloatVector x5 = FloatVector.broadcast(F32, a[x + k + 5 * LANES]);
                p5 = Simd.FMA ? x5.fma(bp, p5) : x5.mul(bp).add(p5);
                FloatVector x6 = FloatVector.broadcast(F32, a[x + k + 6 * LANES]);
                p6 = Simd.FMA ? x6.fma(bp, p6) : x6.mul(bp).add(p6);
                FloatVector x7 = FloatVector.broadcast(F32, a[x + k + 7 * LANES]);
                p7 = Simd.FMA ? x7.fma(bp, p7) : x7.mul(bp).add(p7);
            }
        }
        ((FloatVector) TYPE.cast(p0)).intoArray(c, c0);
        ((FloatVector) TYPE.cast(p1)).intoArray(c, c0 + LANES);
        ((FloatVector) TYPE.cast(p2)).intoArray(c, c0 + 2 * LANES);
        ((FloatVector) TYPE.cast(p3)).intoArray(c, c0 + 3 * LANES);
        ((FloatVector) TYPE.cast(p4)).intoArray(c, c0 + 4 * LANES);
        ((FloatVector) TYPE.cast(p5)).intoArray(c, c0 + 5 * LANES);
        ((FloatVector) TYPE.cast(p6)).intoArray(c, c0 + 6 * LANES);
        ((FloatVector) TYPE.cast(p7)).intoArray(c, c0 + 7 * LANES);
    }

    /** 4 rows, a panel of two vectors. */
    static void rows4x2(int blocks, float[] a, int a0, float[] b, int b0, float[] c, int c0) {
        FloatVector p0 = FloatVector.zero(F32);
        FloatVector q0 = p0;
        FloatVector p1 = p0;
        FloatVector q1 = p0;
        FloatVector p2 = p0;
        FloatVector q2 = p0;
        FloatVector p3 = p0;
        FloatVector q3 = p0;
        for (int block = 0; block < blocks; block++) {
            int x = a0 + block * LINE;
            int w = b0 + block * (2 * LANES * LANES);
            for (int k = 0; k < LANES; k++) {
                FloatVector bp = FloatVector.fromArray(F32, b, w + k * (2 * LANES));
                FloatVector bq = FloatVector.fromArray(F32, b, w + k * (2 * LANES) + LANES);
                FloatVector x0 = FloatVector.broadcast(F32, a[x + k]);
                p0 = Simd.FMA ? x0.fma(bp, p0) : x0.mul(bp).add(p0);
                q0 = Simd.FMA ? x0.fma(bq, q0) : x0.mul(bq).add(q0);
                FloatVector x1 = FloatVector.broadcast(F32, a[x + k + LANES]);
                p1 = Simd.FMA ? x1.fma(bp, p1) : x1.mul(bp).add(p1);
                q1 = Simd.FMA ? x1.fma(bq, q1) : x1.mul(bq).add(q1);
                FloatVector x2 = FloatVector.broadcast(F32, a[x + k + 2 * LANES]);
                p2 = Simd.FMA ? x2.fma(bp, p2) : x2.mul(bp).add(p2);
                q2 = Simd.FMA ? x2.fma(bq, q2) : x2.mul(bq).add(q2);
                FloatVector x3 = FloatVector.broadcast(F32, a[x + k + 3 * LANES]);
                p3 = Simd.FMA ? x3.fma(bp, p3) : x3.mul(bp).add(p3);
                q3 = Simd.FMA ? x3.fma(bq, q3) : x3.mul(bq).add(q3);
            }
        }
        int c1 = c0 + LINE;
        ((FloatVector) TYPE.cast(p0)).intoArray(c, c0);
        ((FloatVector) TYPE.cast(p1)).intoArray(c, c0 + LANES);
        ((FloatVector) TYPE.cast(p2)).intoArray(c, c0 + 2 * LANES);
        ((FloatVector) TYPE.cast(p3)).intoArray(c, c0 + 3 * LANES);
        ((FloatVector) TYPE.cast(q0)).intoArray(c, c1);
        ((FloatVector) TYPE.cast(q1)).intoArray(c, c1 + LANES);
        ((FloatVector) TYPE.cast(q2)).intoArray(c, c1 + 2 * LANES);
        ((FloatVector) TYPE.cast(q3)).intoArray(c, c1 + 3 * LANES);
    }
}
