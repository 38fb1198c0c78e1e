package org.lanewise.kernels.layout;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.Vector;
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

    /** Says which class stored vectors have: C2 would ask a profile that vectors of other widths share. */
    private static final Class<? extends Vector<Float>> TYPE = QUAD.vectorType();

    private TransposeVector() {}

    /** y[yi + j step + i] = x[xi + i stride + j] for i in 0 .. rows - 1, j in 0 .. columns - 1. */
    static void transpose(float[] x, int xi, int stride, float[] y, int yi, int step, int rows, int columns) {
        if (step == rows && (rows == 2 || rows == 3)) {
            int done = rows == 2
                    ? interleaveTwo(x, xi, stride, y, yi, columns)
                    : interleaveThree(x, xi, stride, y, yi, columns);
            StridedLoops.copy(x, xi + done, 1, stride, y, yi + done * rows, rows, 1, columns - done, rows);
            return;
        }
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

    /** Two rows, such as left and right samples, element by element in turn; returns how many columns it did. */
    private static int interleaveTwo(float[] x, int xi, int stride, float[] y, int yi, int columns) {
        int whole = columns & -4;
        for (int j = 0; j < whole; j += 4) {
            FloatVector a = FloatVector.fromArray(QUAD, x, xi + j);
            FloatVector b = FloatVector.fromArray(QUAD, x, xi + stride + j);
            ((FloatVector) TYPE.cast(a.rearrange(LOW, b))).intoArray(y, yi + 2 * j);
            ((FloatVector) TYPE.cast(a.rearrange(HIGH, b))).intoArray(y, yi + 2 * j + 4);
        }
        return whole;
    }

    /**
     * Three rows, such as the colours of an image. Each store writes a fourth element that the next one overwrites, so the last columns are left; returns how many
     * it did.
     */
    private static int interleaveThree(float[] x, int xi, int stride, float[] y, int yi, int columns) {
        int whole = Math.max(0, columns - 1) & -4;
        for (int j = 0; j < whole; j += 4) {
            FloatVector a = FloatVector.fromArray(QUAD, x, xi + j);
            FloatVector b = FloatVector.fromArray(QUAD, x, xi + stride + j);
            FloatVector c = FloatVector.fromArray(QUAD, x, xi + 2 * stride + j);
            FloatVector ab = a.rearrange(LOW, b);
            FloatVector abHigh = a.rearrange(HIGH, b);
            FloatVector cc = c.rearrange(LOW, c);
            FloatVector ccHigh = c.rearrange(HIGH, c);
            ((FloatVector) TYPE.cast(ab.rearrange(FIRST_HALVES, cc))).intoArray(y, yi + 3 * j);
            ((FloatVector) TYPE.cast(ab.rearrange(SECOND_HALVES, cc))).intoArray(y, yi + 3 * j + 3);
            ((FloatVector) TYPE.cast(abHigh.rearrange(FIRST_HALVES, ccHigh))).intoArray(y, yi + 3 * j + 6);
            ((FloatVector) TYPE.cast(abHigh.rearrange(SECOND_HALVES, ccHigh))).intoArray(y, yi + 3 * j + 9);
        }
        return whole;
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
            ((FloatVector) TYPE.cast(ab.rearrange(FIRST_HALVES, cd))).intoArray(y, yi + j * step);
            ((FloatVector) TYPE.cast(ab.rearrange(SECOND_HALVES, cd))).intoArray(y, yi + (j + 1) * step);
            ((FloatVector) TYPE.cast(abHigh.rearrange(FIRST_HALVES, cdHigh))).intoArray(y, yi + (j + 2) * step);
            ((FloatVector) TYPE.cast(abHigh.rearrange(SECOND_HALVES, cdHigh))).intoArray(y, yi + (j + 3) * step);
        }
    }
}
