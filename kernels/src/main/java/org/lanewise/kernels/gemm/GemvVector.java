package org.lanewise.kernels.gemm;

import static org.lanewise.kernels.Species.F32;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.Vector;
import org.lanewise.kernels.Simd;
import org.lanewise.kernels.math.VectorMath;

/** {@link Gemv} on vectors: eight rows of B at a time, so that y is loaded and stored once for eight of them. */
final class GemvVector {
    /** Says which class loop-carried vectors have: C2 would ask a profile that all users of vectors share. */
    private static final Class<? extends Vector<Float>> TYPE = F32.vectorType();

    private static final int LANES = Simd.LANES;

    private GemvVector() {}

    /** {@code y += x * B}, B row-major. */
    static void sums(float[] x, int xOff, float[] b, int bOff, int ldb, int k, float[] y, int yOff, int columns) {
        int end = columns / LANES * LANES;
        int i = 0;
        for (; i + 8 <= k; i += 8) {
            eightRows(x, xOff + i, b, bOff + i * ldb, ldb, y, yOff, end);
        }
        for (int r = i; r < k; r++) {
            oneRow(x[xOff + r], b, bOff + r * ldb, y, yOff, end);
        }
        GemvScalar.sums(x, xOff, b, bOff + end, ldb, 0, k, y, yOff + end, columns - end);
    }

    private static void eightRows(float[] x, int xo, float[] b, int r0, int ldb, float[] y, int yOff, int end) {
        FloatVector x0 = FloatVector.broadcast(F32, x[xo]);
        FloatVector x1 = FloatVector.broadcast(F32, x[xo + 1]);
        FloatVector x2 = FloatVector.broadcast(F32, x[xo + 2]);
        FloatVector x3 = FloatVector.broadcast(F32, x[xo + 3]);
        FloatVector x4 = FloatVector.broadcast(F32, x[xo + 4]);
        FloatVector x5 = FloatVector.broadcast(F32, x[xo + 5]);
        FloatVector x6 = FloatVector.broadcast(F32, x[xo + 6]);
        FloatVector x7 = FloatVector.broadcast(F32, x[xo + 7]);
        int r1 = r0 + ldb;
        int r2 = r1 + ldb;
        int r3 = r2 + ldb;
        int r4 = r3 + ldb;
        int r5 = r4 + ldb;
        int r6 = r5 + ldb;
        int r7 = r6 + ldb;
        for (int j = 0; j < end; j += LANES) {
            FloatVector sum = FloatVector.fromArray(F32, y, yOff + j);
            sum = Simd.FMA
                    ? x0.fma(FloatVector.fromArray(F32, b, r0 + j), sum)
                    : x0.mul(FloatVector.fromArray(F32, b, r0 + j)).add(sum);
            sum = Simd.FMA
                    ? x1.fma(FloatVector.fromArray(F32, b, r1 + j), sum)
                    : x1.mul(FloatVector.fromArray(F32, b, r1 + j)).add(sum);
            sum = Simd.FMA
                    ? x2.fma(FloatVector.fromArray(F32, b, r2 + j), sum)
                    : x2.mul(FloatVector.fromArray(F32, b, r2 + j)).add(sum);
            sum = Simd.FMA
                    ? x3.fma(FloatVector.fromArray(F32, b, r3 + j), sum)
                    : x3.mul(FloatVector.fromArray(F32, b, r3 + j)).add(sum);
            sum = Simd.FMA
                    ? x4.fma(FloatVector.fromArray(F32, b, r4 + j), sum)
                    : x4.mul(FloatVector.fromArray(F32, b, r4 + j)).add(sum);
            sum = Simd.FMA
                    ? x5.fma(FloatVector.fromArray(F32, b, r5 + j), sum)
                    : x5.mul(FloatVector.fromArray(F32, b, r5 + j)).add(sum);
            sum = Simd.FMA
                    ? x6.fma(FloatVector.fromArray(F32, b, r6 + j), sum)
                    : x6.mul(FloatVector.fromArray(F32, b, r6 + j)).add(sum);
            sum = Simd.FMA
                    ? x7.fma(FloatVector.fromArray(F32, b, r7 + j), sum)
                    : x7.mul(FloatVector.fromArray(F32, b, r7 + j)).add(sum);
            ((FloatVector) TYPE.cast(sum)).intoArray(y, yOff + j);
        }
    }

    private static void oneRow(float factor, float[] b, int row, float[] y, int yOff, int end) {
        FloatVector x = FloatVector.broadcast(F32, factor);
        for (int j = 0; j < end; j += LANES) {
            FloatVector v = FloatVector.fromArray(F32, b, row + j);
            FloatVector sum = FloatVector.fromArray(F32, y, yOff + j);
            ((FloatVector) TYPE.cast(Simd.FMA ? x.fma(v, sum) : x.mul(v).add(sum))).intoArray(y, yOff + j);
        }
    }

    /** {@code y += x * B}, B transposed: four dot products at a time. */
    static void dots(float[] x, int xOff, float[] b, int bOff, int ldb, int k, float[] y, int yOff, int columns) {
        int j = 0;
        for (; j + 4 <= columns; j += 4) {
            fourDots(x, xOff, b, bOff + j * ldb, ldb, k, y, yOff + j);
        }
        for (; j < columns; j++) {
            y[yOff + j] += dot(x, xOff, b, bOff + j * ldb, k);
        }
    }

