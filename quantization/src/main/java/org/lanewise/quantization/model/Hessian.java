package org.lanewise.quantization.model;

import java.util.Arrays;
import org.lanewise.runtime.tensor.FloatTensor;

/** Second moments of the inputs of a product, {@code H = X^T X} (K, K): how much an error of one weight costs, and which others can make up for it. */
public final class Hessian {
    /** Rows beyond this change little and cost K^2 each. */
    private static final long MOST_ROWS = 8192;

    /** What is usually added to the diagonal, as a share of its mean. */
    public static final double DAMPING = 0.01;

    /** Rows that are added together, since H does not fit in near caches. */
    private static final int BATCH = 8 * Cholesky.PANEL;

    /** Bytes of the rows of H that stay in a near cache while all panels of a batch are added to them. */
    private static final int BLOCK_BYTES = 128 << 10;

    private final int k;
    /** Its upper half. */
    private final double[] h;

    private final double[] sums;
    private final double[] batch;
    private int waiting;
    private long rows;

    /** For rows of {@code k} values. */
    public Hessian(int k) {
        this.k = k;
        this.h = new double[k * k];
        this.sums = new double[k];
        this.batch = new double[BATCH * k];
    }

    /** Bytes of one for rows of {@code k} values, those that wait to be added included. */
    public static long bytes(int k) {
        return (long) Double.BYTES * k * (k + 1 + BATCH);
    }

    /** Values of a row. */
    public int size() {
        return k;
    }

    /** Rows there are. */
    public long rows() {
        return rows;
    }

    /** Adds rows of K values, until there are {@value #MOST_ROWS}. */
    public void add(FloatTensor x) {
        for (int row = 0; row < x.size() / k && rows < MOST_ROWS; row++) {
            add(x.array(), x.offset() + row * k);
        }
    }

    /** Adds the row of K values that begins at {@code from}. */
    public void add(float[] values, int from) {
        int at = waiting * k;
        for (int i = 0; i < k; i++) {
            batch[at + i] = values[from + i];
            sums[i] += values[from + i];
        }
        rows++;
        if (++waiting == BATCH) {
            flush();
        }
    }

    private void flush() {
        int panels = Math.ceilDiv(waiting, Cholesky.PANEL);
        Arrays.fill(batch, waiting * k, panels * Cholesky.PANEL * k, 0);
        int block = Math.max(1, BLOCK_BYTES / (Double.BYTES * Math.max(1, k)));
        for (int from = 0; from < k; from += block) {
            int to = Math.min(k, from + block);
            for (int panel = 0; panel < panels; panel++) {
                int at = panel * Cholesky.PANEL * k;
                for (int i = from; i < to; i++) {
                    Cholesky.addRows(h, i * k, i, k, batch, at, k, i, 1);
                }
            }
        }
        waiting = 0;
    }

    /** The mean of each value of a row. */
    public double[] means() {
        double[] means = sums.clone();
        for (int i = 0; i < k; i++) {
            means[i] /= Math.max(1, rows);
        }
        return means;
    }

    /** Whether all rows had finite values. */
    public boolean isFinite() {
        return Arrays.stream(sums).allMatch(Double::isFinite);
    }

    private double mean() {
        flush();
        double mean = 0;
        for (int i = 0; i < k; i++) {
            mean += h[i * k + i] / k;
        }
        return mean;
    }

    /** {@code v^T H v}: the squared length of what the weights {@code v} make of all rows. */
    public double square(double[] v) {
        flush();
        double sum = 0;
        for (int i = 0; i < k; i++) {
            if (v[i] != 0) {
                double product = 0;
                for (int j = i + 1; j < k; j++) {
                    product += h[i * k + j] * v[j];
                }
                sum += v[i] * (h[i * k + i] * v[i] + 2 * product);
            }
        }
        return sum;
    }

    /** Both halves of the matrix, with {@code share} of the mean of its diagonal added to the diagonal so that there is an inverse. */
    public double[] damped(double share) {
        double mean = mean();
        double damping = mean == 0 ? 1 : share * mean;
        double[] full = h.clone();
        for (int i = 0; i < k; i++) {
            full[i * k + i] += damping;
            for (int j = 0; j < i; j++) {
                full[i * k + j] = h[j * k + i];
            }
        }
        return full;
    }

    /** The upper factor U of the inverse of the {@linkplain #damped damped} matrix, {@code H^-1 = U^T U}. */
    public double[] inverseFactor(double share) {
        double[] lower = damped(share);
        Cholesky.factor(lower, k);
        Cholesky.invert(lower, k);
        for (int i = 0; i < k; i++) {
            for (int j = 0; j < i; j++) {
                lower[j * k + i] = lower[i * k + j];
                lower[i * k + j] = 0;
            }
        }
        return lower;
    }
}
