package org.lanewise.runtime.ops.contrib;

/**
 * What one run does to the cache of one sequence: {@code past} rows are taken over, {@code added} rows come behind them, and of all these the first {@code dropped} are not kept.
 *
 * @param past rows of the past
 * @param added new rows
 * @param dropped rows that the present begins without
 * @param valid keys that queries attend, the others are padding
 * @param position of query 0 among the rows
 * @param start position of query 0 in the whole sequence
 */
record CacheStep(int past, int added, int dropped, int valid, int position, int start) {
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
     * @param added of these, those that bring keys: all or none
     * @param prompt whether this run begins the sequence
     * @param room rows of the past
     */
    static CacheStep whole(int b, int total, int queries, int added, boolean prompt, int room) {
        int past = added == 0 ? total : prompt ? 0 : total - queries;
        if (total < 1 || !prompt && total < queries || past > room || past + added < total) {
            throw new IllegalArgumentException("seqlens_k[" + b + "] is " + (total - 1) + ", which does not fit "
                    + queries + " queries and a past of " + room + " rows");
        }
        int position = prompt ? 0 : total - queries;
        return new CacheStep(past, added, 0, total, position, position);
    }

    /**
     * A cache that holds the last positions only. Where it would overflow, as many rows are dropped as leave {@code window - 1} of the old ones.
     *
     * @param capacity rows of the cache
     * @param window keys that a query attends
     */
    static CacheStep sliding(int b, int total, int queries, boolean prompt, int capacity, int window) {
        if (total < queries) {
            throw new IllegalArgumentException(
                    "seqlens_k[" + b + "] is " + (total - 1) + ", which is too small for " + queries + " queries");
        }
        int past = resident(total - queries, capacity, window);
        int rows = past + queries;
        int kept = resident(total, capacity, window);
        return new CacheStep(past, queries, rows - kept, rows, past, prompt ? 0 : total - queries);
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
