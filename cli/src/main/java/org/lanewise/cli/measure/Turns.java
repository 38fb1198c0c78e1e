package org.lanewise.cli.measure;

import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.LongConsumer;
import java.util.stream.IntStream;

/** Times several ways of doing the same in turns, so that what else the machine does hits all alike. */
public final class Turns {
    /** A turn is at least this long, so that reading the clock costs nothing. */
    private static final double TURN_SECONDS = 2e-4;

    private static final int LEAST_ROUNDS = 5;
    private static final double GOOD_TURN = 0.25;

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
        return times(ways, warmUpSeconds, seconds, turnSeconds, progress).stream()
                .mapToDouble(times -> times.micros(GOOD_TURN) * 1e3)
                .toArray();
    }

    /** The times of all turns of each of them; parameters as of {@link #measure}. */
    public static List<Times> times(List<Runnable> ways, double warmUpSeconds, double seconds) {
        return times(ways, warmUpSeconds, seconds, TURN_SECONDS, passed -> {});
    }

    private static List<Times> times(
            List<Runnable> ways, double warmUpSeconds, double seconds, double turnSeconds, LongConsumer progress) {
        long start = System.nanoTime();
        int[] repeats = new int[ways.size()];
        for (int i = 0; i < repeats.length; i++) {
            warmUp(ways.get(i), warmUpSeconds, nanos(turnSeconds));
            progress.accept(System.nanoTime() - start);
        }
        for (int i = 0; i < repeats.length; i++) { // compiled by now
            repeats[i] = warmUp(ways.get(i), 0, nanos(turnSeconds));
        }
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

    /** Runs for so long; returns how many runs make a turn. */
    private static int warmUp(Runnable way, double seconds, long turnNanos) {
        long end = System.nanoTime() + nanos(seconds);
        int repeats = 1;
        long now = System.nanoTime();
        long took;
        do {
            repeat(way, repeats);
            long after = System.nanoTime();
            took = after - now;
            if (took < turnNanos) {
                repeats *= 2;
            }
            now = after;
        } while (now < end || took < turnNanos);
        return (int) Math.max(1, repeats * turnNanos / took);
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
