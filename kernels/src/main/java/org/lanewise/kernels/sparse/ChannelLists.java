package org.lanewise.kernels.sparse;

import java.util.Arrays;
import java.util.BitSet;
import org.lanewise.kernels.Processor;
import org.lanewise.kernels.Simd;

/**
 * Sparse weights as lists of the values that are not zero, one list per output channel and block of the reduction axis, each value with the
 * offset of the activations it multiplies in a tile of {@link SparseTiles}. The layout of the tile is the caller's. Two or four consecutive channels may share a list whose
 * entries have a value for each: then zeros beside other values are stored, too, and multiply.
 *
 * <p>In {@link #group} channels the order is free: there lists are sorted by length. Lists of one channel run together, entry by entry, {@link #TOGETHER} neighbours at a time: that makes a chain of sums for
 * each, and one end of a loop for all; the shorter ones are filled up with zeros that multiply a row of zeros. Where many weights are left, {@link PairedLists} orders lists and entries so that a kernel reads half of the
 * activations once for two lists.
 *
 * <p>All lists lie in one array, because C2 spills registers in the micro-kernel for every further one. Lists that run together are called a set: in the first {@code long} the index of its end and, above it, the first list's
 * channel, in the next ones the other lists' channels, two each; then steps of an entry of each list, a value and, above it, an offset. A list that channels share is the index of its end, its first channel, and entries
 * of two or four values and an offset; there values are broadcast from memory, and integers are kept as the bits of a {@code float}.
 */
final class ChannelLists {
    /** Channels among which the order of lists is free, for few and for many channels. */
    private static final int GROUP = 64;

    private static final int MANY_GROUP = 256;

    private static final int MANY_CHANNELS = 1024;

    private static final long LOW = 0xffffffffL;

    /** Lists of one channel that run together. */
    static final int TOGETHER = Simd.REGISTERS == 32 ? 4 : 2;

    /** Elements before the steps of a set. */
    static final int SET_HEADER = 1 + TOGETHER / 2;

    /** Whether the first steps of a set may be of pairs of lists that multiply the same activations. */
    static final boolean PAIRS = TOGETHER == 4;

    /** Whether kernels read sets as {@code int}s, an element's lower half before its upper one. */
    private static final boolean HALVES = PAIRS && Processor.SHARED_PORTS;

    /** Elements before the entries of a list that channels share. */
    static final int SHARED_HEADER = 2;

    private final int width;
    private final int channels;
    private final int blocks;
    private final long[] sets;

    /** The same by halves, in place of {@link #sets}, if {@link #HALVES}. */
    private final int[] halves;

    private final float[] shared;

    /** Where group {@code g} of block {@code b} begins: element {@code b * (groups + 1) + g}; the next element says where it ends. */
    private final int[] starts;

    /** Where in {@link #starts} the groups begin whose lists are pairs. */
    private final BitSet paired;

    private final int steps;
    private final int pairedSteps;

    private ChannelLists(
            int width,
            int channels,
            int blocks,
            long[] sets,
            int[] halves,
            float[] shared,
            int[] starts,
            BitSet paired,
            int steps,
            int pairedSteps) {
        this.width = width;
        this.channels = channels;
        this.blocks = blocks;
        this.sets = sets;
        this.halves = halves;
        this.shared = shared;
        this.starts = starts;
        this.paired = paired;
        this.steps = steps;
        this.pairedSteps = pairedSteps;
    }

    /** The channel of list {@code list} of the set at {@code set}. */
    static int channel(long[] sets, int set, int list) {
        return (int) (sets[set + (list + 1) / 2] >>> (list % 2 == 0 ? Integer.SIZE : 0));
    }

