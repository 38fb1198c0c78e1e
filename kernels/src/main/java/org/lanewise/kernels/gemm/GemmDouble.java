package org.lanewise.kernels.gemm;

import java.util.Arrays;
import org.lanewise.kernels.Simd;

/**
 * fp64 matrix multiplication {@code C = A * B} or {@code C += A * B} for models that ask for it: A is (M, K), B is (K, N). Nothing is packed;
 * either operand may be transposed by its strides. Each value of C is one chain of multiply-adds in the order of k.
 */
public final class GemmDouble {
    private GemmDouble() {}

    /**
     * Computes rows {@code rowFrom..rowTo} of C.
     *
     * @param aRow distance between A(i, k) and A(i + 1, k); {@code aColumn} between A(i, k) and A(i, k + 1); likewise for B
     * @param accumulate whether C's values are added to
     */
    public static void run(
            double[] a,
            int aOff,
            int aRow,
            int aColumn,
            double[] b,
            int bOff,
            int bRow,
            int bColumn,
            int k,
            int n,
            double[] c,
            int cOff,
            int ldc,
            int rowFrom,
            int rowTo,
            boolean accumulate) {
        Gemm.checkMatrix("C", c.length, cOff, ldc, rowTo, n);
        if (!accumulate) {
            for (int i = rowFrom; i < rowTo; i++) {
                Arrays.fill(c, cOff + i * ldc, cOff + i * ldc + n, 0);
            }
        }
        if (Simd.ENABLED && bColumn == 1) {
            GemmDoubleVector.run(a, aOff, aRow, aColumn, b, bOff, bRow, k, n, c, cOff, ldc, rowFrom, rowTo);
        } else {
            scalar(a, aOff, aRow, aColumn, b, bOff, bRow, bColumn, k, 0, n, c, cOff, ldc, rowFrom, rowTo);
        }
    }

    /** Columns {@code colFrom..colTo} of {@code C += A * B}. */
    static void scalar(
            double[] a,
            int aOff,
            int aRow,
            int aColumn,
            double[] b,
            int bOff,
            int bRow,
            int bColumn,
            int k,
            int colFrom,
            int colTo,
            double[] c,
            int cOff,
            int ldc,
            int rowFrom,
            int rowTo) {
        for (int i = rowFrom; i < rowTo; i++) {
            int to = cOff + i * ldc;
            for (int x = 0; x < k; x++) {
                double factor = a[aOff + i * aRow + x * aColumn];
                int from = bOff + x * bRow;
                for (int j = colFrom; j < colTo; j++) {
                    c[to + j] = Simd.fma(factor, b[from + j * bColumn], c[to + j]);
                }
            }
        }
    }
}
