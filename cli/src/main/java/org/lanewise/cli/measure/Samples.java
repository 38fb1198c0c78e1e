package org.lanewise.cli.measure;

import java.util.Arrays;

/** Times of runs. */
public final class Samples {
    private long[] nanos = new long[1024];
    private int count;

    /** Runs and keeps how long it took. */
    public void time(Runnable run) {
        long start = System.nanoTime();
        run.run();
        add(System.nanoTime() - start);
    }

    void add(long value) {
        if (count == nanos.length) {
            nanos = Arrays.copyOf(nanos, 2 * count);
        }
        nanos[count++] = value;
    }

    /** How many there are. */
    public int count() {
        return count;
    }

    /** The times, in nanoseconds. */
    public long[] toArray() {
        return Arrays.copyOf(nanos, count);
    }

    /** The time that the part {@code fraction} of the runs did not exceed, in microseconds; nearest rank. */
    public double micros(double fraction) {
        long[] sorted = toArray();
        Arrays.sort(sorted);
        int rank = (int) Math.ceil(fraction * count);
        return sorted[Math.clamp(rank - 1, 0, count - 1)] / 1e3;
    }
}