    /** Collects lists: all channels of the first block, then all of the next. */
    static final class Builder {
        private final int channels;
        private final int width;
        private final int zeros;
        private long[] sets = new long[64];
        private float[] shared = new float[64];
        private int[] starts = new int[64];
        private final BitSet paired = new BitSet();
        private int length;
        private int marks;
        private int stored;
        private int pairedSteps;

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
            if (width > 1) {
                long[] order = new long[lists];
                for (int i = 0; i < lists; i++) {
                    order[i] = (long) (ends[i + 1] - ends[i]) << Integer.SIZE | i;
                }
                Arrays.sort(order);
                for (long list : order) {
                    endShared(first, (int) list);
                }
            } else {
                PairedLists order = PairedLists.of(lists, ends, offsets, zeros / SparseTiles.ROWS);
                paired.set(marks - 1, order.paired());
                for (int i = 0; i < lists; i += TOGETHER) {
                    endSet(order, i, first);
                }
            }
            stored += width > 1 ? count : 0;
            lists = 0;
            count = 0;
        }

        private void endShared(int first, int list) {
            int begin = length;
            int from = ends[list];
            int size = ends[list + 1] - from;
            length = Math.addExact(begin, SHARED_HEADER + Math.multiplyExact(size, width + 1));
            while (length > shared.length) {
                shared = Arrays.copyOf(shared, Math.multiplyExact(2, shared.length));
            }
            shared[begin] = Float.intBitsToFloat(length);
            shared[begin + 1] = Float.intBitsToFloat(first + list * width);
            for (int i = 0; i < size; i++) {
                int at = begin + SHARED_HEADER + i * (width + 1);
                System.arraycopy(values, (from + i) * width, shared, at, width);
                shared[at + width] = Float.intBitsToFloat(offsets[from + i]);
            }
        }

        /** A set of the lists at {@code place} and behind it. Where there are none, lists are empty and their channels those behind the last one. */
        private void endSet(PairedLists order, int place, int first) {
            int begin = length;
            int steps = order.steps(place);
            length = Math.addExact(begin, SET_HEADER + Math.multiplyExact(steps, TOGETHER));
            while (length > sets.length) {
                sets = Arrays.copyOf(sets, Math.multiplyExact(2, sets.length));
            }
            sets[begin] = length;
            stored += steps * TOGETHER;
            pairedSteps += order.paired() ? steps * TOGETHER : 0;
            for (int j = 0; j < TOGETHER; j++) {
                boolean any = place + j < lists;
                long channel = first + (any ? order.list(place + j) : place + j);
                sets[begin + (j + 1) / 2] |= j % 2 == 0 ? channel << Integer.SIZE : channel;
                int[] entries = any ? order.entries(place + j, steps) : new int[0];
                for (int i = 0; i < steps; i++) {
                    int entry = any ? entries[i] : -1;
                    int bits = entry >= 0 ? Float.floatToRawIntBits(values[entry]) : 0;
                    sets[begin + SET_HEADER + i * TOGETHER + j] =
                            (long) (entry >= 0 ? offsets[entry] : zeros) << Integer.SIZE | bits & LOW;
                }
            }
        }

