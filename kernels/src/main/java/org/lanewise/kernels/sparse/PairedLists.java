package org.lanewise.kernels.sparse;

import java.util.Arrays;

/**
 * The order of the lists of a group of channels, and of the entries of each list. Lists are sorted by length, so that those that run together have about the same. If that saves time, neighbours 0 and 1, 2 and 3 of a set
 * are chosen so that half of the entries of each multiply what the other multiplies, too: then these are every other entry, at the same steps in both, and a kernel reads their activations once for two channels.
 */
final class PairedLists {
    /** What a step of pairs takes of one of lists that share nothing. */
    private static final double STEP = 0.85;

    /** Partners are looked for only if so much of all rows is in the lists: fewer entries have too few in common. */
    private static final double LEAST_SHARE = 0.2;

    /** How many entries in common make up for one more entry in the longer list of a pair. */
    private static final int GAIN = 2;

    private final int[] ends;
    private final int[] offsets;
    private int[] order;
    private boolean paired;

    private PairedLists(int lists, int[] ends, int[] offsets) {
        this.ends = ends;
        this.offsets = offsets;
        Integer[] byLength = new Integer[lists];
        Arrays.setAll(byLength, i -> i);
        Arrays.sort(byLength, (a, b) -> Integer.compare(length(a), length(b)));
        this.order = Arrays.stream(byLength).mapToInt(i -> i).toArray();
    }

    /**
     * Orders lists: list {@code i} has entries {@code ends[i]..ends[i + 1]}, whose offsets increase.
     *
     * @param rows rows of the tile: offsets are less than {@code rows * SparseTiles.ROWS}
     */
    static PairedLists of(int lists, int[] ends, int[] offsets, int rows) {
        PairedLists result = new PairedLists(lists, ends, offsets);
        boolean full = lists > 0 && lists % ChannelLists.TOGETHER == 0;
        if (ChannelLists.PAIRS && full && ends[lists] >= LEAST_SHARE * lists * rows) {
            result.pair();
        }
        return result;
    }

    /** Gives each list, beginning with the longest, the best partner that is left; keeps that if it saves time. */
    private void pair() {
        long plain = steps();
        int[] sorted = order;
        long[][] rows = new long[sorted.length][];
        Arrays.setAll(rows, i -> rows(sorted[i]));
        int[] pairs = sorted.clone();
        for (int end = pairs.length; end > 0; end -= 2) {
            int best = end - 2;
            int most = Integer.MIN_VALUE;
            for (int i = end - 2; i >= 0; i--) {
                int gain = GAIN * length(pairs[i]) + common(rows[end - 1], rows[i]);
                if (gain > most) {
                    most = gain;
                    best = i;
                }
            }
            int list = pairs[best];
            long[] bits = rows[best];
            System.arraycopy(pairs, best + 1, pairs, best, end - 2 - best);
            System.arraycopy(rows, best + 1, rows, best, end - 2 - best);
            pairs[end - 2] = list;
            rows[end - 2] = bits;
        }
        order = pairs;
        paired = true;
        if (STEP * steps() >= plain) {
            order = sorted;
            paired = false;
        }
    }

    private long steps() {
        long steps = 0;
        for (int place = 0; place < order.length; place += ChannelLists.TOGETHER) {
            steps += steps(place);
        }
        return steps;
    }

    private int length(int list) {
        return ends[list + 1] - ends[list];
    }

    /** A bit for each row of the tile that a list multiplies. */
    private long[] rows(int list) {
        int most = length(list) == 0 ? 0 : offsets[ends[list + 1] - 1] / SparseTiles.ROWS + 1;
        long[] bits = new long[Math.ceilDiv(most, Long.SIZE)];
        for (int i = ends[list]; i < ends[list + 1]; i++) {
            int row = offsets[i] / SparseTiles.ROWS;
            bits[row / Long.SIZE] |= 1L << row;
        }
        return bits;
    }

    private static int common(long[] a, long[] b) {
        int count = 0;
        for (int i = 0; i < Math.min(a.length, b.length); i++) {
            count += Long.bitCount(a[i] & b[i]);
        }
        return count;
    }

    /** Whether every other step, the first included, is of the same activations for both lists of a pair. */
    boolean paired() {
        return paired;
    }

    /** Which list is at {@code place}. */
    int list(int place) {
        return order[place];
    }

    /** Steps of the set at {@code place}. */
    int steps(int place) {
        int steps = 0;
        for (int i = place; i < Math.min(order.length, place + ChannelLists.TOGETHER); i++) {
            int length = length(order[i]);
            // Half of the steps are shared, if there are so many
            steps = Math.max(steps, paired ? 2 * Math.max(Math.ceilDiv(length, 2), length - common(i).length) : length);
        }
        return steps;
    }

    /** The entries of the list at {@code place} that its neighbour has, too. */
    private int[] common(int place) {
        int list = order[place];
        int other = order[place ^ 1];
        int[] result = new int[length(list)];
        int count = 0;
        int j = ends[other];
        for (int i = ends[list]; i < ends[list + 1]; i++) {
            while (j < ends[other + 1] && offsets[j] < offsets[i]) {
                j++;
            }
            if (j < ends[other + 1] && offsets[j] == offsets[i]) {
                result[count++] = i;
            }
        }
        return Arrays.copyOf(result, count);
    }

    /** The entries of the list at {@code place} for {@code steps} steps; -1 where there is none. */
    int[] entries(int place, int steps) {
        int[] result = new int[steps];
        Arrays.fill(result, -1);
        int from = ends[order[place]];
        if (!paired) {
            for (int i = 0; i < length(order[place]); i++) {
                result[i] = from + i;
            }
            return result;
        }
        int[] common = common(place);
        int shared = Math.min(steps / 2, common.length);
        int single = 0;
        int next = 0;
        for (int i = from; i < ends[order[place] + 1]; i++) {
            if (next < shared && common[next] == i) {
                result[2 * next++] = i;
            } else {
                result[2 * single++ + 1] = i;
            }
        }
        return result;
    }
}
