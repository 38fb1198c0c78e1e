package org.lanewise.cli.measure;

import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.function.LongConsumer;
import java.util.stream.IntStream;

/**
 * Times several ways of doing the same in turns, so that what else the machine does hits all alike. It begins when the JIT compiler has done its work: with one processor that comes last, and of ways that
 * wait for it few runs would be timed, which tell little and keep it from being asked.
 */
public final class Turns {
    /** A turn is at least this long, so that reading the clock costs nothing. */
    private static final double TURN_SECONDS = 2e-4;

    private static final int LEAST_ROUNDS = 5;
    private static final double GOOD_TURN = 0.25;

    /** Of the warm-up, the length of a round that looks whether a way has become faster. */
    private static final double ROUND = 0.1;

    /** Rounds without a faster way and without work for the compiler after which there is none to come. */
    private static final int FLAT_ROUNDS = 2;

    private static final double FASTER = 0.8;

    /** Waiting for the compiler takes at most so many times the warm-up. */
    private static final int LONGEST_WAIT = 5;

    private Turns() {}

    /**
     * What one of them took.
     *
     * @param turns the times of its turns
     * @param repeats runs of a turn
     */
    public record Times(Samples turns, int repeats) {
        /** The time of a run that the part {@code fraction} of the turns did not exceed, in microseconds. */
        public double micros(double fraction) {
            return turns.micros(fraction) / repeats;
        }
    }

    /**
     * The nanoseconds each of them takes, the first quartile of its turns: interruptions only make times longer.
     *
     * @param warmUpSeconds for each of them
     * @param seconds for all together
     */
    public static double[] measure(List<Runnable> ways, double warmUpSeconds, double seconds) {
        return measure(ways, warmUpSeconds, seconds, TURN_SECONDS);
    }

    /** The same with turns of at least {@code turnSeconds}: the longer, the less it costs that the others have used the caches in between. */
    public static double[] measure(List<Runnable> ways, double warmUpSeconds, double seconds, double turnSeconds) {
        return measure(ways, warmUpSeconds, seconds, turnSeconds, passed -> {});
    }

    /**
     * The same.
     *
     * @param progress told the nanoseconds that have passed, now and then
     */
    public static double[] measure(List<Runnable> ways, double warmUpSeconds, double seconds, LongConsumer progress) {
        return measure(ways, warmUpSeconds, seconds, TURN_SECONDS, progress);
    }

    private static double[] measure(
            List<Runnable> ways, double warmUpSeconds, double seconds, double turnSeconds, LongConsumer progress) {
        return times(ways, warmUpSeconds, seconds, turnSeconds, progress, CompileQueue::isBusy).stream()
                .mapToDouble(times -> times.micros(GOOD_TURN) * 1e3)
                .toArray();
    }

    /** The times of all turns of each of them; parameters as of {@link #measure}. */
    public static List<Times> times(List<Runnable> ways, double warmUpSeconds, double seconds) {
        return times(ways, warmUpSeconds, seconds, TURN_SECONDS, passed -> {}, CompileQueue::isBusy);
    }

    /**
     * The same.
     *
     * @param compiling whether methods are being compiled or wait for it
     */
    static List<Times> times(
            List<Runnable> ways,
            double warmUpSeconds,
            double seconds,
            double turnSeconds,
            LongConsumer progress,
            BooleanSupplier compiling) {
        long start = System.nanoTime();
        for (Runnable way : ways) {
            warmUp(way, warmUpSeconds, nanos(turnSeconds));
            progress.accept(System.nanoTime() - start);
        }
        settle(ways, warmUpSeconds, nanos(turnSeconds), compiling);
        int[] repeats = ways.stream()
                .mapToInt(way -> (int) Math.max(1, nanos(turnSeconds) / warmUp(way, 0, nanos(turnSeconds))))
                .toArray();
        Samples[] samples = new Samples[ways.size()];
        Arrays.setAll(samples, i -> new Samples());
        long end = System.nanoTime() + nanos(seconds);
        for (int round = 0; round < LEAST_ROUNDS || System.nanoTime() < end; round++) {
            for (int i = 0; i < samples.length; i++) {
                Runnable way = ways.get(i);
                int count = repeats[i];
                samples[i].time(() -> repeat(way, count));
            }
            progress.accept(System.nanoTime() - start);
        }
        return IntStream.range(0, samples.length)
                .mapToObj(i -> new Times(samples[i], repeats[i]))
                .toList();
    }

    /** Runs all in short rounds until none becomes faster and the compiler has nothing left to do. */
    private static void settle(List<Runnable> ways, double warmUpSeconds, long turnNanos, BooleanSupplier compiling) {
        long end = System.nanoTime() + nanos(LONGEST_WAIT * warmUpSeconds * ways.size());
        double[] best = new double[ways.size()];
        Arrays.fill(best, Double.MAX_VALUE);
        for (int flat = 0; flat < FLAT_ROUNDS && System.nanoTime() < end; ) {
            flat++;
            for (int i = 0; i < best.length; i++) {
                double time = warmUp(ways.get(i), ROUND * warmUpSeconds, turnNanos);
                if (time < FASTER * best[i]) {
                    flat = 0;
                }
                best[i] = Math.min(best[i], time);
            }
            while (compiling.getAsBoolean() && System.nanoTime() < end) {
                flat = 0;
                LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(5)); // it may need this processor
            }
        }
    }

    /** Runs for so long; returns the nanoseconds of a run at the end. */
    private static double warmUp(Runnable way, double seconds, long turnNanos) {
        long end = System.nanoTime() + nanos(seconds);
        int repeats = 1;
        long now = System.nanoTime();
        long took;
        int ran;
        do {
            ran = repeats;
            repeat(way, ran);
            long after = System.nanoTime();
            took = Math.max(1, after - now);
            if (took < turnNanos) {
                repeats *= 2;
            }
            now = after;
        } while (now < end || took < turnNanos);
        return (double) took / ran;
    }

    private static void repeat(Runnable way, int count) {
        for (int i = 0; i < count; i++) {
            way.run();
        }
    }

    private static long nanos(double seconds) {
        return (long) (seconds * TimeUnit.SECONDS.toNanos(1));
    }
}
