package org.lanewise.kernels.gemm;

import static org.lanewise.kernels.Species.F32;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.Vector;
import jdk.incubator.vector.VectorOperators;
import org.lanewise.kernels.Simd;

/**
 * {@link PackedTiles} of 10 rows which also read ahead: while a tile is computed, it loads a value of each cache line of what {@link StreamedBlocks} will want next, of two pieces {@link #APART} values
 * apart by turns. Java has no prefetch, and a load that misses the caches holds up all that follows; but the processor fetches the lines behind one that was read on its own, a few in each page, so that
 * slow walks through two pages at a time find nearly all of their lines there.
 *
 * <p>Ten rows because a tile of twelve that does this is too large a method for C1, without whose counters C2 never compiles it.
 */
final class StreamedTiles {
    /** Rows of a tile. */
    static final int ROWS = 10;

    /** What a profile calls products of these tiles. */
    static final String NAME = "gemm-f32-" + ROWS + "x2x" + Simd.LANES + "-streamed";

    /** Values between two that are read ahead: a quarter of a cache line, so that the tiles of 40 rows read a panel. */
    static final int STEP = 4;

    /** Values between the two pieces: a constant, as C2 then needs one address for both. */
    static final int APART = 4096;

    /** Says which class loop-carried vectors have: C2 would ask a profile that all users of vectors share. */
    private static final Class<? extends Vector<Float>> TYPE = F32.vectorType();

    /** Added to a limit, it keeps C2 from broadcasting that again for each use, which takes the port of multiply-adds. */
    private static final FloatVector UNCHANGED = FloatVector.broadcast(F32, -0f);

    private static final int LANES = Simd.LANES;
    private static final int NR = 2 * LANES;

    private StreamedTiles() {}

