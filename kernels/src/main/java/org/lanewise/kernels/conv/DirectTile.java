package org.lanewise.kernels.conv;

import org.lanewise.kernels.Simd;

/**
 * The micro-kernel of {@link DirectNhwc}: one tile of pixels of one output row by one or two vectors of output channels,
 *
 * <pre>y[out + p * step + m] = start[startAt + m] + sum over t of x[at + offsets[t] + p * stride] * w[wAt + t * width + m]</pre>
 *
 * Each sum is one chain of multiply-adds in the order of t, whatever the tile.
 */
final class DirectTile {
    /** Channels in a vector. */
    static final int LANES = Simd.ENABLED ? Simd.LANES : 8;

    private static final int[] ONE_VECTOR = Simd.REGISTERS == 32 ? new int[] {16, 14, 8} : new int[] {8};
    private static final int[] TWO_VECTORS = Simd.REGISTERS == 32 ? new int[] {8, 7, 4} : new int[] {4};

    /** Steps of time that a tile takes besides those of its pixels, about. */
    private static final int CALL_PIXELS = 2;

    /** Most pixels of a tile. */
    static final int MOST_PIXELS = 16;

    private DirectTile() {}

    /** The width of the tiles that cut a row of {@code pixels} best. */
    static int pixels(int pixels, int vectors) {
        int best = 0;
        int least = Integer.MAX_VALUE;
        for (int width : vectors == 1 ? ONE_VECTOR : TWO_VECTORS) {
            int cost = (pixels + width - 1) / width * (width + CALL_PIXELS);
            if (cost < least) {
                least = cost;
                best = width;
            }
        }
        return best;
    }

    /**
     * Computes a tile.
     *
     * @param pixels what {@link #pixels} returned
     * @param stride 1 or 2
     * @param vectors 1 or 2
     * @param triples whether three taps each lie next to each other
     */
    static void run(
            int pixels,
            int stride,
            int vectors,
            boolean triples,
            int taps,
            int[] offsets,
            float[] x,
            int at,
            float[] w,
            int wAt,
            float[] start,
            int startAt,
            float[] y,
            int out,
            int step) {
        if (!Simd.ENABLED) {
            scalar(pixels, stride, vectors * LANES, taps, offsets, x, at, w, wAt, start, startAt, y, out, step);
        } else if (vectors == 2 && stride == 1) {
            DirectTiles.run(pixels, taps, offsets, x, at, w, wAt, start, startAt, y, out, step);
        } else if (vectors == 2) {
            DirectTilesStride2.run(pixels, taps, offsets, x, at, w, wAt, start, startAt, y, out, step);
        } else if (stride == 2) {
            DirectSlimTilesStride2.run(pixels, taps, offsets, x, at, w, wAt, start, startAt, y, out, step);
        } else if (triples) {
            DirectSlimTiles3.run(pixels, taps / 3, offsets, x, at, w, wAt, start, startAt, y, out, step);
        } else {
            DirectSlimTiles.run(pixels, taps, offsets, x, at, w, wAt, start, startAt, y, out, step);
        }
    }

    /** The tile without vectors: {@code width} channels. */
    static void scalar(
            int pixels,
            int stride,
            int width,
            int taps,
            int[] offsets,
            float[] x,
            int at,
            float[] w,
            int wAt,
            float[] start,
            int startAt,
            float[] y,
            int out,
            int step) {
        for (int p = 0; p < pixels; p++) {
            int to = out + p * step;
            for (int m = 0; m < width; m++) {
                y[to + m] = start[startAt + m];
            }
            for (int t = 0; t < taps; t++) {
                float value = x[at + offsets[t] + p * stride];
                int from = wAt + t * width;
                for (int m = 0; m < width; m++) {
                    y[to + m] = Simd.fma(value, w[from + m], y[to + m]);
                }
            }
        }
    }
}
