package org.lanewise.kernels.sparse;

import static org.lanewise.kernels.Species.F32;
import static org.lanewise.kernels.Species.I32;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorOperators;

/** Counts zeros with vectors. */
final class SparsityVector {
    private SparsityVector() {}

    /** How many of {@code length} values equal 0. */
    static long zeros(float[] values, int off, int length) {
        int lanes = F32.length();
        int whole = length / lanes * lanes;
        IntVector counts = IntVector.zero(I32);
        for (int i = off; i < off + whole; i += lanes) {
            // Both zeros without their sign bit are 0, and nothing else is
            IntVector bits = FloatVector.fromArray(F32, values, i).reinterpretAsInts();
            counts = counts.lanewise(
                    VectorOperators.ADD,
                    1,
                    bits.lanewise(VectorOperators.LSHL, 1).compare(VectorOperators.EQ, 0));
        }
        long zeros = counts.reduceLanesToLong(VectorOperators.ADD);
        for (int i = off + whole; i < off + length; i++) {
            zeros += values[i] == 0 ? 1 : 0;
        }
        return zeros;
    }
}
