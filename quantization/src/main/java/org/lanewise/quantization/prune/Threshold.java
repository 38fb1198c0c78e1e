package org.lanewise.quantization.prune;

/**
 * Finds the score below which units of weights are pruned so that a given number of weights are zero. Scores are floats of 0 and above, whose bits are ordered as they are: the upper halves of the bits are counted first, then the
 * lower halves where the number is reached, so that nothing is sorted and nothing kept. Units are passed over three times, always in the same order.
 */
final class Threshold {
    private static final int HALF = 1 << 16;

    /** Of upper halves: bits of scores have no sign. */
    private static final int LAST = HALF / 2 - 1;

    /** Units of weights with their scores. */
    interface Units {
        /** Calls {@code action} for each. */
        void forEach(Action action);
    }

    /** What is done with a unit. */
    interface Action {
        /** For a unit of {@code size} weights. */
        void accept(float score, int size);
    }

    private final int bits;
    /** Weights that may still become zero in units that score exactly the threshold. */
    private long rest;

    private Threshold(int bits, long rest) {
        this.bits = bits;
        this.rest = rest;
    }

    /** For {@code zeros} weights, or as many less that a unit more would be further away. */
    static Threshold of(Units units, long zeros) {
        long[] counts = new long[HALF];
        units.forEach((score, size) -> counts[bits(score) >>> 16] += size);
        int upper = 0;
        long rest = zeros;
        while (upper < LAST && counts[upper] <= rest) {
            rest -= counts[upper++];
        }
        int found = upper;
        long[] lowerCounts = new long[HALF];
        units.forEach((score, size) -> {
            if (bits(score) >>> 16 == found) {
                lowerCounts[bits(score) & HALF - 1] += size;
            }
        });
        int lower = 0;
        while (lower < HALF - 1 && lowerCounts[lower] <= rest) {
            rest -= lowerCounts[lower++];
        }
        return new Threshold(found << 16 | lower, rest);
    }

    /** NaN counts as the largest. */
    private static int bits(float score) {
        return Float.floatToIntBits(Math.abs(score));
    }

    /** Whether the next unit is pruned. */
    boolean takes(float score, int size) {
        int own = bits(score);
        if (own == bits && 2 * rest >= size) {
            rest -= size;
            return true;
        }
        return own < bits;
    }
}
