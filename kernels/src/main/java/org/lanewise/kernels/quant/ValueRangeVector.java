package org.lanewise.kernels.quant;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.Vector;
import jdk.incubator.vector.VectorOperators;
import org.lanewise.kernels.Simd;
import org.lanewise.kernels.Species;

/** The vector kernels of {@link ValueRange}, for whole vectors. */
final class ValueRangeVector {
    /** Says which class loop-carried vectors have: C2 would ask a profile that all users of vectors share. */
    private static final Class<? extends Vector<Integer>> TYPE = Species.I32.vectorType();

    private static final int MAGNITUDE = Integer.MAX_VALUE;
    private static final int INFINITY = Float.floatToRawIntBits(Float.POSITIVE_INFINITY);

    private ValueRangeVector() {}

    static float min(float[] x, int off, int n) {
        IntVector least = IntVector.broadcast(Species.I32, Integer.MAX_VALUE);
        IntVector largest = IntVector.zero(Species.I32);
        for (int i = 0; i < n; i += Simd.LANES) {
            IntVector bits = FloatVector.fromArray(Species.F32, x, off + i).reinterpretAsInts();
            IntVector order = bits.lanewise(
                    VectorOperators.XOR, bits.lanewise(VectorOperators.ASHR, 31).and(MAGNITUDE));
            least = order.min(least);
            largest = bits.and(MAGNITUDE).max(largest);
        }
        return value(
                ((IntVector) TYPE.cast(least)).reduceLanes(VectorOperators.MIN),
                ((IntVector) TYPE.cast(largest)).reduceLanes(VectorOperators.MAX));
    }

    static float max(float[] x, int off, int n) {
        IntVector most = IntVector.broadcast(Species.I32, Integer.MIN_VALUE);
        IntVector largest = IntVector.zero(Species.I32);
        for (int i = 0; i < n; i += Simd.LANES) {
            IntVector bits = FloatVector.fromArray(Species.F32, x, off + i).reinterpretAsInts();
            IntVector order = bits.lanewise(
                    VectorOperators.XOR, bits.lanewise(VectorOperators.ASHR, 31).and(MAGNITUDE));
            most = order.max(most);
            largest = bits.and(MAGNITUDE).max(largest);
        }
        return value(
                ((IntVector) TYPE.cast(most)).reduceLanes(VectorOperators.MAX),
                ((IntVector) TYPE.cast(largest)).reduceLanes(VectorOperators.MAX));
    }

    /** Smallest and largest in one pass; NaNs are beyond the infinities. */
    static void both(float[] x, int off, int n, float[] smallest, float[] largest, int at) {
        IntVector least = IntVector.broadcast(Species.I32, Integer.MAX_VALUE);
        IntVector most = IntVector.broadcast(Species.I32, Integer.MIN_VALUE);
        for (int i = 0; i < n; i += Simd.LANES) {
            IntVector bits = FloatVector.fromArray(Species.F32, x, off + i).reinterpretAsInts();
            IntVector order = bits.lanewise(
                    VectorOperators.XOR, bits.lanewise(VectorOperators.ASHR, 31).and(MAGNITUDE));
            least = order.min(least);
            most = order.max(most);
        }
        int low = ((IntVector) TYPE.cast(least)).reduceLanes(VectorOperators.MIN);
        int high = ((IntVector) TYPE.cast(most)).reduceLanes(VectorOperators.MAX);
        boolean number = low >= ~INFINITY && high <= INFINITY;
        smallest[at] = number ? value(low, 0) : Float.NaN;
        largest[at] = number ? value(high, 0) : Float.NaN;
    }

    /** The value that has this place in the order, or NaN where a magnitude is beyond infinity's. */
    private static float value(int order, int largest) {
        return largest > INFINITY ? Float.NaN : Float.intBitsToFloat(order ^ (order >> 31 & MAGNITUDE));
    }
}
