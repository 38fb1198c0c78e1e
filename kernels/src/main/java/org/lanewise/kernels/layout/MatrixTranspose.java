package org.lanewise.kernels.layout;

import org.lanewise.kernels.Simd;

/** Transposes a matrix that fits the first-level caches, for kernels that reorder as they go; {@link StridedCopy} is for whole tensors. */
public final class MatrixTranspose {
    private MatrixTranspose() {}

    /**
     * {@code y[yOff + j * ldy + i] = x[xOff + i * ldx + j]} for {@code i < rows}, {@code j < columns}.
     *
     * @param ldx distance between rows of x
     * @param ldy distance between rows of y
     */
    public static void run(float[] x, int xOff, int ldx, float[] y, int yOff, int ldy, int rows, int columns) {
        if (Simd.ENABLED) {
            TransposeVector.transpose(x, xOff, ldx, y, yOff, ldy, rows, columns);
        } else {
            StridedLoops.copy(x, xOff, ldx, 1, y, yOff, 1, ldy, rows, columns);
        }
    }
}
