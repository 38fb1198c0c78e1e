package org.lanewise.kernels.gemm;

/**
 * What a sum of eight products of bytes can come to, for given rows of A: {@code |sum of a(k) w(k)| <= sqrt(sum of a(k)^2) * sqrt(sum of w(k)^2)} (Cauchy and Schwarz), which also bounds the sums on the way. The magnitudes of weights
 * alone promise less: they take the largest bytes for A, eight in a row, and rows of A are seldom so. Squares of norms are whole numbers up to 2^17, so nothing here is rounded.
 */
final class Int8Norms {
    /** Products in a run. */
    static final int EIGHT = 8;

    private static final int NR = Gemm.NR;

    /** Of each panel and each 8 rows, the largest squared norm of a column; then the same of all panels. */
    private final double[] squares;

    /** Numbers of a panel. */
    private final int count;

    private Int8Norms(double[] squares, int count) {
        this.squares = squares;
        this.count = count;
    }

    /** Of panels of {@code depth} rows, a multiple of 8. */
    static Int8Norms of(byte[] data, int depth) {
        int count = depth / EIGHT;
        int panels = data.length / (depth * NR);
        double[] squares = new double[(panels + 1) * count];
        for (int i = 0; i < panels * count; i++) {
            int largest = 0;
            for (int lane = 0; lane < NR; lane++) {
                int sum = 0;
                for (int k = 0; k < EIGHT; k++) {
                    int w = data[(i * EIGHT + k) * NR + lane];
                    sum += w * w;
                }
                largest = Math.max(largest, sum);
            }
            squares[i] = largest;
            int all = panels * count + i % count;
            squares[all] = Math.max(squares[all], largest);
        }
        return new Int8Norms(squares, count);
    }

    /** Numbers of a group of rows of A, as {@link #ofRows} writes them. */
    int count() {
        return count;
    }

    /**
     * The largest squared norm among {@code rows} rows of A, centred, of each 8 values of them.
     *
     * @param y room for {@code depth / 8} values
     */
    static void ofRows(byte[] a, int aOff, int lda, boolean signed, int rows, int k, int depth, double[] y, int yOff) {
        int done = Int8NormsVector.ofRows(a, aOff, lda, signed, rows, k, y, yOff);
        for (int i = done; i < depth; i += EIGHT) {
            int largest = 0;
            for (int r = 0; r < rows; r++) {
                int sum = 0;
                for (int x = i; x < Math.min(k, i + EIGHT); x++) {
                    int value = GemmInt8.centred(a[aOff + r * lda + x], signed);
                    sum += value * value;
                }
                largest = Math.max(largest, sum);
            }
            y[yOff + i / EIGHT] = largest;
        }
    }

    /**
     * Whether sums of eight of a panel are at most {@code limit} in magnitude.
     *
     * @param x squared norms of rows of A
     */
    boolean fit(int panel, double[] x, int xOff, double limit) {
        return Int8NormsVector.areAtMost(x, xOff, squares, panel * count, count, limit * limit);
    }

    /** {@link #fit} for all panels. */
    boolean allFit(double[] x, int xOff, double limit) {
        return Int8NormsVector.areAtMost(x, xOff, squares, squares.length - count, count, limit * limit);
    }
}
