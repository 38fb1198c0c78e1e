package org.lanewise.quantization.model;

import java.util.Arrays;

/** Factors of positive definite matrices (k, k), row-major, and what they solve. Loops run along rows, so that the compiler makes vectors of them. */
public final class Cholesky {
    /** Rows that are added, or taken away, in one pass over a matrix. */
    static final int PANEL = 8;

    private Cholesky() {}

    /** {@code a[at + j] += sign * sum over r of b[r, column] * b[r, j]} for j from {@code from} to {@code to}, r being the {@link #PANEL} rows of b that begin at {@code first}. */
    static void addRows(
            double[] a, int at, int from, int to, double[] b, int first, int length, int column, double sign) {
        int b1 = first + length;
        int b2 = b1 + length;
        int b3 = b2 + length;
        int b4 = b3 + length;
        int b5 = b4 + length;
        int b6 = b5 + length;
        int b7 = b6 + length;
        double f0 = sign * b[first + column];
        double f1 = sign * b[b1 + column];
        double f2 = sign * b[b2 + column];
        double f3 = sign * b[b3 + column];
        double f4 = sign * b[b4 + column];
        double f5 = sign * b[b5 + column];
        double f6 = sign * b[b6 + column];
        double f7 = sign * b[b7 + column];
        for (int j = from; j < to; j++) {
            a[at + j] += f0 * b[first + j]
                    + f1 * b[b1 + j]
                    + f2 * b[b2 + j]
                    + f3 * b[b3 + j]
                    + f4 * b[b4 + j]
                    + f5 * b[b5 + j]
                    + f6 * b[b6 + j]
                    + f7 * b[b7 + j];
        }
    }

    /** Replaces the lower half of a positive definite matrix by L, {@code A = L^T L}, from the last row on, in panels of rows that are taken away from the rows above at once. */
    static void factor(double[] a, int k) {
        double[] panel = new double[PANEL * k];
        for (int end = k; end > 0; end -= PANEL) {
            int start = Math.max(0, end - PANEL);
            for (int row = end - 1; row >= start; row--) {
                double pivot = Math.sqrt(Math.max(a[row * k + row], Double.MIN_NORMAL));
                a[row * k + row] = pivot;
                for (int j = 0; j < row; j++) {
                    a[row * k + j] /= pivot;
                }
                for (int above = start; above < row; above++) {
                    subtract(a, above * k, a, row * k, a[row * k + above], above + 1);
                }
            }
            Arrays.fill(panel, 0);
            System.arraycopy(a, start * k, panel, 0, (end - start) * k);
            for (int above = 0; above < start; above++) {
                addRows(a, above * k, 0, above + 1, panel, 0, k, above, -1);
            }
        }
    }

    /** {@code a[at + j] -= factor * b[from + j]} for the first {@code count} of j. */
    private static void subtract(double[] a, int at, double[] b, int from, double factor, int count) {
        for (int j = 0; j < count; j++) {
            a[at + j] -= factor * b[from + j];
        }
    }

    /** Replaces L by its inverse M, row by row: {@code M[i] = (e[i] - sum over m < i of L[i, m] M[m]) / L[i, i]}; the rows of a panel take their share of M[m] while it is in cache. */
    static void invert(double[] lower, int k) {
        double[] rest = new double[PANEL * k];
        for (int start = 0; start < k; start += PANEL) {
            int end = Math.min(k, start + PANEL);
            Arrays.fill(rest, 0);
            for (int m = 0; m < end; m++) {
                if (m >= start) {
                    finish(lower, rest, m, (m - start) * k, k);
                }
                for (int i = Math.max(start, m + 1); i < end; i++) {
                    subtract(rest, (i - start) * k, lower, m * k, lower[i * k + m], m + 1);
                }
            }
        }
    }

    private static void finish(double[] lower, double[] rest, int row, int from, int k) {
        double pivot = lower[row * k + row];
        for (int j = 0; j < row; j++) {
            lower[row * k + j] = rest[from + j] / pivot;
        }
        lower[row * k + row] = 1 / pivot;
    }

    /** The inverse of a positive definite matrix (n, n), both halves of which are given; it is overwritten. */
    public static double[] inverse(double[] a, int n) {
        factor(a, n);
        invert(a, n);
        // A^-1 = M M^T, M being lower: columns of M as rows of its transpose, so that sums run along rows
        for (int i = 0; i < n; i++) {
            for (int j = 0; j < i; j++) {
                a[j * n + i] = a[i * n + j];
                a[i * n + j] = 0;
            }
        }
        return square(a, n);
    }

    /** {@code U^T U} for an upper U. */
    public static double[] square(double[] u, int n) {
        double[] result = new double[n * n];
        double[] panel = new double[PANEL * n];
        for (int start = 0; start < n; start += PANEL) {
            int end = Math.min(n, start + PANEL);
            Arrays.fill(panel, 0);
            System.arraycopy(u, start * n, panel, 0, (end - start) * n);
            for (int i = start; i < n; i++) {
                addRows(result, i * n, start, n, panel, 0, n, i, 1);
            }
        }
        return result;
    }

    /**
     * Solves {@code A x = b}.
     *
     * @param a the lower half of a positive definite matrix (n, n); overwritten
     * @param b n values; x afterwards
     */
    public static void solve(double[] a, int n, double[] b) {
        factor(a, n);
        for (int i = n - 1; i >= 0; i--) {
            b[i] /= a[i * n + i];
            subtract(b, 0, a, i * n, b[i], i);
        }
        for (int i = 0; i < n; i++) {
            double sum = b[i];
            for (int j = 0; j < i; j++) {
                sum -= a[i * n + j] * b[j];
            }
            b[i] = sum / a[i * n + i];
        }
    }
}
