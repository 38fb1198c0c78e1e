package org.lanewise.kernels.gemm;

import static org.lanewise.kernels.Species.F32;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorOperators;
import org.lanewise.kernels.Simd;

/** {@link RowPasses} on vectors, one row at a time. Comparisons instead of min and max: NaN passes, and they are two instructions. */
final class RowPassesVector {
    private static final int LANES = Simd.LANES;

    private RowPassesVector() {}

    static void start(Epilogue e, int bias, float[] residual, int ro, float[] c, int co, int length) {
        FloatVector scale = FloatVector.broadcast(F32, e.residualScale);
        float[] start = e.start;
        int step = e.startColumn;
        int end = F32.loopBound(length);
        for (int i = 0; i < end; i += LANES) {
            FloatVector sum = FloatVector.fromArray(F32, start, bias + i * step);
            FloatVector r = FloatVector.fromArray(F32, residual, ro + i);
            (Simd.FMA ? r.fma(scale, sum) : r.mul(scale).add(sum)).intoArray(c, co + i);
        }
        RowPasses.startRow(e, bias + end * step, residual, ro + end, c, co + end, length - end);
    }

    static void clamp(float[] c, int co, int length, float low, float high) {
        FloatVector lows = FloatVector.broadcast(F32, low);
        FloatVector highs = FloatVector.broadcast(F32, high);
        int end = F32.loopBound(length);
        for (int i = 0; i < end; i += LANES) {
            FloatVector x = FloatVector.fromArray(F32, c, co + i);
            FloatVector above = x.blend(lows, x.compare(VectorOperators.LT, lows));
            above.blend(highs, above.compare(VectorOperators.GT, highs)).intoArray(c, co + i);
        }
        for (int i = co + end; i < co + length; i++) {
            c[i] = RowPasses.clamp(c[i], low, high);
        }
    }

    static void leakyRelu(float[] c, int co, int length, float alpha) {
        FloatVector zeros = FloatVector.zero(F32);
        FloatVector slope = FloatVector.broadcast(F32, alpha);
        int end = F32.loopBound(length);
        for (int i = 0; i < end; i += LANES) {
            FloatVector x = FloatVector.fromArray(F32, c, co + i);
            x.blend(x.mul(slope), x.compare(VectorOperators.LT, zeros)).intoArray(c, co + i);
        }
        for (int i = end; i < length; i++) {
            float x = c[co + i];
            c[co + i] = x < 0 ? alpha * x : x;
        }
    }
}
