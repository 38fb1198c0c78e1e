package org.lanewise.kernels.gemm;

import org.lanewise.kernels.Activation;
import org.lanewise.kernels.Simd;
import org.lanewise.kernels.elementwise.Activations;

/** What is done to a strip of C, row by row, before its sums start and after they end. */
final class RowPasses {
    private RowPasses() {}

    /**
     * {@code C = bias + scale * residual} on a (rows, columns) part of C.
     *
     * @param bias index in {@code e.start} of the bias of the first element
     * @param residual laid out like C; may be C itself
     */
    static void start(
            Epilogue e, int bias, int rows, int columns, float[] residual, int ro, float[] c, int co, int ldc) {
        for (int r = 0; r < rows; r++) {
            int from = ro + r * ldc;
            int to = co + r * ldc;
            if (Simd.ENABLED) {
                RowPassesVector.start(e, bias + r * e.startRow, residual, from, c, to, columns);
            } else {
                startRow(e, bias + r * e.startRow, residual, from, c, to, columns);
            }
        }
    }

    static void startRow(Epilogue e, int bias, float[] residual, int ro, float[] c, int co, int length) {
        for (int i = 0; i < length; i++) {
            c[co + i] = Simd.fma(residual[ro + i], e.residualScale, e.start[bias + i * e.startColumn]);
        }
    }

    /** {@code C = activation(C)} on a (rows, columns) part of C. */
    static void activate(Activation activation, int rows, int columns, float[] c, int co, int ldc) {
        if (ldc == columns) {
            Activations.apply(activation, c, co, rows * columns);
            return;
        }
        for (int r = 0; r < rows; r++) {
            Activations.apply(activation, c, co + r * ldc, columns);
        }
    }
}
