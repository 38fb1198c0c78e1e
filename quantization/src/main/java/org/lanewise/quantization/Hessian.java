package org.lanewise.quantization;

import org.lanewise.runtime.tensor.FloatTensor;

/** Second moments of the inputs of a product, {@code H = X^T X} (K, K): how much an error of one weight costs, and which others can make up for it. */
final class Hessian {
    /** Rows beyond this change little and cost K^2 each. */
    private static final long MOST_ROWS = 8192;

    /** Added to the diagonal, as a share of its mean. */
    private static final double DAMPING = 0.01;

    private final int k;
    private final double[] h;
    private long rows;

    Hessian(int k) {
        this.k = k;
        this.h = new double[k * k];
    }

    /** Bytes of one for rows of {@code k} values. */
    static long bytes(int k) {
        return 8L * k * k;
    }

    /** Adds rows of K values. */
    void add(FloatTensor x) {
        float[] values = x.array();
        for (int row = 0; row < x.size() / k && rows < MOST_ROWS; row++, rows++) {
            int from = x.offset() + row * k;
            for (int i = 0; i < k; i++) {
                double factor = values[from + i];
                if (factor != 0) {
                    int at = i * k;
                    for (int j = i; j < k; j++) {
                        h[at + j] += factor * values[from + j];
                    }
                }
            }
        }
    }

    /** The upper factor U of the inverse, {@code H^-1 = U^T U}. */
    double[] inverseFactor() {
        double mean = 0;
        for (int i = 0; i < k; i++) {
            mean += h[i * k + i] / k;
        }
        double damping = mean == 0 ? 1 : DAMPING * mean;
        double[] lower = new double[k * k];
        for (int i = 0; i < k; i++) {
            for (int j = 0; j <= i; j++) {
                lower[i * k + j] = h[j * k + i] + (i == j ? damping : 0);
            }
        }
        cholesky(lower);
        double[] inverse = invertLower(lower);
        double[] product = new double[k * k];
        for (int m = 0; m < k; m++) {
            for (int i = 0; i <= m; i++) {
                double factor = inverse[m * k + i];
                for (int j = 0; j <= i; j++) {
                    product[i * k + j] += factor * inverse[m * k + j];
                }
            }
        }
        cholesky(product);
        double[] upper = new double[k * k];
        for (int i = 0; i < k; i++) {
            for (int j = 0; j <= i; j++) {
                upper[j * k + i] = product[i * k + j];
            }
        }
        return upper;
    }

    /** Replaces the lower half of a positive definite matrix by L, {@code A = L L^T}. */
    private void cholesky(double[] a) {
        for (int i = 0; i < k; i++) {
            for (int j = 0; j <= i; j++) {
                double sum = a[i * k + j];
                for (int m = 0; m < j; m++) {
                    sum -= a[i * k + m] * a[j * k + m];
                }
                a[i * k + j] = i == j ? Math.sqrt(Math.max(sum, Double.MIN_NORMAL)) : sum / a[j * k + j];
            }
        }
    }

    private double[] invertLower(double[] lower) {
        double[] inverse = new double[k * k];
        for (int i = 0; i < k; i++) {
            double pivot = lower[i * k + i];
            for (int m = 0; m < i; m++) {
                double factor = lower[i * k + m];
                for (int j = 0; j <= m; j++) {
                    inverse[i * k + j] -= factor * inverse[m * k + j];
                }
            }
            for (int j = 0; j < i; j++) {
                inverse[i * k + j] /= pivot;
            }
            inverse[i * k + i] = 1 / pivot;
        }
        return inverse;
    }
}
