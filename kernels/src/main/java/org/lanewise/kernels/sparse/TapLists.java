package org.lanewise.kernels.sparse;

import java.util.Arrays;
import org.lanewise.kernels.conv.ConvGeometry;

/**
 * The weights of a sparse convolution that are not zero, as lists for one {@link TapLayout}: one list per block of input channels and output channel, each entry
 * the bits of a value and, above them, where in the tile its activations begin.
 *
 * <p>{@link TapTiles#TOGETHER} lists of like length run together, entry by entry: a set. The first {@code long} of a set is the index of its end and, above it, the first list's channel, the next one is the
 * second list's channel; then follow the entries of both in turns, the shorter list filled up with zeros times the tile's zeros. To have lists of like length, those of {@link #GROUP} channels are sorted. Sets
 * without any entry are left out.
 */
final class TapLists {
    /** Channels among which the order of lists is free. */
    static final int GROUP = 32;

    private static final int T = TapTiles.TOGETHER;
    private static final long LOW = 0xffffffffL;

    private final TapLayout layout;
    private final int groups;
    private final long[] sets;

    /** Where group {@code g} of block {@code b} begins in the sets: element {@code b * (groups + 1) + g}; the next element says where it ends. */
    private final int[] starts;

    /** Makes the lists of all blocks. */
    TapLists(ConvGeometry g, TapLayout layout, SparseFilters filters) {
        this.layout = layout;
        this.groups = Math.ceilDiv(g.outChannels(), GROUP);
        int blocks = layout.blocks();
        this.starts = new int[Math.multiplyExact(blocks, groups + 1)];
        Maker maker = new Maker(g, layout, filters);
        for (int block = 0; block < blocks; block++) {
            for (int group = 0; group < groups; group++) {
                starts[block * (groups + 1) + group] = maker.length;
                maker.group(block, group * GROUP, Math.min(g.outChannels(), (group + 1) * GROUP));
            }
            starts[block * (groups + 1) + groups] = maker.length;
        }
        this.sets = Arrays.copyOf(maker.sets, maker.length + T); // kernels read a step ahead
    }

    /** Goes through the filters, block by block. */
    private static final class Maker {
        private final ConvGeometry g;
        private final TapLayout layout;
        private final SparseFilters filters;
        private final int[] next;
        private final int[] ends;
        private long[] sets = new long[1024];
        private int length;

        private Maker(ConvGeometry g, TapLayout layout, SparseFilters filters) {
            this.g = g;
            this.layout = layout;
            this.filters = filters;
            this.next = Arrays.copyOf(filters.starts(), g.outChannels());
            this.ends = new int[g.outChannels()];
        }

        /** The sets of channels {@code from} to {@code to}. */
        private void group(int block, int from, int to) {
            long[] order = new long[to - from];
            for (int n = from; n < to; n++) {
                int end = (layout.blockStart(block + 1) - firstInput(n)) * g.taps();
                int at = next[n];
                while (at < filters.starts()[n + 1] && filters.places()[at] < end) {
                    at++;
                }
                ends[n] = at;
                order[n - from] = (long) (at - next[n]) << Integer.SIZE | n;
            }
            Arrays.sort(order);
            for (int i = order.length % T; i < order.length; i += T) {
                set(block, order, i, T);
            }
            if (order.length % T != 0) {
                set(block, order, 0, 1);
            }
            System.arraycopy(ends, from, next, from, to - from);
        }

        /** The input channel that the first weights of output channel {@code n} multiply. */
        private int firstInput(int n) {
            return n / Math.max(1, g.groupOutChannels()) * g.groupInChannels();
        }

        /** A set of {@code count} lists; if that is too few, a list without entries follows, of a channel behind the last. */
        private void set(int block, long[] order, int first, int count) {
            int longest = (int) (order[first + count - 1] >>> Integer.SIZE);
            if (longest == 0) {
                return;
            }
            int header = length;
            int size = T + T * longest;
            if (header + size > sets.length) {
                sets = Arrays.copyOf(sets, Math.addExact(header + size, sets.length));
            }
            length += size;
            for (int t = 0; t < T; t++) {
                int n = t < count ? (int) order[first + t] : g.outChannels();
                int entries = t < count ? ends[n] - next[n] : 0;
                sets[header + t] = n;
                for (int i = 0; i < longest; i++) {
                    sets[header + T + i * T + t] = i < entries ? entry(block, n, next[n] + i) : zero(block);
                }
            }
            sets[header] = sets[header] << Integer.SIZE | length;
        }

        private long entry(int block, int n, int at) {
            int kw = g.widthAxis().kernel();
            int place = filters.places()[at];
            int c = firstInput(n) - layout.blockStart(block) + place / g.taps();
            int offset = layout.offset(c, place % g.taps() / kw, place % kw);
            return (long) offset << Integer.SIZE | Float.floatToRawIntBits(filters.values()[at]) & LOW;
        }

        private long zero(int block) {
            return (long) (layout.zeros() - layout.channelInTile(block) * layout.pitch()) << Integer.SIZE;
        }
    }

    TapLayout layout() {
        return layout;
    }

    /** Bytes of sets and starts. */
    long bytes() {
        return 8L * sets.length + 4L * starts.length;
    }

    /** Whether {@code block} has no weights for channels {@code from} to {@code to}; arguments as of {@link #multiply}. */
    boolean isEmpty(int block, int from, int to) {
        return start(block, from) == start(block, to);
    }

    private int start(int block, int channel) {
        return starts[block * (groups + 1) + Math.ceilDiv(channel, GROUP)];
    }

    /**
     * Adds {@code block}'s part of channels {@code from} to {@code to} to their sums.
     *
     * @param from a multiple of {@link #GROUP}, as is {@code to} if there are channels behind
     * @param scratch tile and sums, as {@link TapTiles#run} has them; the sums of channel {@code from} begin at {@code sums}, those of a channel behind the last are touched as well
     */
    void multiply(int block, int from, int to, float[] scratch, int tile, int sums) {
        int first = sums - from * layout.run();
        TapTiles.run(layout.width(), sets, start(block, from), start(block, to), scratch, tile, first);
    }
}
