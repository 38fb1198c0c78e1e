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

    private TapTiles() {}

    /**
     * Adds lists to sums.
     *
     * @param width pixels of a segment
     * @param entries pairs: the bits of a value, and where in the tile its activations begin; lists have even numbers of pairs
     * @param starts list {@code n} is {@code entries[starts[first + n]] .. entries[starts[first + n + 1]]}
     * @param channels number of lists
     * @param scratch the tile from {@code tile} on; and the sums of channel {@code n}, {@code width * LANES} from {@code sums + n * width * LANES} on
     */
    static void run(
            int width, int[] entries, int[] starts, int first, int channels, float[] scratch, int tile, int sums) {
        if (Simd.ENABLED) {
            TapTilesVector.run(width, entries, starts, first, channels, scratch, tile, sums);
            return;
        }
        scalar(width * LANES, entries, starts, first, channels, scratch, tile, sums);
    }

    private static void scalar(
            int run, int[] entries, int[] starts, int first, int channels, float[] scratch, int tile, int sums) {
        for (int n = 0; n < channels; n++) {
            int at = sums + n * run;
            for (int i = starts[first + n]; i < starts[first + n + 1]; i += 2) {
                float value = Float.intBitsToFloat(entries[i]);
                int from = tile + entries[i + 1];
                for (int r = 0; r < run; r++) {
                    scratch[at + r] = Simd.fma(value, scratch[from + r], scratch[at + r]);
                }
            }
        }
    }
}
