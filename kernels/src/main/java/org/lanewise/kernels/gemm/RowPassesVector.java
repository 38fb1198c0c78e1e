package org.lanewise.kernels.gemm;

import static org.lanewise.kernels.Species.F32;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.Vector;
import org.lanewise.kernels.Simd;

/** {@link RowPasses} on vectors, one row at a time. */
final class RowPassesVector {
    private static final int LANES = Simd.LANES;

    /** Says which class stored vectors have: C2 would ask a profile that vectors of other widths share. */
    private static final Class<? extends Vector<Float>> TYPE = F32.vectorType();

    private RowPassesVector() {}

    static void start(Epilogue e, int bias, float[] residual, int ro, float[] c, int co, int length) {
        FloatVector scale = FloatVector.broadcast(F32, e.residualScale);
        float[] start = e.start;
        int step = e.startColumn;
        int end = F32.loopBound(length);
        for (int i = 0; i < end; i += LANES) {
            FloatVector sum = FloatVector.fromArray(F32, start, bias + i * step);
            FloatVector r = FloatVector.fromArray(F32, residual, ro + i);
            ((FloatVector) TYPE.cast(Simd.FMA ? r.fma(scale, sum) : r.mul(scale).add(sum))).intoArray(c, co + i);
        }
        RowPasses.startRow(e, bias + end * step, residual, ro + end, c, co + end, length - end);
    }
}
