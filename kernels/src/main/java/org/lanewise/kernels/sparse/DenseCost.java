package org.lanewise.kernels.sparse;

import org.lanewise.kernels.Simd;
import org.lanewise.kernels.conv.ConvGeometry;
import org.lanewise.kernels.conv.WinogradNhwc;
import org.lanewise.kernels.gemm.Gemm;

/**
 * Predicted times of the dense kernels that sparse ones are compared with, one thread, in nanoseconds of the machine on which all these models were fitted (Zen 5). Elsewhere
 * only ratios mean something.
 */
public final class DenseCost {
    /** Multiply-adds a nanosecond that a tile does. */
    private static final double RATE =
            Simd.ENABLED ? (Simd.LANES > 8 ? 7.4 : 6.6) * Simd.LANES * (Simd.FMA ? 1 : 0.5) : 4.4;

    /** Starting and ending a tile. */
    private static final double TILE = 17;

    /** How much longer a vector of columns takes in a tile of its own, which loads a value of A for each product. */
    private static final double LONE_VECTOR = Simd.LANES > 8 ? 1.33 : 1;

    /** What a byte of A and C takes longer from behind the second-level cache. */
    private static final double FAR_BYTE = 0.008;

    private static final double NEAR_BYTES = 1 << 20;

    /** Fewest rows that a tile uses a core for. */
    private static final int LEAST_ROWS = 2;

    private static final double CALL = 60;

    private DenseCost() {}

    /** Of a product (M, K) times constant (K, N) by {@link Gemm}, or by what takes its place for one row. */
    public static double product(int m, int k, int n) {
        if (m == 0 || n == 0) {
            return 0;
        }
        double reading = SparseGemv.denseNanos(k, n); // of one row, which is bound by reading B
        return m == 1 ? reading : Math.max(reading, CALL + tiles(m, k, n));
    }

    /**
     * Of a convolution, channels last, by what a layer picks.
     *
     * @param winograd whether it may pick Winograd's transforms
     */
    public static double convolution(ConvGeometry g, boolean winograd) {
        double work = winograd ? WinogradNhwc.work(g) : 0;
        if (work > 0) {
            return CALL + work / RATE;
        }
        int pixels = Math.multiplyExact(g.batch(), g.outputPixels());
        double product = product(pixels, g.depth(), g.groupOutChannels());
        return g.group() * product;
    }

    /** Whole tiles, and what is left of rows and of columns. */
    private static double tiles(int m, int k, int n) {
        int lanes = Gemm.NR / 2;
        double vectors = Math.ceilDiv(n, lanes);
        double rows = Math.max(m, LEAST_ROWS);
        double tiles = Math.ceil(rows / Gemm.MR) * Math.ceil(vectors / 2);
        double lone = vectors % 2 * (LONE_VECTOR - 1);
        double bytes = Float.BYTES * rows * (k + n);
        return rows * (vectors + lone) * lanes * k / RATE + tiles * TILE + (bytes > NEAR_BYTES ? bytes * FAR_BYTE : 0);
    }
}
