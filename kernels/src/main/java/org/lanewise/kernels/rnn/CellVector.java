package org.lanewise.kernels.rnn;

import static org.lanewise.kernels.Species.F32;

import jdk.incubator.vector.FloatVector;
import org.lanewise.kernels.Species;
import org.lanewise.kernels.math.VectorMath;

/** The vector loops of {@link CellPasses}: whole vectors only; each returns how many elements it did. */
final class CellVector {
    private static final int LANES = Species.F32.length();

    private CellVector() {}

    private static FloatVector load(float[] x, int at) {
        return FloatVector.fromArray(F32, x, at);
    }

    static int multiply(float[] a, int ai, float[] b, int bi, float[] y, int yi, int n) {
        int end = F32.loopBound(n);
        for (int i = 0; i < end; i += LANES) {
            load(a, ai + i).mul(load(b, bi + i)).intoArray(y, yi + i);
        }
        return end;
    }

    static int multiplyAdd(float[] a, int ai, float[] b, int bi, float[] y, int yi, int n) {
        int end = F32.loopBound(n);
        for (int i = 0; i < end; i += LANES) {
            VectorMath.fma(load(a, ai + i), load(b, bi + i), load(y, yi + i)).intoArray(y, yi + i);
        }
        return end;
    }

    static int update(
            float[] forget, int fi, float[] input, int ii, float[] candidate, int gi, float[] c, int ci, int n) {
        int end = F32.loopBound(n);
        for (int i = 0; i < end; i += LANES) {
            FloatVector added = load(input, ii + i).mul(load(candidate, gi + i));
            VectorMath.fma(load(forget, fi + i), load(c, ci + i), added).intoArray(c, ci + i);
        }
        return end;
    }

    static int blend(float[] z, int zi, float[] a, int ai, float[] h, int hi, int n) {
        FloatVector one = FloatVector.broadcast(F32, 1f);
        int end = F32.loopBound(n);
        for (int i = 0; i < end; i += LANES) {
            FloatVector gate = load(z, zi + i);
            VectorMath.fma(gate, load(h, hi + i), one.sub(gate).mul(load(a, ai + i)))
                    .intoArray(h, hi + i);
        }
        return end;
    }
}
