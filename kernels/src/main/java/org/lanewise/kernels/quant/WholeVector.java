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

    /** One vector of columns of rows {@code ld} apart. */
    static void columns(WholeEnd end, int channel, float[] v, int at, int ld, int rows) {
        FloatVector rounder = FloatVector.broadcast(F32, QuantizeScalar.ROUNDER);
        FloatVector scale = FloatVector.fromArray(F32, end.scales(), channel);
        int low = end.low();
        int high = end.high();
        for (int r = 0; r < rows; r++) {
            FloatVector scaled = FloatVector.fromArray(F32, v, at + r * ld).mul(scale);
            scaled.add(rounder)
                    .reinterpretAsInts()
                    .max(low)
                    .min(high)
                    .reinterpretAsFloats()
                    .sub(rounder)
                    .intoArray(v, at + r * ld);
        }
    }
}
