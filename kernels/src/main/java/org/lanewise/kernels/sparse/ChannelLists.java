package org.lanewise.kernels.sparse;

import java.util.Arrays;
import org.lanewise.kernels.Simd;

/**
 * Sparse weights as lists of the values that are not zero, one list per output channel and block of the reduction axis, each value with the
 * offset of the activations it multiplies in a tile of {@link SparseTiles}. The layout of the tile is the caller's.
 *
 * <p>A list has an even number of entries: one that would be odd ends with a zero whose offset is that of a row of zeros, so that it adds nothing
 * whatever the activations are, infinite or NaN.
 */
final class ChannelLists {
    private final int channels;
    private final int blocks;
    private final float[] values;
    private final int[] offsets;

    /** Where the list of channel {@code n} in block {@code b} begins: element {@code b * (channels + 1) + n}; the next element says where it ends. */
    private final int[] starts;

    private ChannelLists(int channels, int blocks, float[] values, int[] offsets, int[] starts) {
        this.channels = channels;
        this.blocks = blocks;
        this.values = values;
        this.offsets = offsets;
        this.starts = starts;
    }

    /** Collects lists: all channels of the first block, then all of the next. */
    static final class Builder {
        private final int channels;
        private final int zeros;
        private float[] values = new float[64];
        private int[] offsets = new int[64];
        private int[] starts = new int[64];
        private int entries;
        private int marks;
        private int inBlock;

        /**
         * Begins with nothing.
         *
         * @param channels output channels
         * @param zeros offset in a tile of a row of zeros
         */
        Builder(int channels, int zeros) {
            this.channels = channels;
            this.zeros = zeros;
        }

        /** One more entry of the current list. Zeros are left out. */
        void add(float value, int offset) {
            if (value != 0) {
                append(value, offset);
            }
        }

        /** Ends the current list: that of the next channel follows, or that of the first channel in the next block. */
        void endList() {
            if (inBlock == 0) {
                mark(0);
            }
            if ((entries & 1) != 0) {
                append(0, zeros);
            }
            mark(entries);
            inBlock = inBlock + 1 == channels ? 0 : inBlock + 1;
        }

        ChannelLists build() {
            int blocks = channels == 0 ? 0 : marks / (channels + 1);
            for (int block = 1; block < blocks; block++) {
                starts[block * (channels + 1)] = starts[block * (channels + 1) - 1];
            }
            return new ChannelLists(
                    channels,
                    blocks,
                    Arrays.copyOf(values, entries),
                    Arrays.copyOf(offsets, entries),
                    Arrays.copyOf(starts, marks));
        }

        private void append(float value, int offset) {
            if (entries == values.length) {
                values = Arrays.copyOf(values, Math.multiplyExact(2, entries));
                offsets = Arrays.copyOf(offsets, values.length);
            }
            values[entries] = value;
            offsets[entries++] = offset;
        }

        private void mark(int at) {
            if (marks == starts.length) {
                starts = Arrays.copyOf(starts, Math.multiplyExact(2, marks));
            }
            starts[marks++] = at;
        }
    }

    /** Output channels. */
    int channels() {
        return channels;
    }

    /** Blocks of the reduction axis. */
    int blocks() {
        return blocks;
    }

    /** Entries stored, padding included. */
    int entries() {
        return values.length;
    }

    /** Bytes of values, offsets and starts. */
    long bytes() {
        return 4L * (values.length + offsets.length + starts.length);
    }

    /**
     * Adds {@code block}'s part of channels {@code from..to} to their sums.
     *
     * @param tile activations, rows of {@link SparseTiles#ROWS} values, offsets counted from {@code tileOff}
     * @param sums the sums of channel {@code n}: {@link SparseTiles#ROWS} values from {@code sumsOff + (n - from) * ROWS}
     */
    void multiply(int block, int from, int to, float[] tile, int tileOff, float[] sums, int sumsOff) {
        int first = block * (channels + 1) + from;
        if (Simd.ENABLED) {
            SparseTilesVector.run(values, offsets, starts, first, to - from, tile, tileOff, sums, sumsOff);
        } else {
            SparseTiles.run(values, offsets, starts, first, to - from, tile, tileOff, sums, sumsOff);
        }
    }
}
