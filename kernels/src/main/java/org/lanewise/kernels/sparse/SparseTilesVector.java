package org.lanewise.kernels.sparse;

import static org.lanewise.kernels.Species.F32;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.Vector;
import org.lanewise.kernels.Simd;

/** {@link SparseTiles} on vectors: two entries at a time, each times four vectors, in eight sums. */
final class SparseTilesVector {
    /** Says which class loop-carried vectors have: C2 would ask a profile that all users of vectors share. */
    private static final Class<? extends Vector<Float>> TYPE = F32.vectorType();

    private static final int L = Simd.LANES;

    private SparseTilesVector() {}

    /**
     * Adds lists of entries to the sums of consecutive channels.
     *
     * @param values the entries' values; their lists have even lengths
     * @param offsets where in the tile the activations of each entry begin
     * @param starts list {@code n} is the entries {@code starts[first + n] .. starts[first + n + 1]}
     * @param channels number of lists
     * @param sums channel {@code n} has {@link SparseTiles#ROWS} sums from {@code sumsOff + n * ROWS}
     */
    static void run(
            float[] values,
            int[] offsets,
            int[] starts,
            int first,
            int channels,
            float[] tile,
            int tileOff,
            float[] sums,
            int sumsOff) {
        for (int n = 0; n < channels; n++) {
            int at = sumsOff + n * 4 * L;
            FloatVector a0 = (FloatVector) TYPE.cast(FloatVector.fromArray(F32, sums, at));
            FloatVector a1 = (FloatVector) TYPE.cast(FloatVector.fromArray(F32, sums, at + L));
            FloatVector a2 = (FloatVector) TYPE.cast(FloatVector.fromArray(F32, sums, at + 2 * L));
            FloatVector a3 = (FloatVector) TYPE.cast(FloatVector.fromArray(F32, sums, at + 3 * L));
            FloatVector b0 = (FloatVector) TYPE.cast(FloatVector.zero(F32));
            FloatVector b1 = (FloatVector) TYPE.cast(FloatVector.zero(F32));
            FloatVector b2 = (FloatVector) TYPE.cast(FloatVector.zero(F32));
            FloatVector b3 = (FloatVector) TYPE.cast(FloatVector.zero(F32));
            int end = starts[first + n + 1];
            for (int i = starts[first + n]; i < end; i += 2) {
                FloatVector v = FloatVector.broadcast(F32, values[i]);
                int x = tileOff + offsets[i];
                FloatVector w = FloatVector.broadcast(F32, values[i + 1]);
                int y = tileOff + offsets[i + 1];
                FloatVector x0 = FloatVector.fromArray(F32, tile, x);
                FloatVector x1 = FloatVector.fromArray(F32, tile, x + L);
                FloatVector x2 = FloatVector.fromArray(F32, tile, x + 2 * L);
                FloatVector x3 = FloatVector.fromArray(F32, tile, x + 3 * L);
                FloatVector y0 = FloatVector.fromArray(F32, tile, y);
                FloatVector y1 = FloatVector.fromArray(F32, tile, y + L);
                FloatVector y2 = FloatVector.fromArray(F32, tile, y + 2 * L);
                FloatVector y3 = FloatVector.fromArray(F32, tile, y + 3 * L);
                a0 = (FloatVector)
                        TYPE.cast(Simd.FMA ? x0.fma(v, a0) : x0.mul(v).add(a0));
                a1 = (FloatVector)
                        TYPE.cast(Simd.FMA ? x1.fma(v, a1) : x1.mul(v).add(a1));
                a2 = (FloatVector)
                        TYPE.cast(Simd.FMA ? x2.fma(v, a2) : x2.mul(v).add(a2));
                a3 = (FloatVector)
                        TYPE.cast(Simd.FMA ? x3.fma(v, a3) : x3.mul(v).add(a3));
                b0 = (FloatVector)
                        TYPE.cast(Simd.FMA ? y0.fma(w, b0) : y0.mul(w).add(b0));
                b1 = (FloatVector)
                        TYPE.cast(Simd.FMA ? y1.fma(w, b1) : y1.mul(w).add(b1));
                b2 = (FloatVector)
                        TYPE.cast(Simd.FMA ? y2.fma(w, b2) : y2.mul(w).add(b2));
                b3 = (FloatVector)
                        TYPE.cast(Simd.FMA ? y3.fma(w, b3) : y3.mul(w).add(b3));
            }
            a0.add(b0).intoArray(sums, at);
            a1.add(b1).intoArray(sums, at + L);
            a2.add(b2).intoArray(sums, at + 2 * L);
            a3.add(b3).intoArray(sums, at + 3 * L);
        }
    }
}
