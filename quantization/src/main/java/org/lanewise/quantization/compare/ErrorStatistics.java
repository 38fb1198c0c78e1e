package org.lanewise.quantization.compare;

/**
 * The error of a candidate's values c against a reference's values r, gathered value by value; nothing is stored but sums.
 *
 * <pre>{@code
 * SQNR   = 10 log10(sum r^2 / sum (r - c)^2)  dB      cosine = sum r c / sqrt(sum r^2 sum c^2)
 * max    = max |r - c|                                mean   = sum |r - c| / n
 * }</pre>
 *
 * <p>Equal infinities and two NaNs are no error and count nowhere. Any other pair with an infinity or a NaN in it is counted as {@linkplain #broken broken}; one of them makes the
 * SQNR negative infinity and the greatest error positive infinity.
 */
public final class ErrorStatistics {
    private static final double DECIBELS = 10;

    private long count;
    private long broken;
    private double referenceSquares;
    private double candidateSquares;
    private double products;
    private double errorSquares;
    private double errorSum;
    private double largest;

    /** Adds a pair. */
    public void add(float reference, float candidate) {
        double error = (double) reference - candidate;
        if (!Double.isFinite(error)) {
            if (Float.compare(reference, candidate) != 0) {
                broken++;
            }
            return;
        }
        count++;
        referenceSquares += (double) reference * reference;
        candidateSquares += (double) candidate * candidate;
        products += (double) reference * candidate;
        errorSquares += error * error;
        double size = Math.abs(error);
        errorSum += size;
        largest = Math.max(largest, size);
    }

    /**
     * Adds all pairs.
     *
     * @throws IllegalArgumentException if the lengths differ
     */
    public void add(float[] reference, float[] candidate) {
        if (reference.length != candidate.length) {
            throw new IllegalArgumentException(
                    "the reference has " + reference.length + " values, the candidate " + candidate.length);
        }
        for (int i = 0; i < reference.length; i++) {
            add(reference[i], candidate[i]);
        }
    }

    /** Pairs of numbers. */
    public long count() {
        return count;
    }

    /** Pairs of which only one is a number, or whose infinities differ. */
    public long broken() {
        return broken;
    }

    /** The signal to quantization noise ratio in dB: infinite without any error, negative infinity if all of the signal is lost. */
    public double sqnr() {
        if (broken > 0) {
            return Double.NEGATIVE_INFINITY;
        }
        return errorSquares == 0 ? Double.POSITIVE_INFINITY : DECIBELS * Math.log10(referenceSquares / errorSquares);
    }

    /** The cosine of the angle between both; 1 where both are zero, 0 where one is. */
    public double cosine() {
        if (referenceSquares == 0 || candidateSquares == 0) {
            return referenceSquares == candidateSquares ? 1 : 0;
        }
        double cosine = products / Math.sqrt(referenceSquares) / Math.sqrt(candidateSquares);
        return Math.clamp(cosine, -1, 1);
    }

    /** The greatest absolute error. */
    public double maxError() {
        return broken > 0 ? Double.POSITIVE_INFINITY : largest;
    }

    /** The mean absolute error of the pairs of numbers. */
    public double meanError() {
        return count == 0 ? 0 : errorSum / count;
    }

    /** The root mean square of the reference's values: what the errors are to be seen against. */
    public double referenceRms() {
        return count == 0 ? 0 : Math.sqrt(referenceSquares / count);
    }
}
