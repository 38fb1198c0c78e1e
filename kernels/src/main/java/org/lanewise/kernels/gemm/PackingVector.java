package org.lanewise.kernels.gemm;

import static org.lanewise.kernels.Species.F32;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.Vector;
import org.lanewise.kernels.Simd;

/** Copies into panels on vectors: a panel's row is too short for {@link System#arraycopy} to pay. */
final class PackingVector {
    private static final int LANES = Simd.LANES;
    private static final int NR = 2 * LANES;

    /** Says which class stored vectors have: C2 would ask a profile that vectors of other widths share. */
    private static final Class<? extends Vector<Float>> TYPE = F32.vectorType();

    private PackingVector() {}

    /** A whole panel of NR columns. */
    static void panel(float[] b, int from, int ldb, int kc, float[] out, int to) {
        for (int k = 0, at = from; k < kc; k++, at += ldb) {
            FloatVector p = FloatVector.fromArray(F32, b, at);
            FloatVector q = FloatVector.fromArray(F32, b, at + LANES);
            ((FloatVector) TYPE.cast(p)).intoArray(out, to + k * NR);
            ((FloatVector) TYPE.cast(q)).intoArray(out, to + k * NR + LANES);
        }
    }

    /** Four panels at once: longer pieces of each row of B, which lie on different pages, are read in one go. */
    static void fourPanels(float[] b, int from, int ldb, int kc, float[] out, int to) {
        int second = to + kc * NR;
        int third = second + kc * NR;
        int fourth = third + kc * NR;
        for (int k = 0, at = from; k < kc; k++, at += ldb) {
            ((FloatVector) TYPE.cast(FloatVector.fromArray(F32, b, at))).intoArray(out, to + k * NR);
            ((FloatVector) TYPE.cast(FloatVector.fromArray(F32, b, at + LANES))).intoArray(out, to + k * NR + LANES);
            ((FloatVector) TYPE.cast(FloatVector.fromArray(F32, b, at + 2 * LANES))).intoArray(out, second + k * NR);
            ((FloatVector) TYPE.cast(FloatVector.fromArray(F32, b, at + 3 * LANES)))
                    .intoArray(out, second + k * NR + LANES);
            ((FloatVector) TYPE.cast(FloatVector.fromArray(F32, b, at + 4 * LANES))).intoArray(out, third + k * NR);
            ((FloatVector) TYPE.cast(FloatVector.fromArray(F32, b, at + 5 * LANES)))
                    .intoArray(out, third + k * NR + LANES);
            ((FloatVector) TYPE.cast(FloatVector.fromArray(F32, b, at + 6 * LANES))).intoArray(out, fourth + k * NR);
            ((FloatVector) TYPE.cast(FloatVector.fromArray(F32, b, at + 7 * LANES)))
                    .intoArray(out, fourth + k * NR + LANES);
        }
    }
}
