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

    /**
     * Smallest and largest, and 0, of whole vectors; returns how many values these were. Reads in four places at a time: memory answers sooner than to one reader.
     *
     * <p>As {@code int}, values from +0 on are in their own order and behind all negative ones; without a sign, negative ones are behind all others and in the order of their magnitudes. NaNs are beyond the infinities.
     */
    static int withZero(float[] x, int off, int n, float[] smallest, float[] largest, int at) {
        int part = n / 4 / Simd.LANES * Simd.LANES;
        if (part == 0) {
            return 0;
        }
        IntVector high0 = IntVector.zero(Species.I32);
        IntVector high1 = high0;
        IntVector high2 = high0;
        IntVector high3 = high0;
        IntVector low0 = high0;
        IntVector low1 = high0;
        IntVector low2 = high0;
        IntVector low3 = high0;
        int off1 = off + part;
        int off2 = off + 2 * part;
        int off3 = off + 3 * part;
        for (int i = 0; i < part; i += Simd.LANES) {
            IntVector bits0 = FloatVector.fromArray(Species.F32, x, off + i).reinterpretAsInts();
            IntVector bits1 = FloatVector.fromArray(Species.F32, x, off1 + i).reinterpretAsInts();
            IntVector bits2 = FloatVector.fromArray(Species.F32, x, off2 + i).reinterpretAsInts();
            IntVector bits3 = FloatVector.fromArray(Species.F32, x, off3 + i).reinterpretAsInts();
            high0 = bits0.max(high0);
            high1 = bits1.max(high1);
            high2 = bits2.max(high2);
            high3 = bits3.max(high3);
            low0 = bits0.lanewise(VectorOperators.UMAX, low0);
            low1 = bits1.lanewise(VectorOperators.UMAX, low1);
            low2 = bits2.lanewise(VectorOperators.UMAX, low2);
            low3 = bits3.lanewise(VectorOperators.UMAX, low3);
        }
        IntVector most = ((IntVector) TYPE.cast(high0)).max(high1).max(((IntVector) TYPE.cast(high2)).max(high3));
        IntVector least = ((IntVector) TYPE.cast(low0))
                .lanewise(VectorOperators.UMAX, low1)
                .lanewise(VectorOperators.UMAX, ((IntVector) TYPE.cast(low2)).lanewise(VectorOperators.UMAX, low3));
        int high = most.reduceLanes(VectorOperators.MAX);
        int low = least.lanewise(VectorOperators.XOR, Integer.MIN_VALUE).reduceLanes(VectorOperators.MAX)
                ^ Integer.MIN_VALUE;
        boolean number = high <= INFINITY && (low & MAGNITUDE) <= INFINITY;
        largest[at] = number ? Float.intBitsToFloat(high) : Float.NaN;
        smallest[at] = number ? Float.intBitsToFloat(Math.min(low, 0)) : Float.NaN;
        return 4 * part;
    }

    /** The value that has this place in the order, or NaN where a magnitude is beyond infinity's. */
    private static float value(int order, int largest) {
        return largest > INFINITY ? Float.NaN : Float.intBitsToFloat(order ^ (order >> 31 & MAGNITUDE));
    }
}
