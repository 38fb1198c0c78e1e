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
        for (int r = 0; r < rows; r++) {
            int at = co + r * ldc;
            switch (activation.kind()) {
                case NONE -> {}
                case RELU -> clamp(c, at, columns, 0, Float.POSITIVE_INFINITY);
                case CLIP -> clamp(c, at, columns, activation.alpha(), activation.beta());
                case LEAKY_RELU -> leakyRelu(c, at, columns, activation.alpha());
                default -> Activations.apply(activation, c, at, columns);
            }
        }
    }

    private static void clamp(float[] c, int co, int length, float low, float high) {
        if (Simd.ENABLED) {
            RowPassesVector.clamp(c, co, length, low, high);
            return;
        }
        for (int i = co; i < co + length; i++) {
            c[i] = clamp(c[i], low, high);
        }
    }

    /** NaN passes; {@code high} wins when the limits cross, as in ONNX. */
    static float clamp(float x, float low, float high) {
        float above = x < low ? low : x;
        return above > high ? high : above;
    }

    private static void leakyRelu(float[] c, int co, int length, float alpha) {
        if (Simd.ENABLED) {
            RowPassesVector.leakyRelu(c, co, length, alpha);
            return;
        }
        for (int i = co; i < co + length; i++) {
            c[i] = c[i] < 0 ? alpha * c[i] : c[i];
        }
    }
}
