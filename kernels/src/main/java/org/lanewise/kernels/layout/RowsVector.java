package org.lanewise.kernels.layout;

import static org.lanewise.kernels.Species.F32;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.Vector;
import org.lanewise.kernels.Simd;

/** Copies short rows, for which a call of {@code System.arraycopy} costs more than the copy: the channels of a pixel. */
final class RowsVector {
    /** The longest row for which this is faster. */
    static final int MOST = 256;

    /** Says which class stored vectors have: C2 would ask a profile that vectors of other widths share. */
    private static final Class<? extends Vector<Float>> TYPE = F32.vectorType();

    private RowsVector() {}

    /** {@code y[yi + i * ldy + j] = x[xi + i * ldx + j]}; at least a vector of columns; what is read and what is written does not overlap. */
    static void copy(float[] x, int xi, int ldx, float[] y, int yi, int ldy, int rows, int columns) {
        int last = columns - Simd.LANES;
        for (int i = 0; i < rows; i++) {
            int from = xi + i * ldx;
            int to = yi + i * ldy;
            for (int j = 0; j < last; j += Simd.LANES) {
                ((FloatVector) TYPE.cast(FloatVector.fromArray(F32, x, from + j))).intoArray(y, to + j);
            }
            ((FloatVector) TYPE.cast(FloatVector.fromArray(F32, x, from + last))).intoArray(y, to + last);
        }
    }
}
