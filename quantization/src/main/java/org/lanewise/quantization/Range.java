package org.lanewise.quantization;

/**
 * An interval of real numbers that contains 0, which quantization must represent exactly.
 *
 * @param low its lower end, at most 0
 * @param high its upper end, at least 0
 */
public record Range(double low, double high) {
    /** Refuses what does not contain 0. */
    public Range {
        if (!(low <= 0 && high >= 0) || Double.isInfinite(low) || Double.isInfinite(high)) {
            throw new IllegalArgumentException("a range must be finite and contain 0, got " + low + ".." + high);
        }
    }

    /** The smallest range that contains both numbers and 0. */
    static Range of(double low, double high) {
        return new Range(Math.min(low, 0), Math.max(high, 0));
    }

    /** The smallest range that contains both. */
    Range union(Range other) {
        return new Range(Math.min(low, other.low), Math.max(high, other.high));
    }

    /** Its length. */
    double width() {
        return high - low;
    }
}
