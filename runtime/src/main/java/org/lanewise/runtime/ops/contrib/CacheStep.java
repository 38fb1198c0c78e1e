package org.lanewise.runtime.ops.contrib;

/** What a run does to the cache of one sequence: {@link #past} rows are taken over, {@link #added} rows come behind them, and of all these the first {@link #dropped} are not kept. Set anew in every run, so that decoding makes no objects. */
final class CacheStep {
    private int past;
    private int added;
    private int dropped;
    private int valid;
    private int position;
    private int start;

    /** Rows of the past. */
    int past() {
        return past;
    }

    /** New rows. */
    int added() {
        return added;
    }

    /** Rows that the present begins without. */
    int dropped() {
        return dropped;
    }

    /** Keys that queries attend, the others are padding. */
    int valid() {
        return valid;
    }

    /** Position of query 0 among the rows. */
    int position() {
        return position;
    }

    /** Position of query 0 in the whole sequence. */
    int start() {
        return start;
    }

    /** Rows that queries may attend, before any are dropped. */
    int rows() {
        return past + added;
    }

    /**
     * A cache that holds the sequence from its first position on.
     *
     * @param b which sequence it is, for messages
     * @param total its positions with those of this run
     * @param queries positions of this run
     * @param newRows of these, those that bring keys: all or none
     * @param prompt whether this run begins the sequence
     * @param room rows of the past
     */
    void whole(int b, int total, int queries, int newRows, boolean prompt, int room) {
        int old = newRows == 0 ? total : prompt ? 0 : total - queries;
        if (total < 1 || !prompt && total < queries || old > room || old + newRows < total) {
            throw new IllegalArgumentException("seqlens_k[" + b + "] is " + (total - 1) + ", which does not fit "
                    + queries + " queries and a past of " + room + " rows");
        }
        past = old;
        added = newRows;
        dropped = 0;
        valid = total;
        position = prompt ? 0 : total - queries;
        start = position;
    }

    /**
     * A cache that holds the last positions only. Where it would overflow, as many rows are dropped as leave {@code window - 1} of the old ones.
     *
     * @param capacity rows of the cache
     * @param window keys that a query attends
     */
    void sliding(int b, int total, int queries, boolean prompt, int capacity, int window) {
        if (total < queries) {
            throw new IllegalArgumentException(
                    "seqlens_k[" + b + "] is " + (total - 1) + ", which is too small for " + queries + " queries");
        }
        past = resident(total - queries, capacity, window);
        added = queries;
        dropped = past + queries - resident(total, capacity, window);
        valid = past + queries;
        position = past;
        start = prompt ? 0 : total - queries;
    }

    /** Of a sequence of {@code total} positions those that a sliding cache holds: it depends on nothing else, so that the steps in which they came make no difference. */
    private static int resident(int total, int capacity, int window) {
        if (total <= capacity) {
            return total;
        }
        int step = capacity - window + 1;
        int steps = (total - capacity - 1) / step + 1;
        return total - steps * step;
    }
}
