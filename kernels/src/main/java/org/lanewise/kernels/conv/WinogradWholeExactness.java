package org.lanewise.kernels.conv;

import static org.lanewise.kernels.conv.WinogradWholeForm.INPUTS;
import static org.lanewise.kernels.conv.WinogradWholeForm.POINTS;
import static org.lanewise.kernels.conv.WinogradWholeForm.POSITIONS;
import static org.lanewise.kernels.conv.WinogradWholeForm.TILE;

/**
 * Whether {@link WinogradWhole} is exact, whatever the input: transformed inputs are whole, transformed weights have up to four binary digits behind the point, so a sum with d digits is exact that stays below 2^(24 - d).
 *
 * <p>Every sum on the way is linear in the inputs of a tile, so its largest and smallest value follow from its coefficients and the range of a byte. Bounded here, over all input channels or over parts of them: products of a position; every sum
 * that the transform along a line makes of seven of them; every sum that the transform down the columns makes of those. The range of a byte and of each sum of bytes contains 0, so the bounds hold for any part of the channels, too.
 */
final class WinogradWholeExactness {
    private static final int EXACT = 24;

    /** Sums that a transform back makes on the way to its results, as what they take of each of seven products. */
    private static final int[][] PARTIAL = {
        {0, 1, 1, 0, 0, 0, 0},
        {0, 1, -1, 0, 0, 0, 0},
        {0, 0, 0, 1, 0, -1, 0},
        {0, 0, 0, 1, 1, 0, 0},
        {0, 1, 1, 1, 0, -1, 0},
        {0, 1, -1, 1, 1, 0, 0}
    };

    /** As many of these have a digit behind the point, those of two products; the others are whole. */
    private static final int HALVES = 4;

    private static final int RESULTS = PARTIAL.length;
    private static final int SUMS = PARTIAL.length + TILE;

    private final double low;
    private final double high;
    private final double[] largestInput = new double[POINTS];
    private final double[] smallestInput = new double[POINTS];
    private final double[] largest = new double[POSITIONS + POINTS * SUMS + SUMS];
    private final double[] smallest = new double[largest.length];

    private WinogradWholeExactness(double low, double high) {
        this.low = low;
        this.high = high;
        for (int p = 0; p < POINTS; p++) {
            for (int i = 0; i < INPUTS; i++) {
                largestInput[p] += Math.max(WinogradWholeForm.b(p, i) * low, WinogradWholeForm.b(p, i) * high);
                smallestInput[p] += Math.min(WinogradWholeForm.b(p, i) * low, WinogradWholeForm.b(p, i) * high);
            }
        }
    }

    /** The bias for bytes that are taken as they are. */
    static float[] withZero(int inChannels, float[] w, float[] bias, int zero) {
        float[] all = new float[bias.length];
        for (int m = 0; m < all.length; m++) {
            double sum = 0;
            for (int i = m * inChannels * 9; i < (m + 1) * inChannels * 9; i++) {
                sum += w[i];
            }
            all[m] = (float) (bias[m] - zero * sum);
        }
        return all;
    }

    /**
     * Whether sums over all channels are exact if products are summed in {@code parts} parts of them.
     *
     * @param w whole weights {@code (M, C, 3, 3)}; C is a multiple of {@code unit}
     * @param bias as {@link #withZero} gives it
     * @param unit channels that are not parted
     * @param low smallest byte, at most 0
     * @param high largest byte, at least 0
     */
    static boolean holds(
            int outChannels, int inChannels, float[] w, float[] bias, int unit, int parts, int low, int high) {
        int units = inChannels / unit;
        for (int m = 0; m < outChannels; m++) {
            WinogradWholeExactness all = new WinogradWholeExactness(low, high);
            for (int part = 0; part < parts; part++) {
                WinogradWholeExactness sums = new WinogradWholeExactness(low, high);
                for (int c = units * part / parts * unit; c < units * (part + 1) / parts * unit; c++) {
                    sums.add(w, (m * inChannels + c) * 9);
                }
                if (!sums.areExact(0, 0)) {
                    return false;
                }
                all.add(sums);
            }
            if (Math.abs((double) bias[m]) >= 1 << EXACT || !all.areExact(RESULTS, Math.abs((double) bias[m]))) {
                return false;
            }
        }
        return true;
    }

