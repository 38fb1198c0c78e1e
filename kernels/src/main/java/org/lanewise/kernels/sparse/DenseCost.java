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
            Simd.ENABLED ? (Simd.LANES > 8 ? 7.54 : 6.55) * Simd.LANES * (Simd.FMA ? 1 : 0.5) : 4.4;

    /** Starting and ending a tile of two vectors of columns and of one. */
    private static final double TILE = Simd.ENABLED && Simd.LANES <= 8 ? 8.4 : 16;

    private static final double LONE_TILE = Simd.ENABLED && Simd.LANES <= 8 ? 5 : 9;

    /** How much longer a vector of columns takes in a tile of its own, which loads a value of A for each product. */
    private static final double LONE_VECTOR = !Simd.ENABLED ? 1 : Simd.LANES > 8 ? 1.51 : 1.64;

    /** What a row of such a panel takes longer in a tile that is not full of rows. */
    private static final double LONE_REST = Simd.ENABLED ? 0.6 : 0;

    /** What a byte of A and C, and one of B, takes longer from behind the second-level cache. */
    private static final double FAR_BYTE = 0.002;

    private static final double FAR_WEIGHT_BYTE = 0.0007;

    private static final double NEAR_BYTES = 1 << 20;

    /** Fewest rows that a tile uses a core for. */
    private static final int LEAST_ROWS = 2;

    private static final double CALL = 35;

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
        int vectors = Math.ceilDiv(n, lanes);
        int pairs = vectors / 2;
        int lone = vectors % 2;
        double rows = Math.max(m, LEAST_ROWS);
        double tiles = Math.ceil(rows / Gemm.MR) * (pairs * TILE + lone * LONE_TILE);
        double rest = m % Gemm.MR == 0 ? 0 : lone * k * LONE_REST;
        double far = Math.max(0, Float.BYTES * rows * (k + n) - NEAR_BYTES) * FAR_BYTE;
        double weights = Math.max(0, (double) Float.BYTES * k * n - NEAR_BYTES) * FAR_WEIGHT_BYTE;
        return rows * (2 * pairs + lone * LONE_VECTOR) * lanes * k / RATE + tiles + rest + far + weights;
    }
}
