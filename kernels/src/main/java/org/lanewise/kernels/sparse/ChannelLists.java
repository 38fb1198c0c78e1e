package org.lanewise.kernels.sparse;

import java.util.Arrays;
import org.lanewise.kernels.Simd;

/**
 * Sparse weights as lists of the values that are not zero, one list per output channel and block of the reduction axis, each value with the
 * offset of the activations it multiplies in a tile of {@link SparseTiles}. The layout of the tile is the caller's.
 *
 * <p>All lists lie in one array, because C2 spills registers in the micro-kernel for every further one: a list is the index of its end, the offset of its channel's sums and then pairs of a
 * value and an offset. Integers are kept as the bits of a {@code float}.
 */
final class ChannelLists {
    /** Elements before a list's entries. */
    static final int HEADER = 2;

    /** Elements of an entry. */
    static final int ENTRY = 2;

    private final int channels;
    private final int blocks;
    private final float[] stream;

    /** Where the list of channel {@code n} in block {@code b} begins: element {@code b * (channels + 1) + n}; the next element says where it ends. */
    private final int[] starts;

    private ChannelLists(int channels, int blocks, float[] stream, int[] starts) {
        this.channels = channels;
        this.blocks = blocks;
        this.stream = stream;
        this.starts = starts;
    }

    /** Collects lists: all channels of the first block, then all of the next. */
    static final class Builder {
        private final int channels;
        private float[] stream = new float[64];
        private int[] starts = new int[64];
        private int length = HEADER;
        private int begin;
        private int marks;
        private int inBlock;

        /**
         * Begins with nothing.
         *
         * @param channels output channels
         */
        Builder(int channels) {
            this.channels = channels;
        }

        /** One more entry of the current list. Zeros are left out. */
        void add(float value, int offset) {
            if (value != 0) {
                reserve(length + ENTRY + HEADER);
                stream[length] = value;
                stream[length + 1] = Float.intBitsToFloat(offset);
                length += ENTRY;
            }
        }

        /** Ends the current list: that of the next channel follows, or that of the first channel in the next block. */
        void endList() {
            if (inBlock == 0) {
                mark(begin);
            }
            stream[begin] = Float.intBitsToFloat(length);
            stream[begin + 1] = Float.intBitsToFloat(inBlock * SparseTiles.ROWS);
            begin = length;
            mark(begin);
            reserve(length + HEADER);
            length += HEADER;
            inBlock = inBlock + 1 == channels ? 0 : inBlock + 1;
        }

        ChannelLists build() {
            int blocks = channels == 0 ? 0 : marks / (channels + 1);
            return new ChannelLists(channels, blocks, Arrays.copyOf(stream, begin), Arrays.copyOf(starts, marks));
        }

        private void reserve(int size) {
            if (size > stream.length) {
                stream = Arrays.copyOf(stream, Math.multiplyExact(2, stream.length));
            }
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

    /** Entries stored. */
    int entries() {
        return (stream.length - HEADER * blocks * channels) / ENTRY;
    }

    /** Bytes of lists and starts. */
    long bytes() {
        return 4L * (stream.length + starts.length);
    }

    /**
     * Adds {@code block}'s part of channels {@code from..to} to their sums.
     *
     * @param tile activations, rows of {@link SparseTiles#ROWS} values, offsets counted from {@code tileOff}
     * @param sums the sums of channel {@code n}: {@link SparseTiles#ROWS} values from {@code sumsOff + (n - from) * ROWS}
     */
    void multiply(int block, int from, int to, float[] tile, int tileOff, float[] sums, int sumsOff) {
        int first = block * (channels + 1);
        int begin = starts[first + from];
        int end = starts[first + to];
        int base = sumsOff - from * SparseTiles.ROWS;
        if (Simd.ENABLED) {
            SparseTilesVector.run(stream, begin, end, tile, tileOff, sums, base);
        } else {
            SparseTiles.run(stream, begin, end, tile, tileOff, sums, base);
        }
    }
}
