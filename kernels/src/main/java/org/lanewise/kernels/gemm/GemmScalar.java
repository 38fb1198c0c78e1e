package org.lanewise.kernels.gemm;

import org.lanewise.kernels.Simd;

/** The tile without the Vector API: the reference of the vector tiles and what runs when there are none. */
final class GemmScalar {
    private static final int NR = Gemm.NR;

    private GemmScalar() {}

    /** Arguments as in {@link NarrowTiles#run}. */
    static void run(
            int rows,
            int panels,
            int panelStride,
            int kc,
            float[] a,
            int ao,
            int lda,
            float[] b,
            int bo,
            float[] c,
            int co,
            int ldc,
            float[] start,
            int so,
            int startRow,
            int startStep) {
        int startColumn = startStep == 0 ? 0 : 1;
        for (int p = 0; p < panels; p++) {
            for (int r = 0; r < rows; r++) {
                int from = so + r * startRow + p * NR * startColumn;
                int to = co + r * ldc + p * NR;
                for (int j = 0; j < NR; j++) {
                    c[to + j] = start[from + j * startColumn];
                }
                row(kc, a, ao + r * lda, b, bo + p * panelStride, c, to);
            }
        }
    }

    /** The inner loop runs over columns so that the JIT can vectorize it by itself. */
    private static void row(int kc, float[] a, int ao, float[] b, int bo, float[] c, int co) {
        int k = 0;
        for (; k + 4 <= kc; k += 4) {
            float x0 = a[ao + k];
            float x1 = a[ao + k + 1];
            float x2 = a[ao + k + 2];
            float x3 = a[ao + k + 3];
            int from = bo + k * NR;
            for (int j = 0; j < NR; j++) {
                float sum = Simd.fma(x0, b[from + j], c[co + j]);
                sum = Simd.fma(x1, b[from + NR + j], sum);
                sum = Simd.fma(x2, b[from + 2 * NR + j], sum);
                c[co + j] = Simd.fma(x3, b[from + 3 * NR + j], sum);
            }
        }
        for (; k < kc; k++) {
            float x = a[ao + k];
            int from = bo + k * NR;
            for (int j = 0; j < NR; j++) {
                c[co + j] = Simd.fma(x, b[from + j], c[co + j]);
            }
        }
    }
}
