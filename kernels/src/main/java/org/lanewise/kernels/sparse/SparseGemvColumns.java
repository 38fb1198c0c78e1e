package org.lanewise.kernels.sparse;

import java.util.Arrays;

/**
 * The non-zeros of a (K, N) matrix column by column: what the formats of {@link SparseGemv} are made from. Column j has entries
 * {@code start[j]..start[j + 1]}, in the order of their rows.
 */
final class SparseGemvColumns {
    final int k;
    final int n;
    final int[] start;
    final int[] rows;
    final float[] values;

    private SparseGemvColumns(int k, int n, int[] start) {
        this.k = k;
        this.n = n;
        this.start = start;
        this.rows = new int[start[n]];
        this.values = new float[start[n]];
    }

    /** Reads a matrix that is stored (K, N), or (N, K) when {@code transB}, its stored rows {@code ldb} apart. */
    static SparseGemvColumns of(float[] b, int off, int ldb, boolean transB, int k, int n) {
        check(b.length, off, ldb, transB ? n : k, transB ? k : n);
        int[] start = new int[n + 1];
        int stored = transB ? n : k;
        int width = transB ? k : n;
        for (int i = 0; i < stored; i++) {
            for (int j = 0; j < width; j++) {
                start[(transB ? i : j) + 1] += b[off + i * ldb + j] == 0 ? 0 : 1;
            }
        }
        for (int j = 0; j < n; j++) {
            start[j + 1] += start[j];
        }
        SparseGemvColumns columns = new SparseGemvColumns(k, n, start);
        int[] at = Arrays.copyOf(start, n);
        for (int i = 0; i < stored; i++) {
            for (int j = 0; j < width; j++) {
                float value = b[off + i * ldb + j];
                if (value != 0) {
                    int slot = at[transB ? i : j]++;
                    columns.rows[slot] = transB ? j : i;
                    columns.values[slot] = value;
                }
            }
        }
        return columns;
    }

    int count(int column) {
        return start[column + 1] - start[column];
    }

    /** All columns, those with the most non-zeros first; equal ones in their order. */
    int[] byCount() {
        long[] keys = new long[n];
        for (int j = 0; j < n; j++) {
            keys[j] = (long) (k - count(j)) << 32 | j;
        }
        Arrays.sort(keys);
        int[] order = new int[n];
        for (int i = 0; i < n; i++) {
            order[i] = (int) keys[i];
        }
        return order;
    }

    private static void check(int length, int off, int ldb, int rows, int columns) {
        if (rows < 0
                || columns < 0
                || off < 0
                || rows > 1 && ldb < columns
                || rows > 0 && columns > 0 && off + (rows - 1L) * ldb + columns > length) {
            throw new IllegalArgumentException("B (" + rows + ", " + columns + ") with row distance " + ldb
                    + " at offset " + off + ": not a matrix within its array of " + length);
        }
    }
}
