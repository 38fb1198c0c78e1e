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

    /** Makes the lists of all blocks. */
    TapLists(ConvGeometry g, TapLayout layout, SparseFilters filters) {
        this.layout = layout;
        this.channels = g.outChannels();
        this.groupIn = Math.max(1, g.groupInChannels());
        this.groupOut = Math.max(1, g.groupOutChannels());
        int blocks = layout.blocks();
        this.starts = new int[Math.multiplyExact(blocks, channels + 1)];
        int[] found =
                new int[Math.multiplyExact(2, Math.addExact(filters.nonZeros(), Math.multiplyExact(blocks, channels)))];
        int[] next = Arrays.copyOf(filters.starts(), channels);
        int taps = g.taps();
        int kw = g.widthAxis().kernel();
        int count = 0;
        for (int block = 0; block < blocks; block++) {
            int from = block * layout.blockChannels();
            int zeros = layout.zeros() - layout.channelInTile(block) * layout.pitch();
            for (int n = 0; n < channels; n++) {
                starts[block * (channels + 1) + n] = count;
                int first = n / groupOut * groupIn - from; // the group's first channel, counted from the block's
                int end = (layout.blockChannels() - first) * taps;
                for (; next[n] < filters.starts()[n + 1] && filters.places()[next[n]] < end; next[n]++) {
                    int place = filters.places()[next[n]];
                    found[count++] = Float.floatToRawIntBits(filters.values()[next[n]]);
                    found[count++] = layout.offset(first + place / taps, place % taps / kw, place % kw);
                }
                if ((count & 2) != 0) {
                    found[count++] = 0;
                    found[count++] = zeros;
                }
            }
            starts[block * (channels + 1) + channels] = count;
        }
        this.entries = Arrays.copyOf(found, count);
    }

    TapLayout layout() {
        return layout;
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
