package org.lanewise.kernels.conv;

import org.jspecify.annotations.Nullable;
import org.lanewise.kernels.gemm.Epilogue;
import org.lanewise.kernels.gemm.PackedB;
import org.lanewise.kernels.gemm.PatchProduct;
import org.lanewise.kernels.gemm.PatchRows;

/**
 * Convolution whose windows overlap as a product of packed patches, for {@link ConvNhwc} where ports are shared: the values that 10 pixels need for 16 channels of a tap are laid side by side
 * straight from the image, once for all output channels, and a tile then reads them from one address. {@link DirectNhwc} copies each value once instead, but its tiles read channels a row of the image
 * apart, which the first-level cache does not hold.
 */
final class PackedPatches {
    /** Layers of fewer channels are mostly of small networks, whose few pixels would be gathered. */
    private static final int LEAST_CHANNELS = 64;

    /** Most pixels whose products take less time than reading 16/9 of their weights. */
    private static final int FEW_PIXELS = 64;

    /** Least weights that other layers of a network drive out of the caches. */
    private static final int MANY_WEIGHTS = 1 << 20;

    private volatile @Nullable Known last;

    /** The tables of the last geometry. */
    private record Known(ConvGeometry g, PatchRows rows) {}

    /** Whether a convolution of one group, channels last at both ends, is computed here if {@link #suits(ConvGeometry, int) its pixels} suit. */
    static boolean suits(ConvGeometry g) {
        return g.group() == 1
                && g.inChannels() >= LEAST_CHANNELS
                && g.inChannels() % PatchRows.CHANNELS == 0
                && g.taps() <= PatchRows.MOST_TAPS
                && suits(g, Integer.MAX_VALUE);
    }

    /** Whether so many of its pixels are computed here. */
    static boolean suits(ConvGeometry g, int pixels) {
        return PatchProduct.suits(pixels, g.outChannels(), g.depth());
    }

    /** Whether this is faster than Winograd's transforms, whose weights for tiles of two are 16/9 as many: where pixels are few and weights come from memory. */
    static boolean beatsWinograd(ConvGeometry g) {
        int pixels = g.batch() * g.outputPixels();
        return pixels <= FEW_PIXELS
                && (long) g.depth() * g.outChannels() >= MANY_WEIGHTS
                && suits(g)
                && suits(g, pixels);
    }

    static String kernelName() {
        return PatchProduct.kernelName();
    }

    /** Values of scratch that {@link #run} needs. */
    static int scratchSize(ConvGeometry g) {
        return PatchProduct.scratchLength(g.batch() * g.outputPixels(), g.depth());
    }

    /** Computes pixels {@code from} to {@code to} (exclusive) of the N * OH * OW and panels {@code fromPanel} to {@code toPanel} of the output channels. */
    void run(
            ConvGeometry g,
            float[] x,
            int xOff,
            PackedB weights,
            float[] y,
            int yOff,
            float @Nullable [] residual,
            int resOff,
            int from,
            int to,
            int fromPanel,
            int toPanel,
            Epilogue e,
            float[] scratch,
            int scratchOff) {
        PatchProduct.run(
                x,
                xOff,
                rows(g),
                weights,
                y,
                yOff,
                g.outChannels(),
                residual,
                resOff,
                from,
                to,
                fromPanel,
                toPanel,
                e,
                scratch,
                scratchOff);
    }

    private PatchRows rows(ConvGeometry g) {
        Known known = last;
        if (known == null || known.g != g && !known.g.equals(g)) {
            known = new Known(g, tables(g));
            last = known;
        }
        return known.rows;
    }

    private static PatchRows tables(ConvGeometry g) {
        WindowAxis v = g.axis(0);
        WindowAxis h = g.axis(1);
        int channels = g.inChannels();
        int line = h.input() * channels;
        int[] taps = new int[g.taps()];
        for (int t = 0; t < taps.length; t++) {
            taps[t] = t / h.kernel() * v.dilation() * line + t % h.kernel() * h.dilation() * channels;
        }
        int[] base = new int[g.batch() * g.outputPixels()];
        int[] inside = new int[base.length];
        for (int p = 0; p < base.length; p++) {
            int row = p / h.output();
            int top = row % v.output() * v.stride() - v.padBegin();
            int left = p % h.output() * h.stride() - h.padBegin();
            base[p] = row / v.output() * v.input() * line + top * line + left * channels;
            for (int t = 0; t < taps.length; t++) {
                int iy = top + t / h.kernel() * v.dilation();
                int ix = left + t % h.kernel() * h.dilation();
                boolean is = iy >= 0 && iy < v.input() && ix >= 0 && ix < h.input();
                inside[p] |= is ? 1 << t : 0;
            }
        }
        return new PatchRows(channels, taps, base, inside);
    }
}
