package org.lanewise.kernels.gemm;

import org.lanewise.kernels.Simd;

/** {@link Gemv} without the Vector API. */
final class GemvScalar {
    private GemvScalar() {}

    /** {@code y += x * B} for rows {@code kFrom..kTo} of a row-major B; {@code bOff} is where row 0 starts. */
    static void sums(
            float[] x, int xOff, float[] b, int bOff, int ldb, int kFrom, int kTo, float[] y, int yOff, int columns) {
        for (int i = kFrom; i < kTo; i++) {
            float factor = x[xOff + i];
            int row = bOff + i * ldb;
            for (int j = 0; j < columns; j++) {
                y[yOff + j] = Simd.fma(factor, b[row + j], y[yOff + j]);
            }
        }
    }

    /** {@code y += x * B} for a transposed B. */
    static void dots(float[] x, int xOff, float[] b, int bOff, int ldb, int k, float[] y, int yOff, int columns) {
        for (int j = 0; j < columns; j++) {
            float sum = y[yOff + j];
            for (int i = 0; i < k; i++) {
                sum = Simd.fma(x[xOff + i], b[bOff + j * ldb + i], sum);
            }
            y[yOff + j] = sum;
        }
    }
}
