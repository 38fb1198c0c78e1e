package org.lanewise.kernels.gemm;

/**
 * Whether {@link TripleTiles} can sum eight products of bytes in a {@code double} where the magnitudes of the weights alone do not promise it. These take the largest bytes for A, eight in a row; rows of A are seldom so. Of eight products
 * {@code |sum of a(k) w(k)| <= sqrt(sum of a(k)^2) * sqrt(sum of w(k)^2)} (Cauchy and Schwarz): the norms of the largest row of A and of the largest column of a panel bound what a run of both sums to, and all it sums to on the way.
 */
final class Int8Norms {
    /** Products in a run. */
    static final int EIGHT = 8;

    /** What a part of a sum may reach, less what rounding of the bounds may hide. */
    private static final double LIMIT = TripleTiles.LEVEL - 8;

    private static final int NR = Gemm.NR;

    /** Of each panel and each 8 rows, the largest norm of a column, rounded up. */
    private final float[] norms;

    /** Norms of a panel. */
    private final int count;

    private Int8Norms(float[] norms, int count) {
        this.norms = norms;
        this.count = count;
    }

    /** Of panels of {@code depth} rows, a multiple of 8. */
    static Int8Norms of(byte[] data, int depth) {
        float[] norms = new float[data.length / (EIGHT * NR)];
        for (int i = 0; i < norms.length; i++) {
            int largest = 0;
            for (int lane = 0; lane < NR; lane++) {
                int squares = 0;
                for (int k = 0; k < EIGHT; k++) {
                    int w = data[(i * EIGHT + k) * NR + lane];
                    squares += w * w;
                }
                largest = Math.max(largest, squares);
            }
            norms[i] = Math.nextUp((float) Math.sqrt(largest));
        }
        return new Int8Norms(norms, depth / EIGHT);
    }

    /**
     * The largest norm among {@code rows} rows of A, centred, of each 8 values of them.
     *
     * @param y room for {@code depth / 8} values
     */
    static void ofRows(byte[] a, int aOff, int lda, boolean signed, int rows, int k, int depth, double[] y, int yOff) {
        int done = Int8NormsVector.ofRows(a, aOff, lda, signed, rows, k, y, yOff);
        for (int i = done; i < depth; i += EIGHT) {
            int largest = 0;
            for (int r = 0; r < rows; r++) {
                int squares = 0;
                for (int x = i; x < Math.min(k, i + EIGHT); x++) {
                    int value = GemmInt8.centred(a[aOff + r * lda + x], signed);
                    squares += value * value;
                }
                largest = Math.max(largest, squares);
            }
            y[yOff + i / EIGHT] = Math.sqrt(largest);
        }
    }

    /**
     * Whether runs of eight fit a panel.
     *
     * @param x norms of the rows of A
     */
    boolean fitEights(int panel, double[] x, int xOff) {
        for (int i = 0; i < count; i++) {
            if (x[xOff + i] * norms[panel * count + i] > LIMIT) {
                return false;
            }
        }
        return true;
    }
}
