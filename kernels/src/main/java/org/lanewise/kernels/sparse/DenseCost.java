package org.lanewise.kernels.sparse;

import org.lanewise.kernels.Processor;
import org.lanewise.kernels.Simd;
import org.lanewise.kernels.conv.ConvGeometry;
import org.lanewise.kernels.conv.WinogradNhwc;
import org.lanewise.kernels.gemm.Gemm;

/**
 * Predicted times of the dense kernels that sparse ones are compared with, one thread, in nanoseconds of the machine on which all these models were fitted: a Zen 5, or a Xeon of the Granite Rapids generation where ports are shared. Elsewhere
 * only ratios mean something.
 */
public final class DenseCost {
    /** Whether sparse and dense times are predicted for processors with shared ports. */
    static final boolean SHARED = Processor.SHARED_PORTS && Simd.ENABLED && Simd.LANES > 8;

    /** Multiply-adds a nanosecond that a tile does, and one of packed rows of A. */
    private static final double RATE =
            SHARED ? 89.5 : Simd.ENABLED ? (Simd.LANES > 8 ? 7.54 : 6.55) * Simd.LANES * (Simd.FMA ? 1 : 0.5) : 4.4;

    private static final double PACKED_RATE = SHARED ? 102.4 : RATE;

    /** Starting and ending a tile of two vectors of columns and of one. */
    private static final double TILE = SHARED ? 25.6 : Simd.ENABLED && Simd.LANES <= 8 ? 8.4 : 16;

    private static final double LONE_TILE = SHARED ? 11.2 : Simd.ENABLED && Simd.LANES <= 8 ? 5 : 9;

    /** How much longer a vector of columns takes in a tile of its own, which loads a value of A for each product. */
    private static final double LONE_VECTOR = SHARED ? 1.59 : !Simd.ENABLED ? 1 : Simd.LANES > 8 ? 1.51 : 1.64;

    /** What a row of such a panel takes longer in a tile that is not full of rows. */
    private static final double LONE_REST = SHARED ? 0.1 : Simd.ENABLED ? 0.6 : 0;

    /** What a byte of A and C, and one of B, takes longer from behind the second-level cache. */
    private static final double FAR_BYTE = SHARED ? 0.0095 : 0.002;

    private static final double FAR_WEIGHT_BYTE = SHARED ? 0.0213 : 0.0007;

    private static final double NEAR_BYTES = SHARED ? 3 << 19 : 1 << 20;

    /** Where ports are shared: a multiply-add of Winograd's products, transforming a value on the way in and out, a byte of transformed weights and one of the images from behind the second-level cache. */
    private static final double WINOGRAD_PRODUCT = 0.0125;

    private static final double WINOGRAD_IN = 0.304;
    private static final double WINOGRAD_OUT = 0.157;
    private static final double WINOGRAD_FAR_WEIGHT = 0.0291;
    private static final double WINOGRAD_FAR = 0.097;
    private static final double WINOGRAD_NEAR_BYTES = 1 << 20;

    /** There, too: what a value that is gathered, and a byte of weights, takes longer in a direct convolution than in a product. */
    private static final double GATHERED = SHARED ? 0.136 : 0;

    private static final double GATHERED_FAR_WEIGHT = SHARED ? 0.048 : 0;

    /** Fewest rows that a tile uses a core for. */
    private static final int LEAST_ROWS = 2;

    private static final int LEAST_WINOGRAD_TILES = 4;

    private static final double CALL = SHARED ? 105 : 35;

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
            return CALL + (SHARED ? winograd(g, WinogradNhwc.bestTile(g)) : work / RATE);
        }
        int pixels = Math.multiplyExact(g.batch(), g.outputPixels());
        double product = product(pixels, g.depth(), g.groupOutChannels());
        double weights = (double) Float.BYTES * g.depth() * g.groupOutChannels();
        double gathered = g.taps() == 1
                ? 0
                : (double) pixels * g.depth() * GATHERED + Math.max(0, weights - NEAR_BYTES) * GATHERED_FAR_WEIGHT;
        return g.group() * (product + gathered);
    }

    /** Winograd's algorithm in tiles of {@code side} pixels a side. */
    private static double winograd(ConvGeometry g, int side) {
        double tiles = (double) g.batch()
                * Math.ceilDiv(g.heightAxis().output(), side)
                * Math.ceilDiv(g.widthAxis().output(), side);
        double positions = (side + 2.0) * (side + 2.0);
        double values = positions * tiles;
        double weights = positions * g.inChannels() * Math.ceilDiv(g.outChannels(), Simd.LANES) * Simd.LANES;
        double images = (double) Float.BYTES
                * g.batch()
                * ((double) g.inChannels() * g.inputPixels() + (double) g.outChannels() * g.outputPixels());
        return weights * Math.max(tiles, LEAST_WINOGRAD_TILES) * WINOGRAD_PRODUCT
                + values * (g.inChannels() * WINOGRAD_IN + g.outChannels() * WINOGRAD_OUT)
                + Math.max(0, Float.BYTES * weights - WINOGRAD_NEAR_BYTES) * WINOGRAD_FAR_WEIGHT
                + Math.max(0, images - WINOGRAD_NEAR_BYTES) * WINOGRAD_FAR;
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
        double rate = Gemm.packsRows(m, n, k) ? PACKED_RATE : RATE;
        double products = rows * lanes * k * (2 * pairs / rate + lone * LONE_VECTOR / RATE);
        return products + tiles + rest + far + weights;
    }
}