    /**
     * {@code C = min(max(start + bias + A * B, lo), hi)} for a tile of {@link #ROWS} rows and one panel of columns; NaN stays. The arguments are those of {@link TallTiles#run}, but that
     * A(r, k) is at {@code ao + k * ROWS + r}.
     *
     * @param next where what is read ahead begins: {@code STEP * kc} values from there and from {@code APART} further on
     * @return something of the values read ahead, so that they are read
     */
    static int run(
            int kc,
            float[] a,
            int ao,
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
            float hi,
            float[] ahead,
            int next) {
        int second = LANES * startColumn;
        FloatVector biasP = FloatVector.fromArray(F32, bias, biasAt);
        FloatVector biasQ = FloatVector.fromArray(F32, bias, biasAt + LANES * biasColumn);
        FloatVector p0 = FloatVector.fromArray(F32, start, so).add(biasP);
        FloatVector q0 = FloatVector.fromArray(F32, start, so + second).add(biasQ);
        FloatVector p1 = FloatVector.fromArray(F32, start, so + startRow).add(biasP);
        FloatVector q1 =
                FloatVector.fromArray(F32, start, so + startRow + second).add(biasQ);
        FloatVector p2 = FloatVector.fromArray(F32, start, so + 2 * startRow).add(biasP);
        FloatVector q2 =
                FloatVector.fromArray(F32, start, so + 2 * startRow + second).add(biasQ);
        FloatVector p3 = FloatVector.fromArray(F32, start, so + 3 * startRow).add(biasP);
        FloatVector q3 =
                FloatVector.fromArray(F32, start, so + 3 * startRow + second).add(biasQ);
        FloatVector p4 = FloatVector.fromArray(F32, start, so + 4 * startRow).add(biasP);
        FloatVector q4 =
                FloatVector.fromArray(F32, start, so + 4 * startRow + second).add(biasQ);
        FloatVector p5 = FloatVector.fromArray(F32, start, so + 5 * startRow).add(biasP);
        FloatVector q5 =
                FloatVector.fromArray(F32, start, so + 5 * startRow + second).add(biasQ);
        FloatVector p6 = FloatVector.fromArray(F32, start, so + 6 * startRow).add(biasP);
        FloatVector q6 =
                FloatVector.fromArray(F32, start, so + 6 * startRow + second).add(biasQ);
        FloatVector p7 = FloatVector.fromArray(F32, start, so + 7 * startRow).add(biasP);
        FloatVector q7 =
                FloatVector.fromArray(F32, start, so + 7 * startRow + second).add(biasQ);
        FloatVector p8 = FloatVector.fromArray(F32, start, so + 8 * startRow).add(biasP);
        FloatVector q8 =
                FloatVector.fromArray(F32, start, so + 8 * startRow + second).add(biasQ);
        FloatVector p9 = FloatVector.fromArray(F32, start, so + 9 * startRow).add(biasP);
        FloatVector q9 =
                FloatVector.fromArray(F32, start, so + 9 * startRow + second).add(biasQ);
        int touched = 0;
        for (int k = 0; k < kc; k++) {
            touched |= Float.floatToRawIntBits(ahead[next + k * STEP])
                    | Float.floatToRawIntBits(ahead[next + APART + k * STEP]);
            FloatVector p = FloatVector.fromArray(F32, b, bo + k * NR);
            FloatVector q = FloatVector.fromArray(F32, b, bo + k * NR + LANES);
            FloatVector x0 = FloatVector.broadcast(F32, a[ao + k * ROWS]);
            p0 = Simd.FMA ? x0.fma(p, p0) : x0.mul(p).add(p0);
            q0 = Simd.FMA ? x0.fma(q, q0) : x0.mul(q).add(q0);
            FloatVector x1 = FloatVector.broadcast(F32, a[ao + k * ROWS + 1]);
            p1 = Simd.FMA ? x1.fma(p, p1) : x1.mul(p).add(p1);
            q1 = Simd.FMA ? x1.fma(q, q1) : x1.mul(q).add(q1);
            FloatVector x2 = FloatVector.broadcast(F32, a[ao + k * ROWS + 2]);
            p2 = Simd.FMA ? x2.fma(p, p2) : x2.mul(p).add(p2);
            q2 = Simd.FMA ? x2.fma(q, q2) : x2.mul(q).add(q2);
            FloatVector x3 = FloatVector.broadcast(F32, a[ao + k * ROWS + 3]);
            p3 = Simd.FMA ? x3.fma(p, p3) : x3.mul(p).add(p3);
            q3 = Simd.FMA ? x3.fma(q, q3) : x3.mul(q).add(q3);
            FloatVector x4 = FloatVector.broadcast(F32, a[ao + k * ROWS + 4]);
            p4 = Simd.FMA ? x4.fma(p, p4) : x4.mul(p).add(p4);
            q4 = Simd.FMA ? x4.fma(q, q4) : x4.mul(q).add(q4);
            FloatVector x5 = FloatVector.broadcast(F32, a[ao + k * ROWS + 5]);
            p5 = Simd.FMA ? x5.fma(p, p5) : x5.mul(p).add(p5);
            q5 = Simd.FMA ? x5.fma(q, q5) : x5.mul(q).add(q5);
            FloatVector x6 = FloatVector.broadcast(F32, a[ao + k * ROWS + 6]);
            p6 = Simd.FMA ? x6.fma(p, p6) : x6.mul(p).add(p6);
            q6 = Simd.FMA ? x6.fma(q, q6) : x6.mul(q).add(q6);
            FloatVector x7 = FloatVector.broadcast(F32, a[ao + k * ROWS + 7]);
            p7 = Simd.FMA ? x7.fma(p, p7) : x7.mul(p).add(p7);
            q7 = Simd.FMA ? x7.fma(q, q7) : x7.mul(q).add(q7);
            FloatVector x8 = FloatVector.broadcast(F32, a[ao + k * ROWS + 8]);
            p8 = Simd.FMA ? x8.fma(p, p8) : x8.mul(p).add(p8);
            q8 = Simd.FMA ? x8.fma(q, q8) : x8.mul(q).add(q8);
            FloatVector x9 = FloatVector.broadcast(F32, a[ao + k * ROWS + 9]);
            p9 = Simd.FMA ? x9.fma(p, p9) : x9.mul(p).add(p9);
            q9 = Simd.FMA ? x9.fma(q, q9) : x9.mul(q).add(q9);
        }
        FloatVector low = FloatVector.broadcast(F32, lo).add(UNCHANGED);
        FloatVector high = FloatVector.broadcast(F32, hi).add(UNCHANGED);
        p0 = ((FloatVector) TYPE.cast(p0)).blend(low, ((FloatVector) TYPE.cast(p0)).compare(VectorOperators.LT, low));
        p0.blend(high, p0.compare(VectorOperators.GT, high)).intoArray(c, co);
        q0 = ((FloatVector) TYPE.cast(q0)).blend(low, ((FloatVector) TYPE.cast(q0)).compare(VectorOperators.LT, low));
        q0.blend(high, q0.compare(VectorOperators.GT, high)).intoArray(c, co + LANES);
        p1 = ((FloatVector) TYPE.cast(p1)).blend(low, ((FloatVector) TYPE.cast(p1)).compare(VectorOperators.LT, low));
        p1.blend(high, p1.compare(VectorOperators.GT, high)).intoArray(c, co + ldc);
        q1 = ((FloatVector) TYPE.cast(q1)).blend(low, ((FloatVector) TYPE.cast(q1)).compare(VectorOperators.LT, low));
        q1.blend(high, q1.compare(VectorOperators.GT, high)).intoArray(c, co + ldc + LANES);
        p2 = ((FloatVector) TYPE.cast(p2)).blend(low, ((FloatVector) TYPE.cast(p2)).compare(VectorOperators.LT, low));
        p2.blend(high, p2.compare(VectorOperators.GT, high)).intoArray(c, co + 2 * ldc);
        q2 = ((FloatVector) TYPE.cast(q2)).blend(low, ((FloatVector) TYPE.cast(q2)).compare(VectorOperators.LT, low));
        q2.blend(high, q2.compare(VectorOperators.GT, high)).intoArray(c, co + 2 * ldc + LANES);
        p3 = ((FloatVector) TYPE.cast(p3)).blend(low, ((FloatVector) TYPE.cast(p3)).compare(VectorOperators.LT, low));
        p3.blend(high, p3.compare(VectorOperators.GT, high)).intoArray(c, co + 3 * ldc);
        q3 = ((FloatVector) TYPE.cast(q3)).blend(low, ((FloatVector) TYPE.cast(q3)).compare(VectorOperators.LT, low));
        q3.blend(high, q3.compare(VectorOperators.GT, high)).intoArray(c, co + 3 * ldc + LANES);
        p4 = ((FloatVector) TYPE.cast(p4)).blend(low, ((FloatVector) TYPE.cast(p4)).compare(VectorOperators.LT, low));
        p4.blend(high, p4.compare(VectorOperators.GT, high)).intoArray(c, co + 4 * ldc);
        q4 = ((FloatVector) TYPE.cast(q4)).blend(low, ((FloatVector) TYPE.cast(q4)).compare(VectorOperators.LT, low));
        q4.blend(high, q4.compare(VectorOperators.GT, high)).intoArray(c, co + 4 * ldc + LANES);
        p5 = ((FloatVector) TYPE.cast(p5)).blend(low, ((FloatVector) TYPE.cast(p5)).compare(VectorOperators.LT, low));
        p5.blend(high, p5.compare(VectorOperators.GT, high)).intoArray(c, co + 5 * ldc);
        q5 = ((FloatVector) TYPE.cast(q5)).blend(low, ((FloatVector) TYPE.cast(q5)).compare(VectorOperators.LT, low));
        q5.blend(high, q5.compare(VectorOperators.GT, high)).intoArray(c, co + 5 * ldc + LANES);
        p6 = ((FloatVector) TYPE.cast(p6)).blend(low, ((FloatVector) TYPE.cast(p6)).compare(VectorOperators.LT, low));
        p6.blend(high, p6.compare(VectorOperators.GT, high)).intoArray(c, co + 6 * ldc);
        q6 = ((FloatVector) TYPE.cast(q6)).blend(low, ((FloatVector) TYPE.cast(q6)).compare(VectorOperators.LT, low));
        q6.blend(high, q6.compare(VectorOperators.GT, high)).intoArray(c, co + 6 * ldc + LANES);
        p7 = ((FloatVector) TYPE.cast(p7)).blend(low, ((FloatVector) TYPE.cast(p7)).compare(VectorOperators.LT, low));
        p7.blend(high, p7.compare(VectorOperators.GT, high)).intoArray(c, co + 7 * ldc);
        q7 = ((FloatVector) TYPE.cast(q7)).blend(low, ((FloatVector) TYPE.cast(q7)).compare(VectorOperators.LT, low));
        q7.blend(high, q7.compare(VectorOperators.GT, high)).intoArray(c, co + 7 * ldc + LANES);
        p8 = ((FloatVector) TYPE.cast(p8)).blend(low, ((FloatVector) TYPE.cast(p8)).compare(VectorOperators.LT, low));
        p8.blend(high, p8.compare(VectorOperators.GT, high)).intoArray(c, co + 8 * ldc);
        q8 = ((FloatVector) TYPE.cast(q8)).blend(low, ((FloatVector) TYPE.cast(q8)).compare(VectorOperators.LT, low));
        q8.blend(high, q8.compare(VectorOperators.GT, high)).intoArray(c, co + 8 * ldc + LANES);
        p9 = ((FloatVector) TYPE.cast(p9)).blend(low, ((FloatVector) TYPE.cast(p9)).compare(VectorOperators.LT, low));
        p9.blend(high, p9.compare(VectorOperators.GT, high)).intoArray(c, co + 9 * ldc);
        q9 = ((FloatVector) TYPE.cast(q9)).blend(low, ((FloatVector) TYPE.cast(q9)).compare(VectorOperators.LT, low));
        q9.blend(high, q9.compare(VectorOperators.GT, high)).intoArray(c, co + 9 * ldc + LANES);
        return touched;
    }
}