    private static void fourDots(float[] x, int xOff, float[] b, int r0, int ldb, int k, float[] y, int yo) {
        FloatVector s0 = FloatVector.zero(F32);
        FloatVector s1 = FloatVector.zero(F32);
        FloatVector s2 = FloatVector.zero(F32);
        FloatVector s3 = FloatVector.zero(F32);
        FloatVector t0 = FloatVector.zero(F32);
        FloatVector t1 = FloatVector.zero(F32);
        FloatVector t2 = FloatVector.zero(F32);
        FloatVector t3 = FloatVector.zero(F32);
        int r1 = r0 + ldb;
        int r2 = r1 + ldb;
        int r3 = r2 + ldb;
        int end = k / (2 * LANES) * (2 * LANES);
        for (int i = 0; i < end; i += 2 * LANES) {
            FloatVector v = FloatVector.fromArray(F32, x, xOff + i);
            s0 = Simd.FMA
                    ? v.fma(FloatVector.fromArray(F32, b, r0 + i), s0)
                    : v.mul(FloatVector.fromArray(F32, b, r0 + i)).add(s0);
            s1 = Simd.FMA
                    ? v.fma(FloatVector.fromArray(F32, b, r1 + i), s1)
                    : v.mul(FloatVector.fromArray(F32, b, r1 + i)).add(s1);
            s2 = Simd.FMA
                    ? v.fma(FloatVector.fromArray(F32, b, r2 + i), s2)
                    : v.mul(FloatVector.fromArray(F32, b, r2 + i)).add(s2);
            s3 = Simd.FMA
                    ? v.fma(FloatVector.fromArray(F32, b, r3 + i), s3)
                    : v.mul(FloatVector.fromArray(F32, b, r3 + i)).add(s3);
            FloatVector w = FloatVector.fromArray(F32, x, xOff + i + LANES);
            t0 = Simd.FMA
                    ? w.fma(FloatVector.fromArray(F32, b, r0 + i + LANES), t0)
                    : w.mul(FloatVector.fromArray(F32, b, r0 + i + LANES)).add(t0);
            t1 = Simd.FMA
                    ? w.fma(FloatVector.fromArray(F32, b, r1 + i + LANES), t1)
                    : w.mul(FloatVector.fromArray(F32, b, r1 + i + LANES)).add(t1);
            t2 = Simd.FMA
                    ? w.fma(FloatVector.fromArray(F32, b, r2 + i + LANES), t2)
                    : w.mul(FloatVector.fromArray(F32, b, r2 + i + LANES)).add(t2);
            t3 = Simd.FMA
                    ? w.fma(FloatVector.fromArray(F32, b, r3 + i + LANES), t3)
                    : w.mul(FloatVector.fromArray(F32, b, r3 + i + LANES)).add(t3);
        }
        y[yo] += VectorMath.sumLanes(((FloatVector) TYPE.cast(s0)).add(t0)) + tail(x, xOff, b, r0, end, k);
        y[yo + 1] += VectorMath.sumLanes(((FloatVector) TYPE.cast(s1)).add(t1)) + tail(x, xOff, b, r1, end, k);
        y[yo + 2] += VectorMath.sumLanes(((FloatVector) TYPE.cast(s2)).add(t2)) + tail(x, xOff, b, r2, end, k);
        y[yo + 3] += VectorMath.sumLanes(((FloatVector) TYPE.cast(s3)).add(t3)) + tail(x, xOff, b, r3, end, k);
    }

    /** One of {@link #fourDots}: the same chains, so that a column gives the same bits wherever it stands. C2 does not inline a call that is as rare as the sum here, and would make an object of the vector. */
    private static float dot(float[] x, int xOff, float[] b, int row, int k) {
        FloatVector s = FloatVector.zero(F32);
        FloatVector t = FloatVector.zero(F32);
        int end = k / (2 * LANES) * (2 * LANES);
        for (int i = 0; i < end; i += 2 * LANES) {
            FloatVector v = FloatVector.fromArray(F32, x, xOff + i);
            FloatVector w = FloatVector.fromArray(F32, x, xOff + i + LANES);
            FloatVector c = FloatVector.fromArray(F32, b, row + i);
            FloatVector d = FloatVector.fromArray(F32, b, row + i + LANES);
            s = Simd.FMA ? v.fma(c, s) : v.mul(c).add(s);
            t = Simd.FMA ? w.fma(d, t) : w.mul(d).add(t);
        }
        FloatVector sum = ((FloatVector) TYPE.cast(s)).add(t);
        sum = LANES > 8 ? sum.add(sum.rearrange(VectorMath.BY_8)) : sum;
        sum = LANES > 4 ? sum.add(sum.rearrange(VectorMath.BY_4)) : sum;
        sum = sum.add(sum.rearrange(VectorMath.BY_2));
        sum = sum.add(sum.rearrange(VectorMath.BY_1));
        return sum.lane(0) + tail(x, xOff, b, row, end, k);
    }

    private static float tail(float[] x, int xOff, float[] b, int row, int from, int k) {
        float sum = 0;
        for (int i = from; i < k; i++) {
            sum = Simd.fma(x[xOff + i], b[row + i], sum);
        }
        return sum;
    }
}
