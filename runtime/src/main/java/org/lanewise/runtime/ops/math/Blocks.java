package org.lanewise.runtime.ops.math;

import org.lanewise.runtime.op.OpContext;
import org.lanewise.runtime.schedule.Scratch;

/** Splits elementwise work over threads in blocks that fit the first-level cache. */
public final class Blocks {
    /** Elements of a block: what one thread takes at a time. */
    public static final int SIZE = 4096;

    /** Work on the elements {@code from} (inclusive) to {@code to} (exclusive). */
    @FunctionalInterface
    public interface Range {
        /** Does it. */
        void run(int from, int to);
    }

    /** The same with working memory. */
    @FunctionalInterface
    public interface WorkingRange {
        /** Does it. */
        void run(int from, int to, Scratch scratch);
    }

    private Blocks() {}

    /**
     * Runs {@code range} over all {@code size} elements.
     *
     * @param picos rough cost of one element in picoseconds
     */
    public static void run(OpContext context, int size, int picos, Range range) {
        run(context, size, picos, (from, to, scratch) -> range.run(from, to));
    }

    /** The same with working memory. */
    public static void run(OpContext context, int size, int picos, WorkingRange range) {
        int blocks = (size + SIZE - 1) / SIZE;
        context.parallel(blocks, Math.max(1, (long) SIZE * picos / 1000), (from, to, scratch) -> {
            range.run(from * SIZE, (int) Math.min((long) to * SIZE, size), scratch);
        });
    }
}
