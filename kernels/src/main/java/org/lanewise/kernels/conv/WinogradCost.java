package org.lanewise.kernels.conv;

/**
 * What the ways to compute a 3x3 convolution cost, in multiply-adds of one matrix product. The constants are fitted to measurements
 * (docs/kernels-measured.md); only the order of the results matters.
 *
 * <p>Every way is a number of matrix products of some rows (pixels or tiles) with matrices (C, M), after values have been gathered or
 * transformed: {@code products * (rows + reading) * C * M + values moved}. Small outputs waste part of their last tiles; few rows do not pay for
 * reading the weights, which Winograd's transform enlarges; few channels leave more work to the transforms than to the products.
 */
final class WinogradCost {
    /** Moving a value into the patches of im2col. */
    private static final int GATHER = 12;

    /** Transforming a value of a tile, either way. */
    private static final int TRANSFORM = 18;

    /** The same for tiles of two pixels a side, whose transforms are sums only, measured against the direct convolution of whole numbers. */
    private static final int TRANSFORM_TWO = 10;

    /** The same for {@link WinogradWhole}. */
    private static final int TRANSFORM_WHOLE = 6;

    /** Most bytes of its weights: they have to stay in the second-level cache, or tiles of two pixels, which have a third of them, are as fast. */
    private static final long WHOLE_BYTES = 1 << 20;

    /** Most bytes of its weights that other layers of a network leave in the second-level cache. */
    private static final long WHOLE_NEAR_BYTES = 1 << 19;

    /** Rows' worth of time that reading a weight takes where there are more: measured in a network, four tiles are not faster then than sixteen of a third of the weights. */
    private static final double READ_WHOLE = 4;

    /** Fixed cost of transforming a tile, in channels. */
    private static final int TILE_CHANNELS = 32;

    /** Fewest rows that a product uses a core for. */
    private static final int LEAST_ROWS = 4;

    /** Rows' worth of time that reading a weight from the cache takes. */
    private static final double READ_CACHED = 1.5;

    /** The same for weights that come from memory. */
    private static final double READ_MEMORY = 11;

    /** Weights from this size on are taken to come from memory: in a network, other layers have used the last-level cache since. */
    private static final long MEMORY_BYTES = 8 << 20;

    private WinogradCost() {}

    /** The cheapest way: tiles of 4 or 2 pixels a side, or 0 for im2col. */
    static int tile(ConvGeometry g) {
        double plain = plain(g);
        double two = winograd(g, 2);
        double four = winograd(g, 4);
        if (plain <= Math.min(two, four)) {
            return 0;
        }
        return two < four ? 2 : 4;
    }

    /** What the cheapest way costs, 0 if that is im2col. */
    static double work(ConvGeometry g) {
        int tile = tile(g);
        return tile == 0 ? 0 : winograd(g, tile);
    }

    /** Whether tiles of 2 pixels a side are cheaper than {@link DirectNhwc}, which gathers nothing. */
    static boolean paysInTwos(ConvGeometry g) {
        return winograd(g, 2, TRANSFORM_TWO) < products(g, 9, (double) g.batch() * g.outputPixels());
    }

    /** Whether {@link WinogradWhole} is cheaper than tiles of 2 pixels a side and than {@link DirectNhwc}. */
    static boolean paysWhole(ConvGeometry g) {
        double others = Math.min(winograd(g, 2, TRANSFORM_TWO), products(g, 9, (double) g.batch() * g.outputPixels()));
        return fitsWhole(g) && whole(g) < others;
    }

    private static double whole(ConvGeometry g) {
        double tiles = WinogradTiling.of(g, WinogradWholeForm.TILE).tiles();
        long weights = wholeBytes(g);
        double far = weights > WHOLE_NEAR_BYTES ? (READ_WHOLE - READ_CACHED) * weights / Float.BYTES : 0;
        return winograd(g, WinogradWholeForm.POSITIONS, tiles, TRANSFORM_WHOLE) + far;
    }

    /** Whether the weights of {@link WinogradWhole} can stay in the cache. */
    static boolean fitsWhole(ConvGeometry g) {
        return wholeBytes(g) <= WHOLE_BYTES;
    }

    /** Bytes of the transformed weights of {@link WinogradWhole}. */
    static long wholeBytes(ConvGeometry g) {
        return 4L * WinogradWholeForm.POSITIONS * g.inChannels() * g.outChannels();
    }

    private static double plain(ConvGeometry g) {
        double pixels = (double) g.batch() * g.outputPixels();
        return products(g, 9, pixels) + GATHER * pixels * 9 * g.inChannels();
    }

    private static double winograd(ConvGeometry g, int tile) {
        return winograd(g, tile, TRANSFORM);
    }

    private static double winograd(ConvGeometry g, int tile, int transform) {
        return winograd(g, (tile + 2) * (tile + 2), WinogradTiling.of(g, tile).tiles(), transform);
    }

    private static double winograd(ConvGeometry g, int positions, double tiles, int transform) {
        double channels = (double) g.inChannels() + g.outChannels() + TILE_CHANNELS;
        return products(g, positions, tiles) + transform * positions * tiles * channels;
    }

    private static double products(ConvGeometry g, int products, double rows) {
        double columns = WinogradWeights.columns(g.outChannels());
        double weights = products * columns * g.inChannels();
        double reading = 4 * weights >= MEMORY_BYTES ? READ_MEMORY : READ_CACHED;
        return weights * (Math.max(rows, LEAST_ROWS) + reading);
    }
}
