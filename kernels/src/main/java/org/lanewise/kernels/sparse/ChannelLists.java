package org.lanewise.kernels.sparse;

import java.util.Arrays;
import org.lanewise.kernels.Simd;

/**
 * Sparse weights as lists of the values that are not zero, one list per output channel and block of the reduction axis, each value with the
 * offset of the activations it multiplies in a tile of {@link SparseTiles}. The layout of the tile is the caller's. Two or four consecutive channels may share a list whose
 * entries have a value for each: then zeros beside other values are stored, too, and multiply.
 *
 * <p>All lists lie in one array, because C2 spills registers in the micro-kernel for every further one: a list is the index of its end, the offset of its channel's sums and then
 * entries of a value (or two or four) and an offset. Integers are kept as the bits of a {@code float}.
 *
 * <p>{@link #GROUP} lists at a time are in the order of their lengths, so that the end of a list is seldom where the processor did not expect it.
 */
final class ChannelLists {
    /** Elements before a list's entries. */
    static final int HEADER = 2;

    /** Lists among which the order is free. */
    static final int GROUP = 64;

    private final int width;
    private final int channels;
    private final int blocks;
    private final float[] stream;

    /** Where the list in place {@code n} of block {@code b} begins: element {@code b * (lists + 1) + n}; the next element says where it ends. */
    private final int[] starts;

    private ChannelLists(int width, int channels, int blocks, float[] stream, int[] starts) {
        this.width = width;
        this.channels = channels;
        this.blocks = blocks;
        this.stream = stream;
        this.starts = starts;
    }

    /** Collects lists: all channels of the first block, then all of the next. */
    static final class Builder {
        private final int channels;
        private final int width;
        private float[] stream = new float[64];
        private int[] starts = new int[64];
        private int length = HEADER;
        private int begin;
        private int marks;
        private int inBlock;

        /**
         * Begins with nothing.
         *
         * @param channels output channels, a multiple of {@code width}
         * @param width channels that share a list: 1, 2 or 4
         */
        Builder(int channels, int width) {
            this.channels = channels;
            this.width = width;
        }

        /** Begins with nothing, each channel having a list of its own. */
        Builder(int channels) {
            this(channels, 1);
        }

        /** One more entry of the current list of one channel. Zeros are left out. */
        void add(float value, int offset) {
            if (value != 0) {
                reserve(length + 2 + HEADER);
                stream[length++] = value;
                stream[length++] = Float.intBitsToFloat(offset);
            }
        }

        /** One more entry of a list that channels share, their values {@code step} apart; left out if all are zeros. */
        void add(float[] values, int at, int step, int offset) {
            boolean any = false;
            reserve(length + width + 1 + HEADER);
            for (int i = 0; i < width; i++) {
                stream[length + i] = values[at + i * step];
                any |= values[at + i * step] != 0;
            }
            if (any) {
                stream[length + width] = Float.intBitsToFloat(offset);
                length += width + 1;
            }
        }

        /** Ends the current list: that of the next channel follows, or that of the first channel in the next block. */
        void endList() {
            if (inBlock == 0) {
                mark(begin);
            }
            stream[begin] = Float.intBitsToFloat(length);
            stream[begin + 1] = Float.intBitsToFloat(inBlock * width * SparseTiles.ROWS);
            begin = length;
            mark(begin);
            reserve(length + HEADER);
            length += HEADER;
            inBlock++;
            boolean whole = inBlock * width == channels;
            if (whole || inBlock % GROUP == 0) {
                sort(whole && inBlock % GROUP != 0 ? inBlock % GROUP : GROUP);
            }
            inBlock = whole ? 0 : inBlock;
        }

        /** Orders the last {@code count} lists by length. */
        private void sort(int count) {
            int mark = marks - 1 - count;
            int from = starts[mark];
            float[] unsorted = Arrays.copyOfRange(stream, from, begin);
            long[] order = new long[count];
            for (int i = 0; i < count; i++) {
                order[i] = (long) (starts[mark + i + 1] - starts[mark + i]) << Integer.SIZE | starts[mark + i] - from;
            }
            Arrays.sort(order);
            int to = from;
            for (int i = 0; i < count; i++) {
                int size = (int) (order[i] >>> Integer.SIZE);
                System.arraycopy(unsorted, (int) order[i], stream, to, size);
                starts[mark + i] = to;
                to += size;
                stream[starts[mark + i]] = Float.intBitsToFloat(to);
            }
        }

        ChannelLists build() {
            int blocks = channels == 0 ? 0 : marks / (channels / width + 1);
            return new ChannelLists(
                    width, channels, blocks, Arrays.copyOf(stream, begin), Arrays.copyOf(starts, marks));
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
        return (stream.length - HEADER * lists()) / (width + 1);
    }

    /** Lists in all blocks. */
    int lists() {
        return blocks * (channels / width);
    }

    /** Channels that share a list. */
    int width() {
        return width;
    }

    /** Bytes of lists and starts. */
    long bytes() {
        return 4L * (stream.length + starts.length);
    }

    /**
     * Adds {@code block}'s part of channels {@code from..to} to their sums.
     *
     * @param from a multiple of {@link #width}, as is {@code to}
     * @param tile activations, rows of {@link SparseTiles#ROWS} values, offsets counted from {@code tileOff}
     * @param sums the sums of channel {@code n}: {@link SparseTiles#ROWS} values from {@code sumsOff + (n - from) * ROWS}
     */
    void multiply(int block, int from, int to, float[] tile, int tileOff, float[] sums, int sumsOff) {
        int first = block * (channels / width + 1);
        int base = sumsOff - from * SparseTiles.ROWS;
        int list = from / width;
        int end = to / width;
        while (list < end) {
            int group = list - list % GROUP;
            int next = Math.min(group + GROUP, channels / width);
            if (list == group && next <= end) {
                int whole = end == channels / width ? end : end - end % GROUP;
                run(starts[first + list], starts[first + whole], tile, tileOff, sums, base);
                list = whole;
            } else {
                multiplySome(first + group, first + next, from, to, tile, tileOff, sums, base);
                list = next;
            }
        }
    }

    /** The lists of a group whose channels are in {@code from..to}. */
    private void multiplySome(
            int group, int next, int from, int to, float[] tile, int tileOff, float[] sums, int sumsOff) {
        for (int place = group; place < next; place++) {
            int channel = Float.floatToRawIntBits(stream[starts[place] + 1]) / SparseTiles.ROWS;
            if (channel >= from && channel < to) {
                run(starts[place], starts[place + 1], tile, tileOff, sums, sumsOff);
            }
        }
    }

    private void run(int begin, int end, float[] tile, int tileOff, float[] sums, int base) {
        if (!Simd.ENABLED) {
            SparseTiles.run(stream, width, begin, end, tile, tileOff, sums, base);
        } else if (width == 1) {
            SparseTilesVector.run(stream, begin, end, tile, tileOff, sums, base);
        } else if (width == 2) {
            SparseTilesVector2.run(stream, begin, end, tile, tileOff, sums, base);
        } else if (SparseTiles.MANY_REGISTERS) {
            SparseTilesVector4.run(stream, begin, end, tile, tileOff, sums, base);
        } else {
            int half = SparseTiles.ROWS / 2;
            SparseTilesVector4.runHalf(stream, begin, end, tile, tileOff, sums, base);
            SparseTilesVector4.runHalf(stream, begin, end, tile, tileOff + half, sums, base + half);
        }
    }
}
