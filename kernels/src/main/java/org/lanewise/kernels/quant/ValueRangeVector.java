package org.lanewise.kernels.quant;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorOperators;
import org.lanewise.kernels.Simd;
import org.lanewise.kernels.Species;

/** The vector kernels of {@link ValueRange}, for whole vectors. */
final class ValueRangeVector {
    private ValueRangeVector() {}

    static float min(float[] x, int off, int n) {
        FloatVector result = FloatVector.broadcast(Species.F32, Float.POSITIVE_INFINITY);
        for (int i = 0; i < n; i += Simd.LANES) {
            result = result.min(FloatVector.fromArray(Species.F32, x, off + i));
        }
        return result.reduceLanes(VectorOperators.MIN);
    }

    static float max(float[] x, int off, int n) {
        FloatVector result = FloatVector.broadcast(Species.F32, Float.NEGATIVE_INFINITY);
        for (int i = 0; i < n; i += Simd.LANES) {
            result = result.max(FloatVector.fromArray(Species.F32, x, off + i));
        }
        return result.reduceLanes(VectorOperators.MAX);
    }
}
