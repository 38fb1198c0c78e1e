package org.lanewise.kernels.sparse;

import java.util.Arrays;
import org.lanewise.kernels.conv.ConvGeometry;

/**
 * The weights of a sparse convolution that are not zero, as lists for one {@link TapLayout}: one list per block of input channels and output channel, each entry
 * the bits of a value and where in the tile its activations begin. Lists have even numbers of entries; a zero times the tile's zeros fills up.
 */
final class TapLists {
    private final TapLayout layout;
    private final int channels;
    private final int groupIn;
    private final int groupOut;
    private final int[] entries;
    private final int[] starts;

    /** Makes the lists of all blocks; w is {@code (M, C/group, KH, KW)}, dense. */
    TapLists(ConvGeometry g, TapLayout layout, float[] w) {
        this.layout = layout;
        this.channels = g.outChannels();
        this.groupIn = Math.max(1, g.groupInChannels());
        this.groupOut = Math.max(1, g.groupOutChannels());
        int blocks = layout.blocks();
        this.starts = new int[Math.multiplyExact(blocks, channels + 1)];
        int depth = g.depth();
        int taps = g.taps();
        int kw = g.widthAxis().kernel();
        int[] found = new int[64];
        int count = 0;
        for (int block = 0; block < blocks; block++) {
            int from = block * layout.blockChannels();
            int to = Math.min(g.inChannels(), from + layout.blockChannels());
            for (int n = 0; n < channels; n++) {
                starts[block * (channels + 1) + n] = count;
                int group = n / groupOut * groupIn;
                int first = Math.max(from, group);
                int last = Math.min(to, group + groupIn);
                int room = Math.addExact(count, Math.multiplyExact(2, Math.max(0, last - first) * taps + 1));
                if (room > found.length) {
                    found = Arrays.copyOf(found, Math.max(room, (int)
                            Math.min(Integer.MAX_VALUE - 8, 2L * found.length)));
                }
                for (int c = first; c < last; c++) {
                    int at = n * depth + (c - group) * taps;
                    for (int t = 0; t < taps; t++) {
                        if (w[at + t] != 0) {
                            found[count++] = Float.floatToRawIntBits(w[at + t]);
                            found[count++] = layout.offset(c - from, t / kw, t % kw);
                        }
                    }
                }
                if ((count & 2) != 0) {
                    found[count++] = 0;
                    found[count++] = layout.zeros();
                }
            }
            starts[block * (channels + 1) + channels] = count;
        }
        this.entries = Arrays.copyOf(found, count);
    }

    TapLayout layout() {
        return layout;
    }

    /** Entries, filling included. */
    int entries() {
        return entries.length / 2;
    }

    /** Bytes of entries and starts. */
    long bytes() {
        return 4L * (entries.length + starts.length);
    }

    /** The first output channel whose weights reach input channels from {@code c} on, at least {@code from}. */
    int firstChannel(int c, int from) {
        return Math.max(from, c / groupIn * groupOut);
    }

    /** One past the last output channel whose weights reach input channels before {@code c}, at most {@code to}. */
    int lastChannel(int c, int to) {
        return Math.min(to, (c + groupIn - 1) / groupIn * groupOut);
    }

    /**
     * Adds {@code block}'s part of the channels from {@code from} on to their sums.
     *
     * @param scratch tile and sums, as {@link TapTiles#run} has them
     */
    void multiply(int block, int from, int to, float[] scratch, int tile, int sums) {
        int first = block * (channels + 1) + from;
        TapTiles.run(layout.width(), entries, starts, first, to - from, scratch, tile, sums);
    }
}
