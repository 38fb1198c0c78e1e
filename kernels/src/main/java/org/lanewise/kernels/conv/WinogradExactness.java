package org.lanewise.kernels.conv;

/**
 * Whether F(2x2, 3x3) of whole numbers is exact in {@code float}, for any input: transformed inputs are whole, transformed weights multiples of 1/4, so every sum on the way is exact that stays below 2^22, behind the first
 * transform back, where sums are multiples of 1/2, below 2^23.
 *
 * <p>Every such sum is linear in the inputs of a tile, so its largest and smallest value follow from its coefficients and the range of an input. Sums that are bounded here: products of a position; the two sums of two of
 * them, {@code m0 + m1} and {@code m1 - m2}, that {@code m0 + m1 + m2} and {@code m1 - m2 - m3} begin with; those results; the same two sums of these. Padding is 0, a value that an input may have, so the bounds hold for any part of the channels, too.
 */
final class WinogradExactness {
    private static final double QUARTERS = 1 << 22;
    private static final double HALVES = 1 << 23;
    private static final double WHOLE = 1 << 24;
    private static final int LINES = 4;

    /** Of four transformed inputs the one that is a sum of two; the others are differences. */
    private static final int SUM = 1;

    private final double low;
    private final double high;

    /** Bounds of the products, and of sums of two of them. */
    private final Bounds quarters = new Bounds(LINES * LINES + 4 * LINES);

    /** Bounds of what the first transform back gives, along either axis, and of sums of two of these. */
    private final Bounds halves = new Bounds(2 * LINES + 4);

    private final Bounds whole = new Bounds(1);

    private WinogradExactness(double low, double high) {
        this.low = low;
        this.high = high;
    }

    /** The largest and smallest values of some sums, over all inputs. */
    private static final class Bounds {
        private final double[] largest;
        private final double[] smallest;

        Bounds(int count) {
            largest = new double[count];
            smallest = new double[count];
        }

        /** Adds an input from {@code low} to {@code high}, times {@code factor}, to sum {@code i}. */
        void add(int i, double factor, double low, double high) {
            largest[i] += Math.max(factor * low, factor * high);
            smallest[i] += Math.min(factor * low, factor * high);
        }

        boolean areBelow(double limit) {
            for (int i = 0; i < largest.length; i++) {
                if (Math.max(largest[i], -smallest[i]) >= limit) {
                    return false;
                }
            }
            return true;
        }
    }

    /**
     * @param w whole weights {@code (M, C, 3, 3)}
     * @param bias whole numbers, added last, to whole sums
     * @param low smallest input, at most 0
     * @param high largest input, at least 0
     */
    static boolean holds(int outChannels, int inChannels, float[] w, float[] bias, int low, int high) {
        for (int m = 0; m < outChannels; m++) {
            WinogradExactness sums = new WinogradExactness(low, high);
            for (int c = 0; c < inChannels; c++) {
                int at = (m * inChannels + c) * 9;
                sums.add(w, at, 3, 1, 0);
                sums.add(w, at, 1, 3, 1);
            }
            double left = WHOLE - Math.abs((double) bias[m]);
            if (!sums.quarters.areBelow(QUARTERS) || !sums.halves.areBelow(HALVES) || !sums.whole.areBelow(left)) {
                return false;
            }
        }
        return true;
    }

    /**
     * Adds a channel, transformed back along one axis first.
     *
     * @param down distance of two weights along the axis that is transformed back first
     * @param along distance along the other
     * @param axis 0 or 1, which of the two ways it is
     */
    private void add(float[] w, int at, int down, int along, int axis) {
        double[][] lines = new double[3][];
        for (int r = 0; r < 3; r++) {
            int line = at + r * down;
            lines[r] = transformed(w[line], w[line + along], w[line + 2 * along]);
            twoOf(halves, 2 * LINES + 2 * axis, lines[r], low, high);
            for (int i = 0; axis == 0 && i < 3; i++) {
                whole.add(0, w[line + i * along], low, high);
            }
        }
        for (int j = 0; j < LINES; j++) {
            double least = j == SUM ? 2 * low : low - high; // of an input that is transformed along the line
            double most = j == SUM ? 2 * high : high - low;
            double[] both = transformed(lines[0][j], lines[1][j], lines[2][j]);
            for (int i = 0; axis == 0 && i < LINES; i++) {
                quarters.add(i * LINES + j, both[i], least, most);
                quarters.add(i * LINES + j, i == SUM ? both[i] : -both[i], least, most);
            }
            twoOf(quarters, LINES * LINES + 2 * (axis * LINES + j), both, least, most);
            for (int r = 0; r < 3; r++) {
                halves.add(axis * LINES + j, lines[r][j], least, most);
            }
        }
    }

    /** Adds to the bounds of {@code u0 (x0 - x2) + u1 (x1 + x2)} and, behind it, {@code u1 (x1 + x2) - u2 (x2 - x1)}. */
    private static void twoOf(Bounds bounds, int i, double[] u, double low, double high) {
        bounds.add(i, u[0], low, high);
        bounds.add(i, u[1], low, high);
        bounds.add(i, u[1] - u[0], low, high);
        bounds.add(i + 1, u[1] + u[2], low, high);
        bounds.add(i + 1, u[1] - u[2], low, high);
    }

    private static double[] transformed(double a, double b, double c) {
        return new double[] {a, (a + b + c) / 2, (a - b + c) / 2, c};
    }
}
