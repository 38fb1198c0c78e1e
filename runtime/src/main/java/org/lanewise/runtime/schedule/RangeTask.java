package org.lanewise.runtime.schedule;

/** Work on a range of independent pieces. */
@FunctionalInterface
public interface RangeTask {
    /** Does the pieces {@code from} (inclusive) to {@code to} (exclusive) with memory of its own. */
    void run(int from, int to, Scratch scratch);
}
