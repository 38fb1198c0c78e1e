package org.lanewise.quantization;

/** Chooses the range of a value from its histogram, see {@link CalibrationMethod}. */
final class RangeFinder {
    /** The ranges tried for {@link CalibrationMethod#MSE} shrink by this share of the whole at a time. */
    private static final double STEP = 0.01;

    /** Entropy is not looked at for ranges of fewer bins: with little more than one bin a level nothing is lost there. */
    private static final int FIRST_THRESHOLD = 128;

    private static final int THRESHOLD_STEP = 16;

    /**
     * No more than this share of the values other than 0 is clipped for {@link CalibrationMethod#ENTROPY}. Where a few values make up much of a distribution, as on an even background, merging them
     * with their neighbours costs more information than clipping everything above them.
     */
    private static final double MOST_CLIPPED = 0.005;

    /** Stands in for a probability of 0 where the other distribution has none. */
    private static final double SMOOTHING = 1e-4;

    private RangeFinder() {}

    static Range find(Histogram histogram, CalibrationMethod method, double percentile, ActivationType activations) {
        if (histogram.width() == 0) {
            return histogram.range();
        }
        return switch (method) {
            case MIN_MAX -> histogram.range();
            case PERCENTILE -> percentile(histogram, percentile);
            case MSE -> mse(histogram, activations);
            case ENTROPY -> entropy(histogram);
        };
    }

    /** Half of what is left out lies at each end; all of it at the upper or lower one where values have one sign. */
    static Range percentile(Histogram histogram, double percentile) {
        Range all = histogram.range();
        double outside = 1 - percentile / 100;
        if (all.low() == 0) {
            return Range.of(0, histogram.quantile(1 - outside));
        }
        if (all.high() == 0) {
            return Range.of(histogram.quantile(outside), 0);
        }
        return Range.of(histogram.quantile(outside / 2), histogram.quantile(1 - outside / 2));
    }

    /** Shrinks both ends together, then each alone. */
    static Range mse(Histogram histogram, ActivationType activations) {
        Range all = histogram.range();
        double[] factors = {1, 1};
        double best = squaredError(histogram, all, activations);
        for (int end = 2; end >= 0; end--) {
            double[] start = factors.clone();
            for (double f = 1 - STEP; f > STEP / 2; f -= STEP) {
                double low = end == 1 ? start[0] : start[0] * f;
                double high = end == 0 ? start[1] : start[1] * f;
                double error = squaredError(histogram, new Range(all.low() * low, all.high() * high), activations);
                if (error < best) {
                    best = error;
                    factors[0] = low;
                    factors[1] = high;
                }
            }
        }
        return new Range(all.low() * factors[0], all.high() * factors[1]);
    }

    /** Summed over all values. Within a bin rounding errs as if values were spread evenly; zeros are exact. */
    private static double squaredError(Histogram histogram, Range range, ActivationType activations) {
        Parameters parameters = Parameters.of(range, activations);
        double scale = parameters.scale();
        double low = (parameters.smallest() - parameters.zeroPoint()) * scale;
        double high = (parameters.largest() - parameters.zeroPoint()) * scale;
        double rounding = scale * scale / 12;
        double sum = 0;
        int end = histogram.endBin();
        for (int i = histogram.firstBin(); i < end; i++) {
            long inside = histogram.bin(i);
            if (inside > 0) {
                double x = histogram.center(i);
                double outside = x < low ? low - x : x > high ? x - high : 0;
                sum += inside * (outside > 0 ? outside * outside : rounding);
            }
        }
        return sum;
    }

    /** Tries ranges that are symmetric as far as the values go; zeros take part in none, being exact in all. */
    static Range entropy(Histogram histogram) {
        int first = histogram.firstBin();
        int end = histogram.endBin();
        int all = Math.max(-first, end);
        double best = Double.POSITIVE_INFINITY;
        int threshold = all;
        for (int t = FIRST_THRESHOLD; t < all + THRESHOLD_STEP; t += THRESHOLD_STEP) {
            int reach = Math.min(t, all);
            if (outside(histogram, reach) > MOST_CLIPPED * (histogram.count() - histogram.zeros())) {
                continue;
            }
            double divergence = divergence(histogram, Math.max(first, -reach), Math.min(end, reach));
            if (divergence < best) {
                best = divergence;
                threshold = reach;
            }
        }
        Range whole = histogram.range();
        double limit = threshold * histogram.width();
        return new Range(Math.max(whole.low(), -limit), Math.min(whole.high(), limit));
    }

    private static double outside(Histogram histogram, int reach) {
        double count = 0;
        for (int i = histogram.firstBin(); i < histogram.endBin(); i++) {
            count += i < -reach || i >= reach ? histogram.bin(i) : 0;
        }
        return count;
    }

    /** KL(P || Q): P the bins from {@code from} to {@code to} with what is outside in the outermost, Q the bins after merging into 255 levels. */
    private static double divergence(Histogram histogram, int from, int to) {
        int n = to - from;
        int levels = Math.min(255, n);
        double[] p = new double[n];
        double[] sums = new double[levels];
        int[] used = new int[levels];
        double inside = 0;
        for (int i = 0; i < n; i++) {
            p[i] = histogram.bin(from + i);
            inside += p[i];
            if (p[i] > 0) {
                int level = (int) ((long) i * levels / n);
                sums[level] += p[i];
                used[level]++;
            }
        }
        double[] q = new double[n];
        for (int i = 0; i < n; i++) {
            int level = (int) ((long) i * levels / n);
            q[i] = p[i] > 0 ? sums[level] / used[level] : 0;
        }
        double total = histogram.count() - histogram.zeros();
        double below = 0;
        for (int i = histogram.firstBin(); i < from; i++) {
            below += histogram.bin(i);
        }
        p[0] += below;
        p[n - 1] += total - inside - below;
        return divergence(p, total, q, Math.max(inside, 1));
    }

    private static double divergence(double[] p, double pTotal, double[] q, double qTotal) {
        double sum = 0;
        for (int i = 0; i < p.length; i++) {
            if (p[i] > 0) {
                double a = p[i] / pTotal;
                sum += a * Math.log(a / Math.max(q[i] / qTotal, SMOOTHING * a));
            }
        }
        return sum;
    }
}
