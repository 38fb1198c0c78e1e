package org.lanewise.kernels.sparse;

import java.util.Arrays;
import org.lanewise.kernels.Simd;

/**
 * Sparse weights as lists of the values that are not zero, one list per output channel and block of the reduction axis, each value with the
 * offset of the activations it multiplies in a tile of {@link SparseTiles}. The layout of the tile is the caller's. Two or four consecutive channels may share a list whose
 * entries have a value for each: then zeros beside other values are stored, too, and multiply.
 *
 * <p>Several lists of about the same length run together, entry by entry: that makes a chain of sums for each, and one end of a loop for all. In {@link #group} channels the order
 * is free: there lists are sorted by length, neighbours are put together, and the shorter ones filled up with zeros that multiply a row of zeros.
 *
 * <p>All lists lie in one array, because C2 spills registers in the micro-kernel for every further one. Lists that run together are called a set: the index of its end and the first channel of each list, then steps of an entry
 * of each list. See {@link #value} and {@link #offset} for a step.
 */
final class ChannelLists {
    /** Channels among which the order of lists is free, for few and for many channels. */
    private static final int GROUP = 64;

    private static final int MANY_GROUP = 256;

    private static final int MANY_CHANNELS = 1024;

    private static final long LOW = 0xffffffffL;

    private final int width;
    private final int channels;
    private final int blocks;
    private final long[] stream;

    /** Where group {@code g} of block {@code b} begins: element {@code b * (groups + 1) + g}; the next element says where it ends. */
    private final int[] starts;

    private final int entries;

    private ChannelLists(int width, int channels, int blocks, long[] stream, int[] starts, int entries) {
        this.width = width;
        this.channels = channels;
        this.blocks = blocks;
        this.stream = stream;
        this.starts = starts;
        this.entries = entries;
    }

    /** Lists that run together. */
    static int together(int width) {
        int most = SparseTiles.MANY_REGISTERS ? 4 : 2;
        return width == 1 ? most : Math.max(1, most / width);
    }

    /** Elements of a step. */
    static int stepLength(int width) {
        int lists = together(width);
        return width == 1 ? lists : width * lists / 2 + (lists + 1) / 2;
    }

    /** Elements before a set's steps. */
    static int header(int width) {
        return 1 + together(width) / 2;
    }

    /** The first channel of list {@code list} of a set. */
    static int firstChannel(long[] stream, int set, int list) {
        return (int) (stream[set + (list + 1) / 2] >>> (list % 2 == 0 ? Integer.SIZE : 0));
    }

    /** The value of channel {@code c} of a set's channels in a step. */
    static float value(long[] stream, int step, int width, int c) {
        int shift = width == 1 || c % 2 == 0 ? 0 : Integer.SIZE;
        return Float.intBitsToFloat((int) (stream[step + (width == 1 ? c : c / 2)] >>> shift));
    }

    /** The offset of list {@code list} of a set in a step. */
    static int offset(long[] stream, int step, int width, int list) {
        return width == 1
                ? (int) (stream[step + list] >>> Integer.SIZE)
                : (int) (stream[step + width * together(width) / 2 + list / 2] >>> (list % 2 == 0 ? 0 : Integer.SIZE));
    }

    /** Collects lists: all channels of the first block, then all of the next. */
    static final class Builder {
        private final int channels;
        private final int width;
        private final int zeros;
        private long[] stream = new long[64];
        private int[] starts = new int[64];
        private int length;
        private int marks;
        private int entries;

        /** Lists of the group at hand: values, offsets, ends of lists in the latter. */
        private float[] values = new float[64];

        private int[] offsets = new int[64];
        private final int[] ends;
        private int lists;
        private int count;
        private int inBlock;

        /**
         * Begins with nothing.
         *
         * @param channels output channels, a multiple of {@code width}
         * @param width channels that share a list: 1, 2 or 4
         * @param zeros offset of a row of zeros in every tile
         */
        Builder(int channels, int width, int zeros) {
            this.channels = channels;
            this.width = width;
            this.zeros = zeros;
            this.ends = new int[group(channels) / width + 1];
        }

        /** One more entry of the current list, the values of its channels {@code step} apart; left out if all are zeros. */
        void add(float[] from, int at, int step, int offset) {
            if ((count + 1) * width > values.length) {
                values = Arrays.copyOf(values, Math.multiplyExact(2, values.length));
            }
            if (count == offsets.length) {
                offsets = Arrays.copyOf(offsets, Math.multiplyExact(2, offsets.length));
            }
            boolean any = false;
            for (int i = 0; i < width; i++) {
                values[count * width + i] = from[at + i * step];
                any |= from[at + i * step] != 0;
            }
            offsets[count] = offset;
            count += any ? 1 : 0;
        }

        /** Ends the current list: that of the next channel follows, or that of the first channel in the next block. */
        void endList() {
            if (inBlock == 0) {
                mark();
            }
            ends[++lists] = count;
            inBlock += width;
            if (inBlock == channels || inBlock % group(channels) == 0) {
                endGroup();
                mark();
            }
            inBlock = inBlock == channels ? 0 : inBlock;
        }

