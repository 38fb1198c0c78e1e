package org.lanewise.kernels.quant;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.Vector;
import jdk.incubator.vector.VectorOperators;
import org.lanewise.kernels.Simd;
import org.lanewise.kernels.Species;

/** The vector kernels of {@link ValueRange}, for whole vectors. */
final class ValueRangeVector {
    /** Says which class loop-carried vectors have: C2 would ask a profile that all users of vectors share. */
    private static final Class<? extends Vector<Float>> TYPE = Species.F32.vectorType();

    private ValueRangeVector() {}

    static float min(float[] x, int off, int n) {
        FloatVector result = FloatVector.broadcast(Species.F32, Float.POSITIVE_INFINITY);
        for (int i = 0; i < n; i += Simd.LANES) {
            result = ((FloatVector) TYPE.cast(result)).min(FloatVector.fromArray(Species.F32, x, off + i));
        }
        return ((FloatVector) TYPE.cast(result)).reduceLanes(VectorOperators.MIN);
    }

    static float max(float[] x, int off, int n) {
        FloatVector result = FloatVector.broadcast(Species.F32, Float.NEGATIVE_INFINITY);
        for (int i = 0; i < n; i += Simd.LANES) {
            result = ((FloatVector) TYPE.cast(result)).max(FloatVector.fromArray(Species.F32, x, off + i));
        }
        return ((FloatVector) TYPE.cast(result)).reduceLanes(VectorOperators.MAX);
    }
}
