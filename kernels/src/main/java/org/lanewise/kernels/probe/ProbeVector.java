package org.lanewise.kernels.probe;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;
import org.lanewise.kernels.Simd;
import org.lanewise.kernels.Species;

/** The loops on vectors. */
final class ProbeVector {
    private static final VectorSpecies<Float> F32 = Species.F32;
    private static final int LANES = Simd.LANES;

    private ProbeVector() {}

    static float multiplyAdds(int steps) {
        FloatVector x = FloatVector.broadcast(F32, 0.5f);
        FloatVector y = FloatVector.broadcast(F32, 1.5f);
        FloatVector s0 = FloatVector.broadcast(F32, 0);
        FloatVector s1 = FloatVector.broadcast(F32, 1);
        FloatVector s2 = FloatVector.broadcast(F32, 2);
        FloatVector s3 = FloatVector.broadcast(F32, 3);
        FloatVector s4 = FloatVector.broadcast(F32, 4);
        FloatVector s5 = FloatVector.broadcast(F32, 5);
        FloatVector s6 = FloatVector.broadcast(F32, 6);
        FloatVector s7 = FloatVector.broadcast(F32, 7);
        FloatVector s8 = FloatVector.broadcast(F32, 8);
        FloatVector s9 = FloatVector.broadcast(F32, 9);
        for (int i = 0; i < steps; i++) {
            s0 = Simd.FMA ? s0.fma(x, y) : s0.mul(x).add(y);
            s1 = Simd.FMA ? s1.fma(x, y) : s1.mul(x).add(y);
            s2 = Simd.FMA ? s2.fma(x, y) : s2.mul(x).add(y);
            s3 = Simd.FMA ? s3.fma(x, y) : s3.mul(x).add(y);
            s4 = Simd.FMA ? s4.fma(x, y) : s4.mul(x).add(y);
            s5 = Simd.FMA ? s5.fma(x, y) : s5.mul(x).add(y);
            s6 = Simd.FMA ? s6.fma(x, y) : s6.mul(x).add(y);
            s7 = Simd.FMA ? s7.fma(x, y) : s7.mul(x).add(y);
            s8 = Simd.FMA ? s8.fma(x, y) : s8.mul(x).add(y);
            s9 = Simd.FMA ? s9.fma(x, y) : s9.mul(x).add(y);
        }
        return s0.add(s1)
                .add(s2)
                .add(s3)
                .add(s4)
                .add(s5)
                .add(s6)
                .add(s7)
                .add(s8)
                .add(s9)
                .reduceLanes(VectorOperators.ADD);
    }

    static float sum(float[] values, int from, int to) {
        FloatVector s0 = FloatVector.zero(F32);
        FloatVector s1 = FloatVector.zero(F32);
        FloatVector s2 = FloatVector.zero(F32);
        FloatVector s3 = FloatVector.zero(F32);
        int i = from;
        for (; i <= to - 4 * LANES; i += 4 * LANES) {
            s0 = s0.add(FloatVector.fromArray(F32, values, i));
            s1 = s1.add(FloatVector.fromArray(F32, values, i + LANES));
            s2 = s2.add(FloatVector.fromArray(F32, values, i + 2 * LANES));
            s3 = s3.add(FloatVector.fromArray(F32, values, i + 3 * LANES));
        }
        return s0.add(s1).add(s2).add(s3).reduceLanes(VectorOperators.ADD) + ProbeScalar.sum(values, i, to);
    }
}
