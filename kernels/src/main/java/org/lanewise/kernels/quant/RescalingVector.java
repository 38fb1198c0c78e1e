package org.lanewise.kernels.quant;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.Vector;
import jdk.incubator.vector.VectorOperators;
import org.lanewise.kernels.Simd;
import org.lanewise.kernels.Species;

/** The vector kernel of {@link Rescaling}. */
final class RescalingVector {
    /** Says which class stored vectors have: C2 would ask a profile that vectors of other widths share. */
    private static final Class<? extends Vector<Float>> TYPE = Species.F32.vectorType();

    private RescalingVector() {}

    static void row(
            float[] scales,
            float[] bias,
            int channel,
            float scale,
            int[] sums,
            int sumsOff,
            int[] start,
            int startOff,
            int count,
            float[] y,
            int yOff) {
        FloatVector factor = FloatVector.broadcast(Species.F32, scale);
        for (int j = 0; j < count; j += Simd.LANES) {
            IntVector sum = IntVector.fromArray(Species.I32, sums, sumsOff + j)
                    .add(IntVector.fromArray(Species.I32, start, startOff + j));
            FloatVector product = ((FloatVector) sum.convertShape(VectorOperators.I2F, Species.F32, 0))
                    .mul(FloatVector.fromArray(Species.F32, scales, channel + j).mul(factor));
            ((FloatVector) TYPE.cast(product.add(FloatVector.fromArray(Species.F32, bias, channel + j))))
                    .intoArray(y, yOff + j);
        }
    }
}
