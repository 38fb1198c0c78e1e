package org.lanewise.kernels.signal;

/**
 * One stage of Stockham's algorithm: {@code stride} interleaved sequences of length {@code n} each become {@code radix} sequences of length {@code n / radix},
 * sorted by the way they are written, so that no bit reversal is needed.
 */
final class RadixStage {
    private final int radix;
    private final int m;
    private final int stride;
    private final double[] cos;
    private final double[] sin;
    private final double[] rootCos;
    private final double[] rootSin;

    /**
     * @param radix factor of n
     * @param n length of the sequences before the stage
     * @param stride how many there are
     */
    RadixStage(int radix, int n, int stride) {
        this.radix = radix;
        this.m = n / radix;
        this.stride = stride;
        this.cos = new double[m * radix];
        this.sin = new double[m * radix];
        for (int p = 0; p < m; p++) {
            for (int j = 0; j < radix; j++) {
                double angle = -2 * Math.PI * ((long) p * j % n) / n;
                cos[p * radix + j] = Math.cos(angle);
                sin[p * radix + j] = Math.sin(angle);
            }
        }
        this.rootCos = new double[radix];
        this.rootSin = new double[radix];
        for (int j = 0; j < radix; j++) {
            rootCos[j] = Math.cos(-2 * Math.PI * j / radix);
            rootSin[j] = Math.sin(-2 * Math.PI * j / radix);
        }
    }

    /** Reads the parts at {@code xr} and {@code xi} of {@code b}, writes those at {@code yr} and {@code yi}. */
    void run(double[] b, int xr, int xi, int yr, int yi) {
        for (int p = 0; p < m; p++) {
            int x = p * stride;
            int y = p * radix * stride;
            switch (radix) {
                case 2 -> two(b, xr + x, xi + x, yr + y, yi + y, p);
                case 3 -> three(b, xr + x, xi + x, yr + y, yi + y, p);
                case 4 -> four(b, xr + x, xi + x, yr + y, yi + y, p);
                default -> any(b, xr + x, xi + x, yr + y, yi + y, p);
            }
        }
    }

    private void two(double[] b, int xr, int xi, int yr, int yi, int p) {
        int s = stride;
        int d = m * s;
        double c1 = cos[2 * p + 1];
        double s1 = sin[2 * p + 1];
        for (int q = 0; q < s; q++) {
            double ar = b[xr + q];
            double ai = b[xi + q];
            double br = b[xr + d + q];
            double bi = b[xi + d + q];
            b[yr + q] = ar + br;
            b[yi + q] = ai + bi;
            double dr = ar - br;
            double di = ai - bi;
            b[yr + s + q] = dr * c1 - di * s1;
            b[yi + s + q] = dr * s1 + di * c1;
        }
    }

    private void three(double[] b, int xr, int xi, int yr, int yi, int p) {
        int s = stride;
        int d = m * s;
        double c1 = cos[3 * p + 1];
        double s1 = sin[3 * p + 1];
        double c2 = cos[3 * p + 2];
        double s2 = sin[3 * p + 2];
        double h = rootSin[1];
        for (int q = 0; q < s; q++) {
            double ar = b[xr + q];
            double ai = b[xi + q];
            double tr = b[xr + d + q] + b[xr + 2 * d + q];
            double ti = b[xi + d + q] + b[xi + 2 * d + q];
            double ur = h * (b[xr + d + q] - b[xr + 2 * d + q]);
            double ui = h * (b[xi + d + q] - b[xi + 2 * d + q]);
            b[yr + q] = ar + tr;
            b[yi + q] = ai + ti;
            double er = ar - 0.5 * tr;
            double ei = ai - 0.5 * ti;
            double fr = er - ui;
            double fi = ei + ur;
            double gr = er + ui;
            double gi = ei - ur;
            b[yr + s + q] = fr * c1 - fi * s1;
            b[yi + s + q] = fr * s1 + fi * c1;
            b[yr + 2 * s + q] = gr * c2 - gi * s2;
            b[yi + 2 * s + q] = gr * s2 + gi * c2;
        }
    }

    private void four(double[] b, int xr, int xi, int yr, int yi, int p) {
        int s = stride;
        int d = m * s;
        double c1 = cos[4 * p + 1];
        double s1 = sin[4 * p + 1];
        double c2 = cos[4 * p + 2];
        double s2 = sin[4 * p + 2];
        double c3 = cos[4 * p + 3];
        double s3 = sin[4 * p + 3];
        for (int q = 0; q < s; q++) {
            double er = b[xr + q] + b[xr + 2 * d + q];
            double ei = b[xi + q] + b[xi + 2 * d + q];
            double fr = b[xr + q] - b[xr + 2 * d + q];
            double fi = b[xi + q] - b[xi + 2 * d + q];
            double gr = b[xr + d + q] + b[xr + 3 * d + q];
            double gi = b[xi + d + q] + b[xi + 3 * d + q];
            double hr = b[xi + d + q] - b[xi + 3 * d + q];
            double hi = b[xr + 3 * d + q] - b[xr + d + q];
            b[yr + q] = er + gr;
            b[yi + q] = ei + gi;
            b[yr + s + q] = (fr + hr) * c1 - (fi + hi) * s1;
            b[yi + s + q] = (fr + hr) * s1 + (fi + hi) * c1;
            b[yr + 2 * s + q] = (er - gr) * c2 - (ei - gi) * s2;
            b[yi + 2 * s + q] = (er - gr) * s2 + (ei - gi) * c2;
            b[yr + 3 * s + q] = (fr - hr) * c3 - (fi - hi) * s3;
            b[yi + 3 * s + q] = (fr - hr) * s3 + (fi - hi) * c3;
        }
    }

    private void any(double[] b, int xr, int xi, int yr, int yi, int p) {
        int s = stride;
        int d = m * s;
        for (int j = 0; j < radix; j++) {
            double wr = cos[p * radix + j];
            double wi = sin[p * radix + j];
            for (int q = 0; q < s; q++) {
                double sr = 0;
                double si = 0;
                for (int k = 0; k < radix; k++) {
                    int root = j * k % radix;
                    double ar = b[xr + k * d + q];
                    double ai = b[xi + k * d + q];
                    sr += ar * rootCos[root] - ai * rootSin[root];
                    si += ar * rootSin[root] + ai * rootCos[root];
                }
                b[yr + j * s + q] = sr * wr - si * wi;
                b[yi + j * s + q] = sr * wi + si * wr;
            }
        }
    }
}
