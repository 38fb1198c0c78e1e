package org.lanewise.kernels.gemm;

import org.lanewise.kernels.Activation;
import org.lanewise.kernels.Simd;

/**
 * fp32 vector times matrix, {@code y = activation(x * B + bias)}: x has K values, B is (K, N), y has N. Every value of B is used once, so
 * these kernels read B as it lies in memory, in long runs. (For constant weights {@link Gemm} with {@link PackedB} does as well.)
 */
public final class Gemv {
    /** Columns whose sums stay in the first-level cache while the rows of B pass. */
    private static final int COLUMNS = 2048;

    private Gemv() {}

    /**
     * Computes {@code y[colFrom..colTo]}.
     *
     * @param ldb distance between two stored rows of B: B(k, n) is {@code b[bOff + k * ldb + n]}, or {@code b[bOff + n * ldb + k]} if transposed
     * @param e bias and activation; a bias per row has one value
     */
    public static void run(
            float[] x,
            int xOff,
            float[] b,
            int bOff,
            int ldb,
            boolean transB,
            int k,
            int n,
            float[] y,
            int yOff,
            int colFrom,
            int colTo,
            Epilogue e) {
        Gemm.checkMatrix("x", x.length, xOff, k, 1, k);
        Gemm.checkMatrix("B", b.length, bOff, ldb, transB ? n : k, transB ? k : n);
        Gemm.checkMatrix("y", y.length, yOff, n, 1, n);
        if (colFrom < 0 || colFrom > colTo || colTo > n) {
            throw new IllegalArgumentException("columns " + colFrom + ".." + colTo + " of " + n);
        }
        e.checkBias(1, n);
        for (int from = colFrom; from < colTo; from += COLUMNS) {
            int to = Math.min(colTo, from + COLUMNS);
            for (int j = from; j < to; j++) {
                y[yOff + j] = e.start[j * e.startColumn];
            }
            if (transB) {
                dots(x, xOff, b, bOff + from * ldb, ldb, k, y, yOff + from, to - from);
            } else {
                sums(x, xOff, b, bOff + from, ldb, k, y, yOff + from, to - from);
            }
            if (e.activation.kind() != Activation.Kind.NONE) {
                RowPasses.activate(e.activation, 1, to - from, y, yOff + from, 0);
            }
        }
    }

    private static void sums(
            float[] x, int xOff, float[] b, int bOff, int ldb, int k, float[] y, int yOff, int columns) {
        if (Simd.ENABLED) {
            GemvVector.sums(x, xOff, b, bOff, ldb, k, y, yOff, columns);
        } else {
            GemvScalar.sums(x, xOff, b, bOff, ldb, 0, k, y, yOff, columns);
        }
    }

    private static void dots(
            float[] x, int xOff, float[] b, int bOff, int ldb, int k, float[] y, int yOff, int columns) {
        if (Simd.ENABLED) {
            GemvVector.dots(x, xOff, b, bOff, ldb, k, y, yOff, columns);
        } else {
            GemvScalar.dots(x, xOff, b, bOff, ldb, k, y, yOff, columns);
        }
    }
}
