package org.lanewise.kernels.gemm;

import org.lanewise.kernels.Activation;
import org.lanewise.kernels.Simd;

/**
 * One row times packed weights, {@code y = x * B}: x has K values, B is (K, N). What {@link Gemm} computes for one row, for callers that
 * do it again and again with the same weights (the recurrent step of a sequence): bound by reading B, it reads four panels side by
 * side, and on request in the opposite order, so that every other call begins with what the cache still holds.
 */
public final class RowProduct {
    /** What a profile calls it. */
    public static final String NAME = "gemm-f32-row-x" + Simd.LANES;

    /** Panels that are computed side by side. */
    public static final int BLOCK = 4;

    /** Values of x in a step of the kernel for the last vector of columns. */
    private static final int SLIM_STEP = 8;

    /** Rows of B below which {@link Gemm} has as little to wait for. */
    private static final int LEAST_K = 64;

    /** Bytes of B up to which the caches answer; from memory every kernel takes the same time. */
    private static final int MOST_BYTES = 1 << 20;

    private RowProduct() {}

    /** Whether this class computes a product of one row with B faster than {@link Gemm}. */
    public static boolean suits(PackedB b) {
        return Simd.ENABLED && b.k() >= LEAST_K && b.bytes() <= MOST_BYTES;
    }

    /**
     * {@code c = activation(x * B + bias)}.
     *
     * @param c receives N values from {@code cOff}
     * @param e a bias per column or none, and an activation
     * @param scratch {@link #length} values from {@code scratchOff}
     */
    public static void run(
            float[] x, int xOff, PackedB b, float[] c, int cOff, Epilogue e, float[] scratch, int scratchOff) {
        int n = b.n();
        Gemm.checkMatrix("x", x.length, xOff, b.k(), 1, b.k());
        Gemm.checkMatrix("C", c.length, cOff, n, 1, n);
        e.checkBias(1, n);
        float[] columns = b.columns;
        if (columns != null) {
            for (int j = 0; j < n; j++) {
                c[cOff + j] = e.start[j * e.startColumn];
            }
            GemvVector.dots(x, xOff, columns, PackedB.FIRST_COLUMN, b.k(), b.k(), c, cOff, n);
        } else {
            run(x, xOff, b, scratch, scratchOff, 0, b.panels(), false);
            for (int j = 0; j < n; j++) {
                c[cOff + j] = scratch[scratchOff + j] + e.start[j * e.startColumn];
            }
        }
        if (e.activation.kind() != Activation.Kind.NONE) {
            RowPasses.activate(e.activation, 1, n, c, cOff, 0);
        }
    }

    /** Values that {@code y} needs room for: whole panels. */
    public static int length(int n) {
        return Math.multiplyExact(Gemm.panels(n), Gemm.NR);
    }

    /**
     * Computes panels {@code panelFrom..panelTo}. Results do not depend on how panels are split between calls if every call starts with a multiple of
     * {@link #BLOCK} and ends with one or the last panel.
     *
     * @param y receives {@link #length} values from {@code yOff}, those from N on are undefined
     * @param backwards whether the last panels are computed first
     */
    public static void run(
            float[] x, int xOff, PackedB b, float[] y, int yOff, int panelFrom, int panelTo, boolean backwards) {
        int k = b.k();
        if (panelFrom < 0 || panelFrom > panelTo || panelTo > b.panels()) {
            throw new IllegalArgumentException("panels " + panelFrom + ".." + panelTo + " of " + b.panels());
        }
        Gemm.checkMatrix("x", x.length, xOff, k, 1, k);
        Gemm.checkMatrix("y", y.length, yOff, panelTo * Gemm.NR, 1, panelTo * Gemm.NR);
        int fours = (panelTo - panelFrom) / BLOCK;
        if (backwards) {
            rest(x, xOff, b, y, yOff, panelFrom + BLOCK * fours, panelTo);
        }
        for (int i = 0; i < fours; i++) {
            int panel = panelFrom + BLOCK * (backwards ? fours - 1 - i : i);
            four(x, xOff, b, y, yOff, panel);
        }
        if (!backwards) {
            rest(x, xOff, b, y, yOff, panelFrom + BLOCK * fours, panelTo);
        }
    }

    private static void four(float[] x, int xOff, PackedB b, float[] y, int yOff, int panel) {
        int stride = b.k() * Gemm.NR;
        int at = b.start + panel * stride;
        if (Simd.ENABLED) {
            RowTiles.four(b.k(), x, xOff, b.data, at, stride, y, yOff + panel * Gemm.NR);
        } else {
            for (int i = 0; i < BLOCK; i++) {
                one(b.k(), x, xOff, b.data, at + i * stride, y, yOff + (panel + i) * Gemm.NR);
            }
        }
    }

    private static void rest(float[] x, int xOff, PackedB b, float[] y, int yOff, int from, int to) {
        int stride = b.k() * Gemm.NR;
        for (int panel = from; panel < to; panel++) {
            int at = b.start + panel * stride;
            if (Simd.ENABLED && b.n() - panel * Gemm.NR <= Simd.LANES && b.k() % SLIM_STEP == 0) {
                RowTiles.slim(b.k(), x, xOff, b.data, at, y, yOff + panel * Gemm.NR);
            } else if (Simd.ENABLED) {
                RowTiles.one(b.k(), x, xOff, b.data, at, y, yOff + panel * Gemm.NR);
            } else {
                one(b.k(), x, xOff, b.data, at, y, yOff + panel * Gemm.NR);
            }
        }
    }

    /** The scalar kernel: one panel. */
    static void one(int k, float[] x, int xo, float[] b, int bo, float[] y, int yo) {
        for (int j = 0; j < Gemm.NR; j++) {
            y[yo + j] = 0;
        }
        for (int i = 0; i < k; i++) {
            for (int j = 0; j < Gemm.NR; j++) {
                y[yo + j] = Simd.fma(x[xo + i], b[bo + i * Gemm.NR + j], y[yo + j]);
            }
        }
    }
}