    private void add(WinogradWholeExactness other) {
        for (int i = 0; i < largest.length; i++) {
            largest[i] += other.largest[i];
            smallest[i] += other.smallest[i];
        }
    }

    /** Whether products of positions and sums along lines are exact; with {@code first} not 0 only the sums along lines from that one on, over all channels, and those down columns with a bias. */
    private boolean areExact(int first, double bias) {
        for (int p = 0; p < POSITIONS && first == 0; p++) {
            int digits = WinogradWholeForm.digits(p / POINTS) + WinogradWholeForm.digits(p % POINTS);
            if (magnitude(p) >= limit(digits)) {
                return false;
            }
        }
        for (int line = 0; line < POINTS; line++) {
            for (int i = first; i < SUMS; i++) {
                int digits = WinogradWholeForm.digits(line) + (i < HALVES ? 1 : 0);
                double added = line == 1 && first > 0 ? bias : 0;
                if (magnitude(POSITIONS + line * SUMS + i) + added >= limit(digits)) {
                    return false;
                }
            }
        }
        for (int i = 0; i < SUMS && first > 0; i++) {
            if (magnitude(POSITIONS + POINTS * SUMS + i) + bias >= limit(i < HALVES ? 1 : 0)) {
                return false;
            }
        }
        return true;
    }

    private static double limit(int digits) {
        return 1 << (EXACT - digits);
    }

    private double magnitude(int i) {
        return Math.max(largest[i], -smallest[i]);
    }

    /** Adds a channel. */
    private void add(float[] w, int at) {
        for (int line = 0; line < POINTS; line++) {
            double[] g = WinogradWholeForm.g(line);
            double[] filter = new double[3];
            for (int t = 0; t < 3; t++) {
                filter[t] = g[0] * w[at + t] + g[1] * w[at + 3 + t] + g[2] * w[at + 6 + t];
            }
            double[] u = transformed(filter);
            for (int h = 0; h < POINTS; h++) {
                int b = line * POINTS + h;
                double most = 0;
                double least = 0;
                for (int i = 0; i < INPUTS; i++) {
                    int factor = WinogradWholeForm.b(h, i);
                    most += Math.max(factor * largestInput[line], factor * smallestInput[line]);
                    least += Math.min(factor * largestInput[line], factor * smallestInput[line]);
                }
                largest[b] += Math.max(u[h] * most, u[h] * least);
                smallest[b] += Math.min(u[h] * most, u[h] * least);
            }
            sums(POSITIONS + line * SUMS, u, smallestInput[line], largestInput[line]);
        }
        for (int t = 0; t < 3; t++) { // a column of the filter: the others are of other inputs
            sums(
                    POSITIONS + POINTS * SUMS,
                    transformed(new double[] {w[at + t], w[at + 3 + t], w[at + 6 + t]}),
                    low,
                    high);
        }
    }

    /** Adds the bounds of every sum of products {@code u * B^T x}, the inputs x being within {@code least..most}. */
    private void sums(int to, double[] u, double least, double most) {
        for (int k = 0; k < SUMS; k++) {
            for (int i = 0; i < INPUTS; i++) {
                double factor = 0;
                for (int h = 0; h < POINTS; h++) {
                    factor += taken(k, h) * u[h] * WinogradWholeForm.b(h, i);
                }
                largest[to + k] += Math.max(factor * least, factor * most);
                smallest[to + k] += Math.min(factor * least, factor * most);
            }
        }
    }

    /** What sum k takes of product h: first those of {@link #PARTIAL}, then the results. */
    private static int taken(int k, int h) {
        return k < RESULTS ? PARTIAL[k][h] : WinogradWholeForm.a(k - RESULTS, h);
    }

    private static double[] transformed(double[] filter) {
        double[] u = new double[POINTS];
        for (int h = 0; h < POINTS; h++) {
            double[] g = WinogradWholeForm.g(h);
            u[h] = g[0] * filter[0] + g[1] * filter[1] + g[2] * filter[2];
        }
        return u;
    }
}
