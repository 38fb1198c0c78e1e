package org.lanewise.kernels.resize;

import static org.lanewise.kernels.Species.F32;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.Vector;
import org.lanewise.kernels.Simd;

/** Weighted sums of two runs of values, for runs as short as the channels of a pixel: at least one vector long. */
final class BlendVector {
    private static final int LANES = Simd.LANES;

    /** Says which class stored vectors have: C2 would ask a profile that vectors of other widths share. */
    private static final Class<? extends Vector<Float>> TYPE = F32.vectorType();

    private BlendVector() {}

    /** {@code y[yOff + i] = wa * x[a + i] + wb * x[b + i]}; y is not x. */
    static void set(float[] x, int a, float wa, int b, float wb, float[] y, int yOff, int count) {
        FloatVector first = FloatVector.broadcast(F32, wa);
        FloatVector second = FloatVector.broadcast(F32, wb);
        for (int i = 0; i < count; i += LANES) {
            int at = Math.min(i, count - LANES);
            FloatVector v = FloatVector.fromArray(F32, x, a + at).mul(first);
            ((FloatVector) TYPE.cast(v.add(FloatVector.fromArray(F32, x, b + at).mul(second)))).intoArray(y, yOff + at);
        }
    }
}
