package org.lanewise.kernels.pool;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.Vector;
import jdk.incubator.vector.VectorSpecies;
import org.lanewise.kernels.Species;
import org.lanewise.kernels.math.VectorMath;

/** The sums of {@link GlobalPool} in vectors. */
final class GlobalPoolVector {
    /** Says which class loop-carried vectors have: C2 would ask a profile that all users of vectors share. */
    private static final Class<? extends Vector<Float>> TYPE = Species.F32.vectorType();

    private static final VectorSpecies<Float> F = Species.F32;
    private static final int LANES = F.length();

    private GlobalPoolVector() {}

    static float sum(float[] x, int at, int count) {
        FloatVector a = FloatVector.zero(F);
        FloatVector b = a;
        int pairs = count / (2 * LANES);
        for (int i = 0; i < pairs; i++) {
            a = ((FloatVector) TYPE.cast(a)).add(FloatVector.fromArray(F, x, at + 2 * LANES * i));
            b = ((FloatVector) TYPE.cast(b)).add(FloatVector.fromArray(F, x, at + 2 * LANES * i + LANES));
        }
        float sum = VectorMath.sumLanes(((FloatVector) TYPE.cast(a)).add(b));
        for (int i = pairs * 2 * LANES; i < count; i++) {
            sum += x[at + i];
        }
        return sum;
    }

    static void meanNhwc(float[] x, int at, int pixels, int channels, float[] y, int out) {
        for (int c = 0; c < channels; c += LANES) {
            int cc = Math.min(c, channels - LANES);
            FloatVector a = FloatVector.zero(F);
            FloatVector b = a;
            int pairs = pixels / 2;
            for (int i = 0; i < pairs; i++) {
                a = ((FloatVector) TYPE.cast(a)).add(FloatVector.fromArray(F, x, at + cc + 2 * i * channels));
                b = ((FloatVector) TYPE.cast(b)).add(FloatVector.fromArray(F, x, at + cc + (2 * i + 1) * channels));
            }
            if ((pixels & 1) == 1) {
                a = ((FloatVector) TYPE.cast(a)).add(FloatVector.fromArray(F, x, at + cc + (pixels - 1) * channels));
            }
            ((FloatVector) TYPE.cast(a)).add(b).div(pixels).intoArray(y, out + cc);
        }
    }
}
