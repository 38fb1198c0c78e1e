package org.lanewise.kernels.quant;

import static org.lanewise.kernels.Species.F32;

import jdk.incubator.vector.FloatVector;
import org.lanewise.kernels.Simd;

/** The vector kernel of {@link Requantization#whole}. */
final class WholeVector {
    private WholeVector() {}

    /**
     * {@code v = round(v * scale)} within limits, {@code n} values, whole vectors.
     *
     * @param low bits of the smallest result with the rounder added: such bits are in the order of the values
     */
    static void run(float[] scales, int low, int high, float[] v, int at, int n) {
        FloatVector rounder = FloatVector.broadcast(F32, QuantizeScalar.ROUNDER);
        for (int i = 0; i < n; i += Simd.LANES) {
            FloatVector scaled = FloatVector.fromArray(F32, v, at + i).mul(FloatVector.fromArray(F32, scales, i));
            scaled.add(rounder)
                    .reinterpretAsInts()
                    .max(low)
                    .min(high)
                    .reinterpretAsFloats()
                    .sub(rounder)
                    .intoArray(v, at + i);
        }
    }
}
