package org.lanewise.kernels.gemm;

/**
 * Where the rows of A lie when they are patches of an image {@code (H, W, C)}: row p, column {@code tap * C + c} is {@code x[base[p] + tap[t] + c]}, or zero where that tap of the
 * pixel lies in the padding. {@link StreamedBlocks} packs rows from here, so no patch is ever laid out as a row.
 */
public final class PatchRows {
    /** Most taps of a patch. */
    public static final int MOST_TAPS = Integer.SIZE;

    /** Channels come in vectors of this many. */
    public static final int CHANNELS = 16;

    private final int channels;
    private final int[] taps;
    private final int[] base;
    private final int[] inside;

    /**
     * Takes the tables as they are; they must not change.
     *
     * @param channels values of a tap, a multiple of {@link #CHANNELS}
     * @param taps where each tap begins, from the first one; at most {@link #MOST_TAPS}
     * @param base where the first tap of each pixel begins, from the first value of the image; outside of it if that tap is padding
     * @param inside for each pixel a bit for each tap that is not padding
     */
    public PatchRows(int channels, int[] taps, int[] base, int[] inside) {
        if (channels <= 0 || channels % CHANNELS != 0) {
            throw new IllegalArgumentException(
                    "patches of " + channels + " channels, expected a multiple of " + CHANNELS);
        }
        if (taps.length > MOST_TAPS || base.length != inside.length) {
            throw new IllegalArgumentException("patches of " + taps.length + " taps, expected at most " + MOST_TAPS
                    + ", and " + base.length + " and " + inside.length + " pixels, expected as many");
        }
        this.channels = channels;
        this.taps = taps;
        this.base = base;
        this.inside = inside;
    }

    /** Length of a row of A. */
    int k() {
        return taps.length * channels;
    }

    /** Number of rows of A. */
    int rows() {
        return base.length;
    }

    /**
     * Packs columns {@code k} to {@code k + kc} of the rows of a tile, {@link StreamedTiles#ROWS}, from row {@code first} on, as {@link PackedRows} does.
     *
     * @param rows how many of them there are; in place of the others the first one is packed
     * @param xOff the first value of the image
     * @param k a multiple of {@link #CHANNELS}, as is {@code kc}
     */
    void pack(int rows, float[] x, int xOff, int first, int k, int kc, float[] out, int to) {
        int height = StreamedTiles.ROWS;
        int at = to;
        for (int done = k; done < k + kc; ) {
            int tap = done / channels;
            int channel = done % channels;
            int count = Math.min(channels - channel, k + kc - done);
            int from = xOff + taps[tap] + channel;
            int s0 = start(tap, first, xOff, from);
            PackedRows.squares(
                    height,
                    count / CHANNELS,
                    x,
                    s0,
                    rows > 1 ? start(tap, first + 1, xOff, from) : s0,
                    rows > 2 ? start(tap, first + 2, xOff, from) : s0,
                    rows > 3 ? start(tap, first + 3, xOff, from) : s0,
                    rows > 4 ? start(tap, first + 4, xOff, from) : s0,
                    rows > 5 ? start(tap, first + 5, xOff, from) : s0,
                    rows > 6 ? start(tap, first + 6, xOff, from) : s0,
                    rows > 7 ? start(tap, first + 7, xOff, from) : s0,
                    rows > 8 ? start(tap, first + 8, xOff, from) : s0,
                    rows > 9 ? start(tap, first + 9, xOff, from) : s0,
                    s0,
                    s0,
                    out,
                    at);
            for (int r = 0; r < rows; r++) {
                if ((inside[first + r] >>> tap & 1) == 0) {
                    for (int i = 0; i < count; i++) {
                        out[at + i * height + r] = 0f;
                    }
                }
            }
            at += count * height;
            done += count;
        }
    }

    /** Where a row's part of a tap begins; what is padding is read from the begin of the image and cleared. */
    private int start(int tap, int row, int xOff, int from) {
        return (inside[row] >>> tap & 1) == 0 ? xOff : from + base[row];
    }
}
