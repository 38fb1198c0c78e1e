package org.lanewise.kernels.rnn;

import static org.lanewise.kernels.Species.F32;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.Vector;
import org.lanewise.kernels.Simd;

/** The vector loops of {@link CellPasses}: whole vectors only; each returns how many elements it did. */
final class CellVector {
    private static final int LANES = Simd.LANES;

    /** Says which class stored vectors have: C2 would ask a profile that vectors of other widths share. */
    private static final Class<? extends Vector<Float>> TYPE = F32.vectorType();

    private CellVector() {}

    static int multiply(float[] a, int ai, float[] b, int bi, float[] y, int yi, int n) {
        int end = F32.loopBound(n);
        for (int i = 0; i < end; i += LANES) {
            ((FloatVector) TYPE.cast(FloatVector.fromArray(F32, a, ai + i).mul(FloatVector.fromArray(F32, b, bi + i))))
                    .intoArray(y, yi + i);
        }
        return end;
    }

    static int multiplyAdd(float[] a, int ai, float[] b, int bi, float[] y, int yi, int n) {
        int end = F32.loopBound(n);
        for (int i = 0; i < end; i += LANES) {
            FloatVector av = FloatVector.fromArray(F32, a, ai + i);
            FloatVector bv = FloatVector.fromArray(F32, b, bi + i);
            FloatVector sum = FloatVector.fromArray(F32, y, yi + i);
            sum = Simd.FMA ? av.fma(bv, sum) : av.mul(bv).add(sum);
            ((FloatVector) TYPE.cast(sum)).intoArray(y, yi + i);
        }
        return end;
    }

    static int update(
            float[] forget, int fi, float[] input, int ii, float[] candidate, int gi, float[] c, int ci, int n) {
        int end = F32.loopBound(n);
        for (int i = 0; i < end; i += LANES) {
            FloatVector added =
                    FloatVector.fromArray(F32, input, ii + i).mul(FloatVector.fromArray(F32, candidate, gi + i));
            FloatVector gate = FloatVector.fromArray(F32, forget, fi + i);
            FloatVector kept = FloatVector.fromArray(F32, c, ci + i);
            FloatVector next = Simd.FMA ? gate.fma(kept, added) : gate.mul(kept).add(added);
            ((FloatVector) TYPE.cast(next)).intoArray(c, ci + i);
        }
        return end;
    }

    static int blend(float[] z, int zi, float[] a, int ai, float[] h, int hi, int n) {
        FloatVector one = FloatVector.broadcast(F32, 1f);
        int end = F32.loopBound(n);
        for (int i = 0; i < end; i += LANES) {
            FloatVector gate = FloatVector.fromArray(F32, z, zi + i);
            FloatVector kept = FloatVector.fromArray(F32, h, hi + i);
            FloatVector added = one.sub(gate).mul(FloatVector.fromArray(F32, a, ai + i));
            FloatVector next = Simd.FMA ? gate.fma(kept, added) : gate.mul(kept).add(added);
            ((FloatVector) TYPE.cast(next)).intoArray(h, hi + i);
        }
        return end;
    }
}
