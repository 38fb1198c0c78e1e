package org.lanewise.runtime.session;

import org.lanewise.runtime.schedule.WorkerPool;

/**
 * How a session is built.
 *
 * @param threads threads of a pool of its own; 0 for the pool that all sessions share
 * @param optimize whether the graph passes run; the raw graph gives the same answers, slower
 * @param maxPasses the pipeline stops after this many passes: to bisect a wrong result
 */
public record SessionOptions(int threads, boolean optimize, int maxPasses) {
    /** Shared pool, optimized. */
    public static final SessionOptions DEFAULT = new SessionOptions(0, true, Integer.MAX_VALUE);

    /** Refuses negative numbers. */
    public SessionOptions {
        if (threads < 0 || maxPasses < 0) {
            throw new IllegalArgumentException(
                    "threads and maxPasses must not be negative, got " + threads + " and " + maxPasses);
        }
    }

    /** With a pool of its own of this many threads, the caller being one of them. */
    public SessionOptions withThreads(int count) {
        return new SessionOptions(count, optimize, maxPasses);
    }

    /** The graph as it is in the file. */
    public SessionOptions raw() {
        return new SessionOptions(threads, false, maxPasses);
    }

    /** With the pipeline cut after {@code count} passes. */
    public SessionOptions withMaxPasses(int count) {
        return new SessionOptions(threads, optimize, count);
    }

    WorkerPool pool() {
        return threads == 0 ? WorkerPool.shared() : new WorkerPool(threads);
    }
}
