package org.lanewise.kernels.conv;

import java.util.Arrays;

/**
 * Whether F(2x2, 3x3) of whole numbers is exact in {@code float}, for any input: transformed inputs are whole, transformed weights multiples of 1/4, so every sum on the way is exact that stays below 2^22, behind the first
 * transform back, where sums are multiples of 1/2, below 2^23. The bounds follow from the weights.
 */
final class WinogradExactness {
    private static final double QUARTERS = 1 << 22;
    private static final double HALVES = 1 << 23;
    private static final double WHOLE = 1 << 24;
    private static final int LINES = 4;

    /** Largest magnitudes of four transformed inputs: a sum of two where the index is 1, else a difference, which for values in one range that 0 is in cannot exceed its width. */
    private static final int[] WIDTHS = {1, 2, 1, 1};

    private WinogradExactness() {}

    /**
     * @param w whole weights {@code (M, C, 3, 3)}
     * @param bias whole numbers, added last, to whole sums
     * @param range largest less smallest input, 0 among them
     */
    static boolean holds(int outChannels, int inChannels, float[] w, float[] bias, int range) {
        for (int m = 0; m < outChannels; m++) {
            if (!holds(w, m * inChannels * 9, inChannels, Math.abs((double) bias[m]), range)) {
                return false;
            }
        }
        return true;
    }

    private static boolean holds(float[] w, int at, int channels, double bias, double range) {
        double[][] products = new double[LINES][LINES];
        double[] rows = new double[LINES]; // sums that are left when the other axis has been transformed back
        double[] columns = new double[LINES];
        double whole = bias;
        for (int c = 0; c < channels; c++) {
            double[][] along = new double[3][];
            double[][] down = new double[3][];
            for (int i = 0; i < 3; i++) {
                int row = at + c * 9 + 3 * i;
                int column = at + c * 9 + i;
                along[i] = transformed(w[row], w[row + 1], w[row + 2]);
                down[i] = transformed(w[column], w[column + 3], w[column + 6]);
                whole += range * (Math.abs(w[row]) + Math.abs(w[row + 1]) + Math.abs(w[row + 2]));
                for (int j = 0; j < LINES; j++) {
                    rows[j] += range * WIDTHS[j] * Math.abs(along[i][j]);
                    columns[j] += range * WIDTHS[j] * Math.abs(down[i][j]);
                }
            }
            for (int j = 0; j < LINES; j++) {
                double[] both = transformed(along[0][j], along[1][j], along[2][j]);
                for (int i = 0; i < LINES; i++) {
                    products[i][j] += range * Math.max(2, WIDTHS[i] * WIDTHS[j]) * Math.abs(both[i]);
                }
            }
        }
        double most = 0;
        for (int i = 0; i < LINES; i++) {
            double[] column = new double[LINES];
            for (int j = 0; j < LINES; j++) {
                column[j] = products[j][i];
            }
            most = Math.max(most, Math.max(twoLargest(products[i]), twoLargest(column)));
        }
        double behind = Math.max(twoLargest(rows), twoLargest(columns));
        return most < QUARTERS && behind < HALVES && whole < WHOLE;
    }

    /** What the sum of two of the values is at most; the third that is added then gives one of the sums that are bounded for themselves. */
    private static double twoLargest(double[] values) {
        double[] sorted = values.clone();
        Arrays.sort(sorted);
        return sorted[2] + sorted[3];
    }

    private static double[] transformed(double a, double b, double c) {
        return new double[] {a, (a + b + c) / 2, (a - b + c) / 2, c};
    }
}