        ChannelLists build() {
            int groups = Math.ceilDiv(channels, group(channels));
            int blocks = channels == 0 ? 0 : marks / (groups + 1);
            // A kernel reads one step ahead
            long[] all = width > 1 || HALVES ? new long[0] : Arrays.copyOf(sets, Math.addExact(length, TOGETHER));
            int[] halves = width > 1 || !HALVES ? new int[0] : new int[Math.multiplyExact(2, length)];
            for (int i = 0; i < halves.length; i++) {
                halves[i] = (int) (sets[i / 2] >>> i % 2 * Integer.SIZE);
            }
            float[] ofMany = width > 1 ? Arrays.copyOf(shared, length) : new float[0];
            int[] ends = Arrays.copyOf(starts, marks);
            return new ChannelLists(width, channels, blocks, all, halves, ofMany, ends, paired, stored, pairedSteps);
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

    /** Channels that have sums: more than there are channels if those do not make whole sets. */
    int summed() {
        return width > 1 ? channels : Math.ceilDiv(channels, TOGETHER) * TOGETHER;
    }

    /** Blocks of the reduction axis. */
    int blocks() {
        return blocks;
    }

    /** Loops over entries in all blocks: sets of lists, or lists that channels share. */
    int runs() {
        return blocks * (width > 1 ? channels / width : summed() / TOGETHER);
    }

    /** Entries stored, with those that fill lists up. */
    int steps() {
        return steps;
    }

    /** Those of {@link #steps} that run as pairs. */
    int pairedSteps() {
        return pairedSteps;
    }

    /** Channels that share a list. */
    int width() {
        return width;
    }

    /** Bytes of lists and starts. */
    long bytes() {
        return 8L * sets.length + 4L * (halves.length + shared.length + starts.length);
    }

    /**
     * Adds {@code block}'s part of channels {@code from..to} to their sums. Activations and sums are in one array, the new sums may be in another.
     *
     * @param from a multiple of {@link #group}, as is {@code to} if it is less than {@link #summed}
     * @param x activations, rows of {@link SparseTiles#ROWS} values, offsets counted from {@code tile}
     * @param in the sums of channel {@code n} so far: {@link SparseTiles#ROWS} values from {@code in + (n - from) * ROWS}
     * @param out where they go in {@code y}: from {@code out + (n - from) * pitch}
     * @param lower what sums below it become; a NaN stays one
     */
    void multiply(
            int block, int from, int to, float[] x, int tile, int in, float[] y, int out, int pitch, float lower) {
        int group = group();
        int first = block * (Math.ceilDiv(channels, group) + 1);
        int begin = starts[first + from / group];
        int end = starts[first + Math.ceilDiv(to, group)];
        int base = in - from * SparseTiles.ROWS;
        int target = out - from * pitch;
        if (!Simd.ENABLED && width == 1) {
            SparseTiles.run(sets, begin, end, x, tile, base, y, target, pitch, lower);
        } else if (!Simd.ENABLED) {
            SparseTiles.runShared(width, shared, begin, end, x, tile, base, y, target, pitch, lower);
        } else if (width == 1 && PAIRS) {
            runs(first + from / group, first + Math.ceilDiv(to, group), x, tile, base, y, target, pitch, lower);
        } else if (width == 1) {
            SparseTilesVector.two(sets, begin, end, x, tile, base, y, target, pitch, lower);
        } else if (width == 2) {
            SparseTilesVector2.run(shared, begin, end, x, tile, base, y, target, pitch, lower);
        } else if (Simd.REGISTERS == 32) {
            SparseTilesVector4.run(shared, begin, end, x, tile, base, y, target, pitch, lower);
        } else {
            int half = SparseTiles.ROWS / 2;
            SparseTilesVector4.runHalf(shared, begin, end, x, tile, base, y, target, pitch, lower);
            SparseTilesVector4.runHalf(shared, begin, end, x, tile + half, base + half, y, target + half, pitch, lower);
        }
    }

    /** Four lists at a time: those of groups {@code from..to} of {@link #starts}, neighbours of one kind in one call. */
    private void runs(int from, int to, float[] x, int tile, int in, float[] y, int out, int pitch, float lower) {
        int next;
        for (int group = from; group < to; group = next) {
            boolean pairs = paired.get(group);
            int change = pairs ? paired.nextClearBit(group) : paired.nextSetBit(group);
            next = change < 0 ? to : Math.min(to, change);
            int begin = starts[group];
            int end = starts[next];
            if (HALVES && pairs) {
                SparseTilesIntPairs.run(halves, 2 * begin, 2 * end, x, tile, in, y, out, pitch, lower);
            } else if (HALVES) {
                SparseTilesInts.four(halves, 2 * begin, 2 * end, x, tile, in, y, out, pitch, lower);
            } else if (pairs) {
                SparseTilesPairs.run(sets, begin, end, x, tile, in, y, out, pitch, lower);
            } else {
                SparseTilesVector.four(sets, begin, end, x, tile, in, y, out, pitch, lower);
            }
        }
    }
}
