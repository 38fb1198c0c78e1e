package org.lanewise.kernels.conv;

import org.jspecify.annotations.Nullable;
import org.lanewise.kernels.gemm.Epilogue;
import org.lanewise.kernels.gemm.Gemm;
import org.lanewise.kernels.gemm.PackedB;

/** Convolution as a product of patches that are gathered block by block into the scratch first, where they stay in cache: what {@link ConvProducts} does where nothing is faster. */
final class GatheredPatches {
    /** Patch values gathered at a time: they share the second-level cache with the packed weights. */
    private static final int BLOCK_VALUES = 32 << 10;

    /** Patch values gathered at a time where the weights do not fit in that cache: every block of pixels reads them all from further away. */
    private static final int MOST_VALUES = 256 << 10;

    /** Values of the weights that do. */
    private static final int CACHED_WEIGHTS = 128 << 10;

    private static final int LEAST_ROWS = 48;
    private static final int MOST_ROWS = 1024;

    private GatheredPatches() {}

    /** Values of scratch that {@link #run} needs. */
    static int scratchSize(ConvGeometry g) {
        return tileScratch(g) + blockRows(g) * g.depth() + Im2RowNhwc.OVERRUN;
    }

    private static int tileScratch(ConvGeometry g) {
        return Gemm.scratchLength(blockRows(g), g.groupOutChannels(), g.depth());
    }

    private static int blockRows(ConvGeometry g) {
        int depth = g.depth();
        int values = (long) depth * g.groupOutChannels() <= CACHED_WEIGHTS ? BLOCK_VALUES : MOST_VALUES;
        int rows = Math.clamp(values / Math.max(1, depth), LEAST_ROWS, MOST_ROWS) / Gemm.MR * Gemm.MR;
        return Math.min(rows, g.batch() * g.outputPixels());
    }

    /**
     * Computes one group's channels of panels {@code from} to {@code to} of pixels {@code start} to {@code start + pixels} of the N * OH * OW.
     *
     * @param xOff the group's first channel in pixel 0, as are {@code yOff} and {@code resOff}
     * @param scratch {@link #scratchSize} values from {@code scratchOff} on
     */
    static void run(
            ConvGeometry g,
            float[] x,
            int xOff,
            PackedB weights,
            float[] y,
            int yOff,
            float @Nullable [] residual,
            int resOff,
            int start,
            int pixels,
            int from,
            int to,
            Epilogue e,
            float[] scratch,
            int scratchOff) {
        int ldc = g.outChannels();
        int patches = scratchOff + tileScratch(g);
        int most = blockRows(g);
        int blocks = most == 0 ? 0 : (pixels + most - 1) / most;
        int done = 0;
        for (int block = 0; block < blocks; block++) {
            int first = start + done;
            int count = (pixels - done) / (blocks - block);
            Im2RowNhwc.gather(g, x, xOff, first, first + count, scratch, patches);
            Gemm.run(
                    scratch,
                    patches,
                    g.depth(),
                    weights,
                    y,
                    yOff + first * ldc,
                    ldc,
                    residual,
                    resOff + first * ldc,
                    0,
                    count,
                    from,
                    to,
                    e,
                    scratch,
                    scratchOff);
            done += count;
        }
    }
}
