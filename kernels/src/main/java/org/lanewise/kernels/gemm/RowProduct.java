package org.lanewise.kernels.gemm;

import org.lanewise.kernels.Simd;

/**
 * One row times packed weights, {@code y = x * B}: x has K values, B is (K, N). What {@link Gemm} computes for one row, for callers that
 * do it again and again with the same weights (the recurrent step of a sequence): bound by reading B, it reads four panels side by
 * side, and on request in the opposite order, so that every other call begins with what the cache still holds.
 */
public final class RowProduct {
    /** Panels that are computed side by side. */
    public static final int BLOCK = 4;

    private RowProduct() {}

    /** Values that {@code y} needs room for: whole panels. */
    public static int length(int n) {
        return Math.multiplyExact(Gemm.panels(n), Gemm.NR);
    }

    /**
     * Computes panels {@code panelFrom..panelTo}. Results do not depend on how panels are split between calls if every call starts with a multiple of
     * {@link #BLOCK} and ends with one or the last panel.
     *
     * @param y receives {@link #length} values from {@code yOff}, those from N on being zero
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
        int at = PackedB.START + panel * stride;
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
            int at = PackedB.START + panel * stride;
            if (Simd.ENABLED) {
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
