package org.lanewise.kernels.sparse;

import static org.lanewise.kernels.Species.F32;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.Vector;
import org.lanewise.kernels.Simd;
import org.lanewise.kernels.gemm.Epilogue;

/** {@link SparseTiles} on vectors: each entry times four vectors. */
final class SparseTilesVector {
    /** Says which class loop-carried vectors have: C2 would ask a profile that all users of vectors share. */
    private static final Class<? extends Vector<Float>> TYPE = F32.vectorType();

    private static final int L = Simd.LANES;

    private SparseTilesVector() {}

    /**
     * Adds the entries of lists to the sums of their channels.
     *
     * @param lists as {@link ChannelLists} keeps them, from index {@code from} to {@code to}
     * @param tile entries' offsets count from {@code tileOff}
     * @param sums lists' offsets count from {@code sumsOff}; each has {@link SparseTiles#ROWS} sums
     */
    static void run(float[] lists, int from, int to, float[] tile, int tileOff, float[] sums, int sumsOff) {
        int i = from;
        while (i < to) {
            int end = Float.floatToRawIntBits(lists[i]);
            int at = sumsOff + Float.floatToRawIntBits(lists[i + 1]);
            FloatVector s0 = (FloatVector) TYPE.cast(FloatVector.fromArray(F32, sums, at));
            FloatVector s1 = (FloatVector) TYPE.cast(FloatVector.fromArray(F32, sums, at + L));
            FloatVector s2 = (FloatVector) TYPE.cast(FloatVector.fromArray(F32, sums, at + 2 * L));
            FloatVector s3 = (FloatVector) TYPE.cast(FloatVector.fromArray(F32, sums, at + 3 * L));
            for (i += 2; i < end; i += 2) {
                FloatVector w = FloatVector.broadcast(F32, lists[i]);
                int x = tileOff + Float.floatToRawIntBits(lists[i + 1]);
                FloatVector x0 = FloatVector.fromArray(F32, tile, x);
                FloatVector x1 = FloatVector.fromArray(F32, tile, x + L);
                FloatVector x2 = FloatVector.fromArray(F32, tile, x + 2 * L);
                FloatVector x3 = FloatVector.fromArray(F32, tile, x + 3 * L);
                s0 = (FloatVector)
                        TYPE.cast(Simd.FMA ? x0.fma(w, s0) : x0.mul(w).add(s0));
                s1 = (FloatVector)
                        TYPE.cast(Simd.FMA ? x1.fma(w, s1) : x1.mul(w).add(s1));
                s2 = (FloatVector)
                        TYPE.cast(Simd.FMA ? x2.fma(w, s2) : x2.mul(w).add(s2));
                s3 = (FloatVector)
                        TYPE.cast(Simd.FMA ? x3.fma(w, s3) : x3.mul(w).add(s3));
            }
            s0.intoArray(sums, at);
            s1.intoArray(sums, at + L);
            s2.intoArray(sums, at + 2 * L);
            s3.intoArray(sums, at + 3 * L);
        }
    }

    /** {@link SparseTiles#start} on vectors. */
    static void start(Epilogue e, int from, int to, float[] sums, int sumsOff) {
        for (int n = 0; n < to - from; n++) {
            FloatVector bias = FloatVector.broadcast(F32, e.columnBias(from + n));
            int at = sumsOff + n * 4 * L;
            ((FloatVector) TYPE.cast(bias)).intoArray(sums, at);
            ((FloatVector) TYPE.cast(bias)).intoArray(sums, at + L);
            ((FloatVector) TYPE.cast(bias)).intoArray(sums, at + 2 * L);
            ((FloatVector) TYPE.cast(bias)).intoArray(sums, at + 3 * L);
        }
    }
}
