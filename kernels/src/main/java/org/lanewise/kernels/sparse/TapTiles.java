package org.lanewise.kernels.sparse;

import org.lanewise.kernels.Simd;

/**
 * The micro-kernel of sparse convolutions: adds the lists of consecutive output channels to their sums, for {@link #LANES} segments of a few pixels side by
 * side. A vector holds one pixel of every segment; the pixels of a segment follow one another, so what a tap reads for all of them is one contiguous run.
 */
final class TapTiles {
    /** Segments side by side. */
    static final int LANES = Simd.ENABLED ? Simd.LANES : 16;

    /** The shortest segments, in pixels. */
    static final int LEAST = 4;

    /** The longest segments: as many sums as the registers hold with what else a step needs. */
    static final int MOST = 8;

    /** Lists that run together. */
    static final int TOGETHER = Simd.ENABLED && Simd.REGISTERS == 32 ? 2 : 1;

    private TapTiles() {}

    /**
     * Adds lists to sums.
     *
     * @param width pixels of a segment
     * @param lists sets of {@link TapLists}, from index {@code from} to {@code to}
     * @param scratch the tile from {@code tile} on; and the sums of channel {@code n}, {@code width * LANES} from {@code sums + n * width * LANES} on
     */
    static void run(int width, long[] lists, int from, int to, float[] scratch, int tile, int sums) {
        if (!Simd.ENABLED) {
            scalar(width * LANES, lists, from, to, scratch, tile, sums);
        } else if (TOGETHER == 2) {
            TapTilesVector2.run(width, lists, from, to, scratch, tile, sums);
        } else {
            TapTilesVector.run(width, lists, from, to, scratch, tile, sums);
        }
    }

    private static void scalar(int run, long[] lists, int from, int to, float[] scratch, int tile, int sums) {
        int i = from;
        while (i < to) {
            int end = (int) lists[i];
            int at = sums + (int) (lists[i] >>> Integer.SIZE) * run;
            for (i++; i < end; i++) {
                float value = Float.intBitsToFloat((int) lists[i]);
                int x = tile + (int) (lists[i] >>> Integer.SIZE);
                for (int r = 0; r < run; r++) {
                    scratch[at + r] = Simd.fma(value, scratch[x + r], scratch[at + r]);
                }
            }
        }
    }
}
