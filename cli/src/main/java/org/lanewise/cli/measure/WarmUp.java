package org.lanewise.cli.measure;

import java.util.Arrays;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.function.LongConsumer;

/**
 * Repeats runs until they become no faster: the median of windows of a quarter of a second must not have improved by
 * more than 2 % for four windows, in which the compiler had nothing left to do, and one second must have passed; after {@code limitSeconds} it ends in any case. While a method waits for the
 * compiler, as it does on a busy machine, times that stay the same mean nothing.
 *
 * @param limitSeconds the longest it may take
 */
public record WarmUp(double limitSeconds) {
    private static final long WINDOW_NANOS = TimeUnit.MILLISECONDS.toNanos(250);
    private static final long LEAST_NANOS = TimeUnit.SECONDS.toNanos(1);
    private static final int LEAST_RUNS = 5;
    private static final int FLAT_WINDOWS = 4;
    private static final double IMPROVEMENT = 0.98;

    /**
     * Runs until flat.
     *
     * @param progress told the nanoseconds that have passed, now and then
     * @return how many runs it took
     */
    public long run(Runnable run, LongConsumer progress) {
        return run(run, progress, CompileQueue::isBusy);
    }

    /**
     * The same.
     *
     * @param compiling asked after each window whether methods are being compiled or wait for it
     */
    long run(Runnable run, LongConsumer progress, BooleanSupplier compiling) {
        long start = System.nanoTime();
        long limit = (long) (limitSeconds * TimeUnit.SECONDS.toNanos(1));
        long best = Long.MAX_VALUE;
        long runs = 0;
        int flat = 0;
        while (true) {
            long[] window = window(run);
            runs += window.length;
            long median = window[window.length / 2];
            flat = median < best * IMPROVEMENT || compiling.getAsBoolean() ? 0 : flat + 1;
            best = Math.min(best, median);
            long passed = System.nanoTime() - start;
            progress.accept(passed);
            if (passed >= limit || flat >= FLAT_WINDOWS && passed >= LEAST_NANOS && runs >= LEAST_RUNS) {
                return runs;
            }
        }
    }

    private static long[] window(Runnable run) {
        long end = System.nanoTime() + WINDOW_NANOS;
        Samples samples = new Samples();
        do {
            samples.time(run);
        } while (System.nanoTime() < end);
        long[] sorted = samples.toArray();
        Arrays.sort(sorted);
        return sorted;
    }
}
