package org.lanewise.kernels.layout;

import org.lanewise.kernels.Simd;

/** Transposes a matrix that fits the first-level caches, for kernels that reorder as they go; {@link StridedCopy} is for whole tensors. */
public final class MatrixTranspose {
    /** Whether there is {@link TransposeWide}. It cannot be asked itself: it loads only where there is the Vector API. */
    private static final boolean WIDE = Simd.LANES == TransposeWide.SIDE;

    private MatrixTranspose() {}

    /**
     * {@code y[yOff + j * ldy + i] = x[xOff + i * ldx + j]} for {@code i < rows}, {@code j < columns}.
     *
     * @param ldx distance between rows of x
     * @param ldy distance between rows of y
     */
    public static void run(float[] x, int xOff, int ldx, float[] y, int yOff, int ldy, int rows, int columns) {
        if (WIDE && rows >= TransposeWide.SIDE && columns >= TransposeWide.SIDE) {
            wide(x, xOff, ldx, y, yOff, ldy, rows, columns);
        } else if (Simd.ENABLED) {
            TransposeVector.transpose(x, xOff, ldx, y, yOff, ldy, rows, columns);
        } else {
            StridedLoops.copy(x, xOff, ldx, 1, y, yOff, 1, ldy, rows, columns);
        }
    }

    /** Whole blocks, along the rows of the matrix that has the longer ones; the narrow strips right of them and below are left to blocks of four. */
    private static void wide(float[] x, int xOff, int ldx, float[] y, int yOff, int ldy, int rows, int columns) {
        int side = TransposeWide.SIDE;
        int wholeRows = rows & -side;
        int wholeColumns = columns & -side;
        if (ldy <= ldx) {
            for (int i = 0; i < wholeRows; i += side) {
                TransposeWide.run(x, xOff + i * ldx, ldx, side, y, yOff + i, ldy, side * ldy, wholeColumns / side);
            }
        } else {
            for (int j = 0; j < wholeColumns; j += side) {
                TransposeWide.run(x, xOff + j, ldx, side * ldx, y, yOff + j * ldy, ldy, side, wholeRows / side);
            }
        }
        if (wholeColumns < columns) {
            int right = yOff + wholeColumns * ldy;
            TransposeVector.transpose(x, xOff + wholeColumns, ldx, y, right, ldy, wholeRows, columns - wholeColumns);
        }
        if (wholeRows < rows) {
            TransposeVector.transpose(
                    x, xOff + wholeRows * ldx, ldx, y, yOff + wholeRows, ldy, rows - wholeRows, columns);
        }
    }
}
