package org.lanewise.benchmarks;

import java.util.Arrays;
import java.util.concurrent.Callable;

/** Times two ways of doing the same work in turns, so that what else the machine does hits both alike. */
final class Interleaved {
    /**
     * Times of single runs, sorted, in microseconds.
     *
     * @param lanewise of Lanewise
     * @param peer of the peer
     */
    record Times(double[] lanewise, double[] peer) {
        double median(double[] sorted) {
            return sorted[sorted.length / 2];
        }

        double quantile(double[] sorted, double q) {
            return sorted[(int) Math.min(sorted.length - 1, sorted.length * q)];
        }

        /** The peer's median over ours: above 1 we are ahead. */
        double ratio() {
            return median(peer) / median(lanewise);
        }
    }

    private static final long ROUND_NANOS = 50_000_000;

    private Interleaved() {}

    /** Warms both up for {@code warmUpSeconds}, then times them in rounds of about 50 ms each for {@code seconds}. */
    static Times measure(Callable<?> lanewise, Callable<?> peer, double warmUpSeconds, double seconds)
            throws Exception {
        time(lanewise, (long) (warmUpSeconds * 1e9 / 2), new double[1 << 20]);
        time(peer, (long) (warmUpSeconds * 1e9 / 2), new double[1 << 20]);
        double[] ours = new double[1 << 20];
        double[] theirs = new double[1 << 20];
        int countOurs = 0;
        int countTheirs = 0;
        long end = System.nanoTime() + (long) (seconds * 1e9);
        do {
            countOurs = append(ours, countOurs, lanewise);
            countTheirs = append(theirs, countTheirs, peer);
        } while (System.nanoTime() < end);
        return new Times(sorted(ours, countOurs), sorted(theirs, countTheirs));
    }

    private static int append(double[] times, int count, Callable<?> work) throws Exception {
        double[] round = new double[1 << 14];
        int done = time(work, ROUND_NANOS, round);
        int kept = Math.min(done, times.length - count);
        System.arraycopy(round, 0, times, count, kept);
        return count + kept;
    }

    private static int time(Callable<?> work, long nanos, double[] times) throws Exception {
        long start = System.nanoTime();
        long now = start;
        int count = 0;
        while (count < times.length && (now - start < nanos || count == 0)) {
            work.call();
            long after = System.nanoTime();
            times[count++] = (after - now) / 1e3;
            now = after;
        }
        return count;
    }

    private static double[] sorted(double[] times, int count) {
        double[] copy = Arrays.copyOf(times, count);
        Arrays.sort(copy);
        return copy;
    }
}
