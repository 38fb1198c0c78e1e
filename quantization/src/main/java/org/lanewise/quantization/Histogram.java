package org.lanewise.quantization;

/**
 * How often values fall into bins of equal width, for a stream of values of unknown range, in constant memory. Bin edges are multiples of the width, which is a power of two and doubles, pairs of
 * bins becoming one, whenever a value lies outside. Smallest, largest and the number of exact zeros are kept exactly; zeros are in no bin.
 */
final class Histogram {
    /** Bins on each side of 0. */
    static final int SIDE = 4096;

    private final long[] bins = new long[2 * SIDE];
    private double width;
    private double min = Double.POSITIVE_INFINITY;
    private double max = Double.NEGATIVE_INFINITY;
    private long zeros;
    private long count;

    /**
     * Adds values.
     *
     * @throws IllegalArgumentException if one is not finite
     */
    void add(float[] values, int from, int to) {
        float low = Float.POSITIVE_INFINITY;
        float high = Float.NEGATIVE_INFINITY;
        boolean finite = true;
        for (int i = from; i < to; i++) {
            low = Math.min(low, values[i]);
            high = Math.max(high, values[i]);
            finite &= Math.abs(values[i]) <= Float.MAX_VALUE;
        }
        if (!finite) {
            throw new IllegalArgumentException("NaN or an infinity");
        }
        if (from >= to) {
            return;
        }
        min = Math.min(min, low);
        max = Math.max(max, high);
        grow(Math.max(-(double) low, high));
        double factor = width == 0 ? 0 : 1 / width;
        for (int i = from; i < to; i++) {
            if (values[i] == 0) {
                zeros++;
            } else {
                bins[SIDE + (int) Math.floor(values[i] * factor)]++;
            }
        }
        count += to - from;
    }

    /** Widens the bins until {@code magnitude} is inside. */
    private void grow(double magnitude) {
        if (magnitude == 0) {
            return;
        }
        if (width == 0) {
            width = Math.scalb(1.0, Math.getExponent(magnitude) + 1) / SIDE;
        }
        while (magnitude >= width * SIDE) {
            for (int i = 0; i < SIDE; i++) {
                int up = i / 2;
                long positive = bins[SIDE + i];
                long negative = bins[SIDE - 1 - i];
                bins[SIDE + i] = 0;
                bins[SIDE - 1 - i] = 0;
                bins[SIDE + up] += positive;
                bins[SIDE - 1 - up] += negative;
            }
            width *= 2;
        }
    }

    /** Bin {@code i}, from -{@link #SIDE} to {@link #SIDE} - 1, holds values from {@code i * width()} on. */
    long bin(int i) {
        return bins[SIDE + i];
    }

    /** The width of a bin; 0 if all values were 0. */
    double width() {
        return width;
    }

    /** The value in the middle of bin {@code i}. */
    double center(int i) {
        return (i + 0.5) * width;
    }

    /** The first bin that the values reach. */
    int firstBin() {
        return width == 0 || min >= 0 ? 0 : (int) Math.floor(min / width);
    }

    /** The bin after the last that the values reach. */
    int endBin() {
        return width == 0 || max <= 0 ? 0 : Math.min(SIDE, (int) Math.floor(max / width) + 1);
    }

    long zeros() {
        return zeros;
    }

    long count() {
        return count;
    }

    /** From the smallest to the largest value, and 0. */
    Range range() {
        return count == 0 ? new Range(0, 0) : Range.of(min, max);
    }

    /** The value below which {@code share} of the values lie, interpolated within its bin. */
    double quantile(double share) {
        double wanted = share * count;
        double seen = 0;
        for (int i = firstBin(); i < endBin(); i++) {
            if (i == 0) {
                if (zeros > 0 && seen + zeros >= wanted) {
                    return 0;
                }
                seen += zeros;
            }
            long inside = bin(i);
            if (inside > 0 && seen + inside >= wanted) {
                return Math.clamp((i + (wanted - seen) / inside) * width, min, max);
            }
            seen += inside;
        }
        return max;
    }
}