        private void endGroup() {
            int first = inBlock - lists * width;
            long[] order = new long[lists];
            for (int i = 0; i < lists; i++) {
                order[i] = (long) (ends[i + 1] - ends[i]) << Integer.SIZE | i;
            }
            Arrays.sort(order);
            int together = together(width);
            for (int i = 0; i < lists; i += together) {
                int[] set = new int[together];
                for (int j = 0; j < together; j++) {
                    set[j] = i + j < lists ? (int) order[i + j] : i + j;
                }
                endSet(set, first, (int) (order[Math.min(i + together, lists) - 1] >>> Integer.SIZE));
            }
            entries += count;
            lists = 0;
            count = 0;
        }

        private void endSet(int[] set, int first, int steps) {
            int step = stepLength(width);
            int begin = length;
            length = Math.addExact(begin, header(width) + Math.multiplyExact(steps, step));
            while (length > stream.length) {
                stream = Arrays.copyOf(stream, Math.multiplyExact(2, stream.length));
            }
            put(begin, length, false);
            for (int j = 0; j < set.length; j++) {
                put(begin + (j + 1) / 2, first + set[j] * width, j % 2 == 0);
                for (int i = 0; i < steps; i++) {
                    boolean filled = set[j] >= lists || ends[set[j]] + i >= ends[set[j] + 1];
                    putEntry(begin + header(width) + i * step, j, filled ? -1 : ends[set[j]] + i);
                }
            }
        }

        /** Entry {@code from} of the group's lists, or zeros if that is negative, as entry of list {@code j} in a step. */
        private void putEntry(int step, int j, int from) {
            int offset = from < 0 ? zeros : offsets[from];
            if (width == 1) {
                put(step + j, offset, true);
            } else {
                put(step + width * together(width) / 2 + j / 2, offset, j % 2 != 0);
            }
            for (int i = 0; i < width; i++) {
                int c = j * width + i;
                int bits = from < 0 ? 0 : Float.floatToRawIntBits(values[from * width + i]);
                put(step + (width == 1 ? c : c / 2), bits, width > 1 && c % 2 != 0);
            }
        }

        private void put(int at, int bits, boolean high) {
            stream[at] |= high ? (long) bits << Integer.SIZE : bits & LOW;
        }

        ChannelLists build() {
            int groups = Math.ceilDiv(channels, group(channels));
            int blocks = channels == 0 ? 0 : marks / (groups + 1);
            // A kernel reads one step ahead
            long[] all = Arrays.copyOf(stream, Math.addExact(length, header(width) + stepLength(width)));
            return new ChannelLists(width, channels, blocks, all, Arrays.copyOf(starts, marks), entries);
        }

        private void mark() {
            if (marks == starts.length) {
                starts = Arrays.copyOf(starts, Math.multiplyExact(2, marks));
            }
            starts[marks++] = length;
        }
    }

    private static int group(int channels) {
        return channels < MANY_CHANNELS ? GROUP : MANY_GROUP;
    }

    /** Channels that are multiplied together: ranges begin and end at multiples of it. */
    int group() {
        return group(channels);
    }

    /** Output channels. */
    int channels() {
        return channels;
    }

    /** Channels that have sums: more than there are channels if those do not make whole sets. */
    int summed() {
        int set = width * together(width);
        return Math.ceilDiv(channels, set) * set;
    }

    /** Blocks of the reduction axis. */
    int blocks() {
        return blocks;
    }

    /** Entries stored, without those that fill lists up. */
    int entries() {
        return entries;
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
        return 8L * stream.length + 4L * starts.length;
    }

    /**
     * Adds {@code block}'s part of channels {@code from..to} to their sums. Activations and sums are in one array, the new sums may be in another.
     *
     * @param from a multiple of {@link #group}, as is {@code to} if it is less than {@link #summed}
     * @param x activations, rows of {@link SparseTiles#ROWS} values, offsets counted from {@code tile}
     * @param in the sums of channel {@code n} so far: {@link SparseTiles#ROWS} values from {@code in + (n - from) * ROWS}
     * @param out where they go in {@code y}: from {@code out + (n - from) * pitch}
     */
    void multiply(int block, int from, int to, float[] x, int tile, int in, float[] y, int out, int pitch) {
        int group = group();
        int first = block * (Math.ceilDiv(channels, group) + 1);
        int begin = starts[first + from / group];
        int end = starts[first + Math.ceilDiv(to, group)];
        int base = in - from * SparseTiles.ROWS;
        int target = out - from * pitch;
        if (!Simd.ENABLED) {
            SparseTiles.run(width, stream, begin, end, x, tile, base, y, target, pitch);
        } else if (width == 1 && SparseTiles.MANY_REGISTERS) {
            SparseTilesVector.four(stream, begin, end, x, tile, base, y, target, pitch);
        } else if (width == 1) {
            SparseTilesVector.two(stream, begin, end, x, tile, base, y, target, pitch);
        } else if (width == 2 && SparseTiles.MANY_REGISTERS) {
            SparseTilesVector2.two(stream, begin, end, x, tile, base, y, target, pitch);
        } else if (width == 2) {
            SparseTilesVector2.one(stream, begin, end, x, tile, base, y, target, pitch);
        } else if (SparseTiles.MANY_REGISTERS) {
            SparseTilesVector4.run(stream, begin, end, x, tile, base, y, target, pitch);
        } else {
            int half = SparseTiles.ROWS / 2;
            SparseTilesVector4.runHalf(stream, begin, end, x, tile, base, y, target, pitch);
            SparseTilesVector4.runHalf(stream, begin, end, x, tile + half, base + half, y, target + half, pitch);
        }
    }
}
