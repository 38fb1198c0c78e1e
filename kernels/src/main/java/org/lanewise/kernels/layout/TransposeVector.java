package org.lanewise.kernels.layout;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorShuffle;
import jdk.incubator.vector.VectorSpecies;

/** Transposition of {@code float} matrices in blocks of 4 x 4, each four vectors of 128 bits. */
final class TransposeVector {
    private static final VectorSpecies<Float> QUAD = FloatVector.SPECIES_128;

    // two-source shuffles: lanes from 4 on come from the second vector
    private static final VectorShuffle<Float> LOW = VectorShuffle.fromValues(QUAD, 0, -4, 1, -3);
    private static final VectorShuffle<Float> HIGH = VectorShuffle.fromValues(QUAD, 2, -2, 3, -1);
    private static final VectorShuffle<Float> FIRST_HALVES = VectorShuffle.fromValues(QUAD, 0, 1, -4, -3);
    private static final VectorShuffle<Float> SECOND_HALVES = VectorShuffle.fromValues(QUAD, 2, 3, -2, -1);

    /** Lines of the target filled side by side when the step makes them all fall into one set of the cache. */
    private static final int CONFLICTING = 8;

    private TransposeVector() {}

    /** y[yi + j step + i] = x[xi + i stride + j] for i in 0 .. rows - 1, j in 0 .. columns - 1. */
    static void transpose(float[] x, int xi, int stride, float[] y, int yi, int step, int rows, int columns) {
        int wholeRows = rows & -4;
        int wholeColumns = columns & -4;
        int limit = step % 512 == 0 ? CONFLICTING : Math.max(4, wholeColumns);
        for (int j = 0; j < wholeColumns; j += limit) {
            int width = Math.min(limit, wholeColumns - j);
            for (int i = 0; i < wholeRows; i += 4) {
                strip(x, xi + i * stride + j, stride, y, yi + j * step + i, step, width);
            }
        }
        StridedLoops.copy(
                x, xi + wholeColumns, 1, stride, y, yi + wholeColumns * step, step, 1, columns - wholeColumns, rows);
        StridedLoops.copy(
                x, xi + wholeRows * stride, stride, 1, y, yi + wholeRows, 1, step, rows - wholeRows, wholeColumns);
    }

    private static void strip(float[] x, int xi, int stride, float[] y, int yi, int step, int columns) {
        for (int j = 0; j < columns; j += 4) {
            FloatVector a = FloatVector.fromArray(QUAD, x, xi + j);
            FloatVector b = FloatVector.fromArray(QUAD, x, xi + stride + j);
            FloatVector c = FloatVector.fromArray(QUAD, x, xi + 2 * stride + j);
            FloatVector d = FloatVector.fromArray(QUAD, x, xi + 3 * stride + j);
            FloatVector ab = a.rearrange(LOW, b);
            FloatVector cd = c.rearrange(LOW, d);
            FloatVector abHigh = a.rearrange(HIGH, b);
            FloatVector cdHigh = c.rearrange(HIGH, d);
            ab.rearrange(FIRST_HALVES, cd).intoArray(y, yi + j * step);
            ab.rearrange(SECOND_HALVES, cd).intoArray(y, yi + (j + 1) * step);
            abHigh.rearrange(FIRST_HALVES, cdHigh).intoArray(y, yi + (j + 2) * step);
            abHigh.rearrange(SECOND_HALVES, cdHigh).intoArray(y, yi + (j + 3) * step);
        }
    }
}
