package org.lanewise.kernels.gemm;

import java.util.Arrays;

/**
 * Integer matrix multiplication {@code C = A * B} with sums that wrap around, for MatMul on int32, uint32, int64 and uint64 (the same
 * bits signed or not). A is (M, K), B is (K, N); operands may be transposed by their strides. The inner loop runs over columns, which the JIT vectorizes
 * when B's are neighbours.
 */
public final class GemmInteger {
    private GemmInteger() {}

    /** Computes rows {@code rowFrom..rowTo}; strides as in {@link GemmDouble#run}. */
    public static void run(
            int[] a,
            int aOff,
            int aRow,
            int aColumn,
            int[] b,
            int bOff,
            int bRow,
            int bColumn,
            int k,
            int n,
            int[] c,
            int cOff,
            int ldc,
            int rowFrom,
            int rowTo) {
        for (int i = rowFrom; i < rowTo; i++) {
            int to = cOff + i * ldc;
            Arrays.fill(c, to, to + n, 0);
            for (int x = 0; x < k; x++) {
                int factor = a[aOff + i * aRow + x * aColumn];
                int from = bOff + x * bRow;
                if (bColumn == 1) {
                    for (int j = 0; j < n; j++) {
                        c[to + j] += factor * b[from + j];
                    }
                } else {
                    for (int j = 0; j < n; j++) {
                        c[to + j] += factor * b[from + j * bColumn];
                    }
                }
            }
        }
    }

    /** Computes rows {@code rowFrom..rowTo}; strides as in {@link GemmDouble#run}. */
    public static void run(
            long[] a,
            int aOff,
            int aRow,
            int aColumn,
            long[] b,
            int bOff,
            int bRow,
            int bColumn,
            int k,
            int n,
            long[] c,
            int cOff,
            int ldc,
            int rowFrom,
            int rowTo) {
        for (int i = rowFrom; i < rowTo; i++) {
            int to = cOff + i * ldc;
            Arrays.fill(c, to, to + n, 0);
            for (int x = 0; x < k; x++) {
                long factor = a[aOff + i * aRow + x * aColumn];
                int from = bOff + x * bRow;
                if (bColumn == 1) {
                    for (int j = 0; j < n; j++) {
                        c[to + j] += factor * b[from + j];
                    }
                } else {
                    for (int j = 0; j < n; j++) {
                        c[to + j] += factor * b[from + j * bColumn];
                    }
                }
            }
        }
    }
}
